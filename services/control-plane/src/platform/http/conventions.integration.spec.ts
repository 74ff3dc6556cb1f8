import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeToken } from '@pgbeam/kernel'
import type { Answer, Api, Made } from '../../testing/api.js'
import { TestCluster } from '../../testing/environment.js'

let cluster: TestCluster
let made: Made
let api: Api
beforeAll(async () => {
  cluster = await TestCluster.start()
  api = cluster.api()
  made = await api.project(cluster.keys.org_id)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body?.code, answer.headers.get('content-type')?.split(';')[0]]).toEqual([status, code, 'application/problem+json'])
  expect(answer.body).toMatchObject({
    type: expect.any(String), title: expect.any(String), status, code, detail: expect.any(String),
    request_id: answer.headers.get('x-request-id'), errors: expect.any(Array), error: { code, message: answer.body.detail },
  })
}

const agents = () => `${made.path}/agents`
const agent = (change: object) => ({ name: 'bot', policy_profile_id: made.policyId, ...change })

describe('bad input', () => {
  it.each<[string, (() => unknown) | string, string]>([
    ['malformed JSON', '{"name": ', ''],
    ['JSON that is no object', '[]', ''],
    ['null', 'null', ''],
    ['a number', '7', ''],
    ['no body', '', 'name'],
    ['half a surrogate pair', () => agent({ name: '\ud800' }), 'name'],
    ['bytes that are no UTF-8', () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), ''],
    ['a missing field', () => ({ policy_profile_id: made.policyId }), 'name'],
    ['an unknown field', () => agent({ nmae: 1 }), 'nmae'],
    ['the name __proto__', () => `{"name":"bot","policy_profile_id":"${made.policyId}","__proto__":{"a":1}}`, '__proto__'],
    ['a wrong type', () => agent({ name: 7 }), 'name'],
    ['an empty name', () => agent({ name: '' }), 'name'],
    ['an endless name', () => agent({ name: 'x'.repeat(101) }), 'name'],
    ['NUL in a name', () => agent({ name: 'a\0b' }), 'name'],
    ['an id of another kind', () => agent({ policy_profile_id: made.projectId }), 'policy_profile_id'],
    ['an expiry in the past', () => agent({ expires_at: '2020-01-01T00:00:00Z' }), 'expires_at'],
    ['an expiry without a zone', () => agent({ expires_at: '2099-01-01T00:00:00' }), 'expires_at'],
    ['an expiry beyond all calendars', () => agent({ expires_at: '9999-12-31T23:59:59Z' }), 'expires_at'],
    ['a wrong choice', () => agent({ auth_method: 'md5' }), 'auth_method'],
  ])('%s is 400 and names the field', async (_case, body, field) => {
    const answer = await api.post(agents(), typeof body === 'string' ? body : body(), { 'content-type': 'application/json' })
    expectProblem(answer, 400, 'INVALID_INPUT')
    if (field !== '') expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field)
  })

  it.each<[string, string, object]>([
    ['pool_config.pool_mode', '/databases/D', { pool_config: { pool_mode: 'transaction' } }],
    ['pool_config.pool_size', '/databases/D', { pool_config: { pool_size: 10 } }],
    ['pool_config.min_pool_size', '/databases/D', { pool_config: { min_pool_size: 1 } }],
    ['pool_config.max_active', '/databases/D', { pool_config: { max_active: 5 } }],
  ])('%s of %s does not work yet and is refused, not stored', async (field, where, body) => {
    const answer = await api.patch(`${made.path}${where.replace('D', made.databaseId)}`, body)
    expectProblem(answer, 400, 'INVALID_INPUT')
    expect(answer.body.errors).toEqual([{ field, code: 'not_available', detail: 'is not available yet' }])
  })

  it.each(['audit', 'write_mode'])(
    'a policy with %s is refused until it works',
    async (field) => {
      const answer = await api.post(`${made.path}/policies`, { name: 'p', [field]: ['x'] })
      expectProblem(answer, 400, 'INVALID_INPUT')
      expect(answer.body.errors).toEqual([{ field, code: 'not_available', detail: 'is not available yet' }])
    },
  )

  it.each(['10.0.0.0/33', '10.0.0/8', '::1/129', 'fe80::1%eth0', 'example.org', '10.0.0.0/-1', '10.0.0.0/8/8', '', '1.2.3.4/08'])('%p is no CIDR', async (cidr) => {
    expectProblem(await api.patch(made.path, { allowed_cidrs: [{ cidr }] }), 400, 'INVALID_INPUT')
  })

  it.each<[string, string, object]>([
    ['a path as host', 'host', { host: '/var/run/postgresql' }],
    ['a host with a port', 'host', { host: 'db.example:5432' }],
    ['port 0', 'port', { port: 0 }],
    ['port 65536', 'port', { port: 65536 }],
    ['a fraction as port', 'port', { port: 5432.5 }],
    ['an unknown ssl_mode', 'ssl_mode', { ssl_mode: 'maybe' }],
    ['a CA that is none', 'ssl_ca', { ssl_ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
    ['a negative timeout', 'query_timeout_ms', { query_timeout_ms: -1 }],
  ])('a database with %s is 400', async (_case, field, change) => {
    const answer = await api.patch(`${made.path}/databases/${made.databaseId}`, change)
    expectProblem(answer, 400, 'INVALID_INPUT')
    expect(answer.body.errors[0].field).toBe(field)
  })

  it.each(['page_size=0', 'page_size=101', 'page_size=ten', 'page_size=1&page_size=2', 'page_token=rubbish', 'page_token=', 'unknown=1', 'page_size=1e1', 'page_size=%00'])(
    'the query %s is 400',
    async (query) => expectProblem(await api.get(`/v1/projects?${query}`), 400, 'INVALID_INPUT'),
  )

  it('a query for a route that takes none is 400', async () => {
    for (const path of [`${made.path}?page_size=1`, `${made.path}/agents/${made.policyId}?verbose=1`, '/v1/health?x=1', '/v1/whoami?a=1&b=2']) {
      expectProblem(await api.get(path), 400, 'INVALID_INPUT')
    }
  })

  it('3 MB are 413, with and without a length', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(3_000_000) })
    expectProblem(await api.post(agents(), body), 413, 'PAYLOAD_TOO_LARGE')
  })

  it('another content type is 415; none, and that of curl -d, are read as JSON with a key', async () => {
    const body = JSON.stringify(agent({}))
    expectProblem(await api.post(agents(), body, { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE')
    expectProblem(await api.post(agents(), body, { 'content-type': 'multipart/form-data; boundary=x' }), 415, 'UNSUPPORTED_MEDIA_TYPE')
    expect((await api.post(agents(), body, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(201)
    expect((await api.post(agents(), body, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(201)
  })

  it('paths that name nothing are 404, and methods that a path does not take 405 with Allow', async () => {
    for (const path of ['/', '/v1', '/v1/nothing', '/v1/projects/x', `/v1/projects/${made.policyId}`, `${made.path}/agents/agt_1`, `${made.path}/enforcement/x`, `${made.path}/enforcement/99999999999999999999`, `${made.path}/enforcement/0`]) {
      expectProblem(await api.get(path), 404, 'NOT_FOUND')
    }
    const answer = await api.put(agents(), {})
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED')
    expect(answer.headers.get('allow')).toBe('GET, POST')
    expectProblem(await api.get('/v1/projects/%E0%A4%A'), 400, 'INVALID_INPUT')
  })

  it('no answer may be cached', async () => {
    expect((await api.get(made.path)).headers.get('cache-control')).toBe('no-store')
  })

  it('a request id is kept if it is harmless, and made otherwise', async () => {
    expect((await api.get('/v1/nothing', { 'x-request-id': 'my-id.1' })).body.request_id).toBe('my-id.1')
    for (const id of ['a b', 'x'.repeat(200), '<script>']) expect((await api.get('/v1/nothing', { 'x-request-id': id })).body.request_id).toMatch(/^req_/)
  })
})

describe('limits', () => {
  it('hold each key to its calls a minute, and say so in headers and 429', async () => {
    await cluster.addReplica({ PGBEAM_RATE_LIMIT_PER_MINUTE: '3' })
    const limited = cluster.api(1)
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await limited.get('/v1/whoami'))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(answers.map(({ headers }) => /r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])).toEqual(['2', '1', '0', '0'])
    expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"key";q=3;w=60')
    expectProblem(answers[3] as Answer, 429, 'RATE_LIMITED')
    expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await cluster.api(1, cluster.keys.personal_key).get('/v1/whoami')).status).toBe(200)
    expect((await limited.get('/v1/health')).status).toBe(200)
  }, 30_000)

  it('hold an address that shows no valid key, but not the keys that are known there', async () => {
    await cluster.addReplica({ PGBEAM_FAILED_AUTH_LIMIT_PER_MINUTE: '3' })
    const known = cluster.api(2)
    expect((await known.get('/v1/whoami')).status).toBe(200)
    const nobody = cluster.api(2, makeToken('organization', randomBytes))
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await nobody.get('/v1/whoami')).status)
    expect(statuses).toEqual([401, 401, 401, 429])
    expect((await known.get('/v1/whoami')).status).toBe(200)
    // What replicas remember is void when others gave them up; an address is not shut for that.
    const [before] = await cluster.query<{ count: string }>('SELECT count(*) FROM control_replica')
    await cluster.query('UPDATE control_replica SET ended_at = now() WHERE ended_at IS NULL')
    await cluster.until(`SELECT FROM control_replica HAVING count(*) >= ${Number(before?.count)} + 3`)
    expect((await known.get('/v1/whoami')).status).toBe(200)
    expect((await nobody.get('/v1/whoami')).status).toBe(429)
  }, 30_000)
})

describe('lists', () => {
  it('come in pages that leave nothing out and repeat nothing', async () => {
    const own = await api.project(cluster.keys.org_id)
    const ids = []
    for (let i = 0; i < 7; i++) ids.push((await api.agent(own, { name: `bot ${i}` })).credential.id)
    const seen: string[] = []
    let path: string | null = `${own.path}/agents?page_size=3`
    const sizes: number[] = []
    while (path !== null) {
      const answer: Answer = await api.get(path)
      sizes.push(answer.body.agents.length)
      seen.push(...answer.body.agents.map(({ id }: { id: string }) => id))
      const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1]
      expect(link === undefined).toBe(answer.body.next_page_token === null)
      path = link ?? null
    }
    expect([sizes, seen]).toEqual([[3, 3, 1], ids])
  })
})

