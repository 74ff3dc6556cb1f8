import { uptime } from 'node:os'
import type { ClockReading } from '@pgbeam/enforcement'

/** What the clocks of this machine say now. */
export const readClocks = (): ClockReading => ({ monotonicMs: performance.now(), wallMs: Date.now(), uptimeMs: uptime() * 1000 })
