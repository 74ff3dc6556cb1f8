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
  #last: ClockReading | undefined

  /**
   * Takes a grant in.
   * @param sent when it was asked for: it runs from there, whenever the answer came
   * @param now when the answer is taken in
   * @returns whether it holds; one that was asked for before a suspend does not
   */
  grant(sent: ClockReading, now: ClockReading, lengthMs: number): boolean {
    this.#last = now
    this.#endsAtMs = jumped(sent, now) ? -Infinity : sent.monotonicMs + USABLE * lengthMs
    return this.holds(now)
  }

  end(): void {
    this.#endsAtMs = -Infinity
  }

  holds(now: ClockReading): boolean {
    const last = this.#last
    if (!last || now.monotonicMs >= this.#endsAtMs) return false
    if (jumped(last, now)) {
      this.end()
      return false
    }
    this.#last = now
    return true
  }
}

function jumped(before: ClockReading, after: ClockReading): boolean {
  const monotonicMs = after.monotonicMs - before.monotonicMs
  const wallDriftMs = after.wallMs - before.wallMs - monotonicMs
  return Math.abs(wallDriftMs) > DRIFT_MS_MAX || after.uptimeMs - before.uptimeMs - monotonicMs > DRIFT_MS_MAX
}
