/**
 * The events applied last, to judge snapshots that were read before them: a snapshot as of `seq` may be used only if no
 * later event that concerns it has been applied here. What the window no longer covers is judged stale.
 */
export class RecentEvents<Event extends { readonly seq: number }> {
  private readonly events: Event[] = []
  private forgottenUpTo: number

  constructor(
    startSeq: number,
    private readonly size = 4096,
  ) {
    this.forgottenUpTo = startSeq
  }

  add(event: Event): void {
    this.events.push(event)
    if (this.events.length > this.size) this.forgottenUpTo = (this.events.shift() as Event).seq
  }

  /** Whether a snapshot as of `asOfSeq` is older than an event that concerns it. */
  outdates(asOfSeq: number, concerns: (event: Event) => boolean): boolean {
    if (asOfSeq < this.forgottenUpTo) return true
    for (let i = this.events.length - 1; i >= 0; i--) {
      const event = this.events[i] as Event
      if (event.seq <= asOfSeq) return false
      if (concerns(event)) return true
    }
    return false
  }

  restart(seq: number): void {
    this.events.length = 0
    this.forgottenUpTo = seq
  }
}