describe('a project', () => {
  it('keeps its allowed addresses, and tells the proxies only when they change', async () => {
    const first = await api.patch(made.path, { allowed_cidrs: [{ cidr: '10.0.0.0/8', label: 'office' }, { cidr: '2001:db8::1' }] })
    expect(first.headers.get('pgbeam-enforcement')).toMatch(/^seq=\d+, enforced/)
    expect(first.body.allowed_cidrs).toEqual([{ cidr: '10.0.0.0/8', label: 'office' }, { cidr: '2001:db8::1/128', label: null }])
    const again = await api.patch(made.path, { allowed_cidrs: [{ cidr: '2001:db8::1/128' }, { cidr: '10.0.0.0/8' }] })
    expect(/seq=\d+/.exec(again.headers.get('pgbeam-enforcement') ?? '')?.[0]).toBe(/seq=\d+/.exec(first.headers.get('pgbeam-enforcement') ?? '')?.[0])
    const [event] = await cluster.query<{ body: string }>(`SELECT body FROM enforcement_event WHERE kind = 'project.changed' ORDER BY seq DESC LIMIT 1`)
    expect(JSON.parse(event?.body ?? '')).toEqual({ allowed_cidrs: ['10.0.0.0/8', '2001:db8::1/128'] })
    expect((await api.patch(made.path, { name: 'Another name' })).headers.get('pgbeam-enforcement')).toBeNull()
  })

  it('has a kill switch, of which the proxies are told when it is thrown and when it is released, beside what else changed', async () => {
    const own = await api.project(cluster.keys.org_id)
    const { credential } = await api.agent(own)
    const bodies = async (): Promise<unknown[]> => (await cluster.query<{ body: string }>(`SELECT body FROM enforcement_event WHERE kind = 'project.changed' AND project_id = $1 ORDER BY seq`, [own.projectId])).map(({ body }) => JSON.parse(body))
    const before = (await bodies()).length
    const seqs = []
    for (const body of [{ agents_disabled: true }, { agents_disabled: true, name: 'Same' }, { agents_disabled: false, allowed_cidrs: [{ cidr: '10.0.0.0/8' }] }]) {
      const answer = await api.patch(own.path, body)
      expect([answer.status, answer.body.agents_disabled]).toEqual([200, body.agents_disabled])
      seqs.push(/^seq=(\d+), enforced/.exec(answer.headers.get('pgbeam-enforcement') ?? '')?.[1])
    }
    expect((await bodies()).slice(before)).toEqual([{ agents_disabled: true }, { agents_disabled: false, allowed_cidrs: ['10.0.0.0/8'] }])
    expect([seqs[0] === undefined, seqs[1] === seqs[0], seqs[2] === seqs[0]]).toEqual([false, true, false])
    expect((await api.get(`${own.path}/agents/${credential.id}`)).body.status).toBe('active')
    const database = { host: 'db.example', name: 'shop', username: 'u', password: 'p' }
    expect((await api.post('/v1/projects', { name: 'Off', org_id: cluster.keys.org_id, database, agents_disabled: true })).body.project.agents_disabled).toBe(true)
  })

  it('takes its credentials with it when it goes, for ever', async () => {
    const own = await api.project(cluster.keys.org_id, 'planted-password-that-goes')
    const { credential } = await api.agent(own)
    const gone = await api.delete(own.path)
    const again = await api.delete(own.path, { prefer: 'return=representation' })
    expect([gone.status, again.status, (await api.get(own.path)).status, (await api.get(`${own.path}/agents/${credential.id}`)).status]).toEqual([204, 200, 404, 404])
    expect((await api.get(`${own.path}/enforcement/${again.body.seq}`)).body.enforced).toBe(true)
    const [row] = await cluster.query(
      `SELECT c.status, c.scram_verifier, c.mcp_token_hash, d.password_ciphertext FROM agent_credential c JOIN database d USING (project_id) WHERE c.id = $1`,
      [credential.id],
    )
    expect(row).toEqual({ status: 'revoked', scram_verifier: null, mcp_token_hash: null, password_ciphertext: null })
  })
})

