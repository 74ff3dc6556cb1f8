/** The clocks of this machine, as a lease needs them. */
import { uptime } from 'node:os'
import { ClockReader } from '@pgbeam/enforcement'

const reader = new ClockReader({ monotonic: performance, wall: Date, uptimeS: uptime })
export const readClocks = reader.all
export const readQuickClocks = reader.quick
