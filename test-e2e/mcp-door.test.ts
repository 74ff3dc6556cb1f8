/** The MCP door before there is an endpoint behind it: who may come in is decided already, and the answer says what is not there yet. */
import { request } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { credentialOf, startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ proxies: 2 })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

interface Answer { readonly status: number; readonly challenge: string | undefined; readonly body: any }
function call(authorization: string | undefined, { path = '/mcp', proxy = stack.proxies[0]!, method = 'POST' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', port: proxy.mcpPort, path, method, ca: stack.ca, headers: authorization === undefined ? {} : { authorization } }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, challenge: response.headers['www-authenticate'], body: JSON.parse(text) }))
    })
    sent.on('error', reject)
    sent.end('{"jsonrpc":"2.0","id":1,"method":"ping"}')
  })
}
const bearer = (token: string) => `Bearer ${token}`
const refused = { status: 401, challenge: 'Bearer realm="pgbeam", error="invalid_token"', body: expect.objectContaining({ code: 'UNAUTHORIZED', status: 401 }) }

it('a good token hears that the endpoint is not available yet', async () => {
  for (const proxy of stack.proxies) {
    expect(await call(bearer(credential.mcpToken), { proxy })).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE', detail: expect.stringContaining('not available yet') } })
  }
})
describe('everybody else is refused in the same words:', () => {
  it.each([
    ['nobody', () => undefined],
    ['an empty bearer', () => 'Bearer '],
    ['another scheme', () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['an API key', () => bearer(stack.bootstrap.api_key)],
    ['a token with a wrong checksum', () => bearer(`${credential.mcpToken.slice(0, -1)}${credential.mcpToken.endsWith('0') ? '1' : '0'}`)],
    ['the Postgres password', () => bearer(credential.password)],
  ])('%s', async (_case, authorization) => {
    const answer = await call(authorization())
    expect({ ...answer, body: { ...answer.body, detail: undefined } }).toMatchObject({ ...refused, body: expect.objectContaining({ code: 'UNAUTHORIZED' }) })
  })
  it('a killed, a revoked, an expired and a rotated credential, on every proxy; a resumed one is let in again', async () => {
    const one = await stack.createCredential()
    const everywhere = async (token: string, expected: number) => {
      for (const proxy of stack.proxies) expect((await call(bearer(token), { proxy })).status).toBe(expected)
    }
    await everywhere(one.mcpToken, 503)
    await stack.api.patch(one.path, { status: 'killed' })
    await everywhere(one.mcpToken, 401)
    await stack.api.patch(one.path, { status: 'active' })
    await everywhere(one.mcpToken, 503)
    const rotated = credentialOf(await stack.api.post(`${one.path}/rotate`), one.project, one.policyId)
    await everywhere(one.mcpToken, 401)
    await everywhere(rotated.mcpToken, 503)
    await stack.api.delete(one.path)
    await everywhere(rotated.mcpToken, 401)
    const brief = await stack.createCredential({ extra: { expires_at: new Date(Date.now() + 1500).toISOString() } })
    await everywhere(brief.mcpToken, 503)
    const until = performance.now() + 15_000
    while ((await call(bearer(brief.mcpToken))).status !== 401) if (performance.now() > until) throw new Error('the expired token still works')
  })
})
it('any other path says where the endpoint is', async () => {
  expect(await call(bearer(credential.mcpToken), { path: '/', method: 'GET' })).toMatchObject({ status: 404, body: { detail: expect.stringContaining('/mcp') } })
})
