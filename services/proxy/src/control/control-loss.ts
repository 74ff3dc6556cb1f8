/**
 * For how long applications are served without a word from the control plane. It forgets a proxy that it has not heard for a week,
 * and from then on no receipt waits for it: by then nothing may be served here that nobody knows of.
 */
import type { ClockReading } from '@pgbeam/enforcement'
import { readClocks } from '../platform/clocks.js'

export class ControlLoss {
  /** Nothing is served without a lease any more, whatever projects ask for. */
  tooLong = false

  constructor(
    /** When the last renewal was sent that was answered: the control plane has heard this proxy then, or later. */
    private readonly heard: () => ClockReading,
    private readonly maxMs: number,
    private readonly clocks: () => ClockReading = readClocks,
  ) {}

  /** Called by a clock. @returns whether it has just become too long */
  look(): boolean {
    const now = this.clocks()
    const last = this.heard()
    // The monotonic clock stands still while a machine sleeps. The wall clock may be set: it says nothing here.
    const lostMs = Math.max(now.monotonicMs - last.monotonicMs, now.uptimeMs - last.uptimeMs)
    const before = this.tooLong
    this.tooLong = lostMs > this.maxMs
    return this.tooLong && !before
  }
}
