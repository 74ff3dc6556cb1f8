/**
 * Where one proxy stands: how much of the enforcement log it has applied, and whether it may serve. The state machine that
 * the proxy runs and that the proof explores; everything it does to the world goes through `Effects`, in the order in which
 * it is called here: an event has had its effect before it is acknowledged, and a lease takes effect after both.
 */
import { LogFollower, type Position } from './follower.js'
import { Lease, type ClockReading } from './lease.js'

export interface Effects<Event> {
  /** Synchronously: the gate refuses, what is cached is forgotten, sockets to the database are reset. */
  apply(event: Event): void
  /** Nothing that was decided or cached before counts any more: empty the cache, end the sessions. */
  startOver(position: Position): void
  acknowledge(position: Position): void
  /** Ask for what follows the position. */
  catchUp(): void
}

/** What the control plane grants: a lease on serving what is not older than the head that it read after it had stored the grant. */
export interface Grant extends Position {
  readonly lengthMs: number
}

/** A renewal as it was sent: the lease that answers it runs from here. */
export interface Asked {
  readonly at: ClockReading
  readonly position: Position
}

/** More unanswered heads than this are not kept: under a storm of events each renewal shows a later one. */
const WAITING_MAX = 8

export class Standing<Event extends { readonly seq: number }> {
  readonly #follower: LogFollower<Event>
  readonly #lease = new Lease()
  /** Grants whose head is not applied yet, by the time of asking. */
  #waiting: { readonly asked: Asked; readonly grant: Grant }[] = []

  constructor(
    start: Position,
    private readonly effects: Effects<Event>,
  ) {
    this.#follower = new LogFollower(start)
  }

  get position(): Position {
    return this.#follower.position
  }

  /** When serving ends, on the monotonic clock, if nothing is granted until then: for timers, not for verdicts. */
  get endsAtMs(): number {
    return this.#lease.endsAtMs
  }

  /** Whether anything may be forwarded, by clocks that were read for this very question. */
  serves(now: ClockReading): boolean {
    return this.#lease.holds(now)
  }

  /** Events that follow `prevSeq` without a gap, from the bus or as an answer. */
  offer(epoch: string, prevSeq: number, events: readonly Event[], now: ClockReading): void {
    const verdict = this.#follower.offer(epoch, prevSeq, events)
    switch (verdict.do) {
      case 'apply':
        for (const event of verdict.events) this.effects.apply(event)
        this.effects.acknowledge(this.position)
        this.#takeEffect(now)
        return
      case 'catch-up':
        this.effects.catchUp()
        return
      case 'start-over': // only a renewal says where another life of the log stands: until then nothing new is believed
      case 'nothing':
        return
    }
  }

  /** The answer to a renewal. */
  granted(asked: Asked, grant: Grant, now: ClockReading): void {
    if (asked.position.epoch !== this.position.epoch) return // asked in another life
    switch (this.#follower.head(grant.epoch, grant.seq, asked.position.seq)) {
      case 'start-over':
        this.#beginAt(grant)
        break
      case 'catch-up':
        this.effects.catchUp()
        break
      case 'current':
        break
    }
    this.#waiting.push({ asked, grant })
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift()
    this.#takeEffect(now)
  }

  /**
   * Another life of the log, or one that no longer reaches back to the position. Nothing is served until a grant in it.
   * @param position as an answer gave it, which may have been on its way for long: within one life of the log it never leads
   *   back behind what was applied, and acknowledged, since
   * @param asked where this proxy stood when it asked: an answer that an earlier life of the log was asked for changes nothing
   */
  startOver(position: Position, asked: Position = this.position): void {
    const here = this.position
    if (asked.epoch !== here.epoch) return
    this.#beginAt(position.epoch === here.epoch && position.seq < here.seq ? here : position)
  }

  #beginAt({ epoch, seq }: Position): void {
    this.#lease.end()
    this.#waiting = []
    this.effects.startOver({ epoch, seq })
    this.#follower.restart({ epoch, seq })
    this.effects.acknowledge(this.position)
  }

  #takeEffect(now: ClockReading): void {
    const { epoch, seq } = this.position
    const ripe = this.#waiting.filter(({ grant }) => grant.epoch === epoch && grant.seq <= seq)
    if (ripe.length === 0) return
    for (const { asked, grant } of ripe) this.#lease.grant(asked.at, now, grant.lengthMs)
    this.#waiting = this.#waiting.filter((one) => !ripe.includes(one))
  }
}
