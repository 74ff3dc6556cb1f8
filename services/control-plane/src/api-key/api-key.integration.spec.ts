import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeId } from '@pgbeam/kernel'
import { KeyUsage } from '../access/key-usage.js'
import type { Api, Made } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { ExpiryReminders } from './expiry-reminders.js'

let cluster: TestCluster
let made: Made
let organization: string
let api: Api
beforeAll(async () => {
  cluster = await TestCluster.start()
  api = cluster.api()
  made = await api.project(cluster.keys.org_id)
  organization = `/v1/organizations/${cluster.keys.org_id}/api-keys`
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const service = <T>(type: new (...args: never[]) => T): T => cluster.replicas[0]?.app.get(type, { strict: false }) as T
const newKey = async (extra: object = {}, path = organization, as = api): Promise<{ id: string; key: string }> => {
  const answer = await as.post(path, { name: 'ci', expires_in_days: 90, ...extra })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return { id: answer.body.api_key.id as string, key: answer.body.key as string }
}
const opens = async (key: string, path = '/v1/whoami'): Promise<number> => (await cluster.api(0, key).get(path)).status

describe.each([
  ['an organization key', (): string => organization, (): Api => cluster.api()],
  ['a personal key', (): string => '/v1/api-keys', (): Api => cluster.api(0, cluster.keys.personal_key)],
])('%s', (_kind, path, as) => {
  it('is created, read, listed, renamed and revoked for ever', async () => {
    const created = await as().post(path(), { name: 'deploy', expires_in_days: 30 })
    expect(created.status).toBe(201)
    const { api_key: view, key } = created.body
    expect(view).toMatchObject({ name: 'deploy', prefix: key.slice(0, 8), tail: key.slice(-4), status: 'active', scopes: [], last_used_at: null })
    expect(Date.parse(view.expires_at) - Date.parse(view.created_at)).toBe(30 * 86_400_000)
    expect(await opens(key)).toBe(200)
    const at = `${path()}/${view.id}`
    expect((await as().get(at)).body).toEqual(view)
    expect((await as().patch(at, { name: 'deploy 2' })).body).toMatchObject({ id: view.id, name: 'deploy 2' })
    expect((await as().get(path())).body.api_keys.map((one: { id: string }) => one.id)).toContain(view.id)
    expect(JSON.stringify((await as().get(path())).body)).not.toContain(key.slice(8, 36))
    expect((await as().delete(at)).status).toBe(204)
    expect(await opens(key)).toBe(401)
    expect((await as().delete(at)).status).toBe(204)
    expect((await as().get(at)).body.status).toBe('revoked')
    for (const refused of [await as().patch(at, { name: 'x' }), await as().post(`${at}/rotate`)]) expect([refused.status, refused.body.code]).toEqual([409, 'INVALID_STATE'])
    expect((await as().get(`${at}/events`)).body.events.map(({ event, actor_id }: Record<string, string>) => [event, actor_id?.slice(0, 4)])).toEqual([
      ['key.revoked', 'key_'], ['key.renamed', 'key_'], ['key.created', 'key_'],
    ])
  })

  it('is rotated: two keys of equal rights until the grace ends, or one at once', async () => {
    const old = await newKey({ scopes: ['project:read', 'self:write', 'key:write'], allowed_cidrs: ['127.0.0.0/8'] }, path(), as())
    const rotated = await as().post(`${path()}/${old.id}/rotate`, { grace_seconds: 3600 })
    expect(rotated.status).toBe(200)
    expect(rotated.body.api_key).toMatchObject({ scopes: ['project:read', 'self:write', 'key:write'], allowed_cidrs: ['127.0.0.0/8'], status: 'active' })
    expect(rotated.body.replaced).toMatchObject({ id: old.id, replaced_by: rotated.body.api_key.id, status: 'active' })
    expect(Math.round((Date.parse(rotated.body.replaced.expires_at) - Date.now()) / 60_000)).toBe(60)
    expect([await opens(old.key), await opens(rotated.body.key)]).toEqual([200, 200])
    expect((await as().post(`${path()}/${old.id}/rotate`)).status).toBe(409)
    await service(KeyUsage).flush()
    for (const id of [old.id, rotated.body.api_key.id]) expect((await as().get(`${path()}/${id}`)).body.last_used_at).not.toBeNull()

    const at_once = await as().post(`${path()}/${rotated.body.api_key.id}/rotate`)
    expect([await opens(old.key), await opens(rotated.body.key), await opens(at_once.body.key)]).toEqual([200, 401, 200])
  })

  it('that needs something another has not is 404 there', async () => {
    const other = path() === '/v1/api-keys' ? organization : '/v1/api-keys'
    const { id } = await newKey({}, path(), as())
    const reader = cluster.api(0, cluster.keys.personal_key)
    expect((await reader.get(`${other}/${id}`)).status).toBe(404)
    expect((await reader.get(`${other}/key_nonsense`)).status).toBe(404)
  })
})

it('an organization key has no personal keys, and is told where its siblings are', async () => {
  const { status, body } = await api.get('/v1/api-keys')
  expect([status, body.code]).toEqual([403, 'FORBIDDEN'])
  expect(body.detail).toContain('/organizations/')
})

describe('a wrong request for a key', () => {
  it.each<[string, object, string]>([
    ['no lifetime', { name: 'x' }, 'expires_in_days'],
    ['another lifetime', { name: 'x', expires_in_days: 31 }, 'expires_in_days'],
    ['an unknown scope', { name: 'x', expires_in_days: null, scopes: ['everything'] }, 'scopes.0'],
    ['no CIDR', { name: 'x', expires_in_days: null, allowed_cidrs: ['10.0.0.0/33'] }, 'allowed_cidrs.0'],
    ['no id', { name: 'x', expires_in_days: null, project_ids: ['prj_1'] }, 'project_ids.0'],
    ['a project of nobody', { name: 'x', expires_in_days: null, project_ids: ['prj_00000000000000000000000000'] }, 'project_ids.0'],
  ])('with %s is 400 and names the field', async (_case, body, field) => {
    const answer = await api.post(organization, body)
    expect([answer.status, answer.body.errors[0]?.field]).toEqual([400, field])
  })
})

describe('a key that is held', () => {
  it('to scopes does these things and no other', async () => {
    const { key } = await newKey({ scopes: ['project:read'] })
    const held = cluster.api(0, key)
    expect((await held.get(made.path)).status).toBe(200)
    expect((await held.get('/v1/whoami')).body.scopes).toEqual(['project:read'])
    for (const answer of [await held.get(`${made.path}/agents`), await held.patch(made.path, { name: 'x' }), await held.get(organization)]) expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN'])
  })

  it('to projects sees no other, makes no other, and makes no key that does', async () => {
    const second = await api.project(cluster.keys.org_id)
    const { key } = await newKey({ project_ids: [made.projectId] })
    const held = cluster.api(0, key)
    expect((await held.get('/v1/projects')).body).toMatchObject({ total: 1, projects: [{ id: made.projectId }] })
    expect([(await held.get(made.path)).status, (await held.get(second.path)).status, (await held.get(`${second.path}/agents`)).status]).toEqual([200, 404, 404])
    expect((await held.post('/v1/projects', { name: 'x', org_id: cluster.keys.org_id, database: { host: 'h', port: 1, name: 'n', username: 'u', password: 'p', ssl_mode: 'require' } })).status).toBe(403)
    expect((await held.post(organization, { name: 'wide', expires_in_days: null })).status).toBe(403)
    const unheld = await newKey()
    expect((await held.post(`${organization}/${unheld.id}/rotate`)).status).toBe(403)
    expect((await held.delete(`${organization}/${unheld.id}`)).status).toBe(403)
    expect(await opens(unheld.key)).toBe(200)
    const mine = await newKey({ project_ids: [made.projectId] }, organization, held)
    expect((await held.delete(`${organization}/${mine.id}`)).status).toBe(204)
  })

  it('to addresses is refused from any other', async () => {
    const here = await newKey({ allowed_cidrs: ['127.0.0.0/8', '::1'] })
    const elsewhere = await newKey({ allowed_cidrs: ['192.0.2.0/24'] })
    expect([await opens(here.key), await opens(elsewhere.key)]).toEqual([200, 403])
  })
})

it('a member looks at organization keys and makes none; an admin makes them', async () => {
  const person = makeId('UserId', Date.now(), randomBytes(10))
  await cluster.query('INSERT INTO user_account (id, name) VALUES ($1, $2)', [person, 'Member'])
  for (const [role, status] of [['member', 403], ['admin', 201]] as const) {
    await cluster.query('INSERT INTO membership (organization_id, user_id, role) VALUES ($1, $2, $3) ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role', [cluster.keys.org_id, person, role])
    const { key } = await personalKeyOf(person)
    expect((await cluster.api(0, key).get(organization)).status).toBe(200)
    expect((await cluster.api(0, key).post(organization, { name: 'x', expires_in_days: 30 })).status).toBe(status)
  }
})

async function personalKeyOf(userId: string): Promise<{ key: string }> {
  const { KeyIssuer, unrestricted } = await import('./issue-key.js')
  const { Database } = await import('../platform/database/database.js')
  const issued = await service(Database).transaction((tx) => service(KeyIssuer).issue(tx, { kind: 'personal', userId }, { ...unrestricted, name: 'p' }))
  return { key: issued.key.reveal() }
}

it('the use of a key is on record per day and route, with where from and over what, and costs no write on the way', async () => {
  const { id, key } = await newKey()
  const fetchWith = (path: string): Promise<Response> => fetch(`${api.baseUrl}${path}`, { headers: { 'x-api-key': key, 'user-agent': 'robot/1.0' } })
  await fetchWith(made.path)
  await fetchWith(made.path)
  await fetchWith('/v1/projects/prj_nothing')
  await service(KeyUsage).flush()
  const { body } = await api.get(`${organization}/${id}/usage`)
  expect(body).toMatchObject({ last_used_via: 'x-api-key', last_used_agent: 'robot/1.0', last_used_ip: expect.stringContaining('127.0.0.1') })
  expect(body.usage).toEqual([{ date: new Date().toISOString().slice(0, 10), method: 'GET', route: '/v1/projects/{project}', requests: 3, failures: 1 }])
})

it('keys that nobody has used for 90 days are found', async () => {
  const [stale, old, fresh] = [await newKey(), await newKey(), await newKey()]
  await cluster.query(`UPDATE api_key SET last_used_at = now() - interval '91 days', created_at = now() - interval '200 days' WHERE id = $1`, [stale.id])
  await cluster.query(`UPDATE api_key SET created_at = now() - interval '91 days' WHERE id = $1`, [old.id])
  const ids = (await api.get(`${organization}?unused_for_days=90&page_size=100`)).body.api_keys.map((one: { id: string }) => one.id)
  expect([ids.includes(stale.id), ids.includes(old.id), ids.includes(fresh.id)]).toEqual([true, true, false])
})

it('a key that expires says so on every answer, and reminds at 14, 7 and 1 days, once each', async () => {
  const { id, key } = await newKey({ expires_in_days: 30 })
  const header = (await cluster.api(0, key).get('/v1/whoami')).headers.get('pgbeam-key-expires-at')
  expect(header).toBe((await api.get(`${organization}/${id}`)).body.expires_at)
  expect((await api.get('/v1/whoami')).headers.get('pgbeam-key-expires-at')).toBeNull()
  for (const days of [20, 13.9, 13.8, 6.9, 0.9, 0.8]) {
    await cluster.query(`UPDATE api_key SET expires_at = now() + $2 * interval '1 day' WHERE id = $1`, [id, days])
    await service(ExpiryReminders).check()
  }
  const events = (await api.get(`${organization}/${id}/events`)).body.events as { event: string; detail: { days: number }; actor_id: string | null }[]
  expect(events.filter(({ event }) => event === 'key.expiring').map(({ detail, actor_id }) => [detail.days, actor_id])).toEqual([[1, null], [7, null], [14, null]])
})

describe('the rules of an organization', () => {
  const rule = (sql: string): Promise<unknown> => cluster.query(`UPDATE organization SET ${sql} WHERE id = $1`, [cluster.keys.org_id])

  it('refuse keys that break them', async () => {
    await rule('key_lifetime_days_max = 90, key_expiry_required = true')
    try {
      for (const days of [null, 365]) expect((await api.post(organization, { name: 'x', expires_in_days: days })).status).toBe(403)
      expect((await api.post(organization, { name: 'x', expires_in_days: 90 })).status).toBe(201)
    } finally {
      await rule('key_lifetime_days_max = NULL, key_expiry_required = false')
    }
  })

  it('close the organization to personal keys that break them, and to no other key', async () => {
    const person = cluster.api(0, (await newKey({ expires_in_days: null }, '/v1/api-keys', cluster.api(0, cluster.keys.personal_key))).key)
    await rule('personal_keys_allowed = false')
    try {
      expect((await person.get('/v1/whoami')).body.organizations).toEqual([])
      expect((await person.get(made.path)).status).toBe(403)
      expect((await api.get(made.path)).status).toBe(200)
    } finally {
      await rule('personal_keys_allowed = true')
    }
  })
})
