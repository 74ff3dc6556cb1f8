import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Answer } from '../testing/api.js'
import { Api } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { makePerson, type Person } from '../testing/people.js'
import { replicaProcess, type ReplicaProcess } from '../testing/replica-process.js'

let cluster: TestCluster
const others: ReplicaProcess[] = []
beforeAll(async () => {
  cluster = await TestCluster.start()
  for (let i = 0; i < 2; i++) others.push(await replicaProcess(cluster))
}, 60_000)
afterAll(async () => {
  for (const { process } of others) process.kill('SIGKILL')
  await cluster?.stop()
}, 30_000)

const codeOf = ({ status, body }: Answer): [number, string | undefined] => [status, body?.code]

/** An organization of its own with one owner. */
async function organization(): Promise<{ id: string; path: string; owner: Person }> {
  const owner = await makePerson(cluster)
  const { id } = (await owner.api.post('/v1/organizations', { name: 'Team' })).body as { id: string }
  return { id, path: `/v1/organizations/${id}`, owner }
}

describe('members', () => {
  it('are listed with their roles, a page at a time', async () => {
    const { id, path, owner } = await organization()
    const admin = await makePerson(cluster, { [id]: 'admin' })
    const first = await owner.api.get(`${path}/members?page_size=1`)
    const rest = await admin.api.get(`${path}/members?page_size=1&page_token=${first.body.next_page_token as string}`)
    expect([...first.body.members, ...rest.body.members]).toMatchObject([{ user_id: owner.id, role: 'owner', email: owner.email }, { user_id: admin.id, role: 'admin' }])
    expect(rest.body.next_page_token).toBeNull()
    expect(codeOf(await cluster.api().get(`${path}/members`))).toEqual([404, 'NOT_FOUND'])
  })

  it('get other roles from admins, and become or cease to be owners through owners alone', async () => {
    const { id, path, owner } = await organization()
    const [admin, member] = [await makePerson(cluster, { [id]: 'admin' }), await makePerson(cluster, { [id]: 'member' })]
    const set = (by: Person, whom: Person, role: string) => by.api.patch(`${path}/members/${whom.id}`, { role })
    expect((await set(admin, member, 'admin')).body).toMatchObject({ user_id: member.id, role: 'admin' })
    expect((await set(admin, member, 'member')).status).toBe(200)
    expect(codeOf(await set(admin, admin, 'owner'))).toEqual([403, 'FORBIDDEN'])
    expect(codeOf(await set(admin, owner, 'member'))).toEqual([403, 'FORBIDDEN'])
    expect(codeOf(await admin.api.delete(`${path}/members/${owner.id}`))).toEqual([403, 'FORBIDDEN'])
    expect(codeOf(await set(member, member, 'admin'))).toEqual([403, 'FORBIDDEN'])
    expect((await set(owner, admin, 'owner')).status).toBe(200)
    expect(codeOf(await set(owner, admin, 'king'))).toEqual([400, 'INVALID_INPUT'])
    expect(codeOf(await set(owner, await makePerson(cluster), 'member'))).toEqual([404, 'NOT_FOUND'])
  })

  it('are made owners by no key of an owner that is held to less', async () => {
    const { id, path } = await organization()
    const narrow = await makePerson(cluster, { [id]: 'owner' }, ['member:write'])
    const admin = await makePerson(cluster, { [id]: 'admin' })
    expect(codeOf(await narrow.api.patch(`${path}/members/${admin.id}`, { role: 'owner' }))).toEqual([403, 'FORBIDDEN'])
    expect((await narrow.api.patch(`${path}/members/${admin.id}`, { role: 'member' })).status).toBe(200)
  })

  it('leave by themselves, whatever their role, and see nothing afterwards', async () => {
    const { id, path } = await organization()
    const member = await makePerson(cluster, { [id]: 'member' })
    expect((await member.api.delete(`${path}/members/${member.id}`)).status).toBe(204)
    expect((await member.api.get('/v1/organizations')).status).toBe(403)
    const again = await makePerson(cluster, { [id]: 'member' }, ['organization:read'])
    expect(codeOf(await again.api.delete(`${path}/members/${again.id}`))).toEqual([403, 'FORBIDDEN'])
  })
})

describe('the last owner', () => {
  it('can be neither removed nor demoted, also by themselves', async () => {
    const { path, owner } = await organization()
    expect(codeOf(await owner.api.patch(`${path}/members/${owner.id}`, { role: 'admin' }))).toEqual([409, 'INVALID_STATE'])
    expect(codeOf(await owner.api.delete(`${path}/members/${owner.id}`))).toEqual([409, 'INVALID_STATE'])
    expect((await owner.api.patch(`${path}/members/${owner.id}`, { role: 'owner' })).status).toBe(200)
  })

  it('remains when two owners remove each other at the same moment, 20 times', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, path, owner } = await organization()
      const second = await makePerson(cluster, { [id]: 'owner' })
      const [api, other] = [owner.api, new Api(others[0]?.api.baseUrl ?? '', second.key)]
      const answers = await Promise.all([api.delete(`${path}/members/${second.id}`), other.delete(`${path}/members/${owner.id}`)])
      // The second finds out before or within its change that it belongs there no longer.
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
      expect(await cluster.query(`SELECT role FROM membership WHERE organization_id = $1`, [id])).toEqual([{ role: 'owner' }])
    }
  }, 60_000)
})

describe('a member who is removed', () => {
  it('is out at every replica when the call returns, however warm their memories are; keys of the organization go on', async () => {
    const { id, path, owner } = await organization()
    const made = await owner.api.project(id)
    const at = (replica: number, key: string): Api => new Api(others[replica]?.api.baseUrl ?? '', key)
    for (let round = 0; round < 40; round++) {
      const person = await makePerson(cluster, { [id]: 'admin' })
      const organizationKey = (await person.api.post(`${path}/api-keys`, { name: 'of the team', expires_in_days: 30 })).body.key as string
      const own = (await person.api.post('/v1/organizations', { name: 'Own' })).body.id as string
      for (const replica of [0, 1]) expect((await at(replica, person.key).get(made.path)).status).toBe(200)
      const remover = round % 2
      expect((await at(remover, owner.key).delete(`${path}/members/${person.id}`)).status).toBe(204)
      const seen = await Promise.all([at(1 - remover, person.key).get(made.path), at(remover, person.key).get(made.path), at(1 - remover, person.key).get(path)])
      expect(seen.map(({ status }) => status)).toEqual([404, 404, 404])
      // What is theirs elsewhere stays, and so do keys that they made for the organization.
      expect((await at(1 - remover, person.key).get(`/v1/organizations/${own}`)).status).toBe(200)
      expect((await at(1 - remover, organizationKey).get(made.path)).status).toBe(200)
    }
  }, 120_000)

  it('loses the invitations that they made', async () => {
    const { id, path, owner } = await organization()
    const admin = await makePerson(cluster, { [id]: 'admin' })
    const { token } = (await admin.api.post(`${path}/invitations`, { email: 'friend@people.test', role: 'admin' })).body
    await owner.api.delete(`${path}/members/${admin.id}`)
    expect(codeOf(await admin.api.post('/v1/invitations/accept', { token }))).toEqual([409, 'INVALID_STATE'])
    expect((await owner.api.get(`${path}/invitations`)).body.invitations).toMatchObject([{ email: 'friend@people.test', status: 'revoked' }])
    expect((await owner.api.get(`${path}/access-events?page_size=2`)).body.events.map(({ event }: { event: string }) => event)).toEqual(['invitation.revoked', 'member.removed'])
  })
})
