/** For specs that rewrite statements and run them: one database as it is, its twin that differs only in what is hidden, and one whose data is masked. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Catalog } from '../catalog.js'
import { maskedData, maskedSchema } from '../corpora/masked-fixture.js'
import { moreMaskedData, moreMaskedSchema, moreMaskingRules, moreRowFilters } from '../corpora/masked-fixture-2.js'
import { lastMaskedData, lastMaskedSchema, lastMaskingRules, lastRowFilters } from '../corpora/masked-fixture-3.js'
import { decide } from '../decide.js'
import { loadParser } from '../parser.js'
import { compilePolicy } from '../policy.js'
import type { CompiledPolicy, Denied } from '../types.js'
import { HASH_SETTINGS } from '../rewrite/masks.js'
import { readCatalog } from './read-catalog.js'

export type Kind = 'real' | 'twin' | 'masked'

let serverUrl = ''
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
    ...moreMaskingRules,
    ...lastMaskingRules,
  ],
  rowFilters: [{ table: 'app.orders', predicate: "region = 'eu' AND amount >= 0" }, ...moreRowFilters, ...lastRowFilters],
})
const clients: Partial<Record<Kind, pg.Client>> = {}
let catalog: Catalog

async function open(database: string): Promise<pg.Client> {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  const key = Object.values(HASH_SETTINGS).map((name, at) => `-c ${name}=${String(at).repeat(128)}`).join(' ')
  const client = new pg.Client({ connectionString: url.toString(), options: `-c default_transaction_read_only=on -c statement_timeout=10000 -c search_path=app,public ${key}` })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function catalogOf(database: string): Promise<Catalog> {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.toString(), options: '-c search_path=' })
  await client.connect()
  const catalog = await readCatalog(client)
  await client.end()
  return catalog
}

/** Through a stand-in a whole row is a record, and no longer of the table's own type: the one difference. */
const RECORD = 2249
const rowTypes = new Set<number>()

/** What a client would see: columns with their types, rows as text, or the error. */
export async function seen(kind: Kind, sql: string): Promise<unknown> {
  const client = clients[kind] as pg.Client
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

/** Another session, which the tests' own does not wait for. */
export const another = (kind: Kind): Promise<pg.Client> => open(names[kind])

/** What would be sent to the database, or why nothing is. */
export function rewrittenOf(sql: string, under: CompiledPolicy = policy): string | Denied {
  const decision = decide(sql, { policy: under, catalog, protocol: 'simple' })
  return decision.allowed ? (decision.rewritten?.text ?? sql) : decision
}

/** What a spec adds to the databases of its own. */
export interface MoreData {
  readonly schema: readonly string[]
  readonly data: (kind: Kind) => readonly string[]
}

/** @param url a superuser of a server in which databases may be made */
export async function openDatabases(url: string | undefined, more?: MoreData): Promise<void> {
  if (url === undefined) throw new Error('PGBEAM_TEST_DATABASE_URL is not set')
  serverUrl = url
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
  await run(template, [...maskedSchema, ...moreMaskedSchema, ...lastMaskedSchema, ...(more?.schema ?? [])])
  for (const [kind, name] of Object.entries(names)) {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
    await run(name, [...maskedData(kind as Kind), ...moreMaskedData(kind as Kind), ...lastMaskedData(kind as Kind), ...(more?.data(kind as Kind) ?? [])])
    clients[kind as Kind] = await open(name)
  }
  await admin.end()
  catalog = await catalogOf(names.real)
  for (const relation of catalog.relationsByOid.values()) rowTypes.add(relation.rowType)
}

export async function dropDatabases(): Promise<void> {
  for (const client of Object.values(clients)) await client.end()
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  for (const name of [template, ...Object.values(names)]) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await admin.end()
}
