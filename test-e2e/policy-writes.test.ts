/**
 * Writes under masks and a row filter, from outside: over the simple and the extended protocol they do what they do without the
 * policy, say the same whatever is hidden, and keep to every other rule. The stored user is a superuser.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { legitimateWrites, returningWrites, writeAttacks, writeAttackSequences, writeData, writeMaskingRules, writeRowFilters, writeSchema } from '@pgbeam/policy/corpora'
import pg from 'pg'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect } from './support/connect.js'
import { FULL } from './support/measure.js'
import { startStack, type Project, type Stack } from './support/stack.js'

// Hashes are of a key of the project, and the two databases are in one each.
const RULES = { access_mode: 'read_write', masking_rules: writeMaskingRules.map((rule) => (rule.kind === 'hash' ? { ...rule, kind: 'redact' } : rule)), row_filters: writeRowFilters }
const PATH = { config: { options: '-c search_path=w,public' } }
const KINDS = ['real', 'twin'] as const
type Kind = (typeof KINDS)[number]

let stack: Stack
const projects = {} as Record<Kind, Project>
const urls = {} as Record<Kind, string>
const clients = {} as Record<Kind, pg.Client>
let direct: pg.Client
let policyId: string

async function onDatabase(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const sql of statements) await client.query(sql)
  await client.end()
}

async function under(project: Project, rules: Record<string, unknown>): Promise<pg.Client> {
  const policy = (await stack.api.post(`/v1/projects/${project.id}/policies`, { name: 'writes', ...RULES, ...rules })) as { id: string }
  policyId = policy.id
  return connect(stack, await stack.createCredential({ project, policyId: policy.id }), PATH)
}

beforeAll(async () => {
  stack = await startStack()
  const of = (name: string) => Object.assign(new URL(stack.upstream.superuserUrl), { pathname: `/${name}` }).toString()
  const { name } = stack.upstream
  await onDatabase(of(name), writeSchema)
  const twin = `${name}_twin`
  await onDatabase(of('postgres'), [`CREATE DATABASE "${twin}" TEMPLATE "${name}"`, `ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} SUPERUSER`])
  urls.real = of(name)
  urls.twin = of(twin)
  for (const kind of KINDS) {
    await onDatabase(urls[kind], writeData(kind))
    projects[kind] = kind === 'real' ? stack.project : await stack.createProject({ name: twin })
    clients[kind] = await under(projects[kind], {})
  }
  direct = new pg.Client({ connectionString: urls.real, ...PATH.config })
  await direct.connect()
}, 180_000)

afterAll(async () => {
  for (const client of [...Object.values(clients), direct]) await client?.end()
  if (stack === undefined) return
  await stack.onUpstream(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} NOSUPERUSER`)
  await stack.onUpstream(`DROP DATABASE IF EXISTS "${stack.upstream.name}_twin" WITH (FORCE)`)
  await stack.stop()
})

type Way = 'simple' | 'extended' | 'binary'

/** What a client hears of one statement, in a transaction that is undone. */
async function heard(client: pg.Client, messages: readonly string[], way: Way, look?: () => Promise<unknown>): Promise<unknown[]> {
  const told: unknown[] = []
  await client.query("BEGIN; SELECT setval('w.people_id_seq', 1000), setval('w.items_id_seq', 1000), setval('w.log_id_seq', 1000), setval('w.ident_id_seq', 1000)")
  for (const text of messages) {
    const query = { text, rowMode: 'array' as const, types: { getTypeParser: () => (value: unknown) => (Buffer.isBuffer(value) ? value.toString('hex') : value) }, ...(way === 'simple' ? {} : { values: [], binary: way === 'binary', queryMode: 'extended' }) }
    try {
      const answer = await (client.query(query as never) as unknown as Promise<pg.QueryArrayResult | pg.QueryArrayResult[]>)
      told.push((Array.isArray(answer) ? answer : [answer]).map((one) => [one.command, one.rowCount, one.fields.map((field) => [field.name, field.dataTypeID]), one.rows]))
    } catch (error) {
      const { code, message, detail, hint, constraint, table, column } = error as pg.DatabaseError
      told.push({ code, message, detail, hint, constraint, table, column })
    }
  }
  if (look !== undefined) told.push(await look())
  await client.query('ROLLBACK')
  return told
}

const failed = (told: unknown[]): boolean => told.some((one) => !Array.isArray(one))
const isOne = (sql: string): boolean => !sql.includes(';') && !sql.startsWith('COPY')

