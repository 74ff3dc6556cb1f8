/**
 * A read-only credential over a superuser's database full of traps: every attack of the corpus is refused on both
 * protocols with rule and hint, nothing changes and nobody is told; tools and analysts get the answers they get directly.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { analytics, attacks, fixtureSchema, SECRET, secretAttacks, secretsGone, secretsSchema, toolStatements } from '@pgbeam/policy/corpora'
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
  (SELECT count(*) FROM pg_largeobject_metadata), (SELECT md5(string_agg(concat_ws(' ', loid, pageno, data), ',' ORDER BY loid, pageno)) FROM pg_largeobject),
  (SELECT string_agg(concat_ws(' ', sourcefile, seqno, name, setting), ',' ORDER BY sourcefile, seqno) FROM pg_file_settings), (SELECT string_agg(f, ',' ORDER BY f) FROM pg_ls_dir('.') f),
  (SELECT sum(vacuum_count + analyze_count) FROM pg_stat_user_tables), (SELECT count(*) FROM pg_prepared_xacts), (SELECT count(*) FROM pg_replication_origin),
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
  const changes = ["SELECT lo_from_bytea(4711, 'x')", "SELECT lo_put(4711, 0, 'y')", 'SELECT lo_unlink(4711)', "ALTER SYSTEM SET work_mem = '5MB'", 'ALTER SYSTEM RESET work_mem', "SELECT setval('app.counter', 99)",
    'SELECT pg_advisory_lock(1)', 'ANALYZE app.audit', `ALTER DATABASE ${new URL(stack.upstream.superuserUrl).pathname.slice(1)} SET work_mem = '5MB'`, "COPY (SELECT 1) TO PROGRAM 'cat > written_by_copy'"]
  for (const sql of changes) {
    const was = await state()
    await direct.query(sql)
    await direct.query('SELECT pg_stat_force_next_flush()')
    await direct.query('SELECT pg_stat_clear_snapshot()')
    expect({ sql, changed: (await state()) !== was }).toEqual({ sql, changed: true })
  }
  await direct.query("SELECT pg_advisory_unlock_all()")
  await direct.query("COPY (SELECT 1) TO PROGRAM 'rm written_by_copy'")
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
  const before = await state()
  const through = await connect(stack, credential)
  const plain = new pg.Client({ connectionString: url.toString(), options: '-c default_transaction_read_only=on -c client_encoding=UTF8' })
  await plain.connect()
  for (const { sql } of statements) {
    // What a foreign table runs may hold a password: the one thing that is shown to nobody.
    const [a, b] = await Promise.all([answer(through, sql), answer(plain, sql).then((text) => text.replace("(program 'echo ran')", "(program '[redacted]')"))])
    if (a !== b) different.push(`${sql.slice(0, 200)}\n  through: ${a.slice(0, 300)}\n  direct:  ${b.slice(0, 300)}`)
    for (const client of [through, plain]) {
      await client.query('ROLLBACK')
      await client.query('DISCARD ALL')
    }
  }
  await Promise.all([through.end(), plain.end()])
  expect(different).toEqual([])
  expect(statements.length).toBeGreaterThan(300)
  expect(await state()).toBe(before)
}, 300_000)

// The last: it leaves settings behind that tools' answers tell of.
it('shows no password, key or verifier that the server keeps, over both protocols, and stays open', async () => {
  const role = 'keeper_of_secrets'
  const database = new URL(stack.upstream.superuserUrl).pathname.slice(1)
  const sees = async (client: pg.Client, sql: string, extended: boolean): Promise<boolean> => {
    try {
      const query = extended ? { text: sql, rowMode: 'array' as const, queryMode: 'extended' } : { text: sql, rowMode: 'array' as const }
      return SECRET.test(JSON.stringify(([await client.query(query)].flat() as pg.QueryArrayResult[]).map((one) => one.rows)))
    } catch (error) {
      const { code, message, detail } = error as pg.DatabaseError
      return SECRET.test(`${code} ${message} ${detail}`)
    }
  }
  const seen = { directly: 0, through: [] as string[], answered: [] as unknown[] }
  try {
    for (const sql of secretsSchema(database, role)) await direct.query(sql)
    const through = await connect(stack, credential)
    // Which settings have such a value is looked up with the catalog: a name that it does not have makes the proxy look.
    await through.query('SELECT * FROM unheard_of').catch(() => undefined)
    for (const sql of secretAttacks.filter((each) => !/TO STDOUT/.test(each))) {
      if (await sees(direct, sql, false)) seen.directly++
      for (const extended of [false, true]) if (await sees(through, sql, extended)) seen.through.push(sql)
    }
    seen.answered = (await through.query('SELECT subname, subconninfo FROM pg_subscription')).rows
    await through.end()
  } finally {
    for (const sql of secretsGone(role)) await direct.query(sql)
  }
  expect(seen.through).toEqual([])
  expect(seen.directly).toBeGreaterThan(90)
  expect(seen.answered).toEqual([{ subname: role, subconninfo: null }])
}, 120_000)
