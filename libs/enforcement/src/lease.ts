/**
 * A lease judged by clocks that cannot be fooled by a sleeping machine. Pure: readings go in, a verdict comes out.
 *
 * The monotonic clock stands still while a machine is suspended, so a lease counted on it alone would outlive its end. The
 * wall clock and the time since boot go on: when either has moved against the monotonic one, nobody knows how much time has
 * passed, and the lease is over until the next grant.
 */
export interface ClockReading {
  readonly monotonicMs: number
  readonly wallMs: number
  /** Since boot, time asleep included. */
  readonly uptimeMs: number
}

/** A step of the wall clock is no suspend, but cannot be told from one: such a lease ends early, which harms nobody. */
const DRIFT_MS_MAX = 100
/** What remains of a grant is left unused: clocks of two machines do not run at exactly one speed. */
const USABLE = 0.9

export class Lease {
  #endsAtMs = -Infinity
  /**
   * The clocks when the lease that holds was asked for: what a machine sleeps unnoticed in all of it is bounded, however often
   * something is granted meanwhile. Copied: whoever asks often asks with one object.
   */
  #monotonicMs = Number.NaN
  #wallMs = 0
  #uptimeMs = 0

  /**
   * Takes a grant in. One that comes late never shortens what a newer one gave.
   * @param sent when it was asked for: it runs from there, whenever the answer came
   * @param now when the answer is taken in
   * @returns whether the lease holds; a grant that was asked for before a suspend adds nothing
   */
  grant(sent: ClockReading, now: ClockReading, lengthMs: number): boolean {
    const held = this.holds(now)
    if (!held) this.end()
    const endsAtMs = sent.monotonicMs + USABLE * lengthMs
    if (endsAtMs > this.#endsAtMs && !jumped(sent, now)) {
      this.#endsAtMs = endsAtMs
      this.#note(sent)
    }
    return this.holds(now)
  }

  end(): void {
    this.#endsAtMs = -Infinity
  }

  /** When it ends, on the monotonic clock, unless the machine sleeps or a grant comes: for timers, not for verdicts. */
  get endsAtMs(): number {
    return this.#endsAtMs
  }

  /** @param now `uptimeMs` may be NaN where asking for it costs too much: then only the wall clock is compared */
  holds(now: ClockReading): boolean {
    if (!(now.monotonicMs < this.#endsAtMs)) return false
    const monotonicMs = now.monotonicMs - this.#monotonicMs
    if (Math.abs(now.wallMs - this.#wallMs - monotonicMs) > DRIFT_MS_MAX || now.uptimeMs - this.#uptimeMs - monotonicMs > DRIFT_MS_MAX) {
      this.end()
      return false
    }
    return true
  }

  #note(sent: ClockReading): void {
    this.#monotonicMs = sent.monotonicMs
    this.#wallMs = sent.wallMs
    if (!Number.isNaN(sent.uptimeMs)) this.#uptimeMs = sent.uptimeMs
  }
}

function jumped(before: ClockReading, after: ClockReading): boolean {
  const monotonicMs = after.monotonicMs - before.monotonicMs
  const wallDriftMs = after.wallMs - before.wallMs - monotonicMs
  return Math.abs(wallDriftMs) > DRIFT_MS_MAX || after.uptimeMs - before.uptimeMs - monotonicMs > DRIFT_MS_MAX
}