it.each(['simple', 'extended'] as const)('over the %s protocol legitimate writes answer as the database does', async (way) => {
  const wrong: unknown[] = []
  const corpus = legitimateWrites.filter((sql) => way === 'simple' || isOne(sql))
  for (const sql of corpus) {
    const ours = await heard(clients.real, [sql], way)
    const theirs = await heard(direct, [sql], way)
    if (failed(ours) || JSON.stringify(ours) !== JSON.stringify(theirs)) wrong.push({ sql, ours, theirs })
  }
  expect(wrong).toEqual([])
  expect(corpus.length).toBeGreaterThan(65)
})

it('attacks by writes are answered alike over two databases that differ in what is hidden, and a dry run says what the wire does', async () => {
  const wrong: unknown[] = []
  const corpus = [
    ...writeAttacks.filter((sql) => isOne(sql)).map((sql) => [sql]),
    // Where rows lie depends on what was undone before, in the one database and not in the other.
    ...writeAttackSequences.map((messages) => messages.filter((sql) => !sql.includes('ctid'))),
  ]
  for (const [at, messages] of corpus.entries()) {
    if (!FULL && at % 3 !== 1) continue
    const way = (['simple', 'extended', 'binary'] as const)[Math.floor(at / 3) % 3] as Way
    const [real, twin] = [await heard(clients.real, messages, way), await heard(clients.twin, messages, way)]
    if (JSON.stringify(real) !== JSON.stringify(twin) || /canary-0|canary\d\d|secret-0/.test(JSON.stringify(real))) wrong.push({ messages, way, real, twin })
    if (at % 2 !== 0 || messages.length > 1) continue
    const { verdict, rule, sqlstate } = (await stack.api.post(`/v1/projects/${projects.twin.id}/policy-evaluations`, { sql: messages[0], policy_id: policyId })) as Record<string, string>
    const wire = twin[0] as { code?: string; detail?: string }
    const refused = wire.detail?.startsWith('rule: ') === true
    if (refused !== (verdict === 'block') || (refused && (wire.code !== sqlstate || wire.detail !== `rule: ${rule}`))) wrong.push({ messages, verdict, rule, wire })
  }
  expect(wrong).toEqual([])
})

it('simple, extended and the dry run over HTTP agree on writes: whether one is refused, by which rule and SQLSTATE', async () => {
  const wire = async (sql: string, queryMode: 'simple' | 'extended') => {
    await clients.twin.query('BEGIN')
    const answer = await clients.twin.query({ text: sql, queryMode } as pg.QueryConfig).then(() => undefined, (error: unknown) => error as pg.DatabaseError)
    await clients.twin.query('ROLLBACK')
    const rule = /^rule: (.*)$/.exec(answer?.detail ?? '')?.[1]
    return rule === undefined ? 'ok' : `${rule} ${answer?.code}`
  }
  const corpus = [...new Set([...writeAttacks, ...legitimateWrites, ...returningWrites.map(([sql]) => sql)])].filter((sql) => !/^(COMMIT|ROLLBACK|END)|;\s*(COMMIT|ROLLBACK|END)/i.test(sql))
  const asked = corpus.filter((_, at) => FULL || at % 6 === 0)
  const wrong: unknown[] = []
  let refused = 0
  for (const sql of asked) {
    const { rule, sqlstate } = (await stack.api.post(`/v1/projects/${projects.twin.id}/policy-evaluations`, { sql, policy_id: policyId })) as { rule: string; sqlstate: string | null }
    const dry = rule === 'ok' ? 'ok' : `${rule} ${sqlstate}`
    if (dry !== 'ok') refused++
    const [simple, extended] = [await wire(sql, 'simple'), await wire(sql, 'extended')]
    // Several statements are none for the extended protocol: the server's own word, not the gate's.
    if (simple !== dry || (extended !== dry && !(sql.includes(';') && extended === 'ok'))) wrong.push({ sql, dry, simple, extended })
  }
  expect(wrong).toEqual([])
  expect(refused).toBeGreaterThan(asked.length / 4)
  console.log(`measured: writes under masks: simple, extended and dry run agree on ${asked.length} of ${corpus.length} statements, of which ${refused} are refused`)
}, 300_000)

