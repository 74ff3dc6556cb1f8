/** Puts a reading together. This library reads no clock itself: whoever runs on a machine hands its clocks in. */
import type { ClockReading } from './lease.js'

export interface MachineClocks {
  /** Monotonic milliseconds: `performance`. */
  readonly monotonic: { now(): number }
  /** Milliseconds since 1970: `Date`. */
  readonly wall: { now(): number }
  /** Seconds since boot, time asleep included: `os.uptime`. */
  readonly uptimeS: () => number
}

export class ClockReader {
  readonly #quick = { monotonicMs: 0, wallMs: 0, uptimeMs: Number.NaN }

  constructor(private readonly clocks: MachineClocks) {}

  /** All of them. Reading the time since boot opens a file: not for the hot path. */
  readonly all = (): ClockReading => ({ monotonicMs: this.clocks.monotonic.now(), wallMs: this.clocks.wall.now(), uptimeMs: this.clocks.uptimeS() * 1000 })

  /** Without the time since boot. The same object each time: nothing is allocated. */
  readonly quick = (): ClockReading => {
    this.#quick.monotonicMs = this.clocks.monotonic.now()
    this.#quick.wallMs = this.clocks.wall.now()
    return this.#quick
  }
}
