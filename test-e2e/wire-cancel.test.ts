/** Cancel requests: by the session's own key, to any proxy of the fleet, in the clear or in TLS; and by nothing else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { setTimeout as wait } from 'node:timers/promises'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { conninfo, PsqlSession } from './support/connect.js'
import { rawLogin } from './support/login.js'
import { count } from './support/measure.js'
import { cancelRequest, errorFields, queryMessage, RawClient, type Frame } from './support/raw-client.js'
import { startStack, type Credential, type Proxy, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ proxies: 2 })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

interface Open {
  readonly client: RawClient
  readonly pid: number
  readonly key: Buffer
}
async function open(minor: 0 | 2 = 0): Promise<Open> {
  const { client, transcript } = await rawLogin(stack, credential, { minor })
  const { body } = transcript.frames.find(({ type }) => type === 'K')!
  return { client, pid: body.readInt32BE(0), key: body.subarray(4) }
}
const sleeping = async () => Number((await stack.onUpstream("SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"))[0].n)
async function sleep({ client }: Open, seconds = 60): Promise<void> {
  client.send(queryMessage(`SELECT pg_sleep(${seconds})`))
  await waitUntil('the statement runs', async () => (await sleeping()) > 0, { timeoutMs: 10_000, everyMs: 20 })
}
/** Sends the request; all that ever comes back is the end. */
async function request(proxy: Proxy, pid: number, key: Buffer, how: 'plain' | 'tls' | 'direct tls' = 'plain'): Promise<void> {
  const line = await RawClient.connect(proxy.port)
  if (how === 'tls') await line.upgrade({ ca: stack.ca })
  if (how === 'direct tls') await line.tls({ ca: stack.ca, alpn: ['postgresql'] })
  line.send(cancelRequest(pid, key))
  expect((await line.untilClosed()).length).toBe(0)
}
const outcome = async ({ client }: Open): Promise<string> => {
  const frames: Frame[] = await client.framesUntil('Z')
  const error = frames.find(({ type }) => type === 'E')
  return error ? errorFields(error).C! : 'finished'
}

describe('a running statement is cancelled by its key,', () => {
  it.each([
    ['in the clear, to its own proxy', 0, 0, 'plain'],
    ['in TLS, to its own proxy', 0, 0, 'tls'],
    ['in direct TLS, to its own proxy', 0, 0, 'direct tls'],
    ['in the clear, to another proxy of the fleet', 0, 1, 'plain'],
    ['in TLS, to another proxy of the fleet', 0, 1, 'tls'],
    ['with the long key of protocol 3.2, to its own proxy', 2, 0, 'plain'],
    ['with the long key of protocol 3.2, in TLS to another proxy', 2, 1, 'tls'],
  ] as const)('%s', async (_name, minor, proxy, how) => {
    const session = await open(minor)
    expect(session.key.length).toBe(minor === 2 ? 32 : 4)
    await sleep(session)
    await request(stack.proxies[proxy]!, session.pid, session.key, how)
    expect(await outcome(session)).toBe('57014')
    session.client.send(queryMessage('SELECT 1'))
    expect(await outcome(session)).toBe('finished')
    session.client.destroy()
  })

  it('with Ctrl-C in psql', async () => {
    const psql = new PsqlSession(conninfo(stack, credential), credential.password)
    psql.send('SELECT pg_sleep(60);')
    await waitUntil('the statement runs', async () => (await sleeping()) > 0, { timeoutMs: 10_000 })
    psql.interrupt()
    await psql.expect(/canceling statement due to user request/)
    await psql.closed
  })
})

it("a key is the proxy's own: neither the database's process id nor its key means anything", async () => {
  const session = await open()
  session.client.send(queryMessage('SELECT pg_backend_pid()'))
  const row = (await session.client.framesUntil('Z')).find(({ type }) => type === 'D')!
  const backendPid = Number(row.body.toString('utf8', 6))
  expect(session.pid).not.toBe(backendPid)
  await sleep(session, 1)
  await request(stack.proxy, backendPid, session.key)
  expect(await outcome(session)).toBe('finished')
  session.client.destroy()
})

it('nothing but the key cancels, on either proxy', async () => {
  const session = await open()
  const neighbour = await open()
  await sleep(session, 3)
  const flipped = Buffer.from(session.key.map((byte, i) => (i === 3 ? byte ^ 1 : byte)))
  for (const proxy of stack.proxies) {
    await request(proxy, session.pid, flipped)
    await request(proxy, session.pid, Buffer.concat([session.key, Buffer.alloc(1)]))
    await request(proxy, session.pid, neighbour.key)
    // Keys that nobody can have are answered as little as wrong ones, in the clear and in TLS.
    for (const length of [0, 3, 257, 4000]) for (const how of ['plain', 'tls'] as const) await request(proxy, session.pid, Buffer.alloc(length, 1), how)
    await request(proxy, session.pid, session.key.subarray(0, 3))
    await request(proxy, neighbour.pid, session.key)
    await request(proxy, session.pid ^ 1, session.key)
  }
  expect(await outcome(session)).toBe('finished')
  session.client.destroy()
  neighbour.client.destroy()
})

it('a cancel for an idle session does nothing, and a closed session leaves no key behind', async () => {
  const session = await open()
  await request(stack.proxy, session.pid, session.key)
  await wait(200)
  session.client.send(queryMessage('SELECT 1'))
  expect(await outcome(session)).toBe('finished')
  session.client.destroy()
  const next = await open()
  await sleep(next, 0.7)
  await request(stack.proxies[1]!, session.pid, session.key)
  expect(await outcome(next)).toBe('finished')
  next.client.destroy()
})

it('a storm of cancels with wrong keys hinders neither statements nor a right one', async () => {
  const session = await open()
  await sleep(session)
  const storm = Array.from({ length: count(300, 2_000) }, (_, i) => request(stack.proxy, i + 1, Buffer.alloc(4, i)).catch(() => undefined))
  const { client } = await open()
  client.send(queryMessage('SELECT 1'))
  await client.framesUntil('Z')
  await request(stack.proxy, session.pid, session.key)
  expect(await outcome(session)).toBe('57014')
  await Promise.all(storm)
  client.destroy()
  session.client.destroy()
})
