/** Events that the publishing replica committed itself, kept until it is their turn: reading them back would take as long as publishing them. */
import type { LogRow } from './enforcement-log.js'

const KEPT_MAX = 1_000

export class HandedOver {
  readonly #events = new Map<number, LogRow>()
  #latest = 0

  /** The number of the last one that was committed here, kept or not. */
  get latest(): number {
    return this.#latest
  }

  add(event: LogRow): void {
    this.#latest = Math.max(this.#latest, Number(event.seq))
    if (this.#events.size < KEPT_MAX) this.#events.set(Number(event.seq), event) // else it is read from the log, as others' are
  }

  /**
   * Takes those that directly follow a position; what lies before it is dropped.
   * @returns with the life of the log in which they were committed
   */
  after(position: number): (LogRow & { readonly head_epoch: string })[] {
    for (const seq of this.#events.keys()) if (seq <= position) this.#events.delete(seq)
    const taken: (LogRow & { readonly head_epoch: string })[] = []
    for (let next = this.#events.get(position + 1); next; next = this.#events.get(position + taken.length + 1)) {
      if (taken.length > 0 && next.epoch !== taken[0]?.epoch) break
      taken.push({ ...next, head_epoch: next.epoch })
    }
    return taken
  }

  clear(): void {
    this.#events.clear()
    this.#latest = 0
  }
}
