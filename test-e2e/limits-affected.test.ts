/**
 * `max_affected_rows`: a write that affects more rows than the policy lets it is rolled back before the client hears of a
 * row, over every path; one within the limit answers byte for byte as the database does.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import pg from 'pg'
import { connect, conninfo, psql } from './support/connect.js'
import { rawSession } from './support/login.js'
import {
  bindMessage, closeMessage, describeMessage, errorFields, executeMessage, flushMessage, message, parseMessage, queryMessage, syncMessage, type Frame, type RawClient,
} from './support/raw-client.js'
import { startStack, type Credential, type Stack } from './support/stack.js'
import { words } from './support/words.js'

const MAX = 5
let stack: Stack
let writer: Credential
let unlimited: Credential
const open: { end(): unknown }[] = []

beforeAll(async () => {
  stack = await startStack({
    schema: `
      CREATE TABLE item (id int PRIMARY KEY, name text);
      CREATE TABLE late (id int, item_id int REFERENCES item DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE told (id int);
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no copy today''; END';
      CREATE TABLE closed (id int);
      CREATE TRIGGER closed BEFORE INSERT ON closed FOR EACH STATEMENT EXECUTE FUNCTION fail();`,
  })
  const credential = async (rules: Record<string, unknown>) => {
    const policy = (await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'writes', access_mode: 'read_write', ...rules })) as { id: string }
    return stack.createCredential({ policyId: policy.id })
  }
  writer = await credential({ max_affected_rows: MAX })
  unlimited = await credential({ statement_rules: { deny: [] } })
})
const reset = () => stack.onUpstream(`TRUNCATE item, late, told; INSERT INTO item SELECT n, 'item ' || n FROM generate_series(1, 20) n`)
beforeEach(reset)
afterAll(async () => {
  for (const one of open) await one.end()
  await stack?.stop()
})

async function raw(credential = writer): Promise<RawClient> {
  const one = await rawSession(stack, credential)
  open.push({ end: () => { one.destroy() } })
  return one
}
async function ask(session: RawClient, ...messages: Buffer[]): Promise<string[]> {
  session.send(...messages)
  return words(await session.framesUntil('Z'))
}
const query = (session: RawClient, sql: string) => ask(session, queryMessage(sql))
const state = async () => (await stack.onUpstream(`SELECT (SELECT count(*) FROM item)::int AS items, (SELECT count(*) FROM item WHERE name = 'x')::int AS changed, (SELECT count(*) FROM told)::int AS told`))
const untouched = [{ items: 20, changed: 0, told: 0 }]
/** Parse, Bind, Describe, Execute of one text. */
const once = (sql: string, rows = 0) => [parseMessage(sql), bindMessage(), describeMessage('P'), executeMessage('', rows)]

