/**
 * Keeps what this replica remembers of keys in step with the access log, and says when it may be trusted.
 *
 * Once a second the replica renews a lease: it commits a new grant number to its row, then reads the log's head, and the
 * lease counts from the moment of asking, and only once everything up to that head has been applied. Whoever makes a change
 * waits until each replica's row shows the change or until a lease length has passed, so when that call returns no replica
 * trusts what it remembered before. Postgres alone carries this: NATS may be away. Without a lease each request asks the
 * database. (design 5.5 and 5.6; Postgres manual, NOTIFY: notifications arrive in the order of commits.)
 */
import { randomBytes } from 'node:crypto'
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { Lease } from '@pgbeam/enforcement'
import { makeId } from '@pgbeam/kernel'
import pg from 'pg'
import { CONFIG, type Config } from '../../platform/config.js'
import { giveUpOnSilence } from '../../platform/database/silence.js'
import { LOGGER, type Logger } from '../../platform/logger.js'
import { AccessMemory } from './access-memory.js'
import type { KnownKey } from './known-key.js'
import { readClocks } from './clock-reading.js'

export const leaseMs = 3_000
const RENEW_INTERVAL_MS = 1_000
const RETRY_MS = 250
const QUERY_TIMEOUT_MS = 2_500
const KEYS_MAX = 50_000
const CHANGES_AT_ONCE = 1_000

@Injectable()
export class AccessFollower implements OnApplicationBootstrap, OnModuleDestroy {
  readonly memory = new AccessMemory<KnownKey>(KEYS_MAX)
  readonly #lease = new Lease()
  readonly #appliedElsewhere = new Map<string, number>()
  readonly #listeners = new Set<() => void>()
  #replicaId: string | undefined
  #applied = 0
  #stopped = false
  #running: Promise<void> | undefined
  #wake: (() => void) | undefined
  /** The last statement sent: a session takes one at a time. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.#run()
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true
    this.#lease.end()
    this.#wake?.()
    await this.#running
  }

  /** This process in the table of replicas; undefined while it has no row. */
  get replicaId(): string | undefined {
    return this.#replicaId
  }

  /** Whether what is remembered may be acted upon at this instant. */
  get trusted(): boolean {
    return this.#lease.holds(readClocks())
  }

  /** How far another replica is known to be; -1 where nothing was heard. */
  appliedBy(replicaId: string): number {
    return this.#appliedElsewhere.get(replicaId) ?? -1
  }

  /** Calls `listener` whenever another replica says how far it is, until the returned function is called. */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#session().catch((error: Error) => this.logger.warn({ reason: error.message }, 'following the access log was interrupted'))
      if (!this.#stopped) await this.#pause(RETRY_MS)
    }
  }

  async #session(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      application_name: 'pgbeam access',
      connectionTimeoutMillis: 5_000,
      query_timeout: QUERY_TIMEOUT_MS,
    })
    let lost = false
    const lose = (): void => {
      lost = true
      this.#wake?.()
    }
    client.on('error', lose)
    client.on('end', lose)
    try {
      await client.connect()
      giveUpOnSilence(client)
      client.on('notification', ({ channel, payload }) => this.#notified(client, channel, payload ?? ''))
      await this.#ask(client, 'LISTEN pgbeam_access; LISTEN pgbeam_access_applied')
      while (!this.#stopped && !lost) {
        await this.#renew(client)
        await this.#pause(RENEW_INTERVAL_MS)
      }
      if (this.#stopped && this.#replicaId) await this.#ask(client, 'UPDATE control_replica SET ended_at = now() WHERE id = $1', [this.#replicaId])
    } finally {
      await client.end().catch(() => {})
    }
  }

  async #renew(client: pg.Client): Promise<void> {
    const sent = readClocks()
    const { rowCount } = await this.#ask(client, 'UPDATE control_replica SET grant_n = grant_n + 1, applied_seq = $2, heard_at = now() WHERE id = $1 AND ended_at IS NULL', [
      this.#replicaId ?? '',
      this.#applied,
    ])
    if (rowCount === 0) return this.#register(client)
    const { rows } = await this.#ask<{ seq: string }>(client, 'SELECT seq FROM access_head')
    const head = Number(rows[0]?.seq)
    // The log is shorter than it was: another database, or one restored to an earlier point. What was remembered is void.
    if (head < this.#applied) return this.#register(client)
    await this.#catchUp(client, head)
    if (!this.#lease.grant(sent, readClocks(), leaseMs)) this.logger.debug('a lease on remembered keys came too late')
  }

  /** A row of its own for this process, at the first start or after others gave it up. What was remembered before is void. */
  async #register(client: pg.Client): Promise<void> {
    this.#lease.end()
    const id = makeId('IncarnationId', Date.now(), randomBytes(10))
    const { rows } = await this.#ask<{ applied_seq: string }>(client, 'INSERT INTO control_replica (id, applied_seq, enrolled_seq) SELECT $1, seq, seq FROM access_head RETURNING applied_seq', [id])
    this.#replicaId = id
    this.#applied = Number(rows[0]?.applied_seq)
    this.memory.clear(this.#applied)
    await this.#ask(client, `DELETE FROM control_replica WHERE ended_at < now() - interval '1 day'`)
    await this.#renew(client)
  }

  #notified(client: pg.Client, channel: string, payload: string): void {
    const [first = '', second = ''] = payload.split(' ')
    if (channel === 'pgbeam_access_applied') {
      this.#appliedElsewhere.set(first, Math.max(this.appliedBy(first), Number(second)))
      if (this.#appliedElsewhere.size > CHANGES_AT_ONCE) this.#appliedElsewhere.delete(this.#appliedElsewhere.keys().next().value as string)
      for (const listener of [...this.#listeners]) listener()
      return
    }
    const seq = Number(first)
    if (seq <= this.#applied) return
    if (seq === this.#applied + 1) this.#apply(seq, second)
    // A hole: the missing ones are read; until then nothing beyond the hole is acknowledged.
    const caughtUp = seq === this.#applied ? Promise.resolve() : this.#catchUp(client, seq)
    void caughtUp.then(() => this.#acknowledge(client)).catch((error: Error) => this.logger.debug({ reason: error.message }, 'a change of access was not acknowledged'))
  }

  #apply(seq: number, subject: string): void {
    this.memory.change(subject, seq)
    this.#applied = seq
  }

  async #catchUp(client: pg.Client, head: number): Promise<void> {
    while (this.#applied < head) {
      const { rows } = await this.#ask<{ seq: string; subject_id: string }>(
        client,
        `SELECT seq, subject_id FROM access_change WHERE seq > $1 ORDER BY seq LIMIT ${CHANGES_AT_ONCE}`,
        [this.#applied],
      )
      if (rows.length === 0) throw new Error('the access log has a hole')
      for (const { seq, subject_id } of rows) if (Number(seq) > this.#applied) this.#apply(Number(seq), subject_id)
    }
  }

  async #acknowledge(client: pg.Client): Promise<void> {
    if (!this.#replicaId) return
    await this.#ask(
      client,
      `WITH mine AS (UPDATE control_replica SET applied_seq = greatest(applied_seq, $2) WHERE id = $1 RETURNING applied_seq)
       SELECT pg_notify('pgbeam_access_applied', $1 || ' ' || applied_seq) FROM mine`,
      [this.#replicaId, this.#applied],
    )
  }

  #ask<Row extends pg.QueryResultRow>(client: pg.Client, sql: string, values: unknown[] = []): Promise<pg.QueryResult<Row>> {
    const answer = this.#last.then(() => client.query<Row>(sql, values))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async #pause(timeoutMs: number): Promise<void> {
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
