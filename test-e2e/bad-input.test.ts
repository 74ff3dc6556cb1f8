/** Whatever arrives before a login, or on a logged-in session in bad faith: a clear answer where there is one, a close, bounded memory, and good logins meanwhile. */
import { randomBytes } from 'node:crypto'
import { connect as connectTcp, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from './support/connect.js'
import { rawSession } from './support/login.js'
import { report } from './support/measure.js'
import { cstring, errorFields, GSSENC_REQUEST, int32, message, queryMessage, RawClient, SSL_REQUEST, startupMessage } from './support/raw-client.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const DEADLINE_MS = 4000
let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ env: { proxy: { PGBEAM_LOGIN_DEADLINE_MS: String(DEADLINE_MS) } } })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

const plain = () => RawClient.connect(stack.proxy.port)
async function tls(): Promise<RawClient> {
  const client = await plain()
  await client.upgrade({ ca: stack.ca })
  return client
}
/** The error that came, if one did, and the close that must. */
async function refusal(client: RawClient): Promise<Record<string, string> | undefined> {
  try {
    const frame = await client.frame()
    expect(frame.type).toBe('E')
    return errorFields(frame)
  } catch {
    return undefined
  } finally {
    await client.untilClosed()
  }
}
const goodLogin = async () => {
  const client = await connect(stack, credential)
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
}
/** After each attack the proxy is the same process and lets people in. */
let pid: number
beforeAll(() => { pid = stack.proxy.pid })
afterEach(async () => {
  await goodLogin()
  expect(stack.proxy.pid).toBe(pid)
  expect(stack.proxy.alive).toBe(true)
})

describe('a startup packet', () => {
  it.each([0, 3, 7, -1, 10_001, 2 ** 31 - 1])('that says it has %d bytes is refused by its length word, in the clear and in TLS', async (length) => {
    for (const client of [await plain(), await tls()]) {
      client.send(int32(length), Buffer.from([0, 3, 0, 0]))
      expect(await refusal(client)).toMatchObject({ S: 'FATAL', C: '08P01' })
    }
  })
  it.each([
    ['no parameters at all', startupMessage({}), '28000'],
    ['an empty user', startupMessage({ user: '' }), '28000'],
    ['no terminator', Buffer.concat([int32(14), int32(3 << 16), Buffer.from('user\0a')]), '08P01'],
    ['a name without a value', Buffer.concat([int32(14), int32(3 << 16), Buffer.from('user\0\0')]), '08P01'],
    ['a second SSLRequest, inside TLS', SSL_REQUEST, '08P01'],
    ['a GSSENCRequest inside TLS', GSSENC_REQUEST, '08P01'],
  ])('with %s is refused with the code that fits', async (_case, packet, code) => {
    const client = await tls()
    client.send(packet)
    expect(await refusal(client)).toMatchObject({ S: 'FATAL', C: code })
  })
  it('that comes one byte at a time is read all the same', async () => {
    const client = await tls()
    for (const byte of startupMessage({ user: credential.user, database: credential.project.databaseName })) client.send(Buffer.of(byte))
    expect((await client.frame()).type).toBe('R')
    client.destroy()
  })
  it('of protocol 2 or 4 is told which ones are spoken', async () => {
    for (const major of [2, 4]) {
      const client = await tls()
      client.send(startupMessage({ user: credential.user }, { major }))
      expect((await client.untilClosed()).toString()).toMatch(/unsupported frontend protocol/)
    }
  })
})

describe('a request for encryption', () => {
  it('that comes twice is refused', async () => {
    const client = await plain()
    client.send(GSSENC_REQUEST)
    expect((await client.bytes(1)).toString()).toBe('N')
    client.send(GSSENC_REQUEST)
    expect(await refusal(client)).toMatchObject({ C: '08P01' })
  })
  it('for GSS first and then for TLS works, as libpq with Kerberos asks', async () => {
    const client = await plain()
    client.send(GSSENC_REQUEST)
    expect((await client.bytes(1)).toString()).toBe('N')
    await client.upgrade({ ca: stack.ca })
    client.send(startupMessage({ user: credential.user }))
    expect((await client.frame()).type).toBe('R')
    client.destroy()
  })
  it('with bytes right behind it, in the clear, is not trusted with TLS', async () => {
    const client = await plain()
    client.send(SSL_REQUEST, startupMessage({ user: credential.user }))
    const seen = await client.untilClosed()
    expect(seen.toString('latin1')).toMatch(/unencrypted data/)
    expect(seen.toString('latin1')).toContain('C08P01')
  })
  it('directly by TLS without the postgresql protocol, or with another one, is refused', async () => {
    const without = await plain()
    await without.tls({ ca: stack.ca })
    expect(await refusal(without)).toMatchObject({ C: '08P01' })
    const other = await plain()
    await expect(other.tls({ ca: stack.ca, alpn: ['http/1.1'] })).rejects.toThrow()
  })
})

