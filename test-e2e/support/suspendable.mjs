/**
 * A process whose machine can be put to sleep: `node --import` this file, with PGBEAM_ASLEEP_FILE naming a file that holds the
 * milliseconds slept so far. The monotonic clock does not count them, as that of a machine that was suspended; all others do.
 */
import { openSync, readSync } from 'node:fs'

const fd = openSync(process.env.PGBEAM_ASLEEP_FILE, 'r')
const bytes = Buffer.alloc(16)
const asleepMs = () => Number(bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0)))

const now = performance.now.bind(performance)
performance.now = () => now() - asleepMs()
