/** The clocks of one simulated machine. They run at a rate of their own; a suspend stops the monotonic one alone. */
import type { ClockReading } from '../lease.js'

export class SimulatedClock {
  /** Time spent suspended, in true milliseconds. */
  asleepMs = 0
  wallStepMs = 0

  constructor(
    readonly rate: number,
    private readonly offsetMs: number,
  ) {}

  monotonicMs(trueMs: number): number {
    return this.offsetMs + this.rate * (trueMs - this.asleepMs)
  }

  /** @param quick without the time since boot, as on the hot path */
  read(trueMs: number, quick = false): ClockReading {
    const sinceBootMs = this.rate * trueMs
    return { monotonicMs: this.monotonicMs(trueMs), wallMs: 1e9 + sinceBootMs + this.wallStepMs, uptimeMs: quick ? Number.NaN : sinceBootMs }
  }
}
