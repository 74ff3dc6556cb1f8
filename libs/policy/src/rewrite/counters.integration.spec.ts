/**
 * Counters of the whole server tell how much a statement read, masked values included: how long they are. Read directly, each of
 * these differs between two databases that differ in one masked value only; through a policy none of them says anything.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type pg from 'pg'
import { counterAttacks } from '../corpora/mask-attacks-6.js'
import { pairData, pairMaskingRules, pairRowFilters, pairSchema } from '../corpora/masked-fixture-4.js'
import { compilePolicy } from '../policy.js'
import { another, dropDatabases, openDatabases, rewrittenOf, seen, type Kind } from '../testing/masked-databases.js'

const TWINS = ['real', 'twin'] as const
const policy = compilePolicy({
  id: 'pol_counters', version: 1, accessMode: 'read_only', rowFilters: pairRowFilters,
  maskingRules: [...pairMaskingRules, { table: 'app.weighed', column: 'kept', kind: 'partial' }],
})
const READ = 'SELECT kept FROM app.weighed WHERE id = 1'
const TIMES = 3
/** Two megabytes are a thousand pieces of a value; what else goes on in a database nobody uses is far less. */
const NOISE = 1000

/** One number each, as a superuser asks for it, and as an attack would. */
const COUNTERS: readonly string[] = [
  'SELECT pg_stat_get_db_tuples_returned(oid) FROM pg_database WHERE datname = current_database()', 'SELECT pg_stat_get_db_tuples_fetched(oid) FROM pg_database WHERE datname = current_database()',
  'SELECT pg_stat_get_db_blocks_fetched(oid) FROM pg_database WHERE datname = current_database()', 'SELECT (oid).pg_stat_get_db_blocks_hit FROM pg_database WHERE datname = current_database()',
  'SELECT tup_returned FROM pg_stat_database WHERE datname = current_database()', 'SELECT d.tup_fetched FROM pg_stat_database d WHERE datname = current_database()', 'SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()',
  "SELECT toast_blks_hit + toast_blks_read FROM pg_statio_user_tables WHERE relname = 'weighed'",
  "SELECT idx_tup_read FROM pg_stat_all_indexes WHERE indexrelid = (SELECT indexrelid FROM pg_index WHERE indrelid = (SELECT reltoastrelid FROM pg_class WHERE oid = 'app.weighed'::regclass))",
  "SELECT t.idx_tup_fetch FROM pg_stat_all_tables t JOIN pg_class c ON c.reltoastrelid = t.relid WHERE c.oid = 'app.weighed'::regclass",
  "SELECT pg_stat_get_blocks_hit(reltoastrelid) + 0 FROM pg_class WHERE oid = 'app.weighed'::regclass", "SELECT pg_stat_get_tuples_fetched(indexrelid) + pg_stat_get_tuples_returned(indexrelid) FROM pg_index WHERE indrelid = (SELECT reltoastrelid FROM pg_class WHERE oid = 'app.weighed'::regclass)",
  'SELECT sum(hits + coalesce(reads, 0)) FROM pg_stat_get_backend_io(pg_backend_pid())',
]

const clients: Partial<Record<Kind, pg.Client>> = {}

beforeAll(async () => {
  await openDatabases(process.env['PGBEAM_TEST_DATABASE_URL'], {
    schema: [...pairSchema, 'CREATE TABLE app.weighed (id int PRIMARY KEY, kept text)', 'ALTER TABLE app.weighed ALTER kept SET STORAGE EXTERNAL', 'ALTER TABLE app.weighed SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)'],
    data: (kind) => [...pairData(kind), `INSERT INTO app.weighed VALUES (1, repeat('x', ${kind === 'real' ? 2_000_000 : 100}))`, 'VACUUM ANALYZE app.weighed'],
  })
  for (const kind of TWINS) clients[kind] = await another(kind)
}, 120_000)
afterAll(async () => {
  for (const client of Object.values(clients)) await client.end()
  await dropDatabases()
})

async function numberOf(client: pg.Client, sql: string): Promise<number> {
  await client.query('SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()')
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
  return Number(rows[0]?.[0])
}

it.each(COUNTERS)('tells a superuser how long a masked value is, and nobody under a policy that masks it: %s', async (counter) => {
  const text = rewrittenOf(READ, policy)
  if (typeof text !== 'string') throw new Error(text.message)
  expect(text).not.toBe(READ)
  const growth: number[] = []
  for (const kind of TWINS) {
    const client = clients[kind] as pg.Client
    const before = await numberOf(client, counter)
    for (let n = 0; n < TIMES; n++) expect((await client.query(text)).rows).toEqual([{ kept: '****xxxx' }])
    growth.push((await numberOf(client, counter)) - before)
  }
  const [real = 0, twin = 0] = growth
  expect(real - twin).toBeGreaterThan(NOISE)
  const asked = rewrittenOf(counter, policy)
  if (typeof asked !== 'string') expect(asked).toMatchObject({ rule: 'closed_catalog', sqlState: '42501' })
  else for (const kind of TWINS) expect((await (clients[kind] as pg.Client).query<unknown[]>({ text: asked, rowMode: 'array' })).rows).toEqual([[null]])
}, 60_000)

it('lets no counter of the corpus say more than NULL', async () => {
  const told: unknown[] = []
  for (const sql of counterAttacks) {
    const asked = rewrittenOf(sql, policy)
    if (typeof asked !== 'string') continue
    const answers = await Promise.all(TWINS.map(async (kind) => JSON.stringify(await seen(kind, asked))))
    if (answers[0] !== answers[1] || /"[0-9]{2,}"/.test(answers.join())) told.push({ sql, answers })
  }
  expect(told).toEqual([])
  expect(counterAttacks.length).toBeGreaterThan(12)
}, 60_000)
