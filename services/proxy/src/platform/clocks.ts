/** The clocks of this machine, as a lease needs them. */
import { uptime } from 'node:os'
import type { ClockReading } from '@pgbeam/enforcement'

/** All of them. Reading the time since boot opens a file: not for the hot path. */
export const readClocks = (): ClockReading => ({ monotonicMs: performance.now(), wallMs: Date.now(), uptimeMs: uptime() * 1000 })

const quick = { monotonicMs: 0, wallMs: 0, uptimeMs: Number.NaN }

/** Without the time since boot, which a tick looks at ten times a second. The same object each time: nothing is allocated. */
export function readQuickClocks(): ClockReading {
  quick.monotonicMs = performance.now()
  quick.wallMs = Date.now()
  return quick
}
