/** What integration specs run against: databases of their own on a real Postgres, a real NATS, replicas in this process. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startReplica, type Replica } from '../app.js'
import { readConfig, type Config } from '../platform/config.js'
import { makeLogger } from '../platform/logger.js'
import { Api } from './api.js'

const serverUrl = process.env['PGBEAM_TEST_DATABASE_URL']
const natsUrl = process.env['NATS_URL']
if (!serverUrl || !natsUrl) throw new Error('integration specs need PGBEAM_TEST_DATABASE_URL and NATS_URL; `npm test` sets them')

export interface FirstKeys {
  readonly org_id: string
  readonly user_id: string
  readonly api_key: string
  readonly personal_key: string
  readonly join_token: string
  readonly owner_link: string
}

/** One control database and the replicas on it. */
export class TestCluster {
  readonly replicas: Replica[] = []
  readonly env: Record<string, string>
  readonly #name: string
  readonly #bootstrapFile = join(mkdtempSync(join(tmpdir(), 'pgbeam-cp-')), 'bootstrap.json')

  private constructor(name: string) {
    this.#name = name
    const url = new URL(serverUrl as string)
    url.pathname = `/${name}`
    this.env = {
      PGBEAM_DATABASE_URL: url.toString(),
      NATS_URL: natsUrl as string,
      PGBEAM_ENCRYPTION_KEYS: `v1:${randomBytes(32).toString('base64url')}`,
      PGBEAM_HTTP_PORT: '0',
      PGBEAM_PROXY_HOST: '{slug}.proxy.test',
      PGBEAM_BOOTSTRAP_FILE: this.#bootstrapFile,
      PGBEAM_RATE_LIMIT_PER_MINUTE: '0', // specs call as fast as they can
      PGBEAM_FAILED_AUTH_LIMIT_PER_MINUTE: '0',
      PGBEAM_CANARY_INTERVAL_MS: '0', // specs count events
      PGBEAM_LOG_LEVEL: process.env['PGBEAM_TEST_LOG_LEVEL'] ?? 'silent',
    }
  }

  static async start(replicas = 1): Promise<TestCluster> {
    const cluster = new TestCluster(`cp_${randomBytes(6).toString('hex')}`)
    await onServer(`CREATE DATABASE ${cluster.#name}`)
    for (let i = 0; i < replicas; i++) await cluster.addReplica()
    return cluster
  }

  config(env: Record<string, string> = {}): Config {
    return readConfig({ ...this.env, ...env })
  }

  async addReplica(env: Record<string, string> = {}): Promise<Replica> {
    const config = this.config(env)
    const replica = await startReplica(config, makeLogger(config.logLevel))
    this.replicas.push(replica)
    return replica
  }

  get keys(): FirstKeys {
    return JSON.parse(readFileSync(this.#bootstrapFile, 'utf8')) as FirstKeys
  }

  get bootstrapFile(): string {
    return this.#bootstrapFile
  }

  api(replica = 0, key: string | null = this.keys.api_key): Api {
    return new Api(this.replicas[replica]?.url ?? '', key)
  }

  async query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.env['PGBEAM_DATABASE_URL'] })
    await client.connect()
    try {
      return (await client.query<Row>(sql, values)).rows
    } finally {
      await client.end()
    }
  }

  /** Takes an advisory lock in a session of its own, and hands back what gives it up. */
  async holdLock(key: number): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: this.env['PGBEAM_DATABASE_URL'] })
    await client.connect()
    await client.query('SELECT pg_advisory_lock($1)', [key])
    return () => client.end()
  }

  /** Lets nobody write to a table, until what it hands back is called. */
  async lockTable(name: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: this.env['PGBEAM_DATABASE_URL'] })
    await client.connect()
    await client.query(`BEGIN; LOCK TABLE ${name} IN SHARE MODE`)
    return () => client.end()
  }

  /** Waits until a query gives a row. */
  async until(sql: string): Promise<void> {
    await eventually(sql, async () => ((await this.query(sql)).length > 0 ? true : undefined))
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.close()))
    await onServer(`DROP DATABASE ${this.#name} WITH (FORCE)`)
  }
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Asks again until the answer is not undefined. For states that no event announces to a test. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined, timeoutMs = 10_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
