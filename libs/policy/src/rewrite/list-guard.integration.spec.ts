/**
 * Under table lists a statement finds by itself that what it was judged by has changed: each change of this list is made on
 * a real server after the verdict, and the statement as it would be sent is run then.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Catalog } from '../catalog.js'
import { fixtureSchema } from '../corpora/fixture.js'
import { casePolicies, ruleCases } from '../corpora/rule-cases.js'
import { decide } from '../decide.js'
import { loadParser } from '../parser.js'
import { compilePolicy } from '../policy.js'
import type { CompiledPolicy } from '../types.js'
import { MOVED } from './guard.js'
import { readCatalog } from '../testing/read-catalog.js'

const serverUrl = process.env['PGBEAM_TEST_DATABASE_URL'] ?? ''
const database = `guard_${randomBytes(6).toString('hex')}`
let client: pg.Client
let catalog: Catalog

const open = async (name: string): Promise<pg.Client> => {
  const opened = new pg.Client({ connectionString: Object.assign(new URL(serverUrl), { pathname: `/${name}` }).toString() })
  opened.on('error', () => undefined)
  await opened.connect()
  return opened
}

beforeAll(async () => {
  expect(serverUrl).not.toBe('')
  await loadParser()
  const admin = await open('postgres')
  await admin.query(`CREATE DATABASE ${database}`)
  await admin.end()
  client = await open(database)
  for (const sql of fixtureSchema) await client.query(sql)
  for (const sql of [
    'CREATE TABLE public.tree (id int, t text) PARTITION BY RANGE (id)', 'CREATE TABLE public.tree_1 PARTITION OF public.tree FOR VALUES FROM (1) TO (10)', "INSERT INTO public.tree VALUES (1, 'a'), (2, 'b')",
    'CREATE TABLE public.hidden (id int, t text)', "INSERT INTO public.hidden VALUES (15, 'canary'), (16, 'canary')", 'CREATE TABLE public.open (id int, t text)', "INSERT INTO public.open VALUES (1, 'x'), (2, 'y')",
    'CREATE VIEW public.shown AS SELECT id, t FROM public.open', 'CREATE VIEW public.outer AS SELECT id, t FROM public.shown',
  ]) await client.query(sql)
  catalog = await readCatalog(client)
}, 60_000)

afterAll(async () => {
  await client?.end()
  const admin = await open('postgres')
  await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await admin.end()
})

const deny = compilePolicy({ id: 'deny', version: 1, accessMode: 'read_only', tableDenylist: ['hidden'] })
const allow = compilePolicy({ id: 'allow', version: 1, accessMode: 'read_only', tableAllowlist: ['tree', 'open', 'shown', '"outer"'] })

function sent(sql: string, policy: CompiledPolicy, known = catalog): string {
  const decision = decide(sql, { policy, catalog: known, protocol: 'simple' })
  if (!decision.allowed) throw new Error(`${decision.rule}: ${decision.message}`)
  return decision.guarded?.text ?? sql
}
const hears = (text: string) => client.query(text).then((result) => JSON.stringify((Array.isArray(result) ? result : [result]).map((one: pg.QueryResult) => [one.command, one.fields?.map((field) => [field.name, field.dataTypeID, field.tableID, field.columnID]), one.rows])), (error: unknown) => (error as Error).message)

const reads = ['SELECT * FROM {}', 'SELECT count(*) FROM {}', 'TABLE {}', 'SELECT t FROM {} ORDER BY id LIMIT 1', 'WITH x AS (SELECT * FROM {}) SELECT t FROM x', "SELECT 'none' AS t UNION ALL SELECT t FROM {}", 'SELECT (SELECT max(t) FROM {}) AS m', 'VALUES ((SELECT min(t) FROM {}))',
  'SELECT 1; SELECT t FROM {} -- 7', 'SELECT t FROM {}; -- more', 'BEGIN; DECLARE c CURSOR FOR SELECT t FROM {}; FETCH ALL FROM c; COMMIT', 'PREPARE p AS SELECT t FROM {}; EXECUTE p; DEALLOCATE p', 'EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT t FROM {}', 'SELECT count(*) FROM lateral (SELECT 1) a, {} AS b (c, d) WHERE d IS NOT NULL', 'SELECT x FROM {} x', 'SELECT t, t FROM {} GROUP BY t HAVING true']

const RAISED = new RegExp(`^invalid input syntax for type boolean: "${MOVED}`)

interface Change { readonly name: string; readonly policy: CompiledPolicy; readonly relation: string; readonly make: string[] }
const changes: Change[] = [
  { name: 'a rename in its place', policy: deny, relation: 'public.open', make: ['ALTER TABLE public.open RENAME TO was_open', 'ALTER TABLE public.hidden RENAME TO open'] },
  { name: 'a rename in its place, named without its schema', policy: allow, relation: 'open', make: ['ALTER TABLE public.open RENAME TO was_open', 'ALTER TABLE public.hidden RENAME TO open'] },
  { name: 'a table of another schema that comes first', policy: allow, relation: 'open', make: ['CREATE SCHEMA first', 'ALTER TABLE public.hidden SET SCHEMA first', 'ALTER TABLE first.hidden RENAME TO open', 'SET LOCAL search_path = first, public'] },
  { name: 'another definition of a view', policy: deny, relation: 'public.shown', make: ['CREATE OR REPLACE VIEW public.shown AS SELECT id, t FROM public.hidden'] },
  { name: 'another definition of a view beneath a view', policy: allow, relation: 'public."outer"', make: ['CREATE OR REPLACE VIEW public.shown AS SELECT id, t FROM public.hidden'] },
  { name: 'a view in place of another', policy: deny, relation: 'public.shown', make: ['DROP VIEW public.shown CASCADE', 'CREATE VIEW public.shown AS SELECT * FROM public.hidden'] },
  { name: 'a denied table as a new partition', policy: deny, relation: 'public.tree', make: ['ALTER TABLE public.tree ATTACH PARTITION public.hidden FOR VALUES FROM (10) TO (20)'] },
  { name: 'a denied table as a new child', policy: deny, relation: 'public.open', make: ['ALTER TABLE public.hidden INHERIT public.open'] },
  { name: 'a denied table as a child of what a view reads', policy: deny, relation: 'public."outer"', make: ['ALTER TABLE public.hidden INHERIT public.open'] },
  { name: 'a denied table for a parent', policy: deny, relation: 'public.open', make: ['ALTER TABLE public.open INHERIT public.hidden'] },
  { name: 'the loss of the parent by which it is allowed', policy: allow, relation: 'public.tree_1', make: ['ALTER TABLE public.tree DETACH PARTITION public.tree_1'] },
]

it.each(changes)('a statement finds $name', async ({ policy, relation, make }) => {
  for (const shape of reads) {
    const sql = shape.replaceAll('{}', relation)
    const text = sent(sql, policy)
    expect(text).not.toBe(sql)
    const before = await hears(text)
    if (!sql.startsWith('EXPLAIN')) expect({ sql, before }).toEqual({ sql, before: await hears(sql) })
    expect(before).not.toMatch(RAISED)
    await client.query('BEGIN')
    for (const change of make) await client.query(change)
    const after = await hears(text.replace(/^BEGIN; |; COMMIT$/g, ''))
    await client.query('ROLLBACK')
    await client.query('DEALLOCATE ALL')
    expect({ sql, after: RAISED.test(after) ? 'raised' : after }).toEqual({ sql, after: 'raised' })
  }
})

it.each(['COPY public.open TO STDOUT', 'COPY public.open (t, id) TO STDOUT WITH (FORMAT csv)', 'COPY (SELECT t FROM public.open) TO STDOUT'])('%s is a query that checks', (sql) => {
  expect(sent(sql, deny)).toMatch(/^COPY +\( ?SELECT .*pgbeam_catalog_moved.*\) +TO STDOUT/s)
})

it('a partition that is made later of an allowed table changes nothing, and what was prepared goes on', async () => {
  const text = sent('SELECT count(*)::int AS n FROM public.tree', allow)
  await client.query('BEGIN')
  await client.query('CREATE TABLE public.tree_2 PARTITION OF public.tree FOR VALUES FROM (10) TO (20)')
  expect((await client.query(text)).rows).toEqual([{ n: 2 }])
  await client.query('ROLLBACK')
})

it('asks nothing of statements that name no table, only show a plan, or run under a policy without lists', () => {
  const plain = compilePolicy({ id: 'plain', version: 1, accessMode: 'read_only' })
  for (const sql of ['SELECT 1', 'SELECT relname FROM pg_class', 'SHOW work_mem', 'BEGIN', 'EXPLAIN SELECT * FROM open']) expect(sent(sql, deny)).toBe(sql)
  expect(sent('SELECT * FROM open', plain)).toBe('SELECT * FROM open')
})

it('texts that differ in integers share what stands around them', () => {
  const decision = decide('SELECT t FROM open WHERE id = 5', { policy: deny, catalog, protocol: 'simple' })
  expect(decision).toMatchObject({ literalFree: true, guarded: { around: { before: ' SELECT * FROM (', tailBytes: 0 } } })
  expect(decide('SELECT t FROM open; -- 5', { policy: deny, catalog, protocol: 'simple' })).toMatchObject({ literalFree: false })
})

it('every statement that passes under lists in the table of rules answers as it does unguarded', async () => {
  const different: string[] = []
  let compared = 0
  for (const { policy, rule, sql } of ruleCases) {
    const compiled = compilePolicy({ id: 'p', version: 1, ...casePolicies[policy] })
    if (rule !== 'ok' || compiled.tables === undefined || /STDOUT|STDIN|pg_stat|random|clock_timestamp/.test(sql)) continue
    const text = sent(sql, compiled)
    if (text === sql) continue
    compared++
    await client.query('BEGIN')
    const plain = await hears(sql)
    await client.query('ROLLBACK')
    await client.query('BEGIN')
    const guarded = await hears(text)
    await client.query('ROLLBACK')
    await client.query('DEALLOCATE ALL')
    if (plain !== guarded && !/EXPLAIN/.test(sql)) different.push(`${sql}\n${plain.slice(0, 300)}\n${guarded.slice(0, 300)}`)
  }
  expect(different).toEqual([])
  expect(compared).toBeGreaterThan(20)
})

it('costs the database what is printed here', async () => {
  const { rows: [backend] } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  // By the kernel's count of the backend's own time, where it can be read: other work on the machine does not count.
  const schedstat = `/proc/${backend?.pid}/schedstat`
  const cpuMicros = () => (existsSync(schedstat) ? Number(readFileSync(schedstat, 'utf8').split(' ')[0]) / 1000 : performance.now() * 1000)
  let names = 0
  const microsOf = async (text: string, named: boolean) => {
    const name = `cost_${names++}`
    for (let n = 0; n < 50; n++) await client.query(named ? { name, text } : text)
    const before = cpuMicros()
    for (let n = 0; n < 500; n++) await client.query(named ? { name, text } : text)
    return (cpuMicros() - before) / 500
  }
  for (const [what, sql, policy] of [['an allowed table', 'SELECT t FROM public.open WHERE id = 1', allow], ['a table beside a denied one', 'SELECT t FROM public.open WHERE id = 1', deny], ['a view beside a denied table', 'SELECT t FROM public.shown WHERE id = 1', deny]] as const) {
    const text = sent(sql, policy)
    const figures: number[] = []
    for (const named of [false, true]) figures.push(await microsOf(sql, named), await microsOf(text, named))
    console.log(`measured: lists: ${what}: ${figures.map((each) => each.toFixed(0)).join(', ')} µs of the database's CPU (simple plain, simple checked, prepared plain, prepared checked)`)
    expect(figures.every((each) => each > 0)).toBe(true)
  }
})
