/** What a session meets where the proxy has a part of its own: refusals in their place, deaths, limits, and messages nobody asked for. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect } from './support/connect.js'
import { report } from './support/measure.js'
import { infrastructure, type PostgresServer } from './support/infrastructure.js'
import { rawSession } from './support/login.js'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bindMessage, closeMessage, describeMessage, errorFields, executeMessage, flushMessage, int16, int32, message, parseMessage, queryMessage, syncMessage,
  type Frame, type RawClient,
} from './support/raw-client.js'
import { typesOf } from './support/record.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let reader: Credential
let writer: Credential
beforeAll(async () => {
  stack = await startStack({ schema: 'CREATE TABLE item (n int); INSERT INTO item VALUES (1), (2)' })
  reader = await stack.createCredential({ accessMode: 'read_only' })
  writer = await stack.createCredential()
})
afterAll(() => stack?.stop())

const sync = syncMessage()
const steps = (sql: string): Buffer => Buffer.concat([parseMessage(sql), bindMessage(), executeMessage()])
/** Waits for so many ReadyForQuery and returns all that came. */
async function answers(client: RawClient, readies = 1): Promise<Frame[]> {
  const frames: Frame[] = []
  for (let i = 0; i < readies; i++) frames.push(...(await client.framesUntil('Z')))
  return frames
}
/** Types, with the state behind each Z and the code behind each E: `12DC Z(I)`. */
const story = (frames: readonly Frame[]): string =>
  frames.map((frame) => (frame.type === 'Z' ? ` Z(${frame.body.toString()}) ` : frame.type === 'E' ? ` E(${errorFields(frame).C}) ` : frame.type)).join('').replace(/ +/g, ' ').trim()

describe('a refusal under read_only stands in its place:', () => {
  it.each([
    ['in a simple query', [queryMessage('SELECT 1; DELETE FROM item; SELECT 2'), queryMessage('SELECT 1')], 2, 'E(42501) Z(I) TDC Z(I)'],
    ['in a pipeline: answers before it, nothing behind it up to Sync', [steps('SELECT 1'), steps('DELETE FROM item'), steps('SELECT 2'), sync, steps('SELECT 3'), sync], 2, '12DC E(42501) Z(I) 12DC Z(I)'],
    ['in a transaction, which is then failed in the database itself', [steps('BEGIN'), steps('SELECT 1'), steps('DELETE FROM item'), steps('COMMIT'), sync, queryMessage('SELECT 1'), queryMessage('ROLLBACK'), queryMessage('SELECT 1')], 4,
      '12C12DC E(42501) Z(E) E(25P02) Z(E) C Z(I) TDC Z(I)'],
    ['in a simple transaction', [queryMessage('BEGIN'), queryMessage('DELETE FROM item'), queryMessage('COMMIT'), queryMessage('SELECT 1')], 4, 'C Z(T) E(42501) Z(E) C Z(I) TDC Z(I)'],
    ['behind an error of the client, where it is skipped', [steps('SELECT 1/0'), steps('DELETE FROM item'), sync, queryMessage('SELECT 1')], 2, '1 E(22012) Z(I) TDC Z(I)'],
    ['twice in one pipeline: one error for each Sync', [steps('DELETE FROM item'), steps('DELETE FROM item'), sync, steps('DELETE FROM item'), sync], 2, 'E(42501) Z(I) E(42501) Z(I)'],
    ['with Flush instead of Sync', [steps('SELECT 1'), parseMessage('DELETE FROM item'), describeMessage('S'), flushMessage(), sync], 1, '12DC E(42501) Z(I)'],
    ['of a COPY in, whose data is swallowed', [queryMessage('COPY item FROM STDIN'), message('d', Buffer.from('3\n')), message('c'), queryMessage('SELECT 1')], 2, 'E(42501) Z(I) TDC Z(I)'],
  ])('%s', async (_name, frames, readies, expected) => {
    const client = await rawSession(stack, reader)
    client.send(...(frames))
    expect(story(await answers(client, readies))).toBe(expected)
    expect(await stack.onUpstream('SELECT count(*)::int AS n FROM item')).toEqual([{ n: 2 }])
    client.destroy()
  })
  it('and the name of a refused Parse stays free, and what it would have replaced is gone as with any Parse', async () => {
    const client = await rawSession(stack, reader)
    client.send(parseMessage('DELETE FROM item', 'mine'), sync, parseMessage('SELECT 1', 'mine'), bindMessage([], { statement: 'mine' }), executeMessage(), closeMessage('S', 'mine'), sync)
    expect(story(await answers(client, 2))).toBe('E(42501) Z(I) 12DC3 Z(I)')
    client.destroy()
  })
})

