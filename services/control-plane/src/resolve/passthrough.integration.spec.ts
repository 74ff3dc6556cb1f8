import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { backendsReply, subjects, type EnforcementEvent, type PassthroughName } from '@pgbeam/contracts'
import { makeId } from '@pgbeam/kernel'
import type { Answer, Made } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'

let cluster: TestCluster
let proxy: FakeProxy
beforeAll(async () => {
  cluster = await TestCluster.start(0)
  await cluster.addReplica({ PGBEAM_LEASE_MS: '1500', PGBEAM_LEASE_RENEW_MS: '500' })
  proxy = await FakeProxy.joined(cluster.keys.join_token)
}, 60_000)
afterAll(async () => {
  await proxy?.stop()
  await cluster?.stop()
}, 30_000)

interface Shop extends Made {
  readonly name: PassthroughName
}
const shop = async (): Promise<Shop> => {
  const made = await cluster.api().project(cluster.keys.org_id)
  const { slug } = (await cluster.api().get(made.path)).body
  return { ...made, name: { project_slug: slug, user: 'pgbeam', database: 'shop' } }
}
const ask = async (name: PassthroughName, of = proxy) => (await of.resolve({ passthrough: name })).passthrough
const database = (change: object = {}) => ({ host: 'db.example', name: 'shop', username: 'pgbeam', password: 'upstream-password', ...change })
const policy = async ({ path }: Made): Promise<string> => (await cluster.api().post(`${path}/policies`, { name: 'other', access_mode: 'read_write' })).body.id
const header = (answer: Answer): string => answer.headers.get('pgbeam-enforcement') ?? ''

describe('default policies', () => {
  let made: Shop
  beforeAll(async () => {
    made = await shop()
  })
  const eventOf = async (answer: Answer): Promise<EnforcementEvent> => {
    const seq = Number(/seq=(\d+)/.exec(header(answer))?.[1])
    await proxy.until(seq)
    return proxy.events.find((event) => event.seq === seq) as EnforcementEvent
  }

  it('of a project are set and unset by changes that proxies enforce, once each', async () => {
    const set = await cluster.api().patch(made.path, { default_policy_profile_id: made.policyId })
    expect([set.status, set.body.default_policy_profile_id, header(set)]).toEqual([200, made.policyId, expect.stringContaining('enforced')])
    expect(await eventOf(set)).toMatchObject({ kind: 'project.changed', default_policy_id: made.policyId })
    expect(header(await cluster.api().patch(made.path, { default_policy_profile_id: made.policyId }))).toContain(/seq=\d+/.exec(header(set))?.[0])
    const unset = await cluster.api().patch(made.path, { default_policy_profile_id: null })
    expect([unset.body.default_policy_profile_id, await eventOf(unset)]).toMatchObject([null, { default_policy_id: null }])
  })
  it('of a database leave the sessions of credentials alone, unless more of it changes', async () => {
    const path = `${made.path}/databases/${made.databaseId}`
    const set = await cluster.api().patch(path, { default_policy_profile_id: made.policyId })
    expect([set.status, set.body.default_policy_profile_id]).toEqual([200, made.policyId])
    expect(await eventOf(set)).toMatchObject({ kind: 'database.changed', database_id: made.databaseId, default_policy_id: made.policyId, passthrough_only: true })
    const both = await eventOf(await cluster.api().patch(path, { default_policy_profile_id: null, port: 5433 }))
    expect([both.default_policy_id, both.passthrough_only]).toEqual([null, undefined])
    const port = await eventOf(await cluster.api().patch(path, { port: 5432 }))
    expect([port.default_policy_id, port.passthrough_only]).toEqual([undefined, undefined])
  })
  it('may be given with a new database', async () => {
    const answer = await cluster.api().post(`${made.path}/databases`, database({ name: 'stock', default_policy_profile_id: made.policyId }))
    expect([answer.status, answer.body.default_policy_profile_id]).toEqual([201, made.policyId])
  })
  it('are policies of the same project, or nothing is changed', async () => {
    const other = await shop()
    const deleted = await policy(made)
    await cluster.api().delete(`${made.path}/policies/${deleted}`)
    for (const id of [other.policyId, deleted, 'pol_01jd3v5k8q0000000000000000'])
      for (const [method, path, body] of [['PATCH', made.path, {}], ['PATCH', `${made.path}/databases/${made.databaseId}`, {}], ['POST', `${made.path}/databases`, database({ name: 'x' })]] as const)
        expect((await cluster.api().call(method, path, { ...body, default_policy_profile_id: id })).status).toBe(404)
    const project = { name: 'New', org_id: cluster.keys.org_id, database: database() }
    expect((await cluster.api().post('/v1/projects', { ...project, default_policy_profile_id: other.policyId })).status).toBe(404)
    expect((await cluster.api().post('/v1/projects', { ...project, database: database({ default_policy_profile_id: other.policyId }) })).status).toBe(404)
    expect((await cluster.api().get(made.path)).body.default_policy_profile_id).toBe(null)
  })
  it.each(['project', 'database'])('that a %s has cannot be deleted until it has another', async (where) => {
    const [one, path] = [await policy(made), where === 'project' ? made.path : `${made.path}/databases/${made.databaseId}`]
    await cluster.api().patch(path, { default_policy_profile_id: one })
    expect((await cluster.api().delete(`${made.path}/policies/${one}`)).status).toBe(409)
    await cluster.api().patch(path, { default_policy_profile_id: null })
    expect((await cluster.api().delete(`${made.path}/policies/${one}`)).status).toBe(204)
  })
  it('and what becomes of applications when control is lost is changed as all that proxies enforce', async () => {
    expect((await cluster.api().get(made.path)).body.on_control_loss).toBe('serve')
    const refused = await cluster.api().patch(made.path, { on_control_loss: 'refuse' })
    expect([refused.body.on_control_loss, await eventOf(refused)]).toMatchObject(['refuse', { kind: 'project.changed', on_control_loss: 'refuse' }])
    expect((await cluster.api().patch(made.path, { on_control_loss: 'hope' })).status).toBe(400)
    const project = await cluster.api().post('/v1/projects', { name: 'New', org_id: cluster.keys.org_id, database: database(), on_control_loss: 'refuse' })
    expect(project.body.project.on_control_loss).toBe('refuse')
  })
})

