/**
 * Publishes the enforcement log, in order, from one replica at a time. Two overlapping publishers do no harm, nor does
 * publishing again after a crash: proxies drop what they have applied.
 *
 * The lock lives in a database session of its own that ends after two seconds without a query, so a replica that vanished
 * without a word gives it up by itself.
 */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { NatsConnection } from '@nats-io/transport-node'
import { seal, subjects, type EnforcementBatch } from '@pgbeam/contracts'
import pg from 'pg'
import { CONFIG, type Config } from '../platform/config.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { giveUpOnSilence } from '../platform/database/silence.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { Nats } from '../platform/nats/nats-connection.js'
import { tracedHeaders } from '../platform/telemetry/nats-trace.js'
import { batchEventsMax, fitting } from './batch.js'
import { EnforcementLog, toWire, type LogRow } from './enforcement-log.js'
import { HandedOver } from './handed-over.js'

const LOCK_KEY = 0x70676265 // "pgbe"
const IDLE_SESSION_TIMEOUT = '2s'
/** Keeps the session alive, and finds what a lost notification did not tell. */
const QUERY_INTERVAL_MS = 500
const RETRY_MS = 250
/**
 * Batches follow each other no faster: in a storm each is a signature here, and one more with each acknowledgement. An event by itself
 * never waits. One of this replica's own waits less long: behind it a call waits here for its answer.
 */
const BETWEEN_BATCHES_MS = 40
const BETWEEN_OWN_MS = 20
/** In a storm the position is stored this often. A publisher that takes over publishes what came behind it once more. */
const STORE_INTERVAL_MS = 200
const FLUSH_TIMEOUT_MS = 2_000

const published = metrics.getMeter('pgbeam').createCounter('pgbeam_enforcement_published_total', { description: 'Events published' })

