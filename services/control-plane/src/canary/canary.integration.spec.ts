/** Trials of the kill switch: what they show of each kind of proxy, and that nobody else notices them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { canaryProjectId } from '@pgbeam/contracts'
import { Forgetting } from '../fleet/forgetting.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy, type CanaryAnswer } from '../testing/fake-proxy.js'
import { CanaryRepository } from './canary.repository.js'

jest.setTimeout(30_000)
/** As short as they may be. */
const QUICK = { PGBEAM_LEASE_MS: '1500', PGBEAM_LEASE_RENEW_MS: '200', PGBEAM_CANARY_INTERVAL_MS: '1500' }
let cluster: TestCluster
let proxy: FakeProxy
beforeAll(async () => {
  cluster = await TestCluster.start(0)
  for (let replica = 0; replica < 2; replica++) await cluster.addReplica(QUICK)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)
beforeEach(async () => {
  await eventually('no proxy is left', async () => ((await killSwitch()).reason === 'no_proxies' ? true : undefined))
  proxy = await FakeProxy.joined(cluster.keys.join_token)
})
afterEach(async () => {
  await proxy.leave()
  await proxy.stop()
})

const killSwitch = async (replica = 0) => (await cluster.api(replica, null).get('/v1/health')).body.kill_switch as { status: string; reason: string | null; checked_at: string | null }
const becomes = (status: string, reason: string | null) =>
  eventually(`the kill switch is ${status} (${reason})`, async () => {
    const now = await Promise.all([killSwitch(0), killSwitch(1)])
    return now.every((one) => one.status === status && one.reason === reason) ? now[0] : undefined
  })
const ofProxy = async () => (await cluster.api().get('/v1/proxies')).body.proxies.find((one: { incarnation: string }) => one.incarnation === proxy.incarnation)?.kill_switch
const canaries = () => cluster.query<{ incarnation_id: string; credential_id: string; status: string }>('SELECT incarnation_id, credential_id, status FROM canary')

describe('the kill switch', () => {
  it('is armed, on every replica, when the canary was let in, killed, and refused for that; the proxy’s figures say how fast', async () => {
    proxy.answerCanary()
    const { checked_at } = await becomes('armed', null)
    expect(Date.parse(checked_at ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(await ofProxy()).toEqual({ status: 'armed', reason: null, enforced_ms: expect.any(Number), refused_ms: expect.any(Number), checked_at: expect.any(String) })
    const [own] = await canaries()
    const kinds = proxy.events.filter(({ credential_id }) => credential_id === own?.credential_id).map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(['credential.killed', 'credential.resumed'])
  })

  it.each<[string, string, string, (honest: CanaryAnswer) => CanaryAnswer | undefined | Promise<CanaryAnswer>]>([
    ['disarmed where the proxy acknowledged and would let the killed canary in', 'disarmed', 'let_in', () => ({ admitted: true, refusal: null, session_open: true })],
    ['disarmed where its session was not ended', 'disarmed', 'let_in', (honest) => ({ ...honest, session_open: true })],
    ['degraded where it is refused for something else', 'degraded', 'unclear', (honest) => ({ ...honest, refusal: honest.refusal && 'ERR_TOO_MANY_LOGINS' })],
    ['degraded where it is refused before it was killed', 'degraded', 'not_admitted', () => ({ admitted: false, refusal: 'ERR_LOGIN_NOT_ALLOWED', session_open: false })],
    ['degraded where it works, but takes more than a second', 'degraded', 'late', (honest) => (honest.admitted ? honest : new Promise((resolve) => setTimeout(resolve, 1_100, honest)))],
    ['degraded where the proxy does not answer', 'degraded', 'no_answer', () => undefined],
  ])('is %s', async (_case, status, reason, say) => {
    proxy.answerCanary(say)
    await becomes(status, reason)
    expect(await ofProxy()).toMatchObject({ status, reason })
    proxy.answerCanary()
    await becomes('armed', null)
  })

  it('is degraded where the proxy does not acknowledge, and armed again when it does', async () => {
    proxy.answerCanary()
    await becomes('armed', null)
    proxy.acks = false
    await becomes('degraded', 'no_answer')
    proxy.acks = true
    proxy.appliedSeq = Number((await cluster.query<{ seq: string }>('SELECT seq FROM enforcement_head'))[0]?.seq)
    await becomes('armed', null)
  })

  it('of a proxy without a lease is degraded at once', async () => {
    proxy.answerCanary()
    await becomes('armed', null)
    proxy.renewEvery(3_600_000)
    await becomes('degraded', 'lease_over')
    proxy.renewEvery(200)
    await becomes('armed', null)
  })
})

describe('a canary', () => {
  it('is tried by one replica at a time', async () => {
    proxy.answerCanary()
    await becomes('armed', null)
    await cluster.query('UPDATE canary SET taken_at = NULL')
    const repositories = cluster.replicas.map(({ app }) => app.get(CanaryRepository))
    const taken = await Promise.all([...repositories, ...repositories].map((one) => one.take(1_500)))
    expect(taken.flat().length).toBeLessThanOrEqual(1) // none where the replicas' own clocks came first
    const kills = async () => Number((await cluster.query<{ count: string }>(`SELECT count(*) FROM enforcement_event WHERE kind = 'credential.killed'`))[0]?.count)
    const [before, startedAtMs] = [await kills(), performance.now()]
    await eventually('three more trials', async () => ((await kills()) >= before + 3 ? true : undefined))
    expect(performance.now() - startedAtMs).toBeGreaterThan(1_500) // two whole intervals, less what had passed of the first
  })

  it('is known to its own proxy alone, cannot be proved, and reaches nothing', async () => {
    proxy.answerCanary()
    await becomes('armed', null)
    const [own] = await canaries()
    const { snapshot } = await proxy.resolve({ credential_id: own?.credential_id ?? '' })
    expect(snapshot).toMatchObject({ credential: { id: own?.credential_id, project_id: canaryProjectId }, databases: [] })
    expect((await proxy.resolve({ credential_id: own?.credential_id ?? '' })).snapshot?.credential.verifier).not.toBe(snapshot?.credential.verifier)
    const other = await FakeProxy.joined(cluster.keys.join_token)
    expect((await other.resolve({ credential_id: own?.credential_id ?? '' })).snapshot).toBeNull()
    await other.leave()
    await other.stop()
  })

  it('shows in no list, leaves receipts as they are, and nothing of it is kept but its events', async () => {
    proxy.answerCanary()
    await becomes('armed', null)
    const api = cluster.api()
    const made = await api.project(cluster.keys.org_id)
    const credential = await api.agent(made)
    proxy.settles = { sessions: 3, statements: 1 }
    const answer = await api.patch(`${made.path}/agents/${credential.credential.id}`, { status: 'killed' })
    expect(answer.headers.get('pgbeam-enforcement')).toMatch(/, enforced, elapsed-ms=\d+, proxies=1, fenced=0, sessions=3, statements=1$/)
    const seen = await Promise.all(['/v1/projects', '/v1/organizations', `${made.path}/agents`, `${made.path}/policies`].map(async (path) => JSON.stringify((await api.get(path)).body)))
    const [own] = await canaries()
    for (const text of seen) for (const hidden of [own?.credential_id ?? '', 'canary', canaryProjectId]) expect(text).not.toContain(hidden)
    expect((await api.get(`/v1/projects/${canaryProjectId}/agents/${own?.credential_id}`)).status).toBe(404)
    const [event] = await cluster.query<{ seq: string }>('SELECT max(seq) AS seq FROM enforcement_event WHERE project_id = $1', [canaryProjectId])
    for (const project of [made.path, `/v1/projects/${canaryProjectId}`]) expect((await api.get(`${project}/enforcement/${event?.seq}`)).status).toBe(404)
    const outcomes = await cluster.query('SELECT FROM enforcement_outcome o JOIN enforcement_event e USING (seq) WHERE e.project_id = $1', [canaryProjectId])
    expect(outcomes).toEqual([])
    expect((await cluster.query('SELECT FROM agent_credential WHERE id = $1', [own?.credential_id])).length).toBe(0)
  })

  it('goes with its proxy, and does not keep it from being forgotten', async () => {
    proxy.answerCanary()
    await becomes('armed', null)
    const lost = await FakeProxy.joined(cluster.keys.join_token)
    lost.answerCanary()
    await eventually('its canary', async () => ((await canaries()).length === 2 ? true : undefined))
    await eventually('its trial', async () => (lost.events.some(({ project_id }) => project_id === canaryProjectId) ? true : undefined))
    await lost.stop()
    await cluster.query(`UPDATE proxy_incarnation SET heard_at = now() - interval '2 minutes' WHERE id = $1`, [lost.incarnation])
    await eventually('its canary is gone', async () => ((await canaries()).every((one) => one.incarnation_id !== lost.incarnation) ? true : undefined))
    await cluster.query(`UPDATE proxy_incarnation SET heard_at = now() - interval '8 days' WHERE id = $1`, [lost.incarnation])
    expect(await (cluster.replicas[0]?.app.get(Forgetting) as Forgetting).run()).toBe(1)
    await proxy.leave()
    await eventually('the last canary is gone', async () => ((await canaries()).length === 0 ? true : undefined))
  })
})