describe('what an application names', () => {
  it('is answered with the stored user, its password for this proxy alone, and no verifier', async () => {
    const made = await shop()
    const found = await ask(made.name)
    expect(found).toEqual({
      project: { id: made.projectId, slug: made.name.project_slug, allowed_cidrs: [], on_control_loss: 'serve' }, status: 'active', policy: null, policy_from: null,
      database: expect.objectContaining({ id: made.databaseId, name: 'shop', username: 'pgbeam' }),
    })
    expect(await proxy.decrypt(found?.database.password_jwe ?? '')).toBe('upstream-password')
  })
  it('is under the default of the database, else under that of the project', async () => {
    const made = await shop()
    const other = await policy(made)
    await cluster.api().patch(made.path, { default_policy_profile_id: made.policyId })
    expect(await ask(made.name)).toMatchObject({ policy: { id: made.policyId, access_mode: 'read_only' }, policy_from: 'project' })
    await cluster.api().patch(`${made.path}/databases/${made.databaseId}`, { default_policy_profile_id: other })
    expect(await ask(made.name)).toMatchObject({ policy: { id: other, access_mode: 'read_write' }, policy_from: 'database' })
  })
  it('is nobody where any part of it is another, and once it is deleted', async () => {
    const made = await shop()
    const agent = (await cluster.api().agent(made)).credential.pg_username
    for (const change of [{ user: 'postgres' }, { user: agent }, { database: 'stock' }, { project_slug: 'shop-00000000' }, { project_slug: (await shop()).name.project_slug, database: 'stock' }])
      expect(await ask({ ...made.name, ...change })).toBe(null)
    await cluster.api().delete(`${made.path}/databases/${made.databaseId}`)
    expect(await ask(made.name)).toBe(null)
    const gone = await shop()
    await cluster.api().delete(gone.path)
    expect(await ask(gone.name)).toBe(null)
  })
  it('is the primary among databases of one name and user', async () => {
    const made = await shop()
    await cluster.api().patch(`${made.path}/databases/${made.databaseId}`, { role: 'replica' })
    expect(await ask(made.name)).toMatchObject({ database: { id: made.databaseId } })
    const { id } = (await cluster.api().post(`${made.path}/databases`, database())).body
    expect(await ask(made.name)).toMatchObject({ database: { id, role: 'primary' } })
  })
})

