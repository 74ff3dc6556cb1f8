/**
 * The second collection of writes under masks and a row filter, by a user whom row security holds as well: over two databases that
 * differ only in what is hidden, every statement says and does the same; without the policy each of them means something.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Catalog } from '../catalog.js'
import { moreLegitimateWrites, moreWriteAttacks, moreWriteAttackSequences } from '../corpora/write-attacks-2.js'
import { writeData, writeMaskingRules, writeRowFilters, writeSchema } from '../corpora/write-fixture.js'
import { moreWriteData, moreWriteMaskingRules, moreWriteRowFilters, moreWriteSchema } from '../corpora/write-fixture-2.js'
import { decide } from '../decide.js'
import { loadParser } from '../parser.js'
import { compilePolicy } from '../policy.js'
import { readCatalog } from '../testing/read-catalog.js'
import type { Decision } from '../types.js'
import { HASH_SETTINGS } from './masks.js'

type Kind = 'real' | 'twin' | 'direct'
const KINDS = ['real', 'twin', 'direct'] as const
const serverUrl = process.env['PGBEAM_TEST_DATABASE_URL'] ?? ''
const suffix = randomBytes(6).toString('hex')
const role = `writer_${suffix}`
const policy = compilePolicy({
  id: 'pol_writes_2', version: 1, accessMode: 'read_write', maskingRules: [...writeMaskingRules, ...moreWriteMaskingRules], rowFilters: [...writeRowFilters, ...moreWriteRowFilters],
})
const clients = {} as Record<Kind, pg.Client>
let catalog: Catalog
let dumps: { readonly all: string; readonly visible: string }

const open = async (database: string, options = ''): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: Object.assign(new URL(serverUrl), { pathname: `/${database}` }).toString(), options })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
const nameOf = (kind: string) => `writes2_${kind}_${suffix}`

beforeAll(async () => {
  expect(serverUrl).not.toBe('')
  await loadParser()
  const admin = await open('postgres')
  await admin.query(`CREATE DATABASE ${nameOf('schema')}`)
  await admin.query(`CREATE ROLE ${role}; GRANT pg_read_all_stats TO ${role}`)
  const schema = await open(nameOf('schema'))
  for (const sql of writeSchema) await schema.query(sql)
  for (const sql of moreWriteSchema) await schema.query(sql)
  for (const name of ['w', 'w2']) await schema.query(`GRANT ALL ON SCHEMA ${name} TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA ${name} TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA ${name} TO ${role}`)
  await schema.end()
  for (const kind of KINDS) {
    await admin.query(`CREATE DATABASE ${nameOf(kind)} TEMPLATE ${nameOf('schema')}`)
    const filler = await open(nameOf(kind))
    for (const sql of [...writeData(kind === 'twin' ? 'twin' : 'real'), ...moreWriteData(kind === 'twin' ? 'twin' : 'real')]) await filler.query(sql)
    await filler.end()
    const key = Object.values(HASH_SETTINGS).map((name, at) => `-c ${name}=${String(at).repeat(128)}`).join(' ')
    clients[kind] = await open(nameOf(kind), `${key} -c role=${role} -c search_path=w2,w,public -c statement_timeout=10000`)
  }
  await admin.end()
  const reader = await open(nameOf('real'), `-c role=${role} -c search_path=`)
  catalog = await readCatalog(reader)
  await reader.end()
  const tables = [...catalog.relationsByOid.values()].filter((each) => each.schema === 'w2' && each.kind === 'r')
  const all = tables.map(({ name }) => `SELECT t::text AS ${name} FROM w2.${name} t ORDER BY 1`).join(';')
  dumps = { all, visible: sent(all) }
}, 120_000)

afterAll(async () => {
  for (const client of Object.values(clients)) await client.end()
  const admin = await open('postgres')
  for (const kind of ['schema', ...KINDS]) await admin.query(`DROP DATABASE IF EXISTS ${nameOf(kind)} WITH (FORCE)`)
  await admin.query(`DROP ROLE ${role}`)
  await admin.end()
})

const judge = (sql: string): Decision => decide(sql, { policy, catalog, protocol: 'simple' })
function sent(sql: string): string {
  const decision = judge(sql)
  if (!decision.allowed) throw new Error(`${decision.rule}: ${decision.message}: ${sql}`)
  return decision.rewritten?.text ?? sql
}

/** Classes of errors whose words the client hears; of others it hears the code. */
const SPEAKING = /^(25|26|34|3B|3D|3F|40|42|53|54|55|57|58|08)/