@Injectable()
export class EnforcementPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  #stopped = false
  #running: Promise<void> | undefined
  #wake: (() => void) | undefined
  #poked = false
  #holdsLock = false
  readonly #handedOver = new HandedOver()
  #stopListening: (() => void) | undefined

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly nats: Nats,
    private readonly keys: ClusterKeys,
    private readonly log: EnforcementLog,
  ) {}

  onApplicationBootstrap(): void {
    this.#stopListening = this.log.onCommitted((event) => {
      if (!this.#holdsLock) return // the database tells the replica that does
      this.#handedOver.add(event)
      this.#poke()
    })
    this.#running = this.#run()
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true
    this.#stopListening?.()
    this.#poke()
    await this.#running
  }

  /** Whether this replica is the one that publishes. */
  get holdsLock(): boolean {
    return this.#holdsLock
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (this.nats.open) await this.#session().catch((error: Error) => this.logger.warn({ reason: error.message }, 'publishing was interrupted'))
      if (!this.#stopped) await this.#pause(RETRY_MS)
    }
  }

  async #session(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      application_name: 'pgbeam publisher',
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    })
    let lost = false
    client.on('error', () => {
      lost = true
      this.#poke()
    })
    client.on('notification', () => this.#poke())
    try {
      await client.connect()
      giveUpOnSilence(client)
      // How far it has published is no promise: after a crash it publishes again, and proxies drop what they have applied.
      await client.query(`SET idle_session_timeout = '${IDLE_SESSION_TIMEOUT}'; SET synchronous_commit = off`)
      while (!(await this.#tryLock(client))) {
        await this.#pause(QUERY_INTERVAL_MS)
        if (this.#stopped || lost || !this.nats.open) return
      }
      this.#handedOver.clear()
      this.#holdsLock = true
      this.logger.info('this replica publishes the enforcement log')
      await client.query('LISTEN pgbeam_enforcement')
      let position = await this.#position(client)
      // A replica without NATS hands the lock to one that has it.
      for (let nats = this.nats.open; nats && !this.#stopped && !lost; nats = this.nats.open) {
        position = await this.#publishFrom(client, nats, position)
        await this.#pause(QUERY_INTERVAL_MS)
      }
    } finally {
      this.#holdsLock = false
      await client.end().catch(() => {})
    }
  }

  async #tryLock(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK_KEY])
    return rows[0]?.locked === true
  }

  /** Where the last publisher stopped. In a new life of the log what went before is none of the proxies' business: they start over. */
  async #position(client: pg.Client): Promise<number> {
    const { rows } = await client.query<{ seq: string }>(
      `SELECT CASE WHEN p.epoch = '' THEN 0 WHEN p.epoch = enforcement_epoch() THEN least(p.published_seq, h.seq) ELSE h.seq END AS seq
       FROM enforcement_publisher p, enforcement_head h`,
    )
    return Number(rows[0]?.seq ?? 0)
  }

  async #publishFrom(client: pg.Client, nats: NatsConnection, start: number): Promise<number> {
    let position = start
    let stored: { position: number; readonly atMs: number } = { position, atMs: -Infinity }
    let epoch = ''
    const store = async (): Promise<void> => {
      if (stored.position === position) return
      stored = { position, atMs: performance.now() }
      await client.query({
        name: 'published',
        text: 'UPDATE enforcement_publisher SET epoch = $1, published_seq = CASE WHEN epoch = $1 THEN greatest(published_seq, $2) ELSE $2 END',
        values: [epoch, position],
      })
    }
    for (;;) {
      this.#poked = false
      // What this replica committed itself, and follows directly, is known already.
      const given = this.#handedOver.after(position)
      const [first, ...others] = given.length > 0 ? given : await this.#read(client, position)
      if (!first) {
        await store()
        return position
      }
      const events = fitting([first, ...others].map(toWire))
      const sentAtMs = performance.now()
      await this.#publish(nats, { epoch: first.head_epoch, prev_seq: position, events })
      position += events.length
      epoch = first.head_epoch
      if (performance.now() - stored.atMs >= STORE_INTERVAL_MS) await store()
      await this.#rest(sentAtMs, position)
    }
  }

  /** Until the next batch may follow. */
  async #rest(sentAtMs: number, position: number): Promise<void> {
    for (;;) {
      const leftMs = sentAtMs + (this.#handedOver.latest > position ? BETWEEN_OWN_MS : BETWEEN_BATCHES_MS) - performance.now()
      if (leftMs <= 1 || this.#stopped) return
      await this.#pause(leftMs)
    }
  }

  async #read(client: pg.Client, position: number): Promise<(LogRow & { head_epoch: string })[]> {
    const { rows } = await client.query<LogRow & { head_epoch: string }>({
      name: 'events behind',
      // In brackets it is asked once, and not for each row.
      text: `SELECT (SELECT enforcement_epoch()) AS head_epoch, seq, epoch, kind, project_id, body, at, hash
             FROM enforcement_event WHERE seq > $1 ORDER BY seq LIMIT ${batchEventsMax}`,
      values: [position],
    })
    return rows
  }

  #publish(nats: NatsConnection, batch: EnforcementBatch): Promise<void> {
    return trace.getTracer('pgbeam').startActiveSpan('enforcement publish', { kind: SpanKind.PRODUCER }, async (span) => {
      try {
        nats.publish(subjects.enforcement, seal('enforcement-batch', batch, this.keys.signer), { headers: tracedHeaders() })
        // Without the server's answer nobody knows whether it left; then the position must not move.
        await within(FLUSH_TIMEOUT_MS, nats.flush())
        published.add(batch.events.length)
        this.logger.debug({ seq: batch.prev_seq + batch.events.length, events: batch.events.length }, 'published')
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    })
  }

  #poke(): void {
    this.#poked = true
    this.#wake?.()
  }

  /** Until poked, or until the time is over. */
  async #pause(timeoutMs: number): Promise<void> {
    if (this.#poked && !this.#stopped) {
      this.#poked = false
      return
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('NATS did not confirm in time')), timeoutMs)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