describe('a receipt, where a proxy that holds the stored user has fallen silent', () => {
  let deaf: FakeProxy
  let made: Shop
  beforeAll(async () => {
    deaf = await FakeProxy.joined(cluster.keys.join_token)
    deaf.acks = false
  })
  beforeEach(async () => {
    made = await shop()
  })
  afterAll(() => deaf?.stop())
  const hold = async (): Promise<void> => {
    await deaf.renew() // it hears nothing, and has asked for a lease
    await ask(made.name, deaf)
    deaf.renewEvery(1_000_000)
  }
  const databasePath = (): string => `${made.path}/databases/${made.databaseId}`
  const unconfirmed = (answer: Answer) => ({ status: answer.status, enforced: answer.body?.enforced ?? true, missing: answer.body?.missing ?? [], reason: answer.body?.reason ?? null })
  const NOT = { enforced: true, missing: [], reason: null }

  it.each<[string, (api: ReturnType<TestCluster['api']>) => Promise<Answer>]>([
    ['the addresses that are allowed', (api) => api.patch(made.path, { allowed_cidrs: [{ cidr: '10.0.0.0/8' }] })],
    ['the default policy of the project', (api) => api.patch(made.path, { default_policy_profile_id: made.policyId })],
    ['the default policy of the database', (api) => api.patch(databasePath(), { default_policy_profile_id: made.policyId })],
    ['the stored password', (api) => api.patch(databasePath(), { password: 'another' })],
    ['refusing when control is lost', (api) => api.patch(made.path, { on_control_loss: 'refuse' })],
    ['the end of the database', (api) => api.delete(databasePath())],
    ['the end of the project', (api) => api.delete(made.path)],
  ])('of %s is not enforced by the end of its lease, and says where and why', async (_case, change) => {
    await hold()
    const answer = await change(cluster.api())
    expect(unconfirmed(answer)).toMatchObject({ status: 202, enforced: false, missing: [deaf.incarnation], reason: expect.stringMatching(/^passthrough unconfirmed on /) })
    expect(header(answer)).toMatch(/pending.*fenced=1, passthrough-unconfirmed=1/)
  })
  it.each<[string, (api: ReturnType<TestCluster['api']>) => Promise<Answer>]>([
    ['the kill switch', (api) => api.patch(made.path, { agents_disabled: true })],
    ['the revocation of a credential', async (api) => api.delete(`${made.path}/agents/${(await api.agent(made)).credential.id}`)],
    ['a policy that is no default', (api) => api.put(`${made.path}/policies/${made.policyId}`, { name: 'p', access_mode: 'read_write' })],
    ['another database of the project', async (api) => api.delete(`${made.path}/databases/${(await api.post(`${made.path}/databases`, database({ name: 'stock' }))).body.id}`)],
  ])('of %s is enforced by it as ever', async (_case, change) => {
    await hold()
    expect(unconfirmed(await change(cluster.api()))).toMatchObject(NOT)
  })
  it('of its default policy, too, is not enforced by it', async () => {
    await cluster.api().patch(databasePath(), { default_policy_profile_id: made.policyId }) // before it was asked for: nobody holds it
    await hold()
    expect(unconfirmed(await cluster.api().put(`${made.path}/policies/${made.policyId}`, { name: 'p', access_mode: 'read_write' }))).toMatchObject({ status: 202, missing: [deaf.incarnation] })
  })
  it('of a policy that it was under before another became the default is not enforced by it either', async () => {
    const first = made.policyId
    await cluster.api().patch(made.path, { default_policy_profile_id: first })
    await hold()
    await cluster.api().patch(made.path, { default_policy_profile_id: await policy(made) })
    expect(unconfirmed(await cluster.api().put(`${made.path}/policies/${first}`, { name: 'p', access_mode: 'read_write' }))).toMatchObject({ status: 202, missing: [deaf.incarnation] })
  })
  it('is enforced where the project had asked to be refused, and the proxy had heard of that', async () => {
    await cluster.api().patch(made.path, { on_control_loss: 'refuse' })
    await deaf.renew().then(({ head_seq }) => (deaf.appliedSeq = head_seq))
    await hold()
    expect(unconfirmed(await cluster.api().patch(databasePath(), { password: 'another' }))).toMatchObject(NOT)
  })
  it('turns to enforced once the proxy says that it has applied the change', async () => {
    await hold()
    const { body } = await cluster.api().patch(databasePath(), { password: 'another' })
    const path = `${made.path}/enforcement/${body.seq}`
    expect((await cluster.api().get(path)).body).toMatchObject({ enforced: false, missing: [deaf.incarnation] })
    deaf.appliedSeq = body.seq
    await deaf.renew()
    expect(await eventually('it is enforced', async () => {
      const now = (await cluster.api().get(path)).body
      return now.enforced ? now : undefined
    })).toMatchObject({ missing: [], reason: null })
  })
  it('and once it has left', async () => {
    const leaving = await FakeProxy.joined(cluster.keys.join_token)
    leaving.acks = false
    await ask(made.name, leaving)
    const asking = cluster.api().patch(databasePath(), { password: 'another' })
    await leaving.leave()
    expect((await asking).status).toBe(200)
    await leaving.stop()
  })
})