async function seen(kind: Kind, sql: string): Promise<unknown> {
  try {
    const answer = await clients[kind].query<unknown[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text: string) => text } })
    return (Array.isArray(answer) ? answer : [answer]).map((one: pg.QueryArrayResult) => ({ tag: [one.command, one.rowCount], fields: one.fields.map((field) => [field.name, field.dataTypeID]), rows: one.rows }))
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { code, message: SPEAKING.test(code) ? message : '' }
  }
}

const contents = async (kind: Kind, dump: string): Promise<unknown> =>
  ((await clients[kind].query({ text: dump, rowMode: 'array' })) as unknown as pg.QueryArrayResult[]).map((one) => [one.fields[0]?.name, one.rows])

async function bothAlike(text: string): Promise<void> {
  const [real, twin] = [await seen('real', text), await seen('twin', text)]
  expect(real).toEqual(twin)
  expect(JSON.stringify(real)).not.toMatch(/canary-?\d/)
  if ('code' in (real as object)) return
  expect(await contents('real', dumps.visible)).toEqual(await contents('twin', dumps.visible))
}

beforeEach(async () => {
  for (const kind of KINDS) {
    await clients[kind].query('BEGIN')
    for (const sequence of ['w2.free_id_seq', 'w2.shared']) await clients[kind].query(`SELECT setval('${sequence}', 1000)`) // not undone by ROLLBACK
    await clients[kind].query(`SELECT setval('w2.numbered_no_seq', ${kind === 'twin' ? 900 : 700}), setval('w2.secret_ident_id_seq', ${kind === 'twin' ? 12 : 7})`)
  }
})
afterEach(async () => {
  for (const kind of KINDS) await clients[kind].query('ROLLBACK')
})

describe('an attack by a write of the second collection', () => {
  it.each(moreWriteAttacks)('says and does the same whatever is hidden: %s', async (sql) => {
    const decision = judge(sql)
    if (decision.allowed) await bothAlike(decision.rewritten?.text ?? sql)
    else expect(decision.sqlState).toMatch(/^42/)
  })

  it.each(moreWriteAttackSequences.map((messages) => [messages]))('says and does the same over several messages: %s', async (messages) => {
    for (const sql of messages) {
      const decision = judge(sql)
      if (decision.allowed) await bothAlike(decision.rewritten?.text ?? sql)
      else expect(decision.sqlState).toMatch(/^42/)
    }
  })

  it('means something where no policy holds: what is refused is not refused for its spelling', async () => {
    const spelled: unknown[] = []
    for (const sql of moreWriteAttacks.filter((each) => !judge(each).allowed)) {
      if (/^(VACUUM|COPY .* FROM|IMPORT|EXECUTE|CALL|CLUSTER)/.test(sql)) continue
      await clients.direct.query('SAVEPOINT before')
      const found = await seen('direct', sql)
      await clients.direct.query('ROLLBACK TO before')
      if (/^(42601|42P01|42703|42883)$/.test((found as { code?: string }).code ?? '')) spelled.push({ sql, found })
    }
    expect(spelled).toEqual([])
  })
})

it.each(moreLegitimateWrites)('a write that reads nothing hidden does and says what it does without the policy: %s', async (sql) => {
  const real = await seen('real', sent(sql))
  expect(real).not.toHaveProperty('code')
  expect(real).toEqual(await seen('direct', sql))
  expect(await contents('real', dumps.all)).toEqual(await contents('direct', dumps.all))
  expect(await seen('twin', sent(sql))).toEqual(real)
})

it('a default that is known is not hashed, and one that nobody knows is: a fresh UUID', () => {
  for (const sql of ['INSERT INTO tagged (id) VALUES (9) RETURNING kind', 'INSERT INTO tagged VALUES (9, DEFAULT) RETURNING kind', 'INSERT INTO tagged (id, note) SELECT 9, $$x$$', 'INSERT INTO tagged DEFAULT VALUES']) {
    expect(judge(sql)).toMatchObject({ allowed: false, rule: 'masked_relation', message: expect.stringContaining('hash') })
  }
  expect(judge("INSERT INTO keyed (note) VALUES ('k') RETURNING token")).toMatchObject({ allowed: true })
})
