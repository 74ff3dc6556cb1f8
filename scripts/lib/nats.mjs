/**
 * A NATS server, from the first of: the one `NATS_URL` names, `nats-server` on PATH, Debian's package (installed here,
 * as root), Docker. It listens on loopback; everything PgBeam sends over it is signed, so it needs no accounts here.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { installDebianPackage, isDebian } from './debian.mjs'
import { freePort } from './ports.mjs'
import { endProcess, tail, waitUntil } from './processes.mjs'

export const NATS_IMAGE = 'nats:2.12-alpine'

export function onPath(name) {
  // Debian puts servers in /usr/sbin, which a plain user's PATH often lacks.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

/** Can a server of our own be started here, without installing anything as somebody we are not? */
export const canStartOwnNats = () => Boolean(onPath('nats-server')) || (process.getuid?.() === 0 && isDebian()) || dockerWorks()

function dockerWorks() {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const settle = (value) => {
      socket.destroy()
      resolve(value)
    }
    // A NATS server speaks first: it says INFO as soon as it is ready.
    socket.once('data', (chunk) => settle(chunk.toString('latin1').startsWith('INFO')))
    socket.once('error', () => settle(false))
    socket.setTimeout(1_000, () => settle(false))
  })
}

/**
 * @param {object} options
 * @param {string} options.dir folder for the log
 * @param {number} [options.port] default: a free one
 * @param {boolean} [options.own] never use `NATS_URL`: the caller will stop and restart this server
 * @param {string[]} [options.args] more arguments for nats-server
 * @param {(line: string) => void} [options.say] where to tell what is being installed
 * @returns `{ url, port, pid?, source, exited?, stop() }`
 */
export async function startNats({ dir, port, own = false, args = [], say = console.error }) {
  if (process.env.NATS_URL && !own) {
    return { url: process.env.NATS_URL, source: 'NATS_URL', async stop() { /* not ours to stop */ } }
  }
  mkdirSync(dir, { recursive: true })
  const listenPort = port ?? (await freePort())
  let binary = onPath('nats-server')
  if (!binary && installDebianPackage('nats-server', say)) binary = onPath('nats-server')
  if (binary) return startBinary(binary, dir, listenPort, args)
  if (dockerWorks()) return startContainer(listenPort, args, say)
  throw new Error(
    'No NATS server. Do one of these and start again: set NATS_URL to a running server; put nats-server on PATH; ' +
      'run as root on Debian or Ubuntu (it is then installed); start Docker.',
  )
}

async function startBinary(binary, dir, port, args) {
  const log = join(dir, 'nats.log')
  const fd = openSync(log, 'a')
  const child = spawn(binary, ['-a', '127.0.0.1', '-p', String(port), ...args], { stdio: ['ignore', fd, fd], detached: true })
  closeSync(fd)
  let exit
  const exited = new Promise((done) => {
    child.once('error', (error) => done((exit = { error })))
    child.once('exit', (code, signal) => done((exit = { code, signal })))
  })
  await waitUntil('NATS ready', () => {
    if (exit) throw new Error(`nats-server did not start:\n${exit.error?.message ?? tail(log)}`)
    return accepts(port)
  })
  return {
    url: `nats://127.0.0.1:${port}`, port, pid: child.pid, source: binary, log, exited,
    async stop({ signal = 'SIGTERM' } = {}) {
      if (!exit) await endProcess(child.pid, { signal })
      await exited
    },
  }
}

async function startContainer(port, args, say) {
  say(`Starting NATS in Docker (${NATS_IMAGE})`)
  const id = execFileSync('docker', ['run', '--rm', '-d', '-p', `127.0.0.1:${port}:4222`, NATS_IMAGE, ...args], { encoding: 'utf8' }).trim()
  await waitUntil('NATS in Docker ready', () => accepts(port))
  return {
    url: `nats://127.0.0.1:${port}`, port, source: 'Docker',
    async stop() {
      spawnSync('docker', ['rm', '-f', id], { stdio: 'ignore' })
    },
  }
}
