import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Answer } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { makePerson, setRole } from '../testing/people.js'

let cluster: TestCluster
let path: string
beforeAll(async () => {
  cluster = await TestCluster.start()
  path = `/v1/organizations/${cluster.keys.org_id}`
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const codeOf = ({ status, body }: Answer): [number, string | undefined] => [status, body?.code]
let guests = 0
const invite = async (role = 'member', api = cluster.api(0, cluster.keys.personal_key)) => (await api.post(`${path}/invitations`, { email: `guest${guests++}@people.test`, role })).body

describe('an invitation', () => {
  it('has a link that is shown once, and lets in one person', async () => {
    const made = await cluster.api(0, cluster.keys.personal_key).post(`${path}/invitations`, { email: 'Ann@People.Test', role: 'admin' })
    expect([made.status, made.body.invitation]).toMatchObject([201, { email: 'ann@people.test', role: 'admin', status: 'pending', invited_by: cluster.keys.user_id, organization_id: cluster.keys.org_id }])
    expect(made.body.link).toBe(`http://localhost:0/join#${made.body.token as string}`)
    const daysLeft = (Date.parse(made.body.invitation.expires_at) - Date.now()) / 86_400_000
    expect(daysLeft).toBeGreaterThan(6.9)
    expect(daysLeft).toBeLessThanOrEqual(7)
    const { token } = made.body
    const [ann, ben] = [await makePerson(cluster), await makePerson(cluster)]
    const joined = await ann.api.post('/v1/invitations/accept', { token })
    expect([joined.status, joined.body.organization]).toMatchObject([200, { id: cluster.keys.org_id, role: 'admin' }])
    expect((await ann.api.get(path)).body.role).toBe('admin')
    expect(codeOf(await ben.api.post('/v1/invitations/accept', { token }))).toEqual([409, 'INVALID_STATE'])
    const listed = (await cluster.api().get(`${path}/invitations`)).body
    expect(listed.invitations.at(-1)).toMatchObject({ id: made.body.invitation.id, status: 'accepted', accepted_by: ann.id })
    expect(JSON.stringify(listed)).not.toContain(token)
    const dump = JSON.stringify(await cluster.query(`SELECT i.*, encode(secret_hash, 'escape') AS hash FROM invitation i`))
    expect([dump.includes('ann@people.test'), dump.includes(token)]).toEqual([true, false])
    const { events } = (await cluster.api().get(`${path}/access-events?page_size=3`)).body
    expect(events.map(({ event, subject_id }: Record<string, string>) => [event, subject_id])).toEqual([
      ['member.added', ann.id],
      ['invitation.accepted', made.body.invitation.id],
      ['invitation.created', made.body.invitation.id],
    ])
  })

  it('is accepted once by ten people at the same moment', async () => {
    const { token } = await invite()
    const people = await Promise.all(Array.from({ length: 10 }, () => makePerson(cluster)))
    const answers = await Promise.all(people.map(({ api }) => api.post('/v1/invitations/accept', { token })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)])
  })

  it('to be an owner is made by owners alone', async () => {
    const admin = await makePerson(cluster, { [cluster.keys.org_id]: 'admin' })
    const member = await makePerson(cluster, { [cluster.keys.org_id]: 'member' })
    for (const api of [admin.api, cluster.api()]) expect(codeOf(await api.post(`${path}/invitations`, { email: 'king@people.test', role: 'owner' }))).toEqual([403, 'FORBIDDEN'])
    expect((await admin.api.post(`${path}/invitations`, { email: 'peer@people.test', role: 'admin' })).status).toBe(201)
    expect(codeOf(await member.api.post(`${path}/invitations`, { email: 'peer2@people.test' }))).toEqual([403, 'FORBIDDEN'])
  })

  it('is not made twice for one address, nor for somebody who belongs there', async () => {
    const { invitation } = await invite()
    const again = () => cluster.api().post(`${path}/invitations`, { email: invitation.email })
    expect(codeOf(await again())).toEqual([409, 'RESOURCE_EXISTS'])
    expect((await cluster.api().delete(`${path}/invitations/${invitation.id as string}`)).status).toBe(204)
    expect((await again()).status).toBe(201)
    const { email, api } = await makePerson(cluster, { [cluster.keys.org_id]: 'member' })
    expect(codeOf(await cluster.api().post(`${path}/invitations`, { email }))).toEqual([409, 'RESOURCE_EXISTS'])
    expect(codeOf(await api.post('/v1/invitations/accept', { token: (await invite()).token }))).toEqual([409, 'RESOURCE_EXISTS'])
  })

  it('opens nothing once it is revoked or has expired, and is unknown elsewhere', async () => {
    const { api } = await makePerson(cluster)
    const revoked = await invite()
    const revokePath = `${path}/invitations/${revoked.invitation.id as string}`
    expect([(await cluster.api().delete(revokePath)).status, (await cluster.api().delete(revokePath)).status]).toEqual([204, 204])
    expect(codeOf(await api.post('/v1/invitations/accept', { token: revoked.token }))).toEqual([409, 'INVALID_STATE'])
    const expired = await invite()
    await cluster.query(`UPDATE invitation SET expires_at = now() - interval '1 second' WHERE id = $1`, [expired.invitation.id])
    expect(codeOf(await api.post('/v1/invitations/accept', { token: expired.token }))).toEqual([409, 'INVALID_STATE'])
    expect(codeOf(await api.post('/v1/invitations/accept', { token: 'x'.repeat(43) }))).toEqual([404, 'NOT_FOUND'])
    expect(codeOf(await api.post('/v1/invitations/accept', { token: 'short' }))).toEqual([400, 'INVALID_INPUT'])
    const owner = await makePerson(cluster)
    const { id } = (await owner.api.post('/v1/organizations', { name: 'Other' })).body
    expect(codeOf(await owner.api.delete(`/v1/organizations/${id as string}/invitations/${expired.invitation.id as string}`))).toEqual([404, 'NOT_FOUND'])
  })

  it('stands no longer once whoever made it lost the right to, or their key was revoked', async () => {
    const { api } = await makePerson(cluster)
    const admin = await makePerson(cluster, { [cluster.keys.org_id]: 'admin' })
    const { token } = await invite('member', admin.api)
    await setRole(cluster, admin.id, cluster.keys.org_id, 'member')
    expect(codeOf(await api.post('/v1/invitations/accept', { token }))).toEqual([409, 'INVALID_STATE'])
    const { api_key, key } = (await cluster.api().post(`${path}/api-keys`, { name: 'leaked', expires_in_days: 30 })).body
    const byKey = await invite('admin', cluster.api(0, key))
    await cluster.api().delete(`${path}/api-keys/${api_key.id as string}`)
    expect(codeOf(await api.post('/v1/invitations/accept', { token: byKey.token }))).toEqual([409, 'INVALID_STATE'])
  })

  it('cannot be accepted by an organization', async () => {
    expect(codeOf(await cluster.api().post('/v1/invitations/accept', { token: (await invite()).token }))).toEqual([403, 'FORBIDDEN'])
  })

  it.each(['', 'nobody', 'a@b@c.test', `${'a'.repeat(300)}@people.test`])('goes to no such address as %p', async (email) => {
    expect(codeOf(await cluster.api().post(`${path}/invitations`, { email }))).toEqual([400, 'INVALID_INPUT'])
  })
})