describe('sessions of applications at a fenced proxy', () => {
  it('are ended at the database by another one, where the change is about them', async () => {
    const [made, silent] = [await shop(), await FakeProxy.joined(cluster.keys.join_token)]
    silent.acks = false
    const { credential } = await cluster.api().agent(made)
    const as_of_seq = (await proxy.renew()).head_seq
    const opened = [null, credential.id].map((credential_id, at) => ({
      session_id: makeId('SessionId', Date.now(), randomBytes(10)), credential_id, database_id: made.databaseId, pid: at + 1, started_at: '2026-01-01T00:00:00.000Z', as_of_seq,
    }))
    await silent.request(subjects.backends, 'backends-request', 'backends-reply', { incarnation: silent.incarnation, n: 1, full: false, opened, closed: [] }, backendsReply)
    silent.renewEvery(1_000_000)
    const known = async (answer: Answer) => {
      const seq = Number(/seq=(\d+)/.exec(header(answer))?.[1])
      return eventually('somebody has looked', async () => {
        const { body } = await cluster.api().get(`${made.path}/enforcement/${seq}`)
        return body.proxies.find((one: { incarnation: string }) => one.incarnation === silent.incarnation)?.backends_known ?? undefined
      })
    }
    expect(await known(await cluster.api().patch(made.path, { default_policy_profile_id: made.policyId }))).toBe(1)
    expect(await known(await cluster.api().patch(`${made.path}/databases/${made.databaseId}`, { default_policy_profile_id: made.policyId }))).toBe(1)
    expect(await known(await cluster.api().patch(made.path, { agents_disabled: true }))).toBe(1)
    expect(await known(await cluster.api().delete(made.path))).toBe(2)
    await silent.stop()
  }, 30_000)
})

describe('after the log has begun another life', () => {
  it('applications are served as the project asks when control is lost: as it was restored, or not before an owner has confirmed', async () => {
    const [serving, refusing] = [await shop(), await shop()]
    await cluster.api().patch(refusing.path, { on_control_loss: 'refuse' })
    await cluster.query("UPDATE enforcement_head SET life_id = 'another'")
    expect([(await ask(serving.name))?.status, (await ask(refusing.name))?.status]).toEqual(['active', 'killed'])
  })
})