describe('before the login is done', () => {
  const started = async () => {
    const client = await tls()
    client.send(startupMessage({ user: credential.user, database: credential.project.databaseName }))
    expect((await client.frame()).type).toBe('R')
    return client
  }
  const sasl = (mechanism: string, text: Buffer | string, length = Buffer.byteLength(text)) => message('p', cstring(mechanism), int32(length), Buffer.from(text))
  it.each([
    ['a query', queryMessage('SELECT 1'), '08P01'],
    ['a message of 1 GB', Buffer.concat([Buffer.from('p'), int32(2 ** 30)]), '08P01'],
    ['a negative length', Buffer.concat([Buffer.from('p'), int32(-5)]), '08P01'],
    ['another mechanism', sasl('SCRAM-SHA-1', 'n,,n=,r=abc'), '08P01'],
    ['a mechanism without an end', message('p', Buffer.from('SCRAM')), '08P01'],
    ['a length that lies', sasl('SCRAM-SHA-256', 'n,,n=,r=abc', 5), '08P01'],
    ['random bytes', sasl('SCRAM-SHA-256', randomBytes(64)), '08P01'],
    ['an empty message', sasl('SCRAM-SHA-256', ''), '08P01'],
    ['a nonce of 2000 characters', sasl('SCRAM-SHA-256', `n,,n=,r=${'a'.repeat(2000)}`), '08P01'],
  ])('%s is refused', async (_case, bytes, code) => {
    const client = await started()
    client.send(bytes)
    expect(await refusal(client)).toMatchObject({ S: 'FATAL', C: code })
  })
  it('one byte a second runs into the deadline that is counted from accept', async () => {
    const client = await tls()
    const startedAt = performance.now()
    const packet = startupMessage({ user: credential.user })
    let at = 0
    const timer = setInterval(() => { if (at < packet.length) client.send(Buffer.of(packet[at++]!)) }, 1000)
    await client.closed
    clearInterval(timer)
    expect(performance.now() - startedAt).toBeLessThan(DEADLINE_MS + 3000)
    expect(at).toBeLessThan(packet.length)
  })
  it('2,000 silent connections and 1 GB announced by each of 50 keep nobody out, and cost a bounded amount of memory', async () => {
    const before = stack.proxy.memoryBytes()
    const silent: Socket[] = []
    for (let i = 0; i < 2000; i++) {
      const socket = connectTcp({ port: stack.proxy.port, host: '127.0.0.1' })
      socket.on('error', () => undefined)
      silent.push(socket)
    }
    await Promise.all(silent.map((socket) => new Promise<void>((resolve) => { socket.once('connect', () => resolve()); socket.once('error', () => resolve()) })))
    const greedy = await Promise.all(Array.from({ length: 50 }, async () => {
      const client = await started()
      client.send(Buffer.concat([Buffer.from('p'), int32(2 ** 30), Buffer.alloc(60_000)]))
      return client
    }))
    for (let i = 0; i < 100; i += 10) await Promise.all(Array.from({ length: 10 }, goodLogin))
    const grown = (stack.proxy.memoryBytes() - before) / 1e6
    report('memory for 2,000 silent and 50 greedy connections', Math.round(grown), 'MB')
    expect(grown).toBeLessThan(150)
    await Promise.all(silent.map((socket) => new Promise<void>((resolve) => { if (socket.closed) resolve(); else socket.once('close', () => resolve()) })))
    for (const client of greedy) client.destroy()
  })
})

