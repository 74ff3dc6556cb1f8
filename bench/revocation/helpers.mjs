/** The bench's helper processes, asked over their IPC channel. */
import { fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { fileURLToPath } from 'node:url'

const start = async (file, args = []) => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [first] = await once(child, 'message')
  const stop = async () => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return { child, first, stop }
}

/** @returns `{ port, stop() }` */
export async function startScriptedDatabase() {
  const { first, stop } = await start('./scripted-database.mjs')
  return { port: first.port, stop }
}

/** @returns `{ open(wanted), statements(), closed(name, timeoutMs), stop() }` */
export async function startSessionHolder(caFile, { first = false } = {}) {
  const { child, stop } = await start('./session-holder.mjs', first ? [caFile, 'first'] : [caFile])
  const answers = new EventEmitter()
  const closed = new Map()
  let ids = 0
  child.on('message', (message) => {
    if (message.closed !== undefined) {
      closed.set(message.closed, message)
      answers.emit(`closed ${message.closed}`, message)
    } else answers.emit(`answer ${message.id}`, message)
  })
  return {
    async open(wanted) {
      const id = ++ids
      child.send({ id, open: wanted })
      const [{ error }] = await once(answers, `answer ${id}`)
      if (error) throw new Error(`a session of ${wanted.name} could not be opened: ${error}`)
    },
    /** How many statements its sessions have been answered so far. */
    async statements() {
      const id = ++ids
      child.send({ id, statements: true })
      const [{ statements }] = await once(answers, `answer ${id}`)
      return statements
    },
    /** What is known about the last session of this name, once it is closed. */
    async closed(name, timeoutMs) {
      if (!closed.has(name)) await once(answers, `closed ${name}`, { signal: AbortSignal.timeout(timeoutMs) })
      return closed.get(name)
    },
    stop,
  }
}
