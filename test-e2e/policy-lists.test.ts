/**
 * Statement rules, table lists and the floors over the wire, on a superuser's database: what the table of statements by rule
 * says holds on the simple and the extended protocol, and in the dry run over HTTP.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { casePolicies, fixtureSchema, ruleCases, type CasePolicy } from '@pgbeam/policy/corpora'
import pg from 'pg'
import { connect } from './support/connect.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const MAJOR = 18
const names = Object.keys(casePolicies) as CasePolicy[]
const cases = (policy: CasePolicy) => ruleCases.filter((one) => one.policy === policy && (one.sinceMajor ?? 0) <= MAJOR)
let stack: Stack
let direct: pg.Client
const credentials = new Map<CasePolicy, Credential>()

/** In the words of the API. */
function bodyOf(name: CasePolicy) {
  const { accessMode, statementRules, tableAllowlist, tableDenylist } = casePolicies[name] as {
    accessMode: string; statementRules?: object; tableAllowlist?: readonly string[]; tableDenylist?: readonly string[]
  }
  return { access_mode: accessMode, statement_rules: statementRules, table_allowlist: tableAllowlist, table_denylist: tableDenylist }
}

beforeAll(async () => {
  stack = await startStack()
  direct = new pg.Client({ connectionString: stack.upstream.superuserUrl })
  await direct.connect()
  for (const sql of fixtureSchema) await direct.query(sql)
  // The worst case: the stored user may do anything, so only the gate stands between.
  await direct.query(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} SUPERUSER`)
  for (const name of names) {
    const policy = await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name, ...bodyOf(name) })
    credentials.set(name, await stack.createCredential({ policyId: policy.id, name }))
  }
})
afterAll(async () => {
  if (direct !== undefined) {
    await direct.query(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} NOSUPERUSER`)
    await direct.query(`DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER loop`).catch(() => undefined)
    await direct.end()
  }
  await stack?.stop()
})

const credentialOf = (name: CasePolicy): Credential => {
  const credential = credentials.get(name)
  if (credential === undefined) throw new Error(name)
  return credential
}

/** The rule that refused a statement with its SQLSTATE, or `ok` where it got as far as the server. */
async function outcome(client: pg.Client, sql: string, extended: boolean, n: number): Promise<string> {
  try {
    await client.query(extended ? { text: sql, name: `case_${n}` } : sql)
    return 'ok'
  } catch (error) {
    const { code, detail, hint } = error as pg.DatabaseError
    const rule = /^rule: (\w+)$/.exec(detail ?? '')?.[1]
    if (rule === undefined) return 'ok'
    return hint ? `${rule} ${code}` : `${rule} without a hint`
  }
}

it.each(names)('under the policy %s, each statement meets its rule on the simple and the extended protocol, and the refused ones leave no trace', async (name) => {
  const client = await connect(stack, credentialOf(name))
  const mayRollBack = await client.query('BEGIN').then(() => true, () => false)
  if (mayRollBack) await client.query('ROLLBACK')
  const state = () => direct.query(`SELECT (SELECT count(*) FROM salaries) AS salaries, (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM salaries t) AS content, (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS relations`)
  const before = (await state()).rows
  const wrong: string[] = []
  let n = 0
  for (const { sql, rule, sqlState = '42501' } of cases(name)) {
    const wanted = rule === 'ok' ? 'ok' : `${rule} ${sqlState}`
    for (const extended of [false, true]) {
      if (extended && rule === 'ok' && / FROM STDIN/.test(sql)) continue // node-postgres sends its Sync too early to end such a COPY
      if (mayRollBack) await client.query('BEGIN')
      const got = await outcome(client, sql, extended, n++)
      if (mayRollBack) await client.query('ROLLBACK')
      if (got !== wanted) wrong.push(`${extended ? 'extended' : 'simple'}: wanted ${wanted}, got ${got}: ${sql.slice(0, 200)}`)
    }
  }
  expect(wrong).toEqual([])
  await client.end()
  expect((await state()).rows).toEqual(before)
}, 60_000)