describe('FunctionCall', () => {
  // pg_backend_pid() by its oid
  const call = message('F', int32(2026), int16(0), int16(0), int16(0))
  it.each(['read_only', 'read_write'] as const)('is refused under %s, in its place, and the session goes on', async (accessMode) => {
    const client = await rawSession(stack, accessMode === 'read_only' ? reader : writer)
    client.send(queryMessage('SELECT 1'), call, queryMessage('SELECT 2'), queryMessage('BEGIN'), call, queryMessage('ROLLBACK'))
    expect(story(await answers(client, 6))).toBe('TDC Z(I) E(42501) Z(I) TDC Z(I) C Z(T) E(42501) Z(E) C Z(I)')
    client.destroy()
  })
})

describe('query_timeout_ms', () => {
  const limited = async () => {
    const project = await stack.createProject({ query_timeout_ms: 700 })
    return stack.createCredential({ project })
  }
  it('ends a statement with 57014 by the server itself, and the session goes on', async () => {
    const client = await connect(stack, await limited())
    await expect(client.query('SELECT pg_sleep(30)')).rejects.toMatchObject({ code: '57014', message: 'canceling statement due to statement timeout' })
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await client.end()
  })
  it.each([
    ['a session that raised its statement_timeout', queryMessage('SET statement_timeout = 0'), [queryMessage('SELECT pg_sleep(30)')], 'C Z(I)', 'T E(57014) Z(I)'],
    ['an extended statement', queryMessage('SET statement_timeout = 0'), [steps('SELECT pg_sleep(30)'), sync], 'C Z(I)', '12 E(57014) Z(I)'],
    ['each statement of a pipeline', queryMessage('SET statement_timeout = 0'), [queryMessage('SELECT pg_sleep(30)'), queryMessage('SELECT pg_sleep(30)')], 'C Z(I)', 'T E(57014) Z(I) T E(57014) Z(I)'],
  ])('ends %s', async (_name, raise, frames, first, second) => {
    const client = await rawSession(stack, await limited())
    client.send(raise)
    expect(story(await answers(client))).toBe(first)
    client.send(...frames)
    expect(story(await answers(client, second.split('Z(').length - 1))).toBe(second)
    client.destroy()
  })
  it('ends a statement behind a COPY that failed with its Sync already sent', async () => {
    const client = await rawSession(stack, await limited())
    client.send(queryMessage('SET statement_timeout = 0'), parseMessage('COPY item FROM STDIN'), bindMessage(), executeMessage(), flushMessage())
    await client.framesUntil('G')
    client.send(message('d', Buffer.from('not a number\n')), sync, queryMessage('SELECT pg_sleep(30)'))
    expect(story(await answers(client, 2))).toBe('E(22P02) Z(I) T E(57014) Z(I)')
    client.send(sync, queryMessage('SELECT pg_sleep(30)'))
    expect(story(await answers(client, 2))).toBe('Z(I) T E(57014) Z(I)')
    client.destroy()
  })
  it('ends a statement that is flushed and never synced', async () => {
    const client = await rawSession(stack, await limited())
    client.send(queryMessage('SET statement_timeout = 0'))
    await answers(client)
    client.send(steps('SELECT pg_sleep(30)'), flushMessage())
    expect(story(await client.framesUntil('E'))).toBe('12 E(57014)')
    client.destroy()
  })
  it('ends a statement behind queries that the server dropped, in a batch that had failed', async () => {
    const client = await rawSession(stack, await limited())
    client.send(queryMessage('SET statement_timeout = 0'), steps('SELECT 1/0'), queryMessage('SELECT 1'), queryMessage('SELECT 2'), sync)
    expect(story(await answers(client, 2))).toBe('C Z(I) 1 E(22012) Z(I)')
    await new Promise((resolve) => setTimeout(resolve, 1_000)) // longer than the limit, with nothing to do
    client.send(queryMessage('SELECT pg_sleep(0.3)'), queryMessage('SELECT pg_sleep(30)'))
    expect(story(await answers(client, 2))).toBe('TDC Z(I) T E(57014) Z(I)')
    client.destroy()
  })
  it('lets an open transaction, and a session, be idle for longer', async () => {
    const client = await connect(stack, await limited())
    await client.query('BEGIN')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await client.end()
  })
})

