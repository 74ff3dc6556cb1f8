/**
 * Masks and row filters from outside, by two oracles. A database whose data is masked in the tables themselves answers
 * every statement just as the policy lets the real one answer; and two databases that differ only in what the policy
 * hides answer alike, errors and notices included, over every path. The stored user is a superuser.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { maskAttacks, maskedData, maskedQueries, maskedSchema } from '@pgbeam/policy/corpora'
import pg from 'pg'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect, conninfo, psql } from './support/connect.js'
import { changeAmongReaders } from './support/deadlocks.js'
import { rawSession } from './support/login.js'
import { bindMessage, executeMessage, flushMessage, parseMessage, queryMessage, syncMessage } from './support/raw-client.js'
import { startStack, type Credential, type Project, type Stack } from './support/stack.js'

const RULES = {
  masking_rules: [
    { table: 'app.customers', column: 'ssn', kind: 'redact' },
    { table: 'app.customers', column: 'salary', kind: 'redact' },
    { table: 'app.customers', column: 'email', kind: 'null' },
    { table: 'app.readings', column: 'secret', kind: 'redact' },
  ],
  row_filters: [{ table: 'app.orders', predicate: "region = 'eu' AND amount >= 0" }],
}
const PATH = { config: { options: '-c search_path=app,public' } }
type Kind = 'real' | 'twin' | 'masked'
type Way = 'simple' | 'extended' | 'binary'

let stack: Stack
const urls: Partial<Record<Kind, string>> = {}
const projects: Partial<Record<Kind, Project>> = {}
const credentials: Partial<Record<Kind, Credential>> = {}
const clients: Partial<Record<Kind, pg.Client>> = {}
const rowTypes = new Set<number>()

async function onDatabase(url: string, statements: readonly string[]): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const results: pg.QueryResult[] = []
    for (const sql of statements) results.push(await client.query(sql))
    return results
  } finally {
    await client.end()
  }
}

async function restricted(project: Project, rules: Record<string, unknown>): Promise<Credential> {
  const policy = (await stack.api.post(`/v1/projects/${project.id}/policies`, { name: 'masks', access_mode: 'read_only', ...rules })) as { id: string }
  return stack.createCredential({ project, policyId: policy.id })
}

beforeAll(async () => {
  stack = await startStack()
  const of = (name: string) => Object.assign(new URL(stack.upstream.superuserUrl), { pathname: `/${name}` }).toString()
  const { name } = stack.upstream
  await onDatabase(of(name), maskedSchema)
  const names: Record<Kind, string> = { real: name, twin: `${name}_twin`, masked: `${name}_masked` }
  await onDatabase(of('postgres'), [`CREATE DATABASE "${names.twin}" TEMPLATE "${name}"`, `CREATE DATABASE "${names.masked}" TEMPLATE "${name}"`, `ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} SUPERUSER`])
  for (const kind of ['real', 'twin', 'masked'] as const) {
    urls[kind] = of(names[kind])
    await onDatabase(of(names[kind]), maskedData(kind))
    const project = kind === 'real' ? stack.project : await stack.createProject({ name: names[kind] })
    projects[kind] = project
    credentials[kind] = await restricted(project, kind === 'masked' ? {} : RULES)
    clients[kind] = await connect(stack, credentials[kind], PATH)
  }
  const [types] = await onDatabase(of(name), ['SELECT reltype FROM pg_class'])
  for (const row of types!.rows as { reltype: number }[]) rowTypes.add(row.reltype)
}, 180_000)

afterAll(async () => {
  for (const client of Object.values(clients)) await client.end()
  if (stack !== undefined) {
    await stack.onUpstream(`ALTER ROLE ${pg.escapeIdentifier(stack.upstream.username)} NOSUPERUSER`)
    for (const kind of ['twin', 'masked'] as const) await stack.onUpstream(`DROP DATABASE IF EXISTS "${stack.upstream.name}_${kind}" WITH (FORCE)`)
    await stack.stop()
  }
})

/** Through a stand-in a whole row is a record, and no longer of the table's own type: the one difference. */
const RECORD = 2249

