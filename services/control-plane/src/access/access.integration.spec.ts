import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeId, makeToken } from '@pgbeam/kernel'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { Database } from '../platform/database/database.js'
import { RouteTable, type Route } from '../platform/http/route-table.js'
import type { Api, Made } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'
import { KeyIssuer, unrestricted } from '../api-key/issue-key.js'
import { AccessChanges } from './access-changes.js'
import { nobody } from './access-log.js'
import { permissions } from './permission.js'
import { PUBLIC, REQUIRES } from './requires.js'

let cluster: TestCluster
let made: Made
let routes: readonly Route[]
beforeAll(async () => {
  cluster = await TestCluster.start()
  made = await cluster.api().project(cluster.keys.org_id)
  routes = cluster.replicas[0]?.app.get(RouteTable).all() ?? []
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

/** Another organization with a key of its own. */
async function otherOrganization(): Promise<{ orgId: string; key: string }> {
  const { app } = cluster.replicas[0] ?? {}
  const db = app?.get(Database) as Database
  const orgId = makeId('OrganizationId', Date.now(), randomBytes(10))
  await db.client.organization.create({ data: { id: orgId, name: 'Other', slug: orgId } })
  const issuer = app?.get(KeyIssuer, { strict: false }) as KeyIssuer
  const { key } = await db.transaction((tx) => issuer.issue(tx, { kind: 'organization', organizationId: orgId }, { ...unrestricted, name: 'other' }))
  return { orgId, key: key.reveal() }
}

/** As the API will do it: with its place in the access log, which replicas follow. */
async function setRole(role: string): Promise<void> {
  const { app } = cluster.replicas[0] ?? {}
  await (app?.get(AccessChanges) as AccessChanges).commit(async (tx) => {
    await tx.membership.updateMany({ data: { role } })
    return { value: undefined, changes: [{ kind: 'member.role_changed', subjectId: cluster.keys.user_id, organizationId: cluster.keys.org_id, actor: nobody }] }
  })
}

const exampleOf = (path: string): string => path.replace('{seq}', '1').replaceAll(/\{\w+\}/g, 'x')

describe('every route', () => {
  it('was decided on, and there are as many as we think', () => {
    for (const { handler, method, path } of routes) {
      const decided = [Reflect.getMetadata(PUBLIC, handler) === true, permissions.includes(Reflect.getMetadata(REQUIRES, handler))]
      expect([`${method} ${path}`, decided.filter(Boolean).length]).toEqual([`${method} ${path}`, 1])
    }
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /v1/api-keys/{key}',
      'DELETE /v1/auth/sessions/{session}',
      'DELETE /v1/organizations/{organization}/api-keys/{key}',
      'DELETE /v1/organizations/{organization}/invitations/{invitation}',
      'DELETE /v1/organizations/{organization}/members/{user}',
      'DELETE /v1/projects/{project}',
      'DELETE /v1/projects/{project}/agents/{agent}',
      'DELETE /v1/projects/{project}/databases/{database}',
      'DELETE /v1/projects/{project}/policies/{policy}',
      'GET /v1/api-keys',
      'GET /v1/api-keys/{key}',
      'GET /v1/api-keys/{key}/events',
      'GET /v1/api-keys/{key}/usage',
      'GET /v1/auth/methods',
      'GET /v1/auth/oidc/callback',
      'GET /v1/auth/sessions',
      'GET /v1/enforcement/{seq}',
      'GET /v1/health',
      'GET /v1/openapi.json',
      'GET /v1/organizations',
      'GET /v1/organizations/{organization}',
      'GET /v1/organizations/{organization}/access-events',
      'GET /v1/organizations/{organization}/api-keys',
      'GET /v1/organizations/{organization}/api-keys/{key}',
      'GET /v1/organizations/{organization}/api-keys/{key}/events',
      'GET /v1/organizations/{organization}/api-keys/{key}/usage',
      'GET /v1/organizations/{organization}/enforcement/{seq}',
      'GET /v1/organizations/{organization}/invitations',
      'GET /v1/organizations/{organization}/members',
      'GET /v1/projects',
      'GET /v1/projects/{project}',
      'GET /v1/projects/{project}/agents',
      'GET /v1/projects/{project}/agents/{agent}',
      'GET /v1/projects/{project}/databases',
      'GET /v1/projects/{project}/databases/{database}',
      'GET /v1/projects/{project}/databases/{database}/schema-catalog',
      'GET /v1/projects/{project}/enforcement/{seq}',
      'GET /v1/projects/{project}/policies',
      'GET /v1/projects/{project}/policies/{policy}',
      'GET /v1/proxies',
      'GET /v1/whoami',
      'PATCH /v1/api-keys/{key}',
      'PATCH /v1/organizations/{organization}',
      'PATCH /v1/organizations/{organization}/api-keys/{key}',
      'PATCH /v1/organizations/{organization}/members/{user}',
      'PATCH /v1/projects/{project}',
      'PATCH /v1/projects/{project}/agents/{agent}',
      'PATCH /v1/projects/{project}/databases/{database}',
      'POST /v1/api-keys',
      'POST /v1/api-keys/{key}/rotate',
      'POST /v1/auth/oidc/start',
      'POST /v1/auth/owner-link',
      'POST /v1/auth/password',
      'POST /v1/auth/sign-in',
      'POST /v1/auth/sign-out',
      'POST /v1/auth/sign-up',
      'POST /v1/github/secret-scanning',
      'POST /v1/invitations/accept',
      'POST /v1/organizations',
      'POST /v1/organizations/{organization}/api-keys',
      'POST /v1/organizations/{organization}/api-keys/{key}/rotate',
      'POST /v1/organizations/{organization}/invitations',
      'POST /v1/organizations/{organization}/restore:confirm',
      'POST /v1/projects',
      'POST /v1/projects/{project}/agents',
      'POST /v1/projects/{project}/agents/{agent}/rotate',
      'POST /v1/projects/{project}/agents:kill',
      'POST /v1/projects/{project}/agents:revoke',
      'POST /v1/projects/{project}/databases',
      'POST /v1/projects/{project}/databases/{database}/scan-pii',
      'POST /v1/projects/{project}/databases/{database}/test-connection',
      'POST /v1/projects/{project}/policies',
      'POST /v1/projects/{project}/policy-evaluations',
      'PUT /v1/projects/{project}/policies/{policy}',
    ])
  })

  it('answers 401 to nobody and to a key that nobody has, unless it is public', async () => {
    // Each public route asks for something else than a key: a signature, a password, a token, a browser that began.
    const toAnybody: Record<string, number> = {
      'GET /v1/health': 200,
      'GET /v1/openapi.json': 200,
      'GET /v1/auth/methods': 200,
      'GET /v1/auth/oidc/callback': 400,
      'POST /v1/auth/oidc/start': 404,
      'POST /v1/auth/owner-link': 400,
      'POST /v1/auth/sign-in': 400,
      'POST /v1/auth/sign-up': 400,
      'POST /v1/github/secret-scanning': 401,
    }
    for (const { handler, method, path } of routes) {
      const isPublic = Reflect.getMetadata(PUBLIC, handler) === true
      for (const key of [null, makeToken('organization', randomBytes)]) {
        const { status } = await cluster.api(0, key).call(method, exampleOf(path))
        expect([method, path, status]).toEqual([method, path, isPublic ? toAnybody[`${method} ${path}`] : 401])
      }
    }
    expect(routes.filter(({ handler }) => Reflect.getMetadata(PUBLIC, handler) === true)).toHaveLength(Object.keys(toAnybody).length)
  })

  it('is in the OpenAPI document, with what it takes and answers', async () => {
    const { body } = await cluster.api(0, null).get('/v1/openapi.json')
    expect(body.openapi).toBe('3.1.0')
    for (const { method, path } of routes) {
      const operation = body.paths[path][method.toLowerCase()]
      expect(operation.summary).not.toBe('')
      expect(Object.keys(operation.responses).some((status) => /^[23]/.test(status))).toBe(true)
      expect(operation.parameters.filter((one: { in: string }) => one.in === 'path')).toHaveLength(path.split('{').length - 1)
    }
    const create = body.paths['/v1/projects/{project}/agents'].post
    expect(create.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/CreateCredential' })
    expect(body.components.schemas.CreateCredential).toMatchObject({
      required: expect.arrayContaining(['name', 'policy_profile_id']),
      additionalProperties: false,
      properties: { auth_method: { enum: ['scram-sha-256', 'cleartext'] } },
    })
    expect(JSON.stringify(body)).not.toContain('"$schema"')
  })

  it('is described with the headers that it reads and sends, and with a body only where one must be sent', async () => {
    const { paths, components } = (await cluster.api(0, null).get('/v1/openapi.json')).body
    const at = (path: string, method: string) => paths[`/v1/projects/{project}/${path}`][method]
    const named = (operation: { parameters: { $ref?: string }[] }) => operation.parameters.flatMap((one) => (one.$ref ? [components.parameters[one.$ref.split('/').at(-1) ?? ''].name] : []))
    expect(named(at('agents/{agent}', 'patch'))).toEqual(['X-Request-Id', 'Idempotency-Key', 'If-Match', 'Prefer'])
    expect(named(at('agents/{agent}', 'get'))).toEqual(['X-Request-Id', 'If-None-Match'])
    const always = ['X-Request-Id', 'PgBeam-Key-Expires-At', 'RateLimit', 'RateLimit-Policy']
    const patch = at('agents/{agent}', 'patch').responses
    expect(Object.keys(patch[200].headers)).toEqual([...always, 'Idempotency-Replayed', 'PgBeam-Enforcement', 'ETag'])
    expect(Object.keys(patch[202].headers)).toEqual([...always, 'Idempotency-Replayed', 'PgBeam-Enforcement', 'Location', 'Preference-Applied'])
    expect(Object.keys(at('agents', 'post').responses[201].headers)).toEqual([...always, 'Idempotency-Replayed', 'Location', 'ETag'])
    expect(Object.keys(at('agents/{agent}', 'delete').responses[200].headers)).toContain('Preference-Applied')
    expect(Object.keys(at('agents/{agent}', 'get').responses[200].headers)).toEqual([...always, 'ETag'])
    expect(Object.keys(components.responses.Problem.headers)).toEqual([...always, 'Idempotency-Replayed', 'Retry-After'])
    const bodyRequired = (path: string, method: string) => at(path, method).requestBody.required
    expect([bodyRequired('agents/{agent}/rotate', 'post'), bodyRequired('databases/{database}/test-connection', 'post'), bodyRequired('agents', 'post')]).toEqual([false, false, true])
  })
})

describe('a key', () => {
  it('says who it is', async () => {
    const { org_id, user_id, personal_key } = cluster.keys
    expect((await cluster.api().get('/v1/whoami')).body).toMatchObject({ principal: { type: 'organization', id: org_id }, organization: { id: org_id } })
    expect((await cluster.api(0, personal_key).get('/v1/whoami')).body).toMatchObject({ principal: { type: 'user', id: user_id }, organization: null })
    expect((await cluster.api(0, personal_key).get('/v1/organizations')).body.organizations).toMatchObject([{ id: org_id, role: 'owner' }])
  })

  it.each<[string, string]>([
    ['expired', `expires_at = now() - interval '1 second'`],
    ['revoked', 'revoked_at = now()'],
  ])('that is %s is 401', async (_case, change) => {
    const { orgId, key } = await otherOrganization()
    await cluster.query(`UPDATE api_key SET ${change} WHERE organization_id = $1`, [orgId])
    expect((await cluster.api(0, key).get('/v1/projects')).status).toBe(401)
  })

  it('is stored as a keyed hash alone', async () => {
    const { app } = cluster.replicas[0] ?? {}
    const [row] = await cluster.query<{ secret_hash: Buffer }>(`SELECT secret_hash FROM api_key WHERE kind = 'personal'`)
    expect(row?.secret_hash.equals(Buffer.from((app?.get(ClusterKeys) as ClusterKeys).pepperedHash(cluster.keys.personal_key)))).toBe(true)
  })

  it('of a member reads everything and looks after credentials, and changes neither policies nor databases nor projects', async () => {
    await setRole('member')
    try {
      const api = cluster.api(0, cluster.keys.personal_key)
      expect((await api.get(made.path)).status).toBe(200)
      expect((await api.post(`${made.path}/agents`, { name: 'mine', policy_profile_id: made.policyId })).status).toBe(201)
      expect((await api.post(`${made.path}/policies`, { name: 'wide', access_mode: 'read_write' })).status).toBe(403)
      expect((await api.delete(`${made.path}/databases/${made.databaseId}`)).status).toBe(403)
      expect((await api.patch(made.path, { name: 'mine' })).status).toBe(403)
    } finally {
      await setRole('owner')
    }
  })
})

describe('another tenant', () => {
  it('sees the proxies with the sessions of its own projects alone', async () => {
    const { orgId, key } = await otherOrganization()
    const stranger = cluster.api(0, key)
    const [own, second] = [await stranger.project(orgId), await stranger.project(orgId)]
    const proxy = await FakeProxy.connected()
    try {
      await proxy.enrol(cluster.keys.join_token)
      proxy.sessions = { [made.projectId]: 40, [own.projectId]: 2, [second.projectId]: 3, [makeId('ProjectId', Date.now(), randomBytes(10))]: 500 }
      await proxy.renew()
      const seen = async (api: Api) => (await api.get('/v1/proxies')).body.proxies.map(({ incarnation, sessions }: Record<string, unknown>) => ({ incarnation, sessions }))
      expect(await seen(stranger)).toEqual([{ incarnation: proxy.incarnation, sessions: 5 }])
      expect(await seen(cluster.api())).toEqual([{ incarnation: proxy.incarnation, sessions: 40 }])
      const held = await stranger.post(`/v1/organizations/${orgId}/api-keys`, { name: 'held', expires_in_days: 30, project_ids: [own.projectId] })
      expect(await seen(cluster.api(0, held.body.key))).toEqual([{ incarnation: proxy.incarnation, sessions: 2 }])
      expect(await seen(cluster.api(0, cluster.keys.personal_key))).toEqual([{ incarnation: proxy.incarnation, sessions: 40 }])
    } finally {
      await proxy.leave()
      await proxy.stop()
    }
  })

  it('gets 404 for everything, as for what does not exist', async () => {
    const { credential } = await cluster.api().agent(made)
    const { seq } = (await cluster.api().patch(`${made.path}/agents/${credential.id}`, { status: 'killed' }, { prefer: 'respond-async' })).body
    const { orgId, key } = await otherOrganization()
    const stranger = cluster.api(0, key)
    const ids = { project: made.projectId, database: made.databaseId, policy: made.policyId, agent: credential.id, seq: String(seq) }
    const chosen = { ids: [credential.id] }
    const bodies: Record<string, unknown> = { '/agents:kill': chosen, '/agents:revoke': chosen, '/agents': { name: 'x', policy_profile_id: made.policyId }, '/policies': { name: 'x' }, '/policy-evaluations': { sql: 'SELECT 1', policy: {} }, '/databases': { host: 'h', name: 'n', username: 'u', password: 'p' } }
    const inProject = routes.filter(({ path }) => path.includes('{project}'))
    expect(cluster.keys.org_id).not.toBe(orgId)
    expect(inProject.length).toBeGreaterThan(20)
    for (const { method, path } of inProject) {
      const real = path.replaceAll(/\{(\w+)\}/g, (_all, name: keyof typeof ids) => ids[name])
      const body = method === 'GET' || method === 'DELETE' ? undefined : (bodies[real.slice(made.path.length)] ?? (method === 'PUT' ? { name: 'x' } : {}))
      const theirs = await stranger.call(method, real, body)
      expect([method, path, theirs.status, theirs.body.code]).toEqual([method, path, 404, 'NOT_FOUND'])
    }
    // Nor through their own project.
    const own = await stranger.project(orgId)
    for (const tail of [`agents/${credential.id}`, `policies/${made.policyId}`, `databases/${made.databaseId}`, `enforcement/${seq}`]) {
      expect([tail, (await stranger.get(`${own.path}/${tail}`)).status]).toEqual([tail, 404])
    }
    expect((await stranger.post(`${own.path}/agents`, { name: 'x', policy_profile_id: made.policyId })).status).toBe(404)
    expect((await stranger.post(`${own.path}/agents`, { name: 'x', policy_profile_id: own.policyId, database_id: made.databaseId })).status).toBe(404)
    expect((await stranger.get(`/v1/projects?org_id=${cluster.keys.org_id}`)).status).toBe(404)
    expect((await stranger.get('/v1/projects')).body).toMatchObject({ total: 1, projects: [{ id: own.projectId }] })
    expect((await cluster.api().get(`${made.path}/agents/${credential.id}`)).body.status).toBe('killed')
  }, 30_000)
})