describe('a policy', () => {
  it('cannot be deleted while a credential is under it', async () => {
    const policy = await api.post(`${made.path}/policies`, { name: 'second', access_mode: 'read_write' })
    const { credential } = await api.agent(made, { policy_profile_id: policy.body.id })
    expectProblem(await api.delete(`${made.path}/policies/${policy.body.id}`), 409, 'CONFLICT')
    await api.delete(`${made.path}/agents/${credential.id}`)
    expect((await api.delete(`${made.path}/policies/${policy.body.id}`)).status).toBe(204)
    expectProblem(await api.get(`${made.path}/policies/${policy.body.id}`), 404, 'NOT_FOUND')
  })

  it('that is replaced by the same rules is no event; other rules are', async () => {
    const path = `${made.path}/policies/${made.policyId}`
    const same = await api.put(path, { name: 'read-only', access_mode: 'read_only' })
    expect([same.status, same.headers.get('pgbeam-enforcement')]).toEqual([200, null])
    const other = await api.put(path, { name: 'read-only', access_mode: 'read_write' })
    expect([other.status, other.body.access_mode]).toEqual([200, 'read_write'])
    expect(other.headers.get('pgbeam-enforcement')).toContain(`seq=${other.body.version}, enforced`)
  })
})

describe('a database', () => {
  it('never shows its password, and changes only when something changes', async () => {
    const path = `${made.path}/databases/${made.databaseId}`
    const { body } = await api.get(path)
    expect(JSON.stringify(body)).not.toMatch(/upstream-password|password/)
    const same = await api.patch(path, { port: 5432, password: 'upstream-password', ssl_mode: 'verify-full' })
    expect([same.status, same.headers.get('pgbeam-enforcement'), same.body.updated_at]).toEqual([200, null, body.updated_at])
    const other = await api.patch(path, { password: 'another' })
    expect(other.headers.get('pgbeam-enforcement')).toContain('enforced')
    expectProblem(await api.post(`${path}/test-connection`), 503, 'SERVICE_UNAVAILABLE')
  })

  it('has a name of its own among the primaries of its project; replicas and deleted ones share it', async () => {
    const own = await api.project(cluster.keys.org_id)
    const database = (change: object) => ({ host: 'db.example', name: 'shop', username: 'u', password: 'p', ...change })
    const databases = `${own.path}/databases`
    expectProblem(await api.post(databases, database({})), 409, 'RESOURCE_EXISTS')
    const replica = await api.post(databases, database({ role: 'replica' }))
    const other = await api.post(databases, database({ name: 'stock' }))
    expect([replica.status, other.status, (await api.post(databases, database({ role: 'replica' }))).status]).toEqual([201, 201, 201])
    const before = (await cluster.query('SELECT seq FROM enforcement_head'))[0]
    expectProblem(await api.patch(`${databases}/${other.body.id}`, { name: 'shop' }), 409, 'RESOURCE_EXISTS')
    expectProblem(await api.patch(`${databases}/${replica.body.id}`, { role: 'primary' }), 409, 'RESOURCE_EXISTS')
    expect((await cluster.query('SELECT seq FROM enforcement_head'))[0]).toEqual(before)
    expect((await api.delete(`${databases}/${own.databaseId}`)).status).toBe(204)
    expect((await api.patch(`${databases}/${replica.body.id}`, { role: 'primary' })).status).toBe(200)
    expect((await api.project(cluster.keys.org_id)).databaseId).not.toBe('') // another project has names of its own
  })

  it('of racing creations with one name, one is made', async () => {
    const own = await api.project(cluster.keys.org_id)
    const create = () => api.post(`${own.path}/databases`, { host: 'db.example', name: 'raced', username: 'u', password: 'p' })
    const statuses = (await Promise.all(Array.from({ length: 8 }, create))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([201, ...Array<number>(7).fill(409)])
  })
})
