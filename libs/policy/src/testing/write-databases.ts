/** For specs that write under masks and row filters: a database, its twin that differs only in what is hidden, and one that is written to without the policy. */
import { randomBytes } from 'node:crypto'
import { expect } from '@jest/globals'
import pg from 'pg'
import type { Catalog } from '../catalog.js'
import { decide } from '../decide.js'
import { loadParser } from '../parser.js'
import { HASH_SETTINGS } from '../rewrite/masks.js'
import type { CompiledPolicy, Decision } from '../types.js'
import { readCatalog } from './read-catalog.js'

export type WriteKind = 'real' | 'twin' | 'direct'
const KINDS = ['real', 'twin', 'direct'] as const

export interface WriteFixture {
  readonly policy: CompiledPolicy
  readonly schema: readonly string[]
  readonly data: (kind: 'real' | 'twin') => readonly string[]
  /** The schemas of the fixture's own; tables of the first are compared. */
  readonly schemas: readonly [string, ...string[]]
  /** Sent as a user whom row security holds, and not as the owner of it all. */
  readonly asUser?: boolean
  /** Where sequences stand before each test: what is taken from them is not undone by ROLLBACK. */
  readonly sequences: (kind: WriteKind) => Readonly<Record<string, number>>
  /** What no answer may hold. */
  readonly canary: RegExp
}

/** Classes of errors whose words the client hears; of others it hears the code. */
const SPEAKING = /^(25|26|34|3B|3D|3F|40|42|53|54|55|57|58|08)/

export class WriteDatabases {
  readonly clients = {} as Record<WriteKind, pg.Client>
  private readonly suffix = randomBytes(6).toString('hex')
  private readonly role = `writer_${this.suffix}`
  private catalog: Catalog | undefined
  private serverUrl = ''
  /** All that is in the tables, as one text; or what the policy lets be seen of it. */
  private dumps = { all: '', visible: '' }

  constructor(private readonly fixture: WriteFixture) {}

  /** @param url a superuser of a server in which databases may be made */
  async open(url: string | undefined): Promise<void> {
    if (url === undefined) throw new Error('PGBEAM_TEST_DATABASE_URL is not set')
    this.serverUrl = url
    await loadParser()
    const { schema, schemas, data, asUser } = this.fixture
    await this.asAdmin(async (admin) => {
      await admin.query(`CREATE DATABASE ${this.nameOf('schema')}`)
      if (asUser) await admin.query(`CREATE ROLE ${this.role}; GRANT pg_read_all_stats TO ${this.role}`)
      await this.run('schema', [...schema, ...(asUser ? schemas.flatMap((name) => ['SCHEMA', 'ALL TABLES IN SCHEMA', 'ALL SEQUENCES IN SCHEMA'].map((what) => `GRANT ALL ON ${what} ${name} TO ${this.role}`)) : [])])
      for (const kind of KINDS) {
        await admin.query(`CREATE DATABASE ${this.nameOf(kind)} TEMPLATE ${this.nameOf('schema')}`)
        const first = `SET search_path = ${schemas.join(', ')}, public`
        await this.run(kind, [first, ...data(kind === 'twin' ? 'twin' : 'real')])
      }
    })
    const role = asUser ? `-c role=${this.role} ` : ''
    const key = Object.values(HASH_SETTINGS).map((name, at) => `-c ${name}=${String(at).repeat(128)}`).join(' ')
    for (const kind of KINDS) this.clients[kind] = await this.connect(this.nameOf(kind), `${key} ${role}-c search_path=${schemas.join(',')},public -c statement_timeout=10000`)
    const reader = await this.connect(this.nameOf('real'), `${role}-c search_path=`)
    this.catalog = await readCatalog(reader)
    await reader.end()
    const tables = [...this.catalog.relationsByOid.values()].filter((each) => each.schema === schemas[0] && (each.kind === 'r' || each.kind === 'p'))
    const all = tables.map(({ schema: own, name }) => `SELECT t::text AS ${name} FROM ${own}.${name} t ORDER BY 1`).join(';')
    this.dumps = { all, visible: this.sent(all) }
  }

