import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Answer } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { makePerson } from '../testing/people.js'

let cluster: TestCluster
let path: string
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  path = `/v1/organizations/${cluster.keys.org_id}`
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const codeOf = ({ status, body }: Answer): [number, string] => [status, body?.code]

describe('an organization', () => {
  it('is made and owned by a person, whose key opens it at every replica at once', async () => {
    const person = await makePerson(cluster)
    expect((await cluster.api(1, person.key).get('/v1/whoami')).body.organizations).toEqual([])
    const made = await person.api.post('/v1/organizations', { name: 'Bücher & Söhne' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'Bücher & Söhne', role: 'owner', key_rules: { lifetime_days_max: null, expiry_required: false, personal_keys_allowed: true, leaked_keys_revoked: true } })
    expect(made.body.slug).toMatch(/^bu-cher-so-hne-[0-9a-z]{8}$/)
    expect((await cluster.api(1, person.key).get(`/v1/organizations/${made.body.id}`)).body).toEqual(made.body)
    expect((await person.api.project(made.body.id)).projectId).toMatch(/^prj_/)
    expect(codeOf(await cluster.api().get(`/v1/organizations/${made.body.id}`))).toEqual([404, 'NOT_FOUND'])
  })

  it('cannot be made by an organization, nor without a name', async () => {
    expect(codeOf(await cluster.api().post('/v1/organizations', { name: 'Child' }))).toEqual([403, 'FORBIDDEN'])
    const { api } = await makePerson(cluster)
    for (const body of [{}, { name: '' }, { name: 'x', slug: 'y' }]) expect(codeOf(await api.post('/v1/organizations', body))).toEqual([400, 'INVALID_INPUT'])
  })

  it('is renamed by an admin, and every replica shows the new name', async () => {
    const admin = await makePerson(cluster, { [cluster.keys.org_id]: 'admin' })
    await cluster.api(1).get('/v1/whoami')
    expect((await admin.api.patch(path, { name: 'Renamed' })).body).toMatchObject({ name: 'Renamed', role: 'admin' })
    expect((await cluster.api(1).get('/v1/whoami')).body.organization.name).toBe('Renamed')
    const member = await makePerson(cluster, { [cluster.keys.org_id]: 'member' })
    expect(codeOf(await member.api.patch(path, { name: 'Mine' }))).toEqual([403, 'FORBIDDEN'])
  })

  it('is changed by no key that is held to a project', async () => {
    const { projectId } = await cluster.api().project(cluster.keys.org_id)
    const { body } = await cluster.api().post(`${path}/api-keys`, { name: 'held', expires_in_days: 30, project_ids: [projectId] })
    const held = cluster.api(0, body.key)
    expect(codeOf(await held.patch(path, { name: 'Mine' }))).toEqual([403, 'FORBIDDEN'])
    expect(codeOf(await held.post(`${path}/invitations`, { email: 'me@people.test', role: 'admin' }))).toEqual([403, 'FORBIDDEN'])
  })
})

describe('the key rules of an organization', () => {
  it('are changed by owners alone: an admin or an organization key must not lift what binds it', async () => {
    const admin = await makePerson(cluster, { [cluster.keys.org_id]: 'admin' })
    for (const api of [admin.api, cluster.api()]) expect(codeOf(await api.patch(path, { key_rules: { lifetime_days_max: 30 } }))).toEqual([403, 'FORBIDDEN'])
  })

  it('are not changed so that the key of the request opens nothing any more', async () => {
    const owner = await makePerson(cluster, { [cluster.keys.org_id]: 'owner' })
    for (const rule of [{ personal_keys_allowed: false }, { expiry_required: true }, { lifetime_days_max: 90 }]) {
      expect(codeOf(await owner.api.patch(path, { key_rules: rule }))).toEqual([409, 'INVALID_STATE'])
    }
    expect((await owner.api.get(path)).body.key_rules).toMatchObject({ lifetime_days_max: null, expiry_required: false, personal_keys_allowed: true })
  })

  it('bind keys at every replica as soon as the answer is there', async () => {
    const owner = await makePerson(cluster)
    const { id } = (await owner.api.post('/v1/organizations', { name: 'Strict' })).body
    const strict = `/v1/organizations/${id}`
    const short = (await owner.api.post('/v1/api-keys', { name: 'short', expires_in_days: 30 })).body.key as string
    const elsewhere = cluster.api(1, owner.key)
    expect((await elsewhere.get(strict)).status).toBe(200)
    const changed = await cluster.api(0, short).patch(strict, { key_rules: { expiry_required: true, lifetime_days_max: 30 } })
    expect([changed.status, changed.body.key_rules]).toEqual([200, { lifetime_days_max: 30, expiry_required: true, personal_keys_allowed: true, leaked_keys_revoked: true }])
    expect((await elsewhere.get(strict)).status).toBe(403)
    expect((await cluster.api(1, short).get(strict)).status).toBe(200)
    expect(codeOf(await cluster.api(0, short).post(`${strict}/api-keys`, { name: 'long', expires_in_days: 365 }))).toEqual([403, 'FORBIDDEN'])
    await cluster.api(0, short).patch(strict, { key_rules: { expiry_required: false, lifetime_days_max: null } })
    expect((await elsewhere.get(strict)).status).toBe(200)
  })

  it.each([{ lifetime_days_max: 31 }, { expiry_required: 'yes' }, { unknown: true }])('take no %p', async (rules) => {
    expect(codeOf(await cluster.api(0, cluster.keys.personal_key).patch(path, { key_rules: rules }))).toEqual([400, 'INVALID_INPUT'])
  })
})

describe('the record of an organization', () => {
  it('says who changed what and from where, newest first, page by page, to owners and admins', async () => {
    const owner = await makePerson(cluster)
    const { id } = (await owner.api.post('/v1/organizations', { name: 'Recorded' })).body
    const own = `/v1/organizations/${id}`
    await owner.api.patch(own, { name: 'Recorded twice' })
    await owner.api.patch(own, { name: 'Recorded twice' }) // changes nothing
    const { events, next_page_token: end } = (await owner.api.get(`${own}/access-events`)).body
    expect(events.map(({ event }: { event: string }) => event)).toEqual(['organization.changed', 'member.added', 'organization.created'])
    const key = (await owner.api.get('/v1/whoami')).body.key.id as string
    expect(events[0]).toMatchObject({ subject_id: id, actor_id: key, actor_ip: expect.stringContaining('127.0.0.1'), detail: { name: { from: 'Recorded', to: 'Recorded twice' } } })
    expect(end).toBeNull()
    const first = await owner.api.get(`${own}/access-events?page_size=2`)
    expect(first.headers.get('link')).toContain('rel="next"')
    const second = await owner.api.get(`${own}/access-events?page_size=2&page_token=${first.body.next_page_token as string}`)
    expect([...first.body.events, ...second.body.events]).toEqual(events)
    const [admin, member] = [await makePerson(cluster, { [id]: 'admin' }), await makePerson(cluster, { [id]: 'member' })]
    expect([(await admin.api.get(`${own}/access-events`)).status, (await member.api.get(`${own}/access-events`)).status]).toEqual([200, 403])
    expect(codeOf(await cluster.api().get(`${own}/access-events`))).toEqual([404, 'NOT_FOUND'])
    expect(codeOf(await owner.api.get(`${own}/access-events?page_token=nonsense`))).toEqual([400, 'INVALID_INPUT'])
  })
})
