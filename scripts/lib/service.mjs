/** One of the two services as a child process: environment in, log file out, and readiness over HTTP. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './bootstrap.mjs'
import { endProcess, tail, waitUntil } from './processes.mjs'

const LOG_BYTES_MAX = 20 * 1024 * 1024
const ENTRIES = { 'control-plane': 'services/control-plane/dist/main.js', proxy: 'services/proxy/dist/main.js' }

/** Only what a service needs of the caller's environment: its own variables come from the caller, by name. */
function baseEnvironment() {
  const keep = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS']
  return Object.fromEntries(keep.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]))
}

function openLog(file) {
  mkdirSync(dirname(file), { recursive: true })
  if (existsSync(file) && statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

/**
 * @param {object} options
 * @param {'control-plane' | 'proxy'} options.kind
 * @param {string} options.name for messages and the log's name
 * @param {Record<string, string>} options.env
 * @param {string} options.logFile
 * @param {string} options.readyUrl answers 200 when the service serves
 * @returns `{ name, pid, logFile, exited, stop() }`; `exited` resolves to `{ code, signal }`
 */
export async function startService({ kind, name, env, logFile, readyUrl, timeoutMs = 60_000 }) {
  const fd = openLog(logFile)
  const child = spawn(process.execPath, [join(root, ENTRIES[kind])], {
    cwd: root, stdio: ['ignore', fd, fd], env: { ...baseEnvironment(), ...env }, detached: true,
  })
  closeSync(fd)
  let exit
  const exited = new Promise((done) => {
    child.once('error', (error) => done((exit = { code: null, signal: null, error })))
    child.once('exit', (code, signal) => done((exit = { code, signal })))
  })
  const service = {
    name, pid: child.pid, logFile, exited,
    /** SIGTERM and a while to drain; then by force. */
    async stop({ signal = 'SIGTERM', graceMs = 10_000 } = {}) {
      if (!exit) await endProcess(child.pid, { signal, graceMs })
      await exited
    },
  }
  try {
    await waitUntil(`${name} ready`, async () => {
      if (exit) throw new Error(`${name} ended with ${exit.signal ?? `code ${exit.code}`} while starting; ${logFile} says:\n${tail(logFile)}`)
      return answersOk(readyUrl)
    }, { timeoutMs, everyMs: 50 })
  } catch (error) {
    await service.stop({ signal: 'SIGKILL' })
    throw /still not so/.test(error.message) ? new Error(`${error.message}; ${logFile} says:\n${tail(logFile)}`, { cause: error }) : error
  }
  return service
}

async function answersOk(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
