/** Work that no ReadyForQuery is owed for, or that nobody waits for any more: events and limits reach it all the same. */
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { enforcementHeader } from './support/api.js'
import { fakePostgres, welcome, type FakePostgres } from './support/fake-postgres.js'
import { rawLogin, rawSession } from './support/login.js'
import { bindMessage, cstring, errorFields, executeMessage, flushMessage, message, parseMessage, queryMessage, syncMessage, type RawClient } from './support/raw-client.js'
import { startStack, type Stack } from './support/stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ schema: 'CREATE TABLE witness (who text)' })
})
afterAll(() => stack?.stop())

const running = async (mark: string) =>
  Number((await stack.onUpstream<{ n: string }>("SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'", [mark]))[0]!.n)
/** The socket under TLS: only that one can be reset. */
const tcpOf = (client: RawClient) => (client.socket as unknown as { _parent: Socket })._parent
const extended = (sql: string) => [parseMessage(sql), bindMessage(), executeMessage()]

describe('a revocation', () => {
  it('cancels what runs in a pipeline that has no Sync yet', async () => {
    const credential = await stack.createCredential()
    const client = await rawSession(stack, credential, { parameters: { application_name: 'unsynced' } })
    client.send(...extended('SELECT pg_sleep(60)'), flushMessage())
    await waitUntil('it runs', async () => (await running('unsynced')) === 1, { timeoutMs: 10_000 })
    expect((await stack.api.call('DELETE', credential.path)).status).toBe(204)
    await waitUntil('it is cancelled', async () => (await running('unsynced')) === 0, { timeoutMs: 3000 })
    client.destroy()
  })

  it('cancels what runs for a client that is gone without a word, and nothing behind it happens', async () => {
    const credential = await stack.createCredential()
    const client = await rawSession(stack, credential, { parameters: { application_name: 'orphan' } })
    client.send(queryMessage('SELECT pg_sleep(60)'), queryMessage("INSERT INTO witness VALUES ('orphan')"))
    await waitUntil('it runs', async () => (await running('orphan')) === 1, { timeoutMs: 10_000 })
    tcpOf(client).resetAndDestroy()
    await client.closed
    await new Promise((resolve) => setTimeout(resolve, 300)) // the proxy sees it, which shows nowhere
    const answer = await stack.api.call('DELETE', credential.path)
    // The server finds out by itself within a second: the receipt must not have to hope for that.
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true, sessions: 1, statements: 1 })
    await waitUntil('it is cancelled', async () => (await running('orphan')) === 0, { timeoutMs: 3000 })
    expect(await stack.onUpstream('SELECT * FROM witness')).toEqual([])
  })
})

describe('query_timeout_ms', () => {
  it.each<[string, Buffer[]]>([
    ['the second statement of a simple pipeline', [queryMessage('SELECT pg_sleep(20)'), queryMessage('SELECT pg_sleep(20)')]],
    ['statements without a Sync', [...extended('SELECT pg_sleep(20)'), flushMessage()]],
  ])('holds for %s, whatever statement_timeout says', async (_what, steps) => {
    const { host, port, name, username, password } = stack.upstream
    const project = await stack.createProject({ host, port, name, username, password, query_timeout_ms: 500 })
    const credential = await stack.createCredential({ project })
    const client = await rawSession(stack, credential)
    client.send(queryMessage('SET statement_timeout = 0'))
    await client.framesUntil('Z')
    const startedMs = performance.now()
    client.send(...steps)
    const errors = steps.filter((step) => step[0] === 'Q'.charCodeAt(0)).length || 1
    for (let seen = 0; seen < errors; ) {
      const frame = await client.frame()
      if (frame.type === 'E') {
        expect(errorFields(frame).C).toBe('57014')
        seen++
      }
    }
    expect(performance.now() - startedMs).toBeLessThan(5000)
    client.destroy()
  })
})

it('a refused Parse is refused in our words, also when an earlier answer comes before its Sync', async () => {
  const credential = await stack.createCredential({ accessMode: 'read_only' })
  const client = await rawSession(stack, credential)
  client.send(queryMessage('SELECT count(*) FROM generate_series(1, 2000000)'), parseMessage('DELETE FROM witness'))
  await client.framesUntil('Z')
  client.send(syncMessage())
  const error = (await client.framesUntil('Z')).find((frame) => frame.type === 'E')!
  expect(errorFields(error)).toMatchObject({ C: '42501' })
  client.destroy()
})

describe('a database behind something that', () => {
  let fake: FakePostgres | undefined
  afterEach(() => fake?.stop())
  it('drops the guards of the startup packet is not used under a read_only policy', async () => {
    fake = await fakePostgres(Buffer.from('N'), async (peer) => {
      peer.send(message('S', cstring('standard_conforming_strings'), cstring('off')), welcome())
      for (;;) {
        await peer.frame()
        peer.send(message('C', cstring('SELECT 0')), message('Z', Buffer.from('I')))
      }
    })
    const project = await stack.createProject({ host: '127.0.0.1', port: fake.port, name: 'x', username: 'x', password: 'x', ssl_mode: 'disable' })
    const { client, transcript } = await rawLogin(stack, await stack.createCredential({ project, accessMode: 'read_only' }))
    expect(transcript.error).toMatchObject({ C: '42501' })
    client.destroy()
  })

  it('answers only after the proxy began to stop: the login is refused, not opened behind the drain', async () => {
    let answer: () => void = () => undefined
    let reached: () => void = () => undefined
    const asked = new Promise<void>((resolve) => (reached = resolve))
    const told = new Promise<void>((resolve) => (answer = resolve))
    fake = await fakePostgres(Buffer.from('N'), async (peer) => {
      reached()
      await told
      peer.send(welcome())
      await peer.frame()
    })
    const project = await stack.createProject({ host: '127.0.0.1', port: fake.port, name: 'x', username: 'x', password: 'x', ssl_mode: 'disable' })
    const login = rawLogin(stack, await stack.createCredential({ project }))
    // A session with an open transaction keeps the drain waiting.
    const other = await rawSession(stack, await stack.createCredential())
    other.send(queryMessage('BEGIN'))
    await other.framesUntil('Z')
    await asked
    stack.proxy.markLog()
    stack.proxy.signal('SIGTERM')
    await stack.proxy.waitForLog(/draining/)
    answer()
    expect((await login).transcript.error).toMatchObject({ C: '57P03' })
    await stack.proxy.exited
    await stack.proxy.start()
  })
})
