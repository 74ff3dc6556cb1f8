/** Cancel requests to databases (Postgres manual, "Canceling Requests in Progress"): few at a time for each server, over TLS where the session has it. */
import { cancelRequest } from '@pgbeam/pg-wire'
import type { Upstream } from './connector.js'
import { dial } from './dial.js'

/** At one server: one that answers no cancel request keeps only its own waiting. */
const AT_ONCE = 8
const QUEUE_MAX = 1000
const TIMEOUT_MS = 5000

export type Cancellable = Pick<Upstream, 'target' | 'encrypted' | 'pid' | 'cancelKey'>

interface Turns {
  running: number
  readonly queue: { readonly upstream: Cancellable; readonly resolve: () => void }[]
}

export class Canceller {
  private readonly lines = new Map<string, Turns>()
  private readonly waiting = new Map<Cancellable, Promise<boolean>>()

  /**
   * Settles when the database has closed the cancel connection, which it does after signalling, or when that cannot be had.
   * One that waits for its turn serves whoever else asks for the same session; one that was sent may have come too early for them.
   */
  cancel(upstream: Cancellable): Promise<boolean> {
    const known = this.waiting.get(upstream)
    if (known) return known
    const started = this.inTurn(upstream)
    if (this.lines.get(keyOf(upstream))?.queue.at(-1)?.upstream === upstream) this.waiting.set(upstream, started)
    return started
  }

  private async inTurn(upstream: Cancellable): Promise<boolean> {
    const key = keyOf(upstream)
    let line = this.lines.get(key)
    if (!line) this.lines.set(key, (line = { running: 0, queue: [] }))
    if (line.running >= AT_ONCE) {
      if (line.queue.length >= QUEUE_MAX) return false
      const { queue } = line
      await new Promise<void>((resolve) => queue.push({ upstream, resolve }))
      this.waiting.delete(upstream)
    } else line.running++
    try {
      return await this.send(upstream)
    } finally {
      const next = line.queue.shift()
      if (next) next.resolve()
      else if (--line.running === 0) this.lines.delete(key)
    }
  }

  private async send(upstream: Cancellable): Promise<boolean> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const line = await dial(upstream.target, upstream.encrypted, signal)
      return await new Promise<boolean>((resolve) => {
        const stop = () => line.raw.destroy()
        signal.addEventListener('abort', stop, { once: true })
        line.raw.once('close', () => {
          signal.removeEventListener('abort', stop)
          resolve(!signal.aborted)
        })
        line.stream.on('end', stop)
        line.stream.resume()
        line.stream.write(cancelRequest(upstream.pid, upstream.cancelKey))
      })
    } catch {
      return false
    }
  }
}

const keyOf = ({ target }: Cancellable): string => `${target.host}:${target.port}`
