/** Counts what each key is used for, in memory, and writes it down every few seconds: no request waits for that. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { Database } from '../platform/database/database.js'
import { LOGGER, type Logger } from '../platform/logger.js'

export interface KeyUse {
  readonly keyId: string
  readonly method: string
  /** As in OpenAPI: `/v1/projects/{project}`. */
  readonly route: string
  readonly failed: boolean
  readonly address: string | null
  /** The header that carried the key. */
  readonly via: 'authorization' | 'x-api-key'
  readonly agent: string | null
}

interface Count {
  readonly keyId: string
  readonly day: string
  readonly method: string
  readonly route: string
  requests: number
  failures: number
}

const FLUSH_INTERVAL_MS = 2_000
/** Beyond this many different counts between two flushes, further ones are added to the day's total under this route. */
const COUNTS_MAX = 20_000
const AGENT_CHARS_MAX = 200

@Injectable()
export class KeyUsage implements OnApplicationBootstrap, OnModuleDestroy {
  #counts = new Map<string, Count>()
  #last = new Map<string, KeyUse & { readonly at: Date }>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(
    private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS)
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  note(use: KeyUse): void {
    const at = new Date()
    const day = at.toISOString().slice(0, 10)
    const route = this.#counts.size < COUNTS_MAX ? use.route : '(any)'
    const name = `${use.keyId} ${day} ${use.method} ${route}`
    let count = this.#counts.get(name)
    if (!count) this.#counts.set(name, (count = { keyId: use.keyId, day, method: use.method, route, requests: 0, failures: 0 }))
    count.requests += 1
    if (use.failed) count.failures += 1
    this.#last.set(use.keyId, { ...use, at })
  }

  /** Writes down what was counted. What could not be written is kept for the next time. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    if (this.#last.size === 0) return
    const counts = [...this.#counts.values()]
    const last = [...this.#last.values()]
    this.#counts = new Map()
    this.#last = new Map()
    try {
      await this.#store(counts, last)
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message }, 'the use of keys could not be written down yet')
      for (const { keyId, day, method, route, requests, failures } of counts) {
        const name = `${keyId} ${day} ${method} ${route}`
        const since = this.#counts.get(name)
        this.#counts.set(name, { keyId, day, method, route, requests: requests + (since?.requests ?? 0), failures: failures + (since?.failures ?? 0) })
      }
      for (const use of last) if (!this.#last.has(use.keyId)) this.#last.set(use.keyId, use)
    }
  }

  /** One statement: counted once or not at all. In key order, so that replicas do not lock each other. */
  async #store(counts: readonly Count[], last: readonly (KeyUse & { readonly at: Date })[]): Promise<void> {
    await this.db.pool.query(
      `WITH counted AS (
         INSERT INTO api_key_usage (api_key_id, day, method, route, requests, failures)
         SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]) AS given (key_id, day, method, route, requests, failures)
         ORDER BY 1, 2, 3, 4
         ON CONFLICT (api_key_id, day, method, route) DO UPDATE
         SET requests = api_key_usage.requests + excluded.requests, failures = api_key_usage.failures + excluded.failures)
       UPDATE api_key SET last_used_at = used.at, last_used_ip = used.ip, last_used_via = used.via, last_used_agent = used.agent
       FROM unnest($7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::text[]) AS used (id, at, ip, via, agent)
       WHERE api_key.id = used.id AND (api_key.last_used_at IS NULL OR api_key.last_used_at < used.at)`,
      [
        counts.map(({ keyId }) => keyId),
        counts.map(({ day }) => day),
        counts.map(({ method }) => method),
        counts.map(({ route }) => route),
        counts.map(({ requests }) => requests),
        counts.map(({ failures }) => failures),
        last.map(({ keyId }) => keyId),
        last.map(({ at }) => at),
        last.map(({ address }) => address),
        last.map(({ via }) => via),
        last.map(({ agent }) => agent?.slice(0, AGENT_CHARS_MAX) ?? null),
      ],
    )
  }
}
