/**
 * Where a proxy stands in the enforcement log, as a pure state machine: events are applied in order, each once, with no
 * gap. It decides; the caller applies and asks. A position is (epoch, seq): positions of two epochs are never compared.
 */
export interface Position {
  readonly epoch: string
  readonly seq: number
}

export type FollowerVerdict<Event> =
  /** Apply these, in this order. */
  | { readonly do: 'apply'; readonly events: readonly Event[] }
  /** Nothing new: a batch seen before, or an empty one. */
  | { readonly do: 'nothing' }
  /** Events are missing: ask for what follows the position. */
  | { readonly do: 'catch-up' }
  /** Another life of the log, or one that lost its end: nothing that is cached can be trusted. */
  | { readonly do: 'start-over' }

export class LogFollower<Event extends { readonly seq: number }> {
  constructor(private at: Position) {}

  get position(): Position {
    return this.at
  }

  /** Events that follow `prevSeq` without a gap. After `apply` the position has moved. */
  offer(epoch: string, prevSeq: number, events: readonly Event[]): FollowerVerdict<Event> {
    if (epoch !== this.at.epoch) return { do: 'start-over' }
    const fresh = events.filter((event) => event.seq > this.at.seq)
    if (prevSeq > this.at.seq) return { do: 'catch-up' }
    const last = fresh.at(-1)
    if (last === undefined) return { do: 'nothing' }
    // A batch that skips a number is not one that the control plane makes: ask for the log itself.
    if (last.seq - this.at.seq !== fresh.length || fresh.some((event, i) => event.seq !== this.at.seq + 1 + i)) return { do: 'catch-up' }
    this.at = { epoch, seq: last.seq }
    return { do: 'apply', events: fresh }
  }

  /**
   * The log's head, as somebody trustworthy gave it.
   * @param askedAtSeq where this follower stood when it asked: an answer may be older than what was applied since, but a
   *   head behind that position is a log that lost its end
   */
  head(epoch: string, headSeq: number, askedAtSeq: number): 'current' | 'catch-up' | 'start-over' {
    if (epoch !== this.at.epoch || headSeq < askedAtSeq) return 'start-over'
    return headSeq > this.at.seq ? 'catch-up' : 'current'
  }

  /** After everything cached was thrown away: go on from here. */
  restart(position: Position): void {
    this.at = position
  }
}
