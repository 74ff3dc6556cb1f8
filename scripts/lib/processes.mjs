/** Small helpers around child processes: waiting, stopping by id, and what a dead one last said. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

/** Polls until `check` gives something truthy; the deadline's message says what was waited for. */
export async function waitUntil(what, check, { timeoutMs = 30_000, everyMs = 25 } = {}) {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await check()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`${what}: still not so after ${Math.round(timeoutMs / 1000)} s`)
    await delay(everyMs)
  }
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** A killed process whose parent has not read its exit yet is dead for every purpose here. */
function isZombie(pid) {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/\(.*\)/s, '()'))
  } catch {
    return false
  }
}

/** The command line of a process, so that nobody ends a stranger that got an old process id. */
export function commandLine(pid) {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** Ends a process by id: politely, then by force. */
export async function endProcess(pid, { signal = 'SIGTERM', graceMs = 10_000 } = {}) {
  if (!isAlive(pid)) return
  try {
    process.kill(pid, signal)
    await waitUntil('process end', () => !isAlive(pid), { timeoutMs: graceMs })
  } catch {
    if (!isAlive(pid)) return
    process.kill(pid, 'SIGKILL')
    await waitUntil('process end', () => !isAlive(pid), { timeoutMs: 5_000 })
  }
}

/** The last bytes of a log file, for an error message. */
export function tail(file, bytes = 2_000) {
  if (!existsSync(file)) return ''
  const { size } = statSync(file)
  const buffer = Buffer.alloc(Math.min(size, bytes))
  const fd = openSync(file, 'r')
  readSync(fd, buffer, 0, buffer.length, size - buffer.length)
  closeSync(fd)
  return buffer.toString('utf8').trimEnd()
}
