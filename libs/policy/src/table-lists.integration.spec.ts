/**
 * Every function that the gate lets pass under a denylist is called on a real server with the denied table's name, its oid and SQL over
 * it: none tells what the table holds. The rows of rule-cases.ts are real, too: the server knows what they name.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Catalog } from './catalog.js'
import { fixtureSchema } from './corpora/fixture.js'
import { casePolicies, ruleCases } from './corpora/rule-cases.js'
import { decide } from './decide.js'
import { loadParser } from './parser.js'
import { compilePolicy } from './policy.js'
import { readCatalog } from './testing/read-catalog.js'

const serverUrl = process.env['PGBEAM_TEST_DATABASE_URL'] ?? ''
const database = `lists_${randomBytes(6).toString('hex')}`
const CANARY = 'canary7f3a'
let client: pg.Client
let catalog: Catalog

const open = async (name: string): Promise<pg.Client> => {
  const opened = new pg.Client({ connectionString: Object.assign(new URL(serverUrl), { pathname: `/${name}` }).toString(), options: '-c statement_timeout=2000' })
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
  await client.query(`INSERT INTO public.salaries SELECT n, '${CANARY}', 77331 FROM generate_series(10, 400) AS n`)
  await client.query('ANALYZE public.salaries, public.salaries_old, public.pay_copy')
  catalog = await readCatalog(client)
}, 60_000)

afterAll(async () => {
  await client?.end()
  const admin = await open('postgres')
  await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await admin.end()
})

/** What a function that reads tables could be told, by the type of its argument. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  text: [`'public.salaries'`, `'SELECT who, who FROM public.salaries'`, `'who'`],
  name: [`'salaries'`], cstring: [`'public.salaries'`], regclass: [`'public.salaries'::regclass`], oid: [`'public.salaries'::regclass::oid`],
  bool: ['true'], int4: ['1'], int8: ['1'], int2: ['1::int2'], xml: [`'<a/>'::xml`], tid: [`'(0,3)'::tid`], refcursor: [`'c'::refcursor`], regtype: [`'public.salaries'::regtype`],
  tsquery: [`'a'::tsquery`], regconfig: [`'simple'::regconfig`], json: [`'{}'::json`], jsonb: [`'{}'::jsonb`], anyelement: [`NULL::public.salaries`], bytea: [`'a'::bytea`], _text: [`ARRAY['public', 'salaries']`], pg_node_tree: ['NULL::pg_node_tree'],
}

interface Overload {
  readonly schema: string
  readonly name: string
  readonly types: readonly string[]
}

it('no function that passes under a denylist tells what the denied table holds', async () => {
  const policy = compilePolicy({ id: 'p', version: 1, ...casePolicies.noSalaries })
  const { rows } = await client.query<Overload>(`SELECT n.nspname AS schema, p.proname AS name,
      ARRAY(SELECT t.typname::text FROM unnest(p.proargtypes) WITH ORDINALITY AS a(oid, at) JOIN pg_type t ON t.oid = a.oid ORDER BY a.at) AS types
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind = 'f' AND p.pronargs > 0 AND p.proname !~ '^pg_sleep' ORDER BY 1, 2, 3`)
  const told: string[] = []
  let called = 0
  for (const { schema, name, types } of rows) {
    const values = types.map((type) => SAMPLES[type])
    if (values.some((each) => each === undefined)) continue
    const most = Math.max(...values.map((each) => each?.length ?? 0))
    for (let n = 0; n < most; n++) {
      const sql = `SELECT x::text FROM ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}(${values.map((each) => each?.[n % each.length]).join(', ')}) AS x`
      if (!decide(sql, { policy, catalog, protocol: 'simple' }).allowed) continue
      called++
      const answer = await client.query(sql).then((result) => JSON.stringify(result.rows), (error: unknown) => `${String(error)} ${(error as pg.DatabaseError).detail ?? ''}`)
      if (answer.includes(CANARY) || answer.includes('77331')) told.push(`${sql}: ${answer.slice(0, 200)}`)
    }
  }
  expect(told).toEqual([])
  expect(called).toBeGreaterThan(500)
}, 120_000)

it('notices a telling function and a telling catalog: without the gate these are some', async () => {
  for (const sql of [`SELECT query_to_xml('SELECT who FROM public.salaries', true, true, '')::text AS x`, `SELECT s::text AS x FROM pg_stats s`]) {
    expect(JSON.stringify((await client.query(sql)).rows)).toContain(CANARY)
  }
})

it('without the list the server tells it: the table of statements names real ways', async () => {
  const silent: string[] = []
  let spoke = 0
  for (const { policy, rule, sql } of ruleCases) {
    if (policy !== 'noSalaries' || rule !== 'table_denied' || !/^(SELECT|TABLE|WITH|VALUES|\()/.test(sql)) continue
    const { code } = await client.query(sql).then(() => ({ code: 'ok' }), (error: unknown) => ({ code: (error as { code?: string }).code }))
    if (code === 'ok') spoke++
    else if (/^(42601|42P01|42703|42883|42804)$/.test(code ?? '')) silent.push(`${code}: ${sql}`)
  }
  expect(silent).toEqual([])
  expect(spoke).toBeGreaterThan(40)
})

it('the views that tell what a catalog holds by itself are the ones that are closed', async () => {
  const policy = compilePolicy({ id: 'p', version: 1, ...casePolicies.noSalaries })
  const { rows } = await client.query<{ name: string }>("SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'v') AND c.oid < 16384 AND c.relnamespace = 'pg_catalog'::regnamespace")
  const told: string[] = []
  let read = 0
  for (const { name } of rows) {
    if (!decide(`SELECT * FROM ${name}`, { policy, catalog, protocol: 'simple' }).allowed) continue
    read++
    const answer = await client.query(`SELECT t::text FROM ${name} AS t`).then((result) => JSON.stringify(result.rows), String)
    if (answer.includes(CANARY) || answer.includes('77331')) told.push(name)
  }
  expect(told).toEqual([])
  expect(read).toBeGreaterThan(100)
})
