/** Counts what each key is used for, in memory, and writes it down every few seconds: no request waits for that. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, type Logger } from '../platform/logger.js'
import { KeyUsageRepository, type Count, type LastUse } from './key-usage.repository.js'

export interface KeyUse extends Omit<LastUse, 'at'> {
  readonly method: string
  /** As in OpenAPI: `/v1/projects/{project}`. */
  readonly route: string
  readonly failed: boolean
}

const FLUSH_INTERVAL_MS = 2_000
/** Beyond this many different counts between two flushes, further ones are added to the day's total under this route. */
const COUNTS_MAX = 20_000

@Injectable()
export class KeyUsage implements OnApplicationBootstrap, OnModuleDestroy {
  #counts = new Map<string, Count>()
  #last = new Map<string, LastUse>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(
    private readonly repository: KeyUsageRepository,
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
      await this.repository.add(counts, last)
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
}