/** What a client hears of one statement. */
async function heard(client: pg.Client, sql: string, way: Way): Promise<unknown> {
  const notices: unknown[] = []
  const told = ({ code, message, detail, hint }: pg.DatabaseError) => ({ code, message, detail, hint })
  const onNotice = (notice: unknown) => notices.push(told(notice as pg.DatabaseError))
  client.on('notice', onNotice)
  try {
    const query = { text: sql, rowMode: 'array' as const, types: { getTypeParser: () => (value: unknown) => (Buffer.isBuffer(value) ? value.toString('hex') : value) }, ...(way === 'simple' ? {} : { values: [], binary: way === 'binary', queryMode: 'extended' }) }
    const answer = await (client.query(query as never) as unknown as Promise<pg.QueryArrayResult | pg.QueryArrayResult[]>)
    const results = Array.isArray(answer) ? answer : [answer]
    return { notices, results: results.map(({ command, fields, rows }) => ({ command, fields: fields.map((field) => [field.name, rowTypes.has(field.dataTypeID) ? RECORD : field.dataTypeID, field.dataTypeModifier]), rows })) }
  } catch (error) {
    return { notices, error: told(error as pg.DatabaseError) }
  } finally {
    client.off('notice', onNotice)
  }
}

const COPIES = /^COPY/
const isBatch = (sql: string) => sql.includes(';')

it.each(['simple', 'extended'] as const)('at least 90 statements answer over the %s protocol as if the data itself were masked', async (way) => {
  const wrong: unknown[] = []
  let asked = 0
  for (const sql of maskedQueries) {
    if (way !== 'simple' && isBatch(sql)) continue
    asked++
    const real = await heard(clients.real!, sql, way)
    const masked = await heard(clients.masked!, sql, way)
    if ('error' in (real as object) || JSON.stringify(real) !== JSON.stringify(masked)) wrong.push({ sql, real, masked })
  }
  expect(wrong).toEqual([])
  expect(asked).toBeGreaterThanOrEqual(90)
})

it.each(['simple', 'extended', 'binary'] as const)('at least 130 attacks hear the same over the %s protocol, whatever the hidden data is', async (way) => {
  const wrong: unknown[] = []
  const counts = { asked: 0, refused: 0 }
  for (const sql of maskAttacks) {
    if ((way !== 'simple' && isBatch(sql)) || COPIES.test(sql)) continue // COPY has tests of its own below
    const real = await heard(clients.real!, sql, way)
    const twin = await heard(clients.twin!, sql, way)
    counts.asked++
    if ('error' in (real as object)) counts.refused++
    if (JSON.stringify(real) !== JSON.stringify(twin) || /canar/.test(JSON.stringify(real)) && !sql.includes('canar')) wrong.push({ sql, real, twin })
  }
  expect(wrong).toEqual([])
  expect(counts.asked).toBeGreaterThanOrEqual(130)
  console.log(`measured: masks: attacks over the ${way} protocol = ${counts.asked}, of which ${counts.refused} ended in an error`)
})

it('COPY hands out what a query would', async () => {
  const out = (kind: Kind, sql: string) => psql([conninfo(stack, credentials[kind]!), '-c', 'SET search_path = app, public', '-c', sql], { password: credentials[kind]!.password })
  const copies = [...maskAttacks, 'COPY customers (id, ssn, salary) TO STDOUT (FORMAT csv, HEADER)', 'COPY readings_low TO STDOUT (FORMAT binary)'].filter((sql) => COPIES.test(sql))
  let answered = 0
  for (const sql of copies) {
    const [real, twin, masked] = await Promise.all((['real', 'twin', 'masked'] as const).map((kind) => out(kind, sql)))
    expect({ sql, ...twin }).toEqual({ sql, ...real })
    expect(real!.stdout).not.toContain('canary')
    if (real!.code !== 0) continue
    answered++
    expect({ sql, out: real!.stdout }).toEqual({ sql, out: masked!.stdout })
  }
  expect(answered).toBeGreaterThanOrEqual(6)
})

