import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeToken } from '@pgbeam/kernel'
import type { Made } from '../../testing/api.js'
import { TestCluster } from '../../testing/environment.js'

let cluster: TestCluster
let made: Made
beforeAll(async () => {
  cluster = await TestCluster.start()
  made = await cluster.api().project(cluster.keys.org_id)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

/** Sends a request whose body never ends, and hands back what is answered while it is still being sent. */
async function endless(method: string, path: string, headers: Record<string, string>): Promise<{ socket: Socket; status: number; body: any }> {
  const url = new URL(cluster.replicas[0]?.url ?? '')
  const socket = connect(Number(url.port), url.hostname)
  socket.on('error', () => undefined) // a reset is an end too
  const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', 'Content-Length: 1900000', ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  socket.write(`${head.join('\r\n')}\r\n\r\n{"name": "`)
  let text = ''
  while (!/\r\n\r\n.*\}$/s.test(text)) {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })) as [Buffer]
    text += chunk.toString()
  }
  return { socket, status: Number(text.split(' ')[1]), body: JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as unknown }
}

describe('what is no HTTP request', () => {
  it.each<[string, string, number]>([
    ['rubbish', 'rubbish\r\n\r\n', 400],
    ['a header with a line of its own', 'GET /v1/health HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n', 400],
    ['headers without an end', `GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('such as %s is answered with a problem, and the connection ends', async (_case, sent, status) => {
    const url = new URL(cluster.replicas[0]?.url ?? '')
    const socket = connect(Number(url.port), url.hostname)
    socket.write(sent)
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\\r\\nContent-Type: application/problem\\+json`, 's'))
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ status, code: 'INVALID_INPUT', request_id: /X-Request-Id: (\S+)/.exec(text)?.[1], errors: [] })
  })
})

describe('a body', () => {
  it.each<[string, string, () => string, () => Record<string, string>, number, string]>([
    ['without a key', 'POST', () => `${made.path}/agents`, () => ({}), 401, 'UNAUTHORIZED'],
    ['with a key that nobody has', 'POST', () => `${made.path}/agents`, () => ({ 'X-API-Key': makeToken('organization', randomBytes) }), 401, 'UNAUTHORIZED'],
    ['with an MCP token', 'POST', () => `${made.path}/agents`, () => ({ 'X-API-Key': makeToken('mcp', randomBytes) }), 403, 'FORBIDDEN'],
    ['for an address that is none', 'POST', () => '/v1/nothing', () => ({}), 404, 'NOT_FOUND'],
    ['with a method that the address does not take', 'PUT', () => `${made.path}/agents`, () => ({}), 405, 'METHOD_NOT_ALLOWED'],
    ['for a public route', 'GET', () => '/v1/health', () => ({}), 200, ''],
  ])('%s is not read: the answer comes first, and the connection ends soon after', async (_case, method, path, headers, status, code) => {
    const answer = await endless(method, path(), headers())
    expect([answer.status, answer.body.code ?? '']).toEqual([status, code])
    if (code !== '') expect(answer.body).toMatchObject({ type: 'about:blank', request_id: expect.any(String), error: { code } })
    // Whoever goes on sending finds the connection closed, however much there is still to send.
    await Promise.race([once(answer.socket, 'close'), once(answer.socket, 'end', { signal: AbortSignal.timeout(8_000) })])
    answer.socket.destroy()
  }, 15_000)

  it('that ends after its key was revoked changes nothing', async () => {
    const keys = `/v1/organizations/${cluster.keys.org_id}/api-keys`
    const { api_key, key } = (await cluster.api().post(keys, { name: 'slow', expires_in_days: 30 })).body
    const body = JSON.stringify({ name: 'made by a revoked key', policy_profile_id: made.policyId })
    const url = new URL(cluster.replicas[0]?.url ?? '')
    const socket = connect(Number(url.port), url.hostname)
    socket.write(`POST ${made.path}/agents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`)
    for (let i = 0; i < 5; i++) expect((await cluster.api(0, key).get('/v1/whoami')).status).toBe(200) // its head has long been looked at
    expect((await cluster.api().delete(`${keys}/${api_key.id}`)).status).toBe(204)
    socket.write(body.slice(9))
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(/^HTTP\/1.1 401 /)
    expect((await cluster.query(`SELECT FROM agent_credential WHERE name = 'made by a revoked key'`)).length).toBe(0)
  })

  it('of a caller with a key is read and answered as ever', async () => {
    expect((await cluster.api().agent(made)).credential.name).toBe('bot')
    const large = await cluster.api().post(`${made.path}/agents`, JSON.stringify({ name: 'x'.repeat(3_000_000) }))
    expect([large.status, large.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    const nobody = await cluster.api(0, null).post(`${made.path}/agents`, JSON.stringify({ name: 'x'.repeat(3_000_000) }))
    expect([nobody.status, nobody.body.code]).toEqual([401, 'UNAUTHORIZED'])
  })
})