it('a write stays, and only the columns that it names have changed', async () => {
  const rowsOf = async () => (await direct.query("SELECT * FROM members WHERE id IN (1, 2) OR note = 'told' ORDER BY id")).rows
  const [first, second] = await rowsOf()
  const { rows } = await clients.real.query('UPDATE members SET note = $1 WHERE id = $2 RETURNING id, secret, note', ['by parameter', 1])
  expect(rows).toEqual([{ id: 1, secret: '[redacted]', note: 'by parameter' }])
  await clients.real.query('INSERT INTO members (id, secret, note) VALUES ($1, $2, $3)', [900, 'written', 'told'])
  expect(await rowsOf()).toEqual([{ ...first, note: 'by parameter' }, second, { id: 900, secret: 'written', note: 'told', n: 7 }])
  expect((await clients.real.query('DELETE FROM members WHERE id = 900')).rowCount).toBe(1)
})

it('an error of a constraint tells neither the value nor the name of what it broke', async () => {
  const [told] = await heard(clients.real, ["INSERT INTO people (id, name, ssn) VALUES (1, 'twice', 'mine')"], 'extended')
  expect(told).toMatchObject({ code: '23505', message: expect.stringContaining('the text is not shown'), detail: undefined, constraint: undefined, table: undefined })
})

it('writes go on being counted, kept to the floors and paid for', async () => {
  const client = await under(stack.project, { max_affected_rows: 3, budget_queries_per_hour: 9 })
  const refusal = (sql: string, values?: unknown[]) => client.query(sql, values).then(() => 'passed', ({ code, detail }: pg.DatabaseError) => `${code} ${detail}`)
  const notes = async () => (await direct.query<{ n: string }>("SELECT count(*) AS n FROM people WHERE note = 'many'")).rows[0]?.n
  expect(await refusal("UPDATE people SET note = 'many' WHERE id < 9")).toBe('54000 rule: max_affected_rows')
  expect(await refusal('UPDATE people SET note = $1 WHERE id < $2 RETURNING ssn', ['many', 9])).toBe('54000 rule: max_affected_rows')
  expect(await refusal("INSERT INTO people (name, note) SELECT label, 'many' FROM items")).toBe('54000 rule: max_affected_rows')
  expect(await notes()).toBe('0')
  expect((await client.query("UPDATE people SET note = 'many' WHERE id < 4 RETURNING ssn")).rows).toEqual(Array(3).fill({ ssn: '[redacted]' }))
  expect(await notes()).toBe('3')
  for (const sql of ["UPDATE people SET note = 'x'", 'DELETE FROM members', 'WITH d AS (DELETE FROM members) SELECT 1']) expect(await refusal(sql)).toMatch(/^42501 rule: (whereless_write|max_affected_rows_writable_cte)$/)
  for (const sql of ['DROP TABLE people', 'TRUNCATE members', 'ALTER TABLE people DROP COLUMN ssn']) expect(await refusal(sql)).toMatch(/^42501 rule: (destructive_ddl|masked_relation)$/)
  let spent = 0
  for (; spent < 10 && (await refusal("UPDATE people SET note = 'many' WHERE id = 1")) === 'passed'; spent++);
  expect(await refusal("UPDATE people SET note = 'many' WHERE id = 1")).toBe('53400 rule: budget_exhausted')
  expect(spent).toBeLessThan(9)
  await client.end()
})

it('a column that is renamed behind the proxy is noticed by a write, and the next one is judged by what is there', async () => {
  const statement = { name: 'kept', text: "UPDATE lines SET note = $1 WHERE id = 1 RETURNING note", values: ['x'] }
  expect((await clients.real.query(statement)).rows).toEqual([{ note: 'x' }])
  await onDatabase(urls.real, ['CREATE TRIGGER later BEFORE UPDATE ON w.lines FOR EACH ROW EXECUTE FUNCTION w.copy()'])
  await expect(clients.real.query(statement)).rejects.toMatchObject({ code: '42501', detail: 'rule: catalog_changed' })
  await onDatabase(urls.real, ['ALTER TABLE w.members RENAME secret TO opened'])
  await expect(clients.real.query("DELETE FROM members WHERE opened LIKE 'c%' RETURNING opened")).rejects.toMatchObject({ code: '42501', detail: expect.stringMatching(/rule: (catalog_changed|unresolved_rule)/) })
  await waitUntil('the catalog is read anew', () => clients.real.query("DELETE FROM members WHERE opened LIKE 'c%'").then(() => false, (error: pg.DatabaseError) => error.detail === 'rule: unresolved_rule'))
  await onDatabase(urls.real, ['ALTER TABLE w.members RENAME opened TO secret', 'DROP TRIGGER later ON w.lines'])
  expect((await direct.query('SELECT count(*)::int AS n FROM members')).rows).toEqual([{ n: 20 }])
})