it.each([
  ['UPDATE', `UPDATE item SET name = 'x' WHERE true`], ['UPDATE … RETURNING', `UPDATE item SET name = 'x' WHERE true RETURNING id, name`], ['DELETE', 'DELETE FROM item WHERE id > 3'], ['INSERT … SELECT', 'INSERT INTO told SELECT id FROM item'],
  ['a set in VALUES', 'INSERT INTO told VALUES (generate_series(1, 6))'], ['a long text', `/* ${'x'.repeat(6000)} */ DELETE FROM item WHERE true`],
  ['INSERT … VALUES', 'INSERT INTO told VALUES (1), (2), (3), (4), (5), (6)'], ['ON CONFLICT', `INSERT INTO item SELECT id, 'x' FROM item ON CONFLICT (id) DO UPDATE SET name = 'x'`],
  ['MERGE', `MERGE INTO item i USING generate_series(1, 9) n ON i.id = n WHEN MATCHED THEN UPDATE SET name = 'x'`], ['CREATE TABLE AS', 'CREATE TABLE made AS SELECT * FROM item'], ['a comment first', `/* a; b */ UPDATE item SET name = 'x' WHERE true -- ;`],
])('%s of too many rows fails with 54000 and leaves nothing, over the simple and the extended protocol', async (_name, sql) => {
  const client = await connect(stack, writer)
  open.push(client)
  for (const asked of [sql, { text: sql, values: [] }, { text: sql, name: 'named' }]) {
    const failed = await client.query(asked as string).then(() => undefined, (error: unknown) => error as pg.DatabaseError)
    expect(failed).toMatchObject({ code: '54000', detail: 'rule: max_affected_rows', severity: 'ERROR' })
    expect(failed?.message).toMatch(/^this statement affected \d+ rows, and the policy lets one affect at most 5: it was rolled back$/)
    expect(failed?.hint).toBe('Narrow the WHERE, or work in parts of at most 5 rows, each a statement of its own.')
  }
  expect(await state()).toEqual(untouched)
  expect(await stack.onUpstream(`SELECT to_regclass('made')::text AS made`)).toEqual([{ made: null }])
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

it('not one row of RETURNING comes before the count is known to be within the limit', async () => {
  const session = await raw()
  expect(await query(session, `UPDATE item SET name = 'x' WHERE true RETURNING id`)).toEqual(['T', 'E 54000', 'Z I'])
  expect(await ask(session, ...once(`DELETE FROM item WHERE true RETURNING id`), syncMessage())).toEqual(['1', '2', 'T', 'E 54000', 'Z I'])
  expect(await query(session, `COPY (DELETE FROM item WHERE true RETURNING id) TO STDOUT`)).toEqual(['H', 'E 54000', 'Z I'])
  expect(await state()).toEqual(untouched)
  expect(await query(session, `UPDATE item SET name = 'x' WHERE id <= 5 RETURNING id`)).toEqual(['T', 'D×5', 'C UPDATE 5', 'Z I'])
  expect(await query(session, `COPY (DELETE FROM item WHERE id <= 5 RETURNING id) TO STDOUT`)).toEqual(['H', 'd×5', 'c', 'C COPY 5', 'Z I'])
  // A part of them cannot be shown while the whole is not counted.
  expect(await ask(session, ...once(`UPDATE item SET name = 'y' WHERE id < 9 RETURNING id`, 2), syncMessage())).toEqual(['1', '2', 'T', 'E 54000', 'Z I'])
  expect(await ask(session, ...once(`UPDATE item SET name = 'y' WHERE id < 9`, 1), syncMessage())).toEqual(['1', '2', 'n', 'C UPDATE 3', 'Z I'])
})

it('writes within the limit answer over the simple and the extended protocol exactly as without it', async () => {
  const limited = await raw()
  const free = await raw(unlimited)
  const texts = [
    `INSERT INTO told VALUES (1)`, `UPDATE item SET name = 'x' WHERE id = 1`, `UPDATE item SET name = 'x' WHERE id = 1 RETURNING *`, `DELETE FROM item WHERE id = 1000`, `INSERT INTO told SELECT 1; SELECT count(*) > 0 FROM told; DELETE FROM told WHERE id = 1; SELECT 2;`,
    `UPDATE item SET nothing = 1 WHERE id = 1`, `SELECT 'ä'; UPDATE item SET nothing = 1 WHERE id = 1`, `UPDATE item SET name = 'x' WHERE id = 1 / 0`, `SELECT 1; UPDATE item SET id = 2 WHERE id = 3; SELECT 2`, `INSERT INTO late SELECT 1, 999`, `INSERT INTO late SELECT 1, 999 RETURNING id`, `SELECT 5; INSERT INTO late SELECT 1, 999`,
    `BEGIN; UPDATE item SET name = 'x' WHERE id = 1; COMMIT; UPDATE item SET name = 'y' WHERE id = 1`, `BEGIN; UPDATE item SET name = 'z' WHERE id = 1`, `SELECT 3`, `DELETE FROM item WHERE id = 1 / 0`, `DELETE FROM item WHERE id = 1`, `ROLLBACK; UPDATE item SET name = 'y' WHERE id = 2`,
    `CREATE TEMP TABLE few AS SELECT 1 AS a`, `SELECT 1 AS a UNION SELECT 2 ORDER BY 1; DROP_ nothing`, `PREPARE p AS UPDATE item SET name = 'q' WHERE id = $1 RETURNING id`, `EXECUTE p (4)`, `EXECUTE p (4); EXECUTE p (5)`, `DEALLOCATE p`, `WITH a AS (SELECT 1 AS id) UPDATE item SET name = 'x' FROM a WHERE item.id = a.id`,
  ]
  const bytes = (frames: readonly Frame[]) => frames.map(({ type, body }) => (type === 'E' ? `E ${JSON.stringify({ ...errorFields({ type, body }), R: '', F: '', L: '' })}` : `${type} ${body.toString('latin1')}`))
  const said = async (session: RawClient) => {
    await reset()
    const answers: { sql: string; answer: string[] }[] = []
    for (const sql of texts) {
      session.send(queryMessage(sql))
      answers.push({ sql, answer: bytes(await session.framesUntil('Z')) })
    }
    for (const sql of texts.filter((one) => !one.includes(';'))) {
      session.send(...once(sql), syncMessage())
      answers.push({ sql, answer: bytes(await session.framesUntil('Z')) })
    }
    return answers
  }
  expect(await said(limited)).toEqual(await said(free))
})

it('in a transaction it is an error as any: the transaction has failed, and a savepoint before it holds', async () => {
  const session = await raw()
  expect(await query(session, 'BEGIN; INSERT INTO told VALUES (1)')).toEqual(['C BEGIN', 'C INSERT 0 1', 'Z T'])
  expect(await query(session, `UPDATE item SET name = 'x' WHERE true`)).toEqual(['E 54000', 'Z E'])
  expect(await query(session, 'SELECT 1')).toEqual(['E 25P02', 'Z E'])
  expect(await query(session, 'COMMIT')).toEqual(['C ROLLBACK', 'Z I'])
  expect(await state()).toEqual(untouched)
  expect(await query(session, 'BEGIN; INSERT INTO told VALUES (1); SAVEPOINT s')).toEqual(['C BEGIN', 'C INSERT 0 1', 'C SAVEPOINT', 'Z T'])
  expect(await ask(session, ...once(`UPDATE item SET name = 'x' WHERE true`), syncMessage())).toEqual(['1', '2', 'n', 'E 54000', 'Z E'])
  expect(await query(session, `ROLLBACK TO s; UPDATE item SET name = 'x' WHERE id = 1; COMMIT`)).toEqual(['C ROLLBACK', 'C UPDATE 1', 'C COMMIT', 'Z I'])
  expect(await state()).toEqual([{ items: 20, changed: 1, told: 1 }])
})

it('INSERT … VALUES of few rows does not wait, and the same shape with other numbers is judged the same', async () => {
  const session = await raw()
  for (let n = 0; n < 3; n++) expect(await query(session, `INSERT INTO told VALUES (${n}), (${n + 1}); SELECT ${n}`)).toEqual(['C INSERT 0 2', 'T', 'D×1', 'C SELECT 1', 'Z I'])
  for (let n = 1; n < 4; n++) expect(await query(session, `DELETE FROM told WHERE id = ${n - 1}; SELECT ${n} WHERE ${n} = ${n}`)).toEqual([expect.stringMatching(/^C DELETE [12]$/), 'T', 'D×1', 'C SELECT 1', 'Z I'])
  expect(await stack.onUpstream('SELECT array_agg(id ORDER BY id) AS ids FROM told')).toEqual([{ ids: [3] }])
})

it('a batch is one transaction: what stands before and behind the write goes with it', async () => {
  const session = await raw()
  expect(await query(session, `INSERT INTO told VALUES (1); UPDATE item SET name = 'x' WHERE true; INSERT INTO told VALUES (2)`)).toEqual(['C INSERT 0 1', 'E 54000', 'Z I'])
  expect(await query(session, `BEGIN; UPDATE item SET name = 'x' WHERE true; COMMIT`)).toEqual(['C BEGIN', 'E 54000', 'Z E'])
  expect(await query(session, 'ROLLBACK')).toEqual(['C ROLLBACK', 'Z I'])
  expect(await state()).toEqual(untouched)
})

it('a pipeline waits for the count: a COMMIT or Sync behind the write does not outrun it', async () => {
  const session = await raw()
  session.send(
    ...once('INSERT INTO told VALUES (1)'), ...once(`UPDATE item SET name = 'x' WHERE true`), ...once('INSERT INTO told VALUES (2)'), syncMessage(),
    ...once('BEGIN'), ...once(`UPDATE item SET name = 'x' WHERE true`), ...once('COMMIT'), syncMessage(), ...once('ROLLBACK'), syncMessage(),
    queryMessage(`UPDATE item SET name = 'x' WHERE true`), queryMessage('COMMIT'), queryMessage('SELECT 1'), ...once(`UPDATE item SET name = 'x' WHERE id = 1`), flushMessage(), ...once('SELECT 1'), closeMessage('S'), syncMessage(),
  )
  const said: string[][] = []
  for (let i = 0; i < 7; i++) said.push(words(await session.framesUntil('Z')))
  expect(said).toEqual([
    ['1', '2', 'n', 'C INSERT 0 1', '1', '2', 'n', 'E 54000', 'Z I'], ['1', '2', 'n', 'C BEGIN', '1', '2', 'n', 'E 54000', 'Z E'], ['1', '2', 'n', 'C ROLLBACK', 'Z I'],
    ['E 54000', 'Z I'], ['N 25P01', 'C COMMIT', 'Z I'], ['T', 'D×1', 'C SELECT 1', 'Z I'], ['1', '2', 'n', 'C UPDATE 1', '1', '2', 'T', 'D×1', 'C SELECT 1', '3', 'Z I'],
  ])
  expect(await state()).toEqual([{ items: 20, changed: 1, told: 0 }])
})

it('a write is known by what its name stands for, however that came about', async () => {
  const session = await raw()
  const update = `UPDATE item SET name = 'x' WHERE true`
  expect(await ask(session, parseMessage('SELECT 1', 's'), syncMessage())).toEqual(['1', 'Z I'])
  // Pipelined: the name is another statement's before anything is answered.
  expect(await ask(session, closeMessage('S', 's'), parseMessage(update, 's'), bindMessage([], { statement: 's', portal: 'p' }), executeMessage('p'), syncMessage())).toEqual(['3', '1', '2', 'E 54000', 'Z I'])
  session.send(queryMessage(`DEALLOCATE ALL; PREPARE s AS ${update}`), bindMessage([], { statement: 's' }), executeMessage(), syncMessage())
  expect([words(await session.framesUntil('Z')), words(await session.framesUntil('Z'))]).toEqual([['C DEALLOCATE ALL', 'C PREPARE', 'Z I'], ['2', 'E 54000', 'Z I']])
  expect(await query(session, 'EXECUTE s')).toEqual(['E 54000', 'Z I'])
  expect(await ask(session, ...once('EXECUTE s'), syncMessage())).toEqual(['1', '2', 'n', 'E 54000', 'Z I'])
  expect(await query(session, `PREPARE r AS SELECT id FROM item; EXECUTE r; EXECUTE s`)).toEqual(['C PREPARE', 'T', 'D×20', 'C SELECT 20', 'E 54000', 'Z I'])
  expect(await query(session, 'EXECUTE r')).toEqual(['T', 'D×20', 'C SELECT 20', 'Z I'])
  expect(await state()).toEqual(untouched)
})

it('the unnamed statement does not outlast a simple query that writes', async () => {
  const session = await raw()
  expect(await ask(session, parseMessage('SELECT 1'), syncMessage())).toEqual(['1', 'Z I'])
  expect(await query(session, `UPDATE item SET name = 'x' WHERE id = 1`)).toEqual(['C UPDATE 1', 'Z I'])
  expect(await ask(session, bindMessage(), syncMessage())).toEqual(['E 26000', 'Z I'])
})

const data = (rows: number) => Buffer.concat(Array.from({ length: rows }, (_, at) => message('d', Buffer.from(`${at}\n`))))
const done = message('c')
it('COPY FROM counts what it has read, over the simple and the extended protocol', async () => {
  const session = await raw()
  const copy = queryMessage('COPY told FROM STDIN')
  expect(await ask(session, copy, data(6), done)).toEqual(['G', 'E 54000', 'Z I'])
  expect(await state()).toEqual(untouched)
  expect(await ask(session, copy, data(5), done)).toEqual(['G', 'C COPY 5', 'Z I'])
  expect(await ask(session, queryMessage('BEGIN; COPY told FROM STDIN; SELECT 1'), data(2), done)).toEqual(['C BEGIN', 'G', 'C COPY 2', 'T', 'D×1', 'C SELECT 1', 'Z T'])
  expect(await query(session, 'COMMIT')).toEqual(['C COMMIT', 'Z I'])
  expect(await ask(session, copy, message('d', Buffer.from('no number\n')), done)).toEqual(['G', 'E 22P02', 'Z I'])
  expect(await ask(session, copy, data(1), message('f', Buffer.from('enough\0')))).toEqual(['G', 'E 57014', 'Z I'])
  expect(await ask(session, queryMessage('COPY closed FROM STDIN'), data(100), done)).toEqual(['G', 'E P0001', 'Z I'])
  const extended = [parseMessage('COPY told FROM STDIN'), bindMessage(), executeMessage()]
  // As libpq sends it, with a Sync that becomes part of the data, and as others do.
  expect(await ask(session, ...extended, syncMessage(), flushMessage(), data(5), done, syncMessage())).toEqual(['1', '2', 'G', 'C COPY 5', 'Z I'])
  expect(await ask(session, ...extended, data(6), done, syncMessage())).toEqual(['1', '2', 'G', 'E 54000', 'Z I'])
  expect(await query(session, 'SELECT count(*) FROM told')).toEqual(['T', 'D×1', 'C SELECT 1', 'Z I'])
  expect(await state()).toEqual([{ items: 20, changed: 0, told: 12 }])
})

it('psql loads a file within the limit and is told of one beyond it', async () => {
  const run = (rows: number) => psql([conninfo(stack, writer), '-c', '\\copy told FROM STDIN'], { password: writer.password, input: Array.from({ length: rows }, (_, at) => `${at}\n`).join('') })
  expect(await run(5)).toMatchObject({ code: 0, stdout: 'COPY 5\n' })
  const refused = await run(5000)
  expect(refused.stderr).toContain('rule: max_affected_rows')
  expect(await state()).toEqual([{ items: 20, changed: 0, told: 5 }])
})

it('a client that goes away behind a write has it committed or rolled back as the count says', async () => {
  const session = await raw()
  session.send(...once('INSERT INTO told SELECT 1'), syncMessage(), ...once(`UPDATE item SET name = 'x' WHERE true`), syncMessage(), ...once('INSERT INTO told SELECT 2'), syncMessage())
  session.socket.end()
  const frames: Frame[] = []
  await session.untilClosed()
  expect(frames).toEqual([])
  expect(await state()).toEqual([{ items: 20, changed: 0, told: 2 }])
})

it('with max_rows beside it, what RETURNING sends is not cut and what SELECT sends is', async () => {
  const policy = (await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'both', access_mode: 'read_write', max_rows: 2, max_affected_rows: MAX })) as { id: string }
  const session = await raw(await stack.createCredential({ policyId: policy.id }))
  expect(await query(session, `UPDATE item SET name = 'x' WHERE id < 5 RETURNING id; SELECT id FROM item`)).toEqual(['T', 'D×4', 'C UPDATE 4', 'T', 'D×2', 'N 01004', 'C SELECT 2', 'Z I'])
  expect(await query(session, `SELECT id FROM item; UPDATE item SET name = 'x' WHERE true RETURNING id`)).toEqual(['T', 'D×2', 'N 01004', 'C SELECT 2', 'T', 'E 54000', 'Z I'])
})

