/** Limits of a policy on rows: `max_rows` cuts answers, over every path, and everything around the cut stays as the protocol has it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { connect, conninfo, psql } from './support/connect.js'
import { rawSession } from './support/login.js'
import {
  bindMessage, closeMessage, describeMessage, errorFields, executeMessage, flushMessage, int16, int32, message, parseMessage, queryMessage, syncMessage, type RawClient,
} from './support/raw-client.js'
import { startStack, type Credential, type Stack } from './support/stack.js'
import { words } from './support/words.js'

const MAX_ROWS = 10
let stack: Stack
let reader: Credential
let writer: Credential
const open: { end(): unknown }[] = []

async function credentialUnder(rules: Record<string, unknown>): Promise<Credential> {
  const policy = (await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'limits', ...rules })) as { id: string }
  return stack.createCredential({ policyId: policy.id })
}

beforeAll(async () => {
  stack = await startStack({ schema: `CREATE TABLE item (id int PRIMARY KEY, name text); INSERT INTO item SELECT n, 'item ' || n FROM generate_series(1, 100) n` })
  reader = await credentialUnder({ access_mode: 'read_only', max_rows: MAX_ROWS })
  writer = await credentialUnder({ access_mode: 'read_write', max_rows: MAX_ROWS })
})
afterAll(async () => {
  for (const one of open) await one.end()
  await stack?.stop()
})

const metric = async (name: string) => Number(new RegExp(`^${name}\\S* (\\d+)`, 'm').exec(await (await fetch(`http://127.0.0.1:${stack.proxy.adminPort}/metrics`)).text())?.[1] ?? 0)

type Client = pg.Client & { readonly notices: pg.DatabaseError[] }
async function client(credential: Credential): Promise<Client> {
  const one = await connect(stack, credential)
  const notices: pg.DatabaseError[] = []
  one.on('notice', (notice) => notices.push(notice as unknown as pg.DatabaseError))
  open.push(one)
  return Object.assign(one, { notices })
}
async function raw(credential: Credential): Promise<RawClient> {
  const one = await rawSession(stack, credential)
  open.push({ end: () => { one.destroy() } })
  return one
}

async function ask(session: RawClient, ...messages: Buffer[]): Promise<string[]> {
  session.send(...messages)
  return words(await session.framesUntil('Z'))
}
const query = (session: RawClient, sql: string) => ask(session, queryMessage(sql))

it.each(['text', 'binary', 'simple'])('an answer is cut at max_rows, counts what was delivered, and a notice says what to do (%s)', async (way) => {
  const one = await client(reader)
  const config = { text: 'SELECT id, name FROM item ORDER BY id', ...(way === 'simple' ? {} : { values: [], binary: way === 'binary', queryMode: 'extended' }) }
  const { rows, rowCount } = await one.query<{ id: number }>(config as pg.QueryConfig)
  expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(rowCount).toBe(MAX_ROWS)
  expect(one.notices.map(({ code, severity, message, detail, hint }) => ({ code, severity, message, detail, hint }))).toEqual([{
    code: '01004',
    severity: 'NOTICE',
    message: 'the answer was cut: the policy lets a statement or cursor deliver at most 10 rows',
    detail: 'rule: max_rows',
    hint: 'There are more rows. Narrow the WHERE, aggregate, or read on with another statement: ORDER BY a key, start behind the last one that came, LIMIT.',
  }])
  one.notices.length = 0
  expect((await one.query('SELECT id FROM item WHERE id <= 10')).rowCount).toBe(10)
  expect((await one.query('SELECT count(*) FROM item')).rows).toEqual([{ count: '100' }])
  expect(one.notices).toEqual([])
})

// What the gate's library refuses has a snapshot per rule there (libs/policy); these are the proxy's own words.
it('each refusal that the proxy itself makes says its rule and what may be done instead', async () => {
  const budgeted = await credentialUnder({ access_mode: 'read_only', budget_queries_per_hour: 1 })
  const affecting = await credentialUnder({ access_mode: 'read_write', max_affected_rows: 2 })
  const denial = async (credential: Credential, ...messages: Buffer[]) => {
    const session = await raw(credential)
    session.send(...messages)
    const { C: code, D: detail, H: hint } = errorFields((await session.framesUntil('Z')).find((frame) => frame.type === 'E')!)
    return [code, detail, hint?.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, '<time>')]
  }
  expect(await Promise.all([
    denial(reader, message('F', int32(1299), int16(0), int16(0), int16(0))),
    denial(reader, queryMessage(`SELECT '${'x'.repeat(300_000)}'`)),
    denial(reader, parseMessage(`SELECT '${'x'.repeat(300_000)}'`), syncMessage()),
    denial(affecting, queryMessage('DELETE FROM item WHERE id < 9')),
    denial(affecting, queryMessage('WITH d AS (DELETE FROM item WHERE id < 9 RETURNING id) SELECT count(*) FROM d')),
    denial(budgeted, queryMessage('SELECT 1'), queryMessage('SELECT 2')).catch(() => undefined).then(() => denial(budgeted, queryMessage('SELECT 3'))),
    denial(reader, Buffer.from([0x51, 0, 0, 0, 14, ...Buffer.from("SELECT '"), 0xff, 0])),
  ])).toEqual([
    ['42501', 'rule: function_call', 'Call the function in a SELECT.'],
    ['54000', 'rule: size_limit', 'Send large values as parameters, or split the statement.'],
    ['54000', 'rule: size_limit', 'Send large values as parameters, or split the statement.'],
    ['54000', 'rule: max_affected_rows', 'Narrow the WHERE, or work in parts of at most 2 rows, each a statement of its own.'],
    ['42501', 'rule: max_affected_rows_writable_cte', expect.stringMatching(/.{20}/)],
    ['53400', 'rule: budget_exhausted', 'It opens again at <time>. Until then, ask whoever keeps the policy for a larger budget_queries_per_hour.'],
    ['22021', 'rule: parse_error', 'Send statements in UTF-8.'],
  ])
  const told = await connect(stack, reader, { config: { options: '-c default_transaction_read_only=off' } }).then(() => undefined, (error: unknown) => error as pg.DatabaseError)
  expect([told?.code, told?.detail]).toEqual(['42501', 'rule: session_guard'])
  expect(told?.hint).toMatch(/.{10}/)
})

it('each statement of a batch has its own ten rows', async () => {
  const session = await raw(reader)
  expect(await query(session, 'SELECT id FROM item; SELECT 1; ; VALUES (1), (2); TABLE item')).toEqual([
    'T', 'D×10', 'N 01004', 'C SELECT 10', 'T', 'D×1', 'C SELECT 1', 'T', 'D×2', 'C SELECT 2', 'T', 'D×10', 'N 01004', 'C SELECT 10', 'Z I',
  ])
  expect(await query(session, 'SELECT id FROM item; SELECT 1/0; SELECT id FROM item')).toEqual(['T', 'D×10', 'N 01004', 'C SELECT 10', 'E 22012', 'Z I'])
  expect(await query(session, 'SELECT id, 1 / (50 - id) FROM generate_series(1, 100) id')).toEqual(['T', 'D×10', 'E 22012', 'Z I'])
  expect(await query(session, 'SELECT id FROM item LIMIT 3')).toEqual(['T', 'D×3', 'C SELECT 3', 'Z I'])
  expect(await query(session, '')).toEqual(['I', 'Z I'])
})

it('plans, settings and what RETURNING sends are not rows that are cut', async () => {
  const session = await raw(reader)
  const [, rows] = await query(session, 'SHOW ALL')
  expect(Number(rows?.slice(2))).toBeGreaterThan(100)
  const writing = await raw(writer)
  await query(writing, 'BEGIN')
  expect(await query(writing, `UPDATE item SET name = 'x' WHERE true RETURNING id`)).toEqual(['T', 'D×100', 'C UPDATE 100', 'Z T'])
  expect(await ask(writing, parseMessage(`UPDATE item SET name = 'x' WHERE id < 50 RETURNING id`), bindMessage(), executeMessage(), syncMessage())).toEqual(['1', '2', 'D×49', 'C UPDATE 49', 'Z T'])
  expect(await query(writing, `WITH w AS (UPDATE item SET name = 'x' WHERE true RETURNING id) SELECT id FROM w`)).toEqual(['T', 'D×10', 'N 01004', 'C SELECT 10', 'Z T'])
  expect(await query(writing, 'SELECT 1; CREATE TEMP TABLE copied AS SELECT * FROM item')).toEqual(['T', 'D×1', 'C SELECT 1', 'C SELECT 100', 'Z T'])
  expect(await query(writing, 'ROLLBACK')).toEqual(['C ROLLBACK', 'Z I'])
})

it('a portal has ten rows over its whole life, however they are fetched', async () => {
  const session = await raw(reader)
  const opened = [parseMessage('SELECT id FROM item ORDER BY id'), bindMessage([], { portal: 'p' }), describeMessage('P', 'p')]
  expect(await ask(session, ...opened, executeMessage('p', 4), executeMessage('p', 4), executeMessage('p', 4), executeMessage('p', 4), syncMessage())).toEqual([
    '1', '2', 'T', 'D×4', 's', 'D×4', 's', 'D×2', 'N 01004', 'C SELECT 2', 'N 01004', 'C SELECT 0', 'Z I',
  ])
  // The transaction ended, and the portal with it; one of the same name is another.
  expect(await ask(session, ...opened, executeMessage('p', 10), executeMessage('p', 0), syncMessage())).toEqual(['1', '2', 'T', 'D×10', 's', 'N 01004', 'C SELECT 0', 'Z I'])
  expect(await query(session, 'BEGIN')).toEqual(['C BEGIN', 'Z T'])
  expect(await ask(session, ...opened, executeMessage('p', 6), syncMessage())).toEqual(['1', '2', 'T', 'D×6', 's', 'Z T'])
  // SQL reaches a portal too, and cannot turn it back.
  expect(await query(session, 'FETCH 3 FROM p')).toEqual(['T', 'D×3', 'C FETCH 3', 'Z T'])
  expect(await ask(session, executeMessage('p', 6), syncMessage())).toEqual(['D×1', 'N 01004', 'C SELECT 1', 'Z T'])
  expect(await ask(session, parseMessage('SELECT id FROM item', 'again'), bindMessage([], { portal: 'p', statement: 'again' }), syncMessage())).toEqual(['1', 'E 42P03', 'Z E'])
  expect(await query(session, 'ROLLBACK')).toEqual(['C ROLLBACK', 'Z I'])
})

it('answers of a pipeline keep their order and their statements', async () => {
  const session = await raw(reader)
  expect(
    await ask(
      session, parseMessage('SELECT id FROM item', 'all'), parseMessage('SELECT id FROM item WHERE id <= $1', 'few'), describeMessage('S', 'few'), bindMessage([], { statement: 'all' }), executeMessage(),
      bindMessage(['3'], { statement: 'few' }), executeMessage(), bindMessage([], { statement: 'all' }), executeMessage('', 3), closeMessage('P'), flushMessage(), closeMessage('S', 'few'), syncMessage(),
    ),
  ).toEqual(['1', '1', 't', 'T', '2', 'D×10', 'N 01004', 'C SELECT 10', '2', 'D×3', 'C SELECT 3', '2', 'D×3', 's', '3', '3', 'Z I'])
  // An error skips to Sync; what a skipped Parse would have meant means nothing.
  session.send(
    parseMessage('SELECT 1 / (id - 1) FROM item', 'fails'), bindMessage([], { statement: 'fails' }), executeMessage(), parseMessage('SHOW work_mem', 'all'), closeMessage('S', 'all'), syncMessage(),
    bindMessage([], { statement: 'all' }), executeMessage(), syncMessage(), queryMessage('SELECT 7'),
  )
  const frames: string[] = []
  for (let i = 0; i < 3; i++) frames.push(...words(await session.framesUntil('Z')))
  expect(frames).toEqual(['1', '2', 'E 22012', 'Z I', '2', 'D×10', 'N 01004', 'C SELECT 10', 'Z I', 'T', 'D×1', 'C SELECT 1', 'Z I'])
})

it('a name that is taken is not another statement for a refused Parse of it', async () => {
  const session = await raw(writer)
  expect(await ask(session, parseMessage('SELECT id FROM item', 's'), syncMessage())).toEqual(['1', 'Z I'])
  expect(await ask(session, parseMessage(`INSERT INTO item VALUES (1000, 'x') RETURNING id`, 's'), syncMessage())).toEqual(['E 42P05', 'Z I'])
  expect(await ask(session, bindMessage([], { statement: 's' }), executeMessage(), syncMessage())).toEqual(['2', 'D×10', 'N 01004', 'C SELECT 10', 'Z I'])
  // The server reads 63 bytes of a name.
  const long = 'n'.repeat(63)
  expect(await ask(session, parseMessage(`UPDATE item SET name = 'x' WHERE id < 20 RETURNING id`, `${long}a`), closeMessage('S', `${long}b`), parseMessage('SELECT id FROM item', `${long}c`), bindMessage([], { statement: `${long}a` }), executeMessage(), syncMessage()))
    .toEqual(['1', '3', '1', '2', 'D×10', 'N 01004', 'C SELECT 10', 'Z I'])
})

it('a cursor has ten rows over its whole life, whichever way it is moved', async () => {
  const session = await raw(reader)
  expect(await query(session, 'BEGIN; DECLARE c SCROLL CURSOR FOR SELECT id FROM item ORDER BY id; FETCH 4 FROM c')).toEqual(['C BEGIN', 'C DECLARE CURSOR', 'T', 'D×4', 'C FETCH 4', 'Z T'])
  expect(await query(session, 'FETCH BACKWARD 2 FROM c')).toEqual(['T', 'D×2', 'C FETCH 2', 'Z T'])
  expect(await query(session, 'MOVE FORWARD 50 IN c')).toEqual(['C MOVE 50', 'Z T'])
  expect(await query(session, 'FETCH ALL FROM c')).toEqual(['T', 'D×4', 'N 01004', 'C FETCH 4', 'Z T'])
  expect(await query(session, 'MOVE ABSOLUTE 0 IN c; FETCH ALL FROM c; FETCH LAST FROM c')).toEqual(['C MOVE 0', 'T', 'N 01004', 'C FETCH 0', 'T', 'N 01004', 'C FETCH 0', 'Z T'])
  expect(await ask(session, parseMessage('FETCH FIRST FROM c'), bindMessage(), executeMessage(), executeMessage('c', 1), syncMessage())).toEqual(['1', '2', 'N 01004', 'C FETCH 0', 'N 01004', 'C SELECT 0', 'Z T'])
  expect(await query(session, 'CLOSE c; DECLARE c CURSOR FOR SELECT id FROM item; FETCH 3 FROM c; COMMIT')).toEqual(['C CLOSE CURSOR', 'C DECLARE CURSOR', 'T', 'D×3', 'C FETCH 3', 'C COMMIT', 'Z I'])
})

it('a cursor WITH HOLD keeps its count beyond its transaction', async () => {
  const session = await raw(reader)
  expect(await query(session, 'DECLARE h CURSOR WITH HOLD FOR SELECT id FROM item; FETCH 8 FROM h')).toEqual(['C DECLARE CURSOR', 'T', 'D×8', 'C FETCH 8', 'Z I'])
  expect(await query(session, 'FETCH 8 FROM h')).toEqual(['T', 'D×2', 'N 01004', 'C FETCH 2', 'Z I'])
  expect(await query(session, 'FETCH 8 FROM h')).toEqual(['T', 'N 01004', 'C FETCH 0', 'Z I'])
  expect(await query(session, 'CLOSE ALL')).toEqual(['C CLOSE CURSOR ALL', 'Z I'])
})

it('EXECUTE counts as what was prepared, by SQL or by Parse', async () => {
  const session = await raw(writer)
  expect(await query(session, 'PREPARE q AS SELECT id FROM item; EXECUTE q; EXECUTE q')).toEqual(['C PREPARE', 'T', 'D×10', 'N 01004', 'C SELECT 10', 'T', 'D×10', 'N 01004', 'C SELECT 10', 'Z I'])
  expect(await ask(session, parseMessage(`UPDATE item SET name = 'x' WHERE true RETURNING id`, 'u'), syncMessage())).toEqual(['1', 'Z I'])
  expect(await query(session, 'EXECUTE u')).toEqual(['T', 'D×100', 'C UPDATE 100', 'Z I'])
  expect(await query(session, 'DEALLOCATE u; PREPARE u AS SELECT id FROM item')).toEqual(['C DEALLOCATE', 'C PREPARE', 'Z I'])
  expect(await ask(session, bindMessage([], { statement: 'u' }), executeMessage(), parseMessage('EXECUTE u'), bindMessage(), executeMessage('', 6), executeMessage('', 6), syncMessage())).toEqual([
    '2', 'D×10', 'N 01004', 'C SELECT 10', '1', '2', 'D×6', 's', 'D×4', 'N 01004', 'C SELECT 4', 'Z I',
  ])
})

it('COPY hands out ten rows, its header and its end besides', async () => {
  const session = await raw(reader)
  expect(await query(session, 'COPY item TO STDOUT')).toEqual(['H', 'd×10', 'c', 'N 01004', 'C COPY 10', 'Z I'])
  expect(await query(session, 'COPY (SELECT id FROM item) TO STDOUT (FORMAT csv, HEADER)')).toEqual(['H', 'd×11', 'c', 'N 01004', 'C COPY 10', 'Z I'])
  expect(await query(session, 'COPY item TO STDOUT (FORMAT csv, HEADER 1); COPY item TO STDOUT (FORMAT csv, HEADER 0)')).toEqual(['H', 'd×11', 'c', 'N 01004', 'C COPY 10', 'H', 'd×10', 'c', 'N 01004', 'C COPY 10', 'Z I'])
  expect(await ask(session, parseMessage('COPY item TO STDOUT CSV HEADER'), bindMessage(), executeMessage(), syncMessage())).toEqual(['1', '2', 'H', 'd×11', 'c', 'N 01004', 'C COPY 10', 'Z I'])
  session.send(queryMessage('COPY (SELECT id FROM item ORDER BY id) TO STDOUT (FORMAT binary)'))
  const data = Buffer.concat((await session.framesUntil('Z')).filter(({ type }) => type === 'd').map(({ body }) => body))
  // Signature, flags and an empty extension; ten rows of one int4; the end.
  expect(data.length).toBe(19 + 10 * (2 + 4 + 4) + 2)
  expect(data.subarray(-2).toString('hex')).toBe('ffff')
  expect(await query(session, 'COPY (SELECT id FROM item LIMIT 0) TO STDOUT (FORMAT binary)')).toEqual(['H', 'd×1', 'c', 'C COPY 0', 'Z I'])
})

it('a text that is judged in a worker, being long, is cut as any', async () => {
  const session = await raw(reader)
  const long = `/* ${'x'.repeat(6000)} */ SELECT id FROM item`
  expect(await query(session, `${long}; SELECT 1`)).toEqual(['T', 'D×10', 'N 01004', 'C SELECT 10', 'T', 'D×1', 'C SELECT 1', 'Z I'])
  expect(await ask(session, parseMessage(long), bindMessage(), executeMessage(), syncMessage())).toEqual(['1', '2', 'D×10', 'N 01004', 'C SELECT 10', 'Z I'])
})

it('psql shows what came and the notice', async () => {
  const { stdout, stderr, code } = await psql([conninfo(stack, reader), '-At', '-c', 'SELECT id FROM item ORDER BY id'], { password: reader.password })
  expect({ rows: stdout.trim().split('\n').length, code }).toEqual({ rows: 10, code: 0 })
  expect(stderr).toContain('rule: max_rows')
})

it('a client that sends its messages byte by byte is counted the same', async () => {
  const session = await raw(reader)
  const bytes = Buffer.concat([parseMessage('SELECT id FROM item', 'slow'), bindMessage([], { portal: 'portal', statement: 'slow' }), executeMessage('portal', 7), executeMessage('portal', 7), syncMessage()])
  for (const byte of bytes) {
    session.send(Buffer.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(words(await session.framesUntil('Z'))).toEqual(['1', '2', 'D×7', 's', 'D×3', 'N 01004', 'C SELECT 3', 'Z I'])
})

it('a long answer is dropped as it comes: nothing of it is kept, and a cut is counted and logged', async () => {
  const before = await metric('pgbeam_truncations')
  const memory = await metric('process_resident_memory_bytes')
  const session = await raw(reader)
  session.send(queryMessage(`SELECT repeat('x', 10000) FROM generate_series(1, 30000)`))
  expect(words(await session.framesUntil('Z', 120_000))).toEqual(['T', 'D×10', 'N 01004', 'C SELECT 10', 'Z I'])
  expect(await metric('pgbeam_truncations')).toBe(before + 1)
  expect((await metric('process_resident_memory_bytes')) - memory).toBeLessThan(150_000_000)
  expect(stack.proxy.log()).toMatch(/"event":"truncated","rule":"max_rows","limit":10/)
})

it('what is decided once is remembered for every integer, and the metrics say so', async () => {
  const read = async () => ({ hits: await metric('pgbeam_verdict_cache_hits'), misses: await metric('pgbeam_verdict_cache_misses'), entries: await metric('pgbeam_verdict_cache_entries') })
  const one = await client(reader)
  const before = await read()
  for (let id = 1; id <= 20; id++) expect((await one.query(`SELECT id AS remembered FROM item WHERE id = ${id}`)).rows).toEqual([{ remembered: id }])
  const after = await read()
  expect(after).toEqual({ hits: before.hits + 19, misses: before.misses + 1, entries: before.entries + 1 })
  expect(await metric('pgbeam_verdict_cache_bytes_max')).toBe(64 * 1024 * 1024)
  expect(await metric('pgbeam_verdict_cache_bytes')).toBeLessThan(64 * 1024 * 1024)
  expect(await metric('pgbeam_verdict_cache_evictions')).toBe(0)
})