it('psql describes masked tables as it does directly', async () => {
  for (const command of ['\\d app.customers', '\\d+ app.people', '\\dt app.*', '\\d+ app.readings', '\\dv app.*', '\\df app.*', '\\di app.*', '\\dn']) {
    const through = await psql([conninfo(stack, credentials.real!), '-c', command], { password: credentials.real!.password })
    const direct = await psql([urls.real!, '-c', command])
    expect({ command, ...through }).toEqual({ command, ...direct })
  }
})

it('an error that quotes a value says only its SQLSTATE, and one about names keeps its words', async () => {
  const client = clients.real!
  await expect(client.query('SELECT name::int FROM customers')).rejects.toMatchObject({ code: '22P02', message: expect.stringContaining('SQLSTATE 22P02'), detail: undefined, position: undefined })
  await expect(client.query('SELECT nothing FROM customers')).rejects.toMatchObject({ code: '42703', message: 'column "nothing" does not exist' })
  await expect(client.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012', message: expect.not.stringContaining('zero') })
})

it('hashes tell equal values and nothing else, the same on every proxy and another in each project', async () => {
  const rules = { masking_rules: [{ table: 'app.customers', column: 'email', kind: 'hash' }, { table: 'app.customers', column: 'ssn', kind: 'partial' }] }
  const one = await restricted(projects.real!, rules)
  const other = await restricted(projects.twin!, rules)
  const rowsOf = async (credential: Credential) => {
    const client = await connect(stack, credential, PATH)
    try {
      return (await client.query<{ email: string; ssn: string }>('SELECT email, ssn FROM customers ORDER BY id')).rows
    } finally {
      await client.end()
    }
  }
  const rows = await rowsOf(one)
  expect(new Set(rows.map((row) => row.email)).size).toBe(20)
  expect(rows.every((row) => /^[0-9a-f]{64}$/.test(row.email))).toBe(true)
  expect(rows.map((row) => row.ssn)).toEqual(Array.from({ length: 20 }, (_, at) => (`canary-${at + 1}`.length >= 8 ? `****${`canary-${at + 1}`.slice(-4)}` : '****')))
  expect(await rowsOf(one)).toEqual(rows)
  expect((await rowsOf(other)).map((row) => row.email)).not.toEqual(rows.map((row) => row.email))
  const client = await connect(stack, one, PATH)
  for (const sql of ["SELECT current_setting('pgbeam.mask_inner')", 'SHOW pgbeam.mask_outer', 'SHOW ALL', "SET pgbeam.mask_inner = ''", "SELECT set_config('pgbeam.mask_outer', '', false)", 'RESET pgbeam.mask_inner', 'SELECT * FROM pg_show_all_settings()']) {
    await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' })
  }
  expect((await client.query("SELECT name FROM pg_settings WHERE name ~ 'pgbeam'")).rows).toEqual([])
  await client.query('DISCARD ALL')
  expect((await client.query<{ email: string }>('SELECT email FROM app.customers ORDER BY id')).rows.map((row) => row.email)).toEqual(rows.map((row) => row.email))
  await client.end()
})

it('a table that changes behind the proxy is never read by rules for what it was', async () => {
  const full = process.env['PGBEAM_PROOF'] === 'full'
  const untilMs = performance.now() + (full ? 600_000 : 15_000)
  const statements = ['SELECT * FROM customers', 'SELECT name FROM customers', 'SELECT note FROM base', 'SELECT * FROM base', 'SELECT secret FROM readings_low', 'SELECT * FROM swap', 'SELECT secret FROM readings_new', 'SELECT id FROM people WHERE ssn ~ $$^c$$']
  const leaks: unknown[] = []
  const counts = { answered: 0, refused: 0, rounds: 0 }
  let changing = true
  const read = async (reader: Awaited<ReturnType<typeof connect>>, prepared: boolean) => {
    const connection = { ended: false }
    void reader.ended.then(() => (connection.ended = true))
    for (let n = 0; changing; n++) {
      const text = statements[n % statements.length]!
      try {
        const { rows } = await reader.query(prepared ? { name: `s${n % statements.length}`, text } : text)
        counts.answered++
        if (JSON.stringify(rows).includes('canary') || (text.includes('~') && rows.length > 0)) leaks.push({ text, row: rows[0] })
      } catch (error) {
        counts.refused++
        const { code, message } = error as pg.DatabaseError
        if (['42501', '42P01', '42703', '0A000', '40P01'].includes(code ?? '') && !connection.ended) continue
        leaks.push({ text, code, message })
        return
      }
    }
    await reader.end()
  }
  const url = urls.real!
  await onDatabase(url, ['CREATE VIEW app.swap AS SELECT id FROM app.customers'])
  const readers = await Promise.all(Array.from({ length: full ? 8 : 3 }, () => connect(stack, credentials.real!, PATH)))
  const reading = Promise.all(readers.map((reader, at) => read(reader, at % 2 === 1)))
  const changes = [
    ['BEGIN', 'ALTER TABLE app.customers RENAME name TO was_name', 'ALTER TABLE app.customers RENAME ssn TO name', 'COMMIT'],
    ['BEGIN', 'ALTER TABLE app.customers RENAME name TO ssn', 'ALTER TABLE app.customers RENAME was_name TO name', 'COMMIT'],
    ['BEGIN', 'ALTER TABLE app.base RENAME TO was_base', 'ALTER TABLE app.customers RENAME TO base', 'COMMIT'],
    ['BEGIN', 'ALTER TABLE app.base RENAME TO customers', 'ALTER TABLE app.was_base RENAME TO base', 'COMMIT'],
    ['BEGIN', 'DROP VIEW app.swap', 'CREATE VIEW app.swap AS SELECT ssn AS id FROM app.customers', 'COMMIT'],
    ['BEGIN', 'DROP VIEW app.swap', 'CREATE TABLE app.swap AS SELECT id FROM app.customers', 'COMMIT'],
    ['BEGIN', 'DROP TABLE app.swap', 'CREATE VIEW app.swap AS SELECT id FROM app.customers', 'COMMIT'],
    ['BEGIN', 'CREATE TABLE app.readings_new (LIKE app.readings)', 'COMMIT'],
    ['BEGIN', 'ALTER TABLE app.readings ATTACH PARTITION app.readings_new FOR VALUES FROM (200) TO (300)', "INSERT INTO app.readings VALUES (250, 'canary250', 1)", 'COMMIT'],
    ['BEGIN', 'ALTER TABLE app.readings DETACH PARTITION app.readings_new', 'DROP TABLE app.readings_new', 'COMMIT'],
  ]
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  for (; performance.now() < untilMs && leaks.length === 0; counts.rounds++) {
    for (const change of changes) {
      const seen = counts.answered + counts.refused
      await changeAmongReaders(owner, change)
      await waitUntil('the readers read on', () => leaks.length > 0 || counts.answered + counts.refused >= seen + readers.length)
    }
  }
  changing = false
  await reading
  await owner.end()
  expect(leaks).toEqual([])
  expect(counts.answered).toBeGreaterThan(counts.rounds)
  console.log(`measured: masks: reads beside renames, swaps, new views and partitions = ${counts.answered} answered, ${counts.refused} refused in ${counts.rounds} rounds of ${changes.length} changes`)
}, 700_000)

it('a dry run says what the wire does: which columns are masked, which rows filtered, and what is refused', async () => {
  const evaluate = async (sql: string) => stack.api.post(`/v1/projects/${projects.real!.id}/policy-evaluations`, { sql, policy_id: credentials.real!.policyId })
  expect(await evaluate('SELECT c.ssn, o.id FROM app.customers c JOIN app.orders o ON o.customer_id = c.id')).toMatchObject({
    verdict: 'mask', rule: 'ok', sqlstate: null,
    masked_columns: [{ column: 'app.customers.ssn', kind: 'redact' }, { column: 'app.customers.salary', kind: 'redact' }, { column: 'app.customers.email', kind: 'null' }],
    row_filter_predicate: "app.orders: region = 'eu' AND amount >= 0", rewritten_sql: expect.stringContaining('[redacted]'),
  })
  expect(await evaluate('SELECT * FROM app.orders')).toMatchObject({ verdict: 'row-filter', masked_columns: [] })
  expect(await evaluate('SELECT 1')).toMatchObject({ verdict: 'allow', rewritten_sql: null })
  const wrong: unknown[] = []
  const corpus = [...maskAttacks, ...maskedQueries].filter((sql) => !isBatch(sql) && !COPIES.test(sql)).filter((_, at) => at % 4 === 0)
  for (const sql of corpus) {
    const { verdict, sqlstate, rule } = await evaluate(sql.replaceAll('pg_sleep', 'pg_catalog.pg_sleep'))
    const wire = (await heard(clients.real!, sql, 'extended')) as { error?: { code: string; detail?: string } }
    const refused = wire.error?.detail?.startsWith('rule: ') === true
    if (refused !== (verdict === 'block') || (refused && (sqlstate !== wire.error?.code || wire.error?.detail !== `rule: ${rule}`))) wrong.push({ sql, verdict, sqlstate, rule, wire })
  }
  expect(wrong).toEqual([])
  expect(corpus.length).toBeGreaterThanOrEqual(55)
})

it("an application with the stored user is masked by the database's default, then by the project's, and by neither sees what it saw before", async () => {
  const project = projects.real!
  const app = { user: stack.upstream.username, password: stack.upstream.password, project }
  const seen = async () => {
    const client = await connect(stack, app, { config: { options: `project=${project.slug} -c search_path=app,public` } })
    try {
      return JSON.stringify([await heard(client, 'SELECT ssn, email FROM customers ORDER BY id', 'simple'), await heard(client, 'SELECT * FROM orders ORDER BY id', 'binary'), await heard(client, 'SELECT name::int FROM customers', 'extended')])
    } finally {
      await client.end()
    }
  }
  const policy = async (masking_rules: unknown[]) => ((await stack.api.post(`/v1/projects/${project.id}/policies`, { name: 'default', access_mode: 'read_only', masking_rules })) as { id: string }).id
  const before = await seen()
  expect(before).toContain('canary-1')
  await stack.api.patch(`/v1/projects/${project.id}`, { default_policy_profile_id: await policy([{ table: 'app.customers', column: 'ssn', kind: 'redact' }]) })
  const byProject = await seen()
  expect(byProject).not.toContain('canary-')
  expect(byProject).toContain('canary1@x.org')
  await stack.api.patch(`/v1/projects/${project.id}/databases/${project.databaseId}`, { default_policy_profile_id: await policy([{ table: 'app.customers', column: 'email', kind: 'null' }]) })
  const byDatabase = await seen()
  expect(byDatabase).toContain('canary-1')
  expect(byDatabase).not.toContain('@x.org')
  await stack.api.patch(`/v1/projects/${project.id}/databases/${project.databaseId}`, { default_policy_profile_id: null })
  expect(await seen()).toBe(byProject)
  await stack.api.patch(`/v1/projects/${project.id}`, { default_policy_profile_id: null })
  expect(await seen()).toBe(before)
})

/** What a session keeps of an answer, how it would read on, and the server's word where the name is unknown. */
const KEPT: readonly { readonly what: string; readonly made: readonly (string | pg.QueryConfig)[]; readonly next: string | pg.QueryConfig; readonly unknown: string }[] = [
  { what: 'cursor', made: ['BEGIN', 'DECLARE kept CURSOR FOR SELECT ssn FROM app.customers', 'FETCH 1 FROM kept'], next: 'FETCH 1 FROM kept', unknown: '34000' },
  { what: 'cursor that outlives its transaction', made: ['DECLARE kept CURSOR WITH HOLD FOR SELECT ssn FROM app.customers', 'FETCH 1 FROM kept'], next: 'FETCH ALL FROM kept', unknown: '34000' },
  { what: 'statement prepared by SQL', made: ['PREPARE kept AS SELECT ssn FROM app.customers', 'EXECUTE kept'], next: 'EXECUTE kept', unknown: '26000' },
  { what: 'statement prepared by the protocol', made: [{ name: 'kept', text: 'SELECT ssn FROM app.customers' }], next: { name: 'kept', text: 'SELECT ssn FROM app.customers' }, unknown: 'masked' },
  { what: 'temporary table', made: ['CREATE TEMP TABLE kept AS SELECT ssn FROM app.customers', 'SELECT * FROM kept'], next: 'SELECT * FROM kept', unknown: '42501' },
  { what: 'open transaction with its snapshot', made: ['BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT ssn FROM app.customers'], next: 'SELECT ssn FROM app.customers', unknown: 'masked' },
]

it('a policy that gets a mask leaves no cursor, portal, prepared statement, snapshot or temporary table that shows what was seen without it', async () => {
  const open = { name: 'later', access_mode: 'read_write' }
  const policy = (await stack.api.post(`/v1/projects/${projects.real!.id}/policies`, open)) as { id: string }
  const credential = await stack.createCredential({ project: projects.real!, policyId: policy.id })
  const sessions = await Promise.all(KEPT.map(() => connect(stack, credential, PATH)))
  for (const [at, { made }] of KEPT.entries()) {
    let last: unknown
    for (const query of made) last = (await sessions[at]!.query(query as string)).rows
    expect(JSON.stringify(last)).toContain('canary')
  }
  const portal = await rawSession(stack, credential)
  portal.send(queryMessage('BEGIN'))
  await portal.framesUntil('Z')
  portal.send(parseMessage('SELECT ssn FROM app.customers'), bindMessage([], { portal: 'kept' }), executeMessage('kept', 1), flushMessage())
  expect((await portal.framesUntil('s')).some((frame) => frame.type === 'D' && frame.body.includes('canary'))).toBe(true)
  await stack.api.put(`/v1/projects/${projects.real!.id}/policies/${policy.id}`, { ...open, access_mode: 'read_only', ...RULES })
  for (const [at, { next }] of KEPT.entries()) {
    await expect(sessions[at]!.query(next as string)).rejects.toThrow()
    await sessions[at]!.ended
  }
  portal.send(executeMessage('kept', 0), syncMessage())
  const frames: string[] = []
  await (async () => {
    for (;;) frames.push((await portal.frame()).body.toString('latin1'))
  })().catch(() => undefined)
  expect(frames.join()).not.toContain('canary')
  // Nor does the server keep it for whoever comes next.
  await waitUntil('the temporary table is gone', async () => (await onDatabase(urls.real!, ["SELECT FROM pg_class WHERE relname = 'kept'"]))[0]!.rowCount === 0)
  for (const { what, next, unknown } of KEPT) {
    const again = await connect(stack, credential, PATH)
    const answer = await again.query(next as string).then(({ rows }) => (JSON.stringify(rows).includes('canary') ? 'shown' : 'masked'), (error: unknown) => (error as pg.DatabaseError).code)
    expect({ what, answer }).toEqual({ what, answer: unknown })
    await again.end()
  }
}, 60_000)

it('rules that name what is not there let nothing through, and say so', async () => {
  const credential = await restricted(projects.real!, { masking_rules: [{ table: 'app.customers', column: 'iban', kind: 'redact' }] })
  const client = await connect(stack, credential, PATH)
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '42501', detail: 'rule: unresolved_rule', message: expect.stringContaining('iban') })
  await client.end()
})

it.each([
  [{ masking_rules: [{ table: 'app.customers', column: 'ssn', kind: 'blur' }] }, 'masking_rules.0.kind'],
  [{ masking_rules: [{ table: 'a.b.c', column: 'ssn', kind: 'null' }] }, 'masking_rules.0.table'],
  [{ masking_rules: [{ table: 'app.*', column: 'ssn', kind: 'null' }] }, 'masking_rules.0.table'],
  [{ row_filters: [{ table: 'app.orders', predicate: 'region = ' }] }, 'row_filters.0.predicate'],
  [{ row_filters: [{ table: 'app.orders', predicate: 'true; DROP TABLE x' }] }, 'row_filters.0.predicate'],
])('a policy that cannot work is refused when it is written: %j', async (rules, field) => {
  const answer = await stack.api.call('POST', `/v1/projects/${projects.real!.id}/policies`, { body: { name: 'x', access_mode: 'read_only', ...rules } })
  expect(answer.status).toBe(400)
  expect((answer.body as { errors: { field: string }[] }).errors.map((error) => error.field)).toContain(field)
})