it('with table lists and a budget of bytes beside it, each limit holds', async () => {
  const policy = (await stack.api.post(`/v1/projects/${stack.project.id}/policies`, {
    name: 'all', access_mode: 'read_write', table_allowlist: ['item', 'told'], egress_bytes_per_day: 1_000_000, budget_queries_per_day: 1000, max_rows: 2, max_affected_rows: MAX,
  })) as { id: string }
  const session = await raw(await stack.createCredential({ policyId: policy.id }))
  expect(await query(session, `SELECT id FROM item; UPDATE item SET name = 'x' WHERE id < 4 RETURNING id; SELECT id FROM item`)).toEqual(['T', 'D×2', 'N 01004', 'C SELECT 2', 'T', 'D×3', 'C UPDATE 3', 'T', 'D×2', 'N 01004', 'C SELECT 2', 'Z I'])
  expect(await query(session, `SELECT id FROM item; UPDATE item SET name = 'y' WHERE true`)).toEqual(['T', 'D×2', 'N 01004', 'C SELECT 2', 'E 54000', 'Z I'])
  expect(await ask(session, ...once('SELECT id FROM item'), ...once(`DELETE FROM item WHERE id > 3 RETURNING id`), syncMessage())).toEqual(['1', '2', 'T', 'D×2', 'N 01004', 'C SELECT 2', '1', '2', 'T', 'E 54000', 'Z I'])
  // Rows that are cut cost no bytes: a hundred megabytes would be far beyond the budget.
  expect(await query(session, `SELECT repeat('x', 1000) FROM generate_series(1, 100000)`)).toEqual(['T', 'D×2', 'N 01004', 'C SELECT 2', 'Z I'])
  expect(await query(session, 'SELECT id FROM late')).toEqual(['E 42501', 'Z I'])
  expect(await state()).toEqual([{ items: 20, changed: 3, told: 0 }])
})

it('a read-only policy may have the limit, and under it nothing is written at all', async () => {
  const policy = (await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'reads', access_mode: 'read_only', max_affected_rows: MAX })) as { id: string }
  const session = await raw(await stack.createCredential({ policyId: policy.id }))
  expect(await query(session, `INSERT INTO told VALUES (1)`)).toEqual(['E 42501', 'Z I'])
})

it('a write that is rolled back is counted and logged', async () => {
  const session = await raw()
  await query(session, 'DELETE FROM item WHERE true')
  expect(stack.proxy.log()).toMatch(/"event":"blocked","rule":"max_affected_rows","limit":5/)
  expect(await (await fetch(`http://127.0.0.1:${stack.proxy.adminPort}/metrics`)).text()).toMatch(/^pgbeam_writes_rolled_back\S* [1-9]/m)
})
