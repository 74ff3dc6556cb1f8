/**
 * Upstream sessions: dialled, encrypted, logged in, with a bound on how many logins run at once for each database and a
 * pause after the database refused the stored credentials (else a storm of clients locks the account).
 */
import { LRUCache } from 'lru-cache'
import type { DatabaseTarget } from '../credentials/credential.js'
import { inSpan } from '../platform/tracing.js'
import { dial, type Line } from './dial.js'
import { UpstreamRefused, UpstreamTlsRefused, UpstreamUnavailable } from './errors.js'
import { logIn, type UpstreamSession } from './upstream-login.js'

const CONNECTS_AT_ONCE = 16
const WAITING_MAX = 2000
const REFUSED_PAUSE_MS = 2000
/**
 * A backend looks once a second whether its client is still there, so that what an abandoned session left running ends.
 * Postgres 14 and later have it; a server (or a pooler) that refuses it is remembered and asked without.
 */
const WATCH_CLIENT = { client_connection_check_interval: '1000' }
/** invalid_authorization_specification, invalid_password */
const BAD_CREDENTIALS = new Set(['28000', '28P01'])

export interface Upstream extends Line, UpstreamSession {
  readonly target: DatabaseTarget
  /** When its backend was asked for, on the monotonic clock: it starts a moment later. */
  readonly dialledAtMs: number
}

interface Gate {
  running: number
  readonly queue: (() => void)[]
  refusedUntilMs: number
  refusal: UpstreamRefused | undefined
}

const refusesWatching = (error: unknown): boolean =>
  error instanceof UpstreamRefused && error.message.includes('client_connection_check_interval')

export class Connector {
  private readonly gates = new Map<string, Gate>()
  /** Databases that do not know WATCH_CLIENT. */
  private readonly unwatching = new LRUCache<string, true>({ max: 10_000, ttl: 3_600_000 })

  /** @throws UpstreamUnavailable, UpstreamRefused, UpstreamTlsRefused, the SCRAM errors */
  async connect(target: DatabaseTarget, settings: Readonly<Record<string, string>>, timeoutMs: number): Promise<Upstream> {
    const gate = this.gateOf(target.id)
    if (gate.refusal && performance.now() < gate.refusedUntilMs) throw gate.refusal
    await this.turn(gate)
    try {
      const upstream = await inSpan('connect upstream', { 'server.address': target.host, 'server.port': target.port }, () =>
        this.watched(target, settings, AbortSignal.timeout(timeoutMs)),
      )
      gate.refusal = undefined
      return upstream
    } catch (error) {
      if (error instanceof UpstreamRefused && BAD_CREDENTIALS.has(error.sqlState)) {
        gate.refusal = error
        gate.refusedUntilMs = performance.now() + REFUSED_PAUSE_MS
      }
      throw error
    } finally {
      const next = gate.queue.shift()
      if (next) next()
      else if (--gate.running === 0 && !gate.refusal) this.gates.delete(target.id)
    }
  }

  private async watched(target: DatabaseTarget, settings: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Upstream> {
    if (this.unwatching.has(target.id)) return this.attempt(target, settings, signal)
    try {
      return await this.attempt(target, { ...WATCH_CLIENT, ...settings }, signal)
    } catch (error) {
      if (!refusesWatching(error)) throw error
      this.unwatching.set(target.id, true)
      return this.attempt(target, settings, signal)
    }
  }

  private async attempt(target: DatabaseTarget, settings: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Upstream> {
    const tries = encryptionTries(target.sslMode)
    for (let i = 0; ; i++) {
      const encrypt = tries[i] as boolean
      let line: Line | undefined
      const dialledAtMs = performance.now()
      try {
        line = await dial(target, encrypt, signal)
        const raw = line.raw
        const stop = () => raw.destroy()
        signal.addEventListener('abort', stop, { once: true })
        const session = await logIn(line, target, settings)
        signal.removeEventListener('abort', stop)
        return { ...line, ...session, target, dialledAtMs }
      } catch (error) {
        line?.raw.destroy()
        // As libpq: the other way is tried where the server itself refused this one (pg_hba), or TLS could not be set up.
        const retry = i + 1 < tries.length && !signal.aborted && (error instanceof UpstreamRefused ? error.sqlState === '28000' : error instanceof UpstreamTlsRefused)
        if (retry) continue
        if (signal.aborted) throw new UpstreamUnavailable(`the database at ${target.host}:${target.port} did not answer in time`, error)
        throw error
      }
    }
  }

  private turn(gate: Gate): Promise<void> {
    if (gate.running < CONNECTS_AT_ONCE) {
      gate.running++
      return Promise.resolve()
    }
    if (gate.queue.length >= WAITING_MAX)
      return Promise.reject(new UpstreamUnavailable('too many connections to this database are being opened', undefined, '53300', 'Try again in a few seconds.'))
    return new Promise((resolve) => gate.queue.push(resolve))
  }

  private gateOf(id: string): Gate {
    let gate = this.gates.get(id)
    if (!gate) this.gates.set(id, (gate = { running: 0, queue: [], refusedUntilMs: 0, refusal: undefined }))
    return gate
  }
}

function encryptionTries(mode: DatabaseTarget['sslMode']): readonly boolean[] {
  switch (mode) {
    case 'disable':
      return [false]
    case 'allow':
      return [false, true]
    case 'prefer':
      return [true, false]
    default:
      return [true]
  }
}
