import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ApiProblem, ConnectionProblem, createPgBeam, items, type PgBeam } from './index.js'

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void
let handler: Handler
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
let waits: number[]
let baseUrl: string
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
    handler(request, response, body)
  })
})
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  seen = []
  waits = []
})

const client = (more: object = {}): PgBeam => createPgBeam({ baseUrl, key: 'pbu_test', chance: () => 0.5, sleep: async (ms) => void waits.push(ms), ...more })
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Handler => (_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
const problem = (status: number, code: string, headers: Record<string, string> = {}): Handler =>
  json(status, { code, detail: `it is ${code}`, request_id: 'req-1', errors: [{ field: 'name', code: 'invalid', detail: 'is empty' }] }, headers)
/** Answers in this order, the last one for ever. */
const inTurn = (...handlers: Handler[]): Handler => (...call) => handlers[Math.min(seen.length, handlers.length) - 1]?.(...call)
const project = { params: { path: { project: 'prj_1' } } }

describe('a call', () => {
  it('carries the key, a request id and the path with its parameters, and types its answer', async () => {
    handler = json(200, { projects: [{ name: 'shop' }], total: 1, next_page_token: null }, { 'x-request-id': 'r', 'pgbeam-key-expires-at': '2030-01-01T00:00:00Z' })
    const { data, requestId, keyExpiresAt } = await client().get('/v1/projects', { params: { query: { org_id: 'org_1' } } })
    const name: string | undefined = data.projects[0]?.name
    // @ts-expect-error the type of an answer is the document's
    expect(data.nothing).toBeUndefined()
    expect(name).toBe('shop')
    expect(requestId).toBe('r')
    expect(keyExpiresAt).toEqual(new Date('2030-01-01'))
    expect(seen).toMatchObject([{ method: 'GET', url: '/v1/projects?org_id=org_1', headers: { authorization: 'Bearer pbu_test', 'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) } }])
  })
  it('cannot leave its path by a parameter', async () => {
    handler = json(200, {})
    await client().get('/v1/projects/{project}', { params: { path: { project: '../x?y=1' } } })
    expect(seen[0]?.url).toBe('/v1/projects/..%2Fx%3Fy%3D1')
  })
  it('reads what proxies did about a change, also of an answer without a body', async () => {
    handler = (_request, response) => response.writeHead(204, { 'pgbeam-enforcement': 'seq=4, enforced, elapsed-ms=9, proxies=3, fenced=0, sessions=2, statements=1' }).end()
    const { data, enforcement, status } = await client().delete('/v1/projects/{project}/agents/{agent}', { params: { path: { project: 'prj_1', agent: 'agt_1' } } })
    expect({ data, status }).toEqual({ data: undefined, status: 204 })
    expect(enforcement).toMatchObject({ seq: 4, enforced: true, sessions: 2 })
  })
  it('sends one Idempotency-Key with a POST, the same at every try', async () => {
    handler = inTurn(problem(429, 'RATE_LIMITED', { 'retry-after': '1' }), json(201, { id: 'pol_1' }))
    await client().post('/v1/projects/{project}/policies', { ...project, body: { name: 'x', access_mode: 'read_only' } })
    expect(seen.map(({ body }) => body)).toEqual([seen[0]?.body, seen[0]?.body])
    expect(seen[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
    expect(seen[1]?.headers['idempotency-key']).toBe(seen[0]?.headers['idempotency-key'])
    expect(waits).toEqual([1000])
  })
  it('of raw kind never carries the key to another host', async () => {
    await expect(client().raw('GET', '@elsewhere.example/v1')).rejects.toThrow(TypeError)
    expect(seen).toEqual([])
  })
})

describe('a refusal', () => {
  it.each([[400, 'INVALID_INPUT'], [401, 'UNAUTHORIZED'], [404, 'NOT_FOUND'], [409, 'CONFLICT'], [500, 'INTERNAL_ERROR']])('of %i is an ApiProblem with the words of the API', async (status, code) => {
    handler = problem(status, code)
    const thrown = await client().get('/v1/whoami').catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(ApiProblem)
    expect(thrown).toMatchObject({ status, code, message: `it is ${code}`, requestId: 'req-1', fields: [{ field: 'name', detail: 'is empty' }] })
    expect(seen).toHaveLength(1)
  })
  it.each([
    ['a page of HTML', ((_request, response) => response.writeHead(404).end('<html>')), 'not-the-api'],
    ['JSON of something else', json(404, { message: 'no' }), 'not-the-api'],
    ['HTML that says 200', ((_request, response) => response.writeHead(200).end('<html>')), 'not-the-api'],
    ['a redirect, which is not followed', ((_request, response) => response.writeHead(301, { location: 'https://elsewhere.example' }).end()), 'redirected'],
  ])('that is %s is none of the API', async (_case, one, reason) => {
    handler = one
    await expect(client().get('/v1/whoami')).rejects.toMatchObject({ name: 'ConnectionProblem', reason })
    expect(seen).toHaveLength(1)
  })
})

describe('a second try', () => {
  const outcome = (call: Promise<unknown>): Promise<unknown> => call.then(() => 'answer', (error: unknown) => (error instanceof ApiProblem ? error.status : error instanceof ConnectionProblem ? error.reason : error))
  const reset: Handler = (request) => void request.socket.destroy()
  const get = (): Promise<unknown> => client().get('/v1/whoami')
  const post = (): Promise<unknown> => client().post('/v1/projects/{project}/policies', { ...project, body: { name: 'x', access_mode: 'read_only' } })
  it.each([
    ['a read that met 503', get, problem(503, 'SERVICE_UNAVAILABLE'), 'answer', 2],
    ['a read whose connection broke', get, reset, 'answer', 2],
    ['a read that met 429', get, problem(429, 'RATE_LIMITED', { 'retry-after': '2' }), 'answer', 2],
    ['a read that should wait for a minute', get, problem(429, 'RATE_LIMITED', { 'retry-after': '60' }), 429, 1],
    ['a read that met 500', get, problem(500, 'INTERNAL_ERROR'), 500, 1],
    ['a creation that met 503', post, problem(503, 'SERVICE_UNAVAILABLE'), 503, 1],
    ['a creation whose connection broke, which its Idempotency-Key makes harmless', post, reset, 'answer', 2],
    ['a creation that met 429', post, problem(429, 'RATE_LIMITED'), 'answer', 2],
  ])('of %s', async (_case, call, first, result, calls) => {
    handler = inTurn(first, json(200, {}))
    expect(await outcome(call())).toBe(result)
    expect(seen).toHaveLength(calls)
  })
  it('is the third at most', async () => {
    handler = problem(503, 'SERVICE_UNAVAILABLE')
    expect(await outcome(get())).toBe(503)
    expect(seen).toHaveLength(3)
  })
  it('is not made after the time limit, and the limit is told', async () => {
    handler = () => { /* never */ }
    await expect(client({ timeoutMs: 50 }).get('/v1/whoami')).rejects.toMatchObject({ reason: 'timeout', message: expect.stringMatching(/did not answer within 0.05 s/) })
    expect(seen).toHaveLength(1)
  })
  it('is made where nothing listens, since nothing can have arrived', async () => {
    const gone = client({ baseUrl: 'http://127.0.0.1:26999' })
    await expect(gone.post('/v1/api-keys', { body: { name: 'x', expires_in_days: 30 } })).rejects.toMatchObject({ reason: 'refused' })
    expect(waits).toHaveLength(2)
  })
  it('is not made for a host that does not exist', async () => {
    await expect(client({ baseUrl: 'http://no-such-host.invalid' }).get('/v1/whoami')).rejects.toMatchObject({ reason: 'dns' })
    expect(waits).toEqual([])
  })
})

it('pages are fetched one after the other, as they are asked for', async () => {
  handler = (request, response) => json(200, { agents: [{ id: seen.length }], next_page_token: request.url?.includes('page_token=t2') ? null : `t${seen.length}` })(request, response, '')
  const ids: unknown[] = []
  for await (const agent of items(client().pages('/v1/projects/{project}/agents', { params: { ...project.params, query: { status: 'active' } } }), 'agents')) {
    ids.push(agent.id)
    expect(seen).toHaveLength(ids.length)
  }
  expect(ids).toEqual([1, 2, 3])
  expect(seen.map(({ url }) => url)).toEqual([undefined, 't1', 't2'].map((token) => `/v1/projects/prj_1/agents?page_size=100&status=active${token ? `&page_token=${token}` : ''}`))
})
