import { uptime } from 'node:os'
import { ClockReader } from '@pgbeam/enforcement'

/** What the clocks of this machine say now. */
export const readClocks = new ClockReader({ monotonic: performance, wall: Date, uptimeS: uptime }).all