it('a policy that reads runs what it allows, and the answers are the database’s own', async () => {
  const different: string[] = []
  for (const name of ['noSalaries', 'onlyTeams', 'noPay', 'schemaButOne'] as const) {
    const client = await connect(stack, credentialOf(name))
    for (const { sql, rule } of cases(name)) {
      if (rule !== 'ok' || /STDOUT|pg_stat_user|pg_class/.test(sql)) continue
      const [a, b] = await Promise.all([client, direct].map((one) => one.query({ text: sql, rowMode: 'array' }).then(({ rows }) => JSON.stringify(rows), String)))
      if (a !== b) different.push(`${sql}: ${a?.slice(0, 200)} / ${b?.slice(0, 200)}`)
    }
    await client.end()
  }
  expect(different).toEqual([])
})

it('names that are new to the proxy are looked up before they are judged: a table, and a view over a denied one', async () => {
  const client = await connect(stack, credentialOf('noSalaries'))
  await direct.query('CREATE TABLE public.fresh AS SELECT 7 AS n')
  await direct.query('CREATE VIEW public.fresh_view AS SELECT * FROM public.salaries')
  await expect(client.query('SELECT n FROM fresh')).resolves.toMatchObject({ rows: [{ n: 7 }] })
  await expect(client.query('SELECT * FROM fresh_view')).rejects.toMatchObject({ code: '42501', detail: 'rule: table_denied' })
  await client.end()
})

it('a policy that writes sees what its own transaction made', async () => {
  const client = await connect(stack, credentialOf('noDelete'))
  await client.query('BEGIN')
  await client.query('CREATE TABLE public.mine (id serial PRIMARY KEY, n int)')
  await client.query('INSERT INTO mine (n) VALUES (1), (2)')
  await expect(client.query('SELECT count(*)::int AS n FROM mine')).resolves.toMatchObject({ rows: [{ n: 2 }] })
  await client.query('ROLLBACK')
  await client.end()
})

it('a statement of a megabyte passes where only the floors hold, and one that breaks them is found in it', async () => {
  const client = await connect(stack, credentialOf('writer'))
  const text = 'x'.repeat(5_000_000)
  await expect(client.query(`SELECT length('${text}')::int AS n`)).resolves.toMatchObject({ rows: [{ n: 5_000_000 }] })
  const near = `${'update '.repeat(100_000)}`
  await expect(client.query(`SELECT length('${near}')::int AS n`)).resolves.toMatchObject({ rows: [{ n: near.length }] })
  await expect(client.query(`SELECT '${near}'; DELETE FROM teams`)).rejects.toMatchObject({ code: '42501', detail: 'rule: whereless_write' })
  await expect(client.query(`SELECT '${near.repeat(2)}'`)).rejects.toMatchObject({ code: '54000', detail: 'rule: size_limit' })
  await client.end()
})

it('the floors hold in every encoding and way of reading strings that a session may choose', async () => {
  const client = await connect(stack, credentialOf('writer'))
  await client.query("SET client_encoding = 'LATIN1'")
  await expect(client.query('DELETE FROM teams')).rejects.toMatchObject({ detail: 'rule: whereless_write' })
  await client.query("SET client_encoding = 'UTF8'")
  await client.query('SET standard_conforming_strings = off')
  await expect(client.query("SELECT '\\''; DELETE FROM teams; --'")).rejects.toMatchObject({ detail: 'rule: whereless_write' })
  await expect(client.query("SELECT 'it\\'s', 'no update' AS x")).resolves.toMatchObject({ rows: [{ x: 'no update' }] })
  await client.end()
})

it('a time limit of the policy ends a statement, and a session may only shorten it', async () => {
  const policy = await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'short', access_mode: 'read_only', statement_timeout_ms: 1500 })
  const client = await connect(stack, await stack.createCredential({ policyId: policy.id }))
  await expect(client.query('SHOW statement_timeout')).resolves.toMatchObject({ rows: [{ statement_timeout: '1500ms' }] })
  await expect(client.query('SET statement_timeout = 1501')).rejects.toMatchObject({ code: '42501', detail: 'rule: session_guard' })
  await client.query('SET statement_timeout = 1000')
  await client.query('RESET statement_timeout')
  await expect(client.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' })
  await client.end()
  // A writer may set what it likes; the proxy's own clock holds all the same.
  const writing = await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'short writer', access_mode: 'read_write', statement_timeout_ms: 1500 })
  const writer = await connect(stack, await stack.createCredential({ policyId: writing.id }))
  await writer.query('SET statement_timeout = 0')
  await expect(writer.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' })
  await writer.end()
}, 60_000)
