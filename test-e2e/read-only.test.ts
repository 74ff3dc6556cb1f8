/**
 * A read-only credential over a superuser's database full of traps: every attack of the corpus is refused on both
 * protocols with rule and hint, nothing changes and nobody is told; tools and analysts get the answers they get directly.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { analytics, attacks, fixtureSchema, toolStatements } from '@pgbeam/policy/corpora'
import pg from 'pg'
import { connect } from './support/connect.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
let direct: pg.Client
const told: string[] = []
const MAJOR = 18
const known = <T extends { readonly sinceMajor?: number }>(all: readonly T[]) => all.filter((one) => (one.sinceMajor ?? 0) <= MAJOR)

// Everything that an attack could have left behind, as one text.
const STATE = `SELECT pg_catalog.md5(pg_catalog.concat_ws('|',
  (SELECT string_agg(query_to_xml(format('SELECT * FROM %s AS t ORDER BY t::text', c.oid::regclass), true, true, '')::text, ',' ORDER BY c.oid)
    FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.relnamespace = 'app'::regnamespace),
  (SELECT string_agg(concat_ws(' ', schemaname, sequencename, last_value), ',' ORDER BY schemaname, sequencename) FROM pg_sequences),
  (SELECT string_agg(concat_ws(' ', oid, relname, relnamespace, relowner, relfilenode, relacl, relrowsecurity), ',' ORDER BY oid) FROM pg_class WHERE oid >= 16384),
  (SELECT string_agg(concat_ws(' ', oid, proname, provolatile, prosrc), ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
  (SELECT string_agg(concat_ws(' ', oid, typname), ',' ORDER BY oid) FROM pg_type WHERE oid >= 16384),
  (SELECT string_agg(nspname, ',' ORDER BY oid) FROM pg_namespace WHERE nspname !~ '^pg_temp|^pg_toast'),
  (SELECT string_agg(concat_ws(' ', extname, extversion), ',' ORDER BY oid) FROM pg_extension),
  (SELECT count(*) FROM pg_largeobject_metadata), (SELECT count(*) FROM pg_prepared_xacts), (SELECT count(*) FROM pg_replication_origin),
  (SELECT count(*) FROM pg_replication_slots WHERE database = current_database()), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
  (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())),
  (SELECT count(*) FROM pg_publication), (SELECT count(*) FROM pg_description WHERE objoid >= 16384), (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())))`

async function state(): Promise<string> {
  return (await direct.query<{ md5: string }>(STATE)).rows[0]?.md5 ?? ''
}

beforeAll(async () => {
  stack = await startStack()
  direct = new pg.Client({ connectionString: stack.upstream.superuserUrl })
  await direct.connect()
  for (const sql of fixtureSchema) await direct.query(sql)
  // The worst case: the stored user may do anything, so only the gate and its guards stand between.
  await direct.query(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} SUPERUSER`)
  direct.on('notification', ({ payload }) => told.push(payload ?? ''))
  await direct.query('LISTEN told')
  credential = await stack.createCredential({ accessMode: 'read_only' })
})
afterAll(async () => {
  if (direct !== undefined) {
    await direct.query(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} NOSUPERUSER`)
    await direct.query(`DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER loop`).catch(() => undefined)
    await direct.end()
  }
  await stack?.stop()
})

it.each(['simple', 'extended'] as const)('refuses at least 450 attacks over the %s protocol, and leaves no trace', async (protocol) => {
  const before = await state()
  const client = await connect(stack, credential)
  const wrong: string[] = []
  let refused = 0
  for (const attack of known(attacks)) {
    try {
      await client.query(protocol === 'simple' ? attack.sql : { text: attack.sql, name: `attack_${refused}` })
      wrong.push(`passed: ${attack.sql}`)
    } catch (error) {
      const { code, detail, hint } = error as pg.DatabaseError
      if (code === '42501' && detail === `rule: ${attack.rule}` && hint) refused++
      else wrong.push(`${code} ${detail} ${(error as Error).message}: ${attack.sql}`)
    }
  }
  expect(wrong).toEqual([])
  expect(refused).toBeGreaterThanOrEqual(450)
  expect((await client.query('SELECT 1 AS still_here')).rows).toEqual([{ still_here: 1 }])
  await client.end()
  expect(await state()).toBe(before)
  expect(told).toEqual([])
})

it('notices the state check itself: a write changes it', async () => {
  const before = await state()
  await direct.query(`INSERT INTO app.audit (note) VALUES ('control')`)
  expect(await state()).not.toBe(before)
})

// What two sessions see differently: themselves, the clock, chance and counters.
const VOLATILE = /pg_stat|pg_locks|now\(\)|clock_|random|uuid|backend_pid|inet_|current_snapshot|gen_salt|pg_settings|current_setting|xact|application_name|SHOW all|TABLESAMPLE|EXPLAIN|normal_rand|wal_lsn|uptime|age\(|xmin|xml(?!forest)|search_path/i

async function answer(client: pg.Client, sql: string): Promise<string> {
  try {
    const results = [await client.query({ text: sql, rowMode: 'array' })].flat() as pg.QueryArrayResult[]
    return JSON.stringify(results.map((one) => [one.command, one.fields?.map((field) => field.name), VOLATILE.test(sql) ? null : one.rows]))
  } catch (error) {
    return `${(error as pg.DatabaseError).code} ${(error as Error).message}`
  }
}

it('points at a syntax error as the server does', async () => {
  const client = await connect(stack, credential)
  const broken = 'SELECT id FROM WHERE 1'
  const byServer = await direct.query(broken).catch((error: unknown) => error)
  await expect(client.query(broken)).rejects.toMatchObject({ code: '42601', position: (byServer as pg.DatabaseError).position })
  await client.end()
})

it('answers what tools and analysts send as the server does directly', async () => {
  const username = stack.upstream.username
  const url = new URL(stack.upstream.superuserUrl)
  url.username = username
  url.password = stack.upstream.password
  const statements = [...known(toolStatements), ...known(analytics)].filter(({ sql }) => !/\$[0-9]/.test(sql.replace(/PREPARE.*/s, '')) && !/TO STDOUT/.test(sql))
  const different: string[] = []
  const through = await connect(stack, credential)
  const plain = new pg.Client({ connectionString: url.toString(), options: '-c default_transaction_read_only=on -c client_encoding=UTF8' })
  await plain.connect()
  for (const { sql } of statements) {
    const [a, b] = await Promise.all([answer(through, sql), answer(plain, sql)])
    if (a !== b) different.push(`${sql.slice(0, 200)}\n  through: ${a.slice(0, 300)}\n  direct:  ${b.slice(0, 300)}`)
    for (const client of [through, plain]) {
      await client.query('ROLLBACK')
      await client.query('DISCARD ALL')
    }
  }
  await Promise.all([through.end(), plain.end()])
  expect(different).toEqual([])
  expect(statements.length).toBeGreaterThan(250)
}, 300_000)