it('what the server reports between two statements reaches the client, and is no answer', async () => {
  const client = await rawSession(stack, writer)
  client.send(queryMessage('LISTEN news'))
  await answers(client)
  try {
    await stack.onUpstream("ALTER SYSTEM SET DateStyle = 'German'")
    await stack.onUpstream('SELECT pg_reload_conf()')
    await stack.onUpstream("NOTIFY news, 'one'")
    expect(typesOf(await client.framesUntil('A'))).toBe('A')
    await reported(client)
  } finally {
    await stack.onUpstream('ALTER SYSTEM RESET DateStyle')
    await stack.onUpstream('SELECT pg_reload_conf()')
  }
  await reported(client)
  client.send(queryMessage('SELECT 1'), sync)
  expect(story(await answers(client, 2))).toBe('TDC Z(I) Z(I)')
  client.destroy()
})

/** A server reads its configuration again when the signal reaches it, and reports it before the ReadyForQuery that comes next. */
async function reported(client: RawClient): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    client.send(queryMessage('SELECT 1'))
    const told = story(await answers(client))
    if (told === 'TDCS Z(I)') return
    expect(told).toBe('TDC Z(I)')
  }
  throw new Error('the server never reported the setting that it was told to read again')
}

describe('a client that goes away', () => {
  const running = async (mark: string) => (await stack.onUpstream("SELECT 1 FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()", [`%${mark}%`])).length
  it.each(['reset', 'destroy'] as const)('(%s) in the middle of a statement leaves no session behind', async (how) => {
    const client = await rawSession(stack, writer)
    const mark = `left-by-${how}`
    client.send(queryMessage(`SELECT count(*), pg_sleep(0.01) FROM generate_series(1, 1000000) /* ${mark} */ GROUP BY generate_series`))
    await waitUntil('it runs', async () => (await running(mark)) === 1, { timeoutMs: 5_000 })
    client[how]()
    await waitUntil('it is gone', async () => (await running(mark)) === 0, { timeoutMs: 10_000 })
  })
})

describe('a database that goes away', () => {
  let server: PostgresServer
  let dir: string
  let credential: Credential
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'pgbeam-mortal-'))
    server = await (await infrastructure()).startPostgres({ dir, password: 'mortal' })
    const project = await stack.createProject({ host: '127.0.0.1', port: server.port, name: 'postgres', username: 'postgres', password: 'mortal' })
    credential = await stack.createCredential({ project })
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('by SIGKILL of the backend in the middle of a statement: 08006, and the neighbour hears what the server says', async () => {
    const client = await rawSession(stack, credential)
    const neighbour = await rawSession(stack, credential)
    client.send(queryMessage("COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'"))
    const frames = await client.framesUntil('E')
    expect(errorFields(frames.at(-1)!)).toMatchObject({ S: 'FATAL', C: '08006' })
    await client.closed
    expect(errorFields((await neighbour.framesUntil('N')).at(-1)!)).toMatchObject({ C: '57P02' })
    await neighbour.closed
    await waitUntil('it is back', async () => connect(stack, credential).then(async (one) => (await one.end(), true), () => false), { timeoutMs: 15_000 })
  })
  it('by an immediate shutdown: what the server says, and no more logins, with the reason', async () => {
    // A backend may be shot down before it could say why, so one silent session proves nothing: eight are asked, and counted.
    const clients = await Promise.all(Array.from({ length: 8 }, () => rawSession(stack, credential)))
    await server.stop({ mode: 'immediate' })
    const said = await Promise.all(clients.map(async (client) => (await client.untilClosed()).toString()))
    const heard = said.filter((text) => /57P02|57P01/.test(text)).length
    report('immediate shutdown: sessions that heard why', `${heard} of ${said.length}`)
    expect(heard).toBeGreaterThan(said.length / 2)
    for (const text of said) expect(text).not.toContain('08006')
    await expect(connect(stack, credential)).rejects.toMatchObject({ code: '08006' })
  })
})