describe('on a session that is logged in', () => {
  it.each([
    ['an unknown message type', message('!', Buffer.alloc(4))],
    ['a length that is shorter than itself', Buffer.concat([Buffer.from('Q'), int32(3)])],
    ['a negative length', Buffer.concat([Buffer.from('Q'), int32(-1)])],
    ['a length beyond Postgres’s own limit', Buffer.concat([Buffer.from('Q'), int32(2 ** 31 - 1)])],
    ['a password message', message('p', cstring('x'))],
  ])('%s ends it with 08P01', async (_case, bytes) => {
    const client = await rawSession(stack, credential)
    client.send(bytes)
    expect(await refusal(client)).toMatchObject({ S: 'FATAL', C: '08P01' })
  })
  it.each([
    ['a query without its end', message('Q', Buffer.from('SELECT 1'))],
    ['a query with a NUL in the middle', message('Q', Buffer.from('SELECT 1\0; DELETE FROM x\0'))],
    ['a Parse without an end', message('P', Buffer.from('name\0SELECT 1'))],
  ])('%s ends a restricted one before anything is forwarded', async (_case, bytes) => {
    const client = await rawSession(stack, await stack.createCredential({ accessMode: 'read_only' }))
    client.send(bytes)
    expect(await refusal(client)).toMatchObject({ S: 'FATAL', C: '08P01' })
  })
})

describe('REST', () => {
  const project = () => `/v1/projects/${stack.project.id}`
  const problem = { type: expect.any(String), title: expect.any(String), status: expect.any(Number), code: expect.any(String), detail: expect.any(String), request_id: expect.any(String), error: { code: expect.any(String), message: expect.any(String) } }
  it.each([
    ['malformed JSON', 'POST', 'agents', { rawBody: '{"name": ', headers: { 'content-type': 'application/json' } }, 400],
    ['JSON that is no object', 'POST', 'agents', { body: [1, 2] }, 400],
    ['null', 'POST', 'agents', { rawBody: 'null', headers: { 'content-type': 'application/json' } }, 400],
    ['a wrong type', 'POST', 'agents', { body: { name: 7, policy_profile_id: 'pol_x' } }, 400],
    ['an unknown field', 'POST', 'agents', { body: { name: 'a', policy_profile_id: 'pol_x', sudo: true } }, 400],
    ['a name with a NUL', 'POST', 'policies', { body: { name: 'a\0b', access_mode: 'read_only' } }, 400],
    ['a field of a later version', 'POST', 'policies', { body: { name: 'later', access_mode: 'read_only', write_mode: 'x' } }, 400],
    ['3 MB', 'POST', 'agents', { rawBody: JSON.stringify({ name: 'x'.repeat(3_000_000) }), headers: { 'content-type': 'application/json' } }, 413],
    ['another media type', 'POST', 'agents', { rawBody: '<a/>', headers: { 'content-type': 'application/xml' } }, 415],
    ['an id that is none', 'GET', 'agents/agt_nonsense', {}, 404],
    ['an id with a slash trick', 'GET', 'agents/..%2f..%2fhealth', {}, 404],
    ['page_size 0', 'GET', 'agents?page_size=0', {}, 400],
    ['page_size 101', 'GET', 'agents?page_size=101', {}, 400],
    ['a page token of somebody’s own', 'GET', 'agents?page_token=AAAA', {}, 400],
    ['an unknown query parameter', 'GET', 'agents?sort=up', {}, 400],
    ['a method that is not there', 'PUT', 'agents', { body: {} }, 405],
  ])('%s is a problem document, never a 500', async (_case, method, path, options, status) => {
    const answer = await stack.api.call(method, `${project()}/${path}`, options)
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: expect.objectContaining(problem) })
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.body.status).toBe(status)
  })
  it('no key, a broken key, an unknown key and an MCP token are told apart where that tells nothing', async () => {
    const path = `${project()}/agents`
    const call = (key: string | null) => stack.api.call('GET', path, { key })
    expect((await call(null)).status).toBe(401)
    expect((await call('pbo_short')).status).toBe(401)
    expect((await call(`${stack.api.key!.slice(0, -1)}${stack.api.key!.endsWith('a') ? 'b' : 'a'}`)).status).toBe(401)
    const mcp = await call(credential.mcpToken)
    expect(mcp.status).toBe(403)
    expect(mcp.body.detail).toMatch(/MCP/)
    const both = await stack.api.call('GET', path, { headers: { 'x-api-key': stack.bootstrap.personal_key } })
    expect(both.status).toBe(400)
  })
  it('what curl -d sends is read as JSON', async () => {
    const answer = await stack.api.call('POST', `${project()}/agents`, {
      key: null,
      rawBody: JSON.stringify({ name: 'from-curl', policy_profile_id: await stack.policy('read_only') }),
      headers: { 'x-api-key': stack.api.key!, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ credential: { name: 'from-curl', status: 'active' }, connection_string: expect.any(String), mcp_token: expect.stringMatching(/^pba_/) })
  })
})