  async drop(): Promise<void> {
    for (const client of Object.values(this.clients)) await client.end()
    await this.asAdmin(async (admin) => {
      for (const kind of ['schema', ...KINDS]) await admin.query(`DROP DATABASE IF EXISTS ${this.nameOf(kind)} WITH (FORCE)`)
      await admin.query(`DROP ROLE IF EXISTS ${this.role}`)
    })
  }

  /** Each test is a transaction that is rolled back. */
  async begin(): Promise<void> {
    for (const kind of KINDS) {
      await this.clients[kind].query('BEGIN')
      for (const [sequence, at] of Object.entries(this.fixture.sequences(kind))) await this.clients[kind].query(`SELECT setval('${sequence}', ${at})`)
    }
  }

  async rollBack(): Promise<void> {
    for (const kind of KINDS) await this.clients[kind].query('ROLLBACK')
  }

  readonly judge = (sql: string, catalogIsFresh = false): Decision => decide(sql, { policy: this.fixture.policy, catalog: this.catalog, protocol: 'simple', catalogIsFresh })

  /** What would be sent to the database. @throws where it is refused */
  sent(sql: string): string {
    const decision = this.judge(sql)
    if (!decision.allowed) throw new Error(`${decision.rule}: ${decision.message}: ${sql}`)
    return decision.rewritten?.text ?? sql
  }

  /** What a client would see: columns with their types, rows and tags, or the error. */
  async seen(kind: WriteKind, sql: string): Promise<unknown> {
    try {
      const answer = await this.clients[kind].query<unknown[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text: string) => text } })
      return (Array.isArray(answer) ? answer : [answer]).map((one: pg.QueryArrayResult) => ({ tag: [one.command, one.rowCount], fields: one.fields.map((field) => [field.name, field.dataTypeID, field.dataTypeModifier]), rows: one.rows }))
    } catch (error) {
      const { code, message } = error as { code: string; message: string }
      return { code, message: SPEAKING.test(code) ? message : '' }
    }
  }

  /** All rows as they are, or as the policy shows them. */
  async contents(kind: WriteKind, which: 'all' | 'visible'): Promise<unknown> {
    const results = (await this.clients[kind].query({ text: this.dumps[which], rowMode: 'array' })) as unknown as pg.QueryArrayResult[]
    return results.map((one) => [one.fields[0]?.name, one.rows])
  }

  /** Whatever is hidden, the statement says and does the same, or is refused. */
  async saysAndDoesTheSame(sql: string): Promise<void> {
    const decision = this.judge(sql)
    if (!decision.allowed) {
      expect(decision.sqlState).toMatch(/^42/)
      return
    }
    const text = decision.rewritten?.text ?? sql
    const [real, twin] = [await this.seen('real', text), await this.seen('twin', text)]
    expect(real).toEqual(twin)
    expect(JSON.stringify(real)).not.toMatch(this.fixture.canary)
    if ('code' in (real as object)) return
    expect(await this.contents('real', 'visible')).toEqual(await this.contents('twin', 'visible'))
  }

  /** It does and says just what it does without the policy. */
  async isAsWithoutPolicy(sql: string): Promise<void> {
    const real = await this.seen('real', this.sent(sql))
    expect(real).not.toHaveProperty('code')
    expect(real).toEqual(await this.seen('direct', sql))
    expect(await this.seen('twin', this.sent(sql))).toEqual(real)
    expect(await this.contents('real', 'all')).toEqual(await this.contents('direct', 'all'))
    expect(await this.contents('real', 'visible')).toEqual(await this.contents('twin', 'visible'))
  }

  private nameOf(kind: string): string {
    return `writes_${kind}_${this.suffix}`
  }

  private async asAdmin(work: (admin: pg.Client) => Promise<void>): Promise<void> {
    const admin = await this.connect('postgres')
    await work(admin).finally(() => admin.end())
  }

  private async run(kind: string, statements: readonly string[]): Promise<void> {
    const client = await this.connect(this.nameOf(kind))
    for (const sql of statements) await client.query(sql)
    await client.end()
  }

  private async connect(database: string, options = ''): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: Object.assign(new URL(this.serverUrl), { pathname: `/${database}` }).toString(), options })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
}
