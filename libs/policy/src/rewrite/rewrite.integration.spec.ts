/**
 * Rewriting against a real server, by two oracles. A database whose data is masked in the tables themselves must answer
 * every statement just as the rewritten one answers over the real data; and two databases that differ only in what is
 * masked or filtered must answer alike, errors included.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { buildCatalog, type Catalog } from '../catalog.js'
import { catalogQueries } from '../catalog-queries.js'
import { maskedQueries } from '../corpora/masked-queries.js'
import { definitionAttacks, maskAttacks } from '../corpora/mask-attacks.js'
import { maskedData, maskedSchema } from '../corpora/masked-fixture.js'
import { decide } from '../decide.js'
import { loadParser } from '../parser.js'
import { compilePolicy } from '../policy.js'
import { HASH_SETTINGS } from './masks.js'

const serverUrl = process.env['PGBEAM_TEST_DATABASE_URL'] ?? ''
const suffix = randomBytes(6).toString('hex')
const names = { real: `mask_real_${suffix}`, twin: `mask_twin_${suffix}`, masked: `mask_data_${suffix}` }
const template = `mask_schema_${suffix}`
const policy = compilePolicy({
  id: 'pol_masks', version: 1, accessMode: 'read_only',
  maskingRules: [
    { table: 'app.customers', column: 'ssn', kind: 'redact' },
    { table: 'app.customers', column: 'salary', kind: 'redact' },
    { table: 'app.customers', column: 'email', kind: 'null' },
    { table: 'app.readings', column: 'secret', kind: 'redact' },
  ],
  rowFilters: [{ table: 'app.orders', predicate: "region = 'eu' AND amount >= 0" }],
})
const clients: Record<string, pg.Client> = {}
let catalog: Catalog

async function open(database: string): Promise<pg.Client> {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  const key = Object.values(HASH_SETTINGS).map((name, at) => `-c ${name}=${String(at).repeat(128)}`).join(' ')
  const client = new pg.Client({ connectionString: url.toString(), options: `-c default_transaction_read_only=on -c search_path=app,public ${key}` })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function readCatalog(database: string): Promise<Catalog> {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.toString(), options: '-c search_path=' })
  await client.connect()
  const answers: Record<string, (string | null)[][]> = {}
  for (const { name, sql } of catalogQueries) {
    answers[name] = (await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text: string) => text } })).rows
  }
  await client.end()
  return buildCatalog(answers)
}

/** Through a stand-in a whole row is a record, and no longer of the table's own type: the one difference. */
const RECORD = 2249
const rowTypes = new Set<number>()

/** What a client would see: columns with their types, rows as text, or the error. */
async function seen(client: pg.Client, sql: string): Promise<unknown> {
  const notices: string[] = []
  const onNotice = (notice: { message: string | undefined }) => notices.push(notice.message ?? '')
  client.on('notice', onNotice)
  try {
    const answer = await client.query<unknown[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text: string) => text } })
    const results = (Array.isArray(answer) ? answer : [answer]) as pg.QueryArrayResult[]
    return { notices, results: results.map((one) => ({ fields: one.fields.map((field) => [field.name, rowTypes.has(field.dataTypeID) ? RECORD : field.dataTypeID, field.dataTypeModifier]), rows: one.rows })) }
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { notices, code, message }
  } finally {
    client.off('notice', onNotice as never)
  }
}

const definitions = compilePolicy({
  id: 'pol_definitions', version: 1, accessMode: 'read_only',
  maskingRules: [{ table: 'app.vips', column: 'code', kind: 'redact' }, { table: 'app.tiers', column: 'tier', kind: 'redact' }],
})

const rewrittenOf = (sql: string, under = policy) => {
  const decision = decide(sql, { policy: under, catalog, protocol: 'simple' })
  return decision.allowed ? (decision.rewritten?.text ?? sql) : decision
}

beforeAll(async () => {
  expect(serverUrl).not.toBe('')
  await loadParser()
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  const run = async (name: string, statements: readonly string[]) => {
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    const client = new pg.Client({ connectionString: url.toString() })
    await client.connect()
    for (const sql of statements) await client.query(sql)
    await client.end()
  }
  await admin.query(`CREATE DATABASE ${template}`)
  await run(template, maskedSchema)
  for (const [kind, name] of Object.entries(names)) {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
    await run(name, maskedData(kind as keyof typeof names))
    clients[kind] = await open(name)
  }
  await admin.end()
  catalog = await readCatalog(names.real)
  for (const relation of catalog.relationsByOid.values()) rowTypes.add(relation.rowType)
}, 120_000)

afterAll(async () => {
  for (const client of Object.values(clients)) await client.end()
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  for (const name of [template, ...Object.values(names)]) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await admin.end()
})

describe('a rewritten statement', () => {
  it.each(maskedQueries)('answers as if the data itself were masked: %s', async (sql) => {
    const rewritten = rewrittenOf(sql)
    expect(rewritten).toEqual(expect.any(String))
    const real = await seen(clients['real'] as pg.Client, rewritten as string)
    const masked = await seen(clients['masked'] as pg.Client, sql)
    expect(real).toEqual(masked)
    expect(real).not.toHaveProperty('code')
  })
})

describe('an attack on masked or filtered data', () => {
  it.each(maskAttacks)('answers alike whatever the data is: %s', async (sql) => {
    const rewritten = rewrittenOf(sql)
    if (typeof rewritten !== 'string') {
      expect(rewritten.sqlState).toMatch(/^42/)
      return
    }
    const real = await seen(clients['real'] as pg.Client, rewritten)
    const twin = await seen(clients['twin'] as pg.Client, rewritten)
    expect(real).toEqual(twin)
    expect(JSON.stringify(real)).not.toMatch(/canary/i)
  })
})

describe('an attack on definitions that tell of a masked column', () => {
  it.each(definitionAttacks)('shows nothing of it: %s', async (sql) => {
    const rewritten = rewrittenOf(sql, definitions)
    if (typeof rewritten !== 'string') {
      expect(rewritten.sqlState).toMatch(/^42/)
      return
    }
    expect(JSON.stringify(await seen(clients['real'] as pg.Client, rewritten))).not.toMatch(/canary|63616e617279|99 97 110 97/i)
  })

  it('closes nothing where no masked column stands in one', () => {
    for (const sql of ['SELECT pg_get_constraintdef(oid) FROM pg_constraint', 'SELECT * FROM pg_class', 'SELECT indexdef FROM pg_indexes']) expect(rewrittenOf(sql)).toBe(sql)
  })
})
