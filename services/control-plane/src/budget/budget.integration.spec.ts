/** Shares of budgets, as two replicas give them over one database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { budgetReply, subjects, type BudgetReply, type BudgetRequest } from '@pgbeam/contracts'
import { Forgetting } from '../fleet/forgetting.js'
import type { Made } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'

jest.setTimeout(30_000)
type Ask = Partial<BudgetRequest['shares'][number]>

let cluster: TestCluster
let made: Made
const proxies: FakeProxy[] = []
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  made = await cluster.api().project(cluster.keys.org_id)
  for (let i = 0; i < 3; i++) proxies.push(await FakeProxy.joined(cluster.keys.join_token))
}, 60_000)
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()))
  await cluster?.stop()
}, 30_000)
beforeEach(() => cluster.query("CREATE OR REPLACE FUNCTION budget_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()'"))

const policyOf = async (rules: object): Promise<string> => (await cluster.api().post(`${made.path}/policies`, { name: 'counted', ...rules })).body.id
async function credentialUnder(rules: object): Promise<{ id: string; policyId: string }> {
  const policyId = await policyOf(rules)
  const { body } = await cluster.api().post(`${made.path}/agents`, { name: 'spender', policy_profile_id: policyId })
  return { id: body.credential.id, policyId }
}

let serial = 0
/** One count of one proxy, which asks and is answered. */
class Holder {
  readonly name = `holder-${++serial}`
  n = 0
  constructor(readonly subject: string, readonly proxy = proxies[serial % 3] as FakeProxy) {}
  ask(asks: readonly Ask[], n = ++this.n): Promise<BudgetReply> {
    const shares = asks.map((one) => ({ kind: 'budget_queries_per_hour', window: null, keep: 0, spent: 0, need: 1, ...one }))
    return this.proxy.request(subjects.budget, 'budget-request', 'budget-reply', { incarnation: this.proxy.incarnation, holder: this.name, n, subject_id: this.subject, shares }, budgetReply)
  }
  async hour(ask: Ask = {}): Promise<BudgetReply['shares'][number]> {
    return (await this.ask([ask])).shares[0] as BudgetReply['shares'][number]
  }
}
const granted = async (subject: string) => (await cluster.query<{ granted: string }>('SELECT granted FROM budget_window WHERE subject_id = $1 ORDER BY starts_at DESC', [subject])).map((row) => Number(row.granted))

describe('a share of a budget', () => {
  it('is of the window that counts now, with its end, and names the policy that it was given under', async () => {
    const { id, policyId } = await credentialUnder({ budget_queries_per_hour: 1000, budget_queries_per_day: 500, egress_bytes_per_day: 1_000_000_000_000 })
    const reply = await new Holder(id).ask([{ kind: 'budget_queries_per_hour' }, { kind: 'budget_queries_per_day' }, { kind: 'egress_bytes_per_day' }])
    expect(reply.policy).toEqual({ id: policyId, version: 0 })
    const byKind = new Map(reply.shares.map((share) => [share.kind, share]))
    expect([...byKind.values()].map(({ kind, ceiling, remaining, base }) => [kind, base, ceiling, remaining])).toEqual([
      ['budget_queries_per_day', 0, 10, 490], ['budget_queries_per_hour', 0, 20, 980], ['egress_bytes_per_day', 0, 20_000_000_000, 980_000_000_000],
    ])
    const [{ hour, day } = { hour: 0, day: 0 }] = await cluster.query<{ hour: number; day: number }>("SELECT extract(epoch FROM date_trunc('hour', now(), 'UTC'))::float AS hour, extract(epoch FROM date_trunc('day', now(), 'UTC'))::float AS day")
    const times = (kind: 'budget_queries_per_hour' | 'budget_queries_per_day') => [byKind.get(kind)?.window, byKind.get(kind)?.ends_at].map((text) => Date.parse(text ?? '') / 1000)
    expect(times('budget_queries_per_hour')).toEqual([hour, hour + 3600])
    expect(times('budget_queries_per_day')).toEqual([day, day + 86_400])
  })

  it('is taken from the same budget by all proxies and replicas at once: together they get all of it, and not one more', async () => {
    const { id } = await credentialUnder({ budget_queries_per_hour: 300 })
    const takeAll = async (holder: Holder): Promise<number> => {
      let keep = 0
      for (let window: string | null = null; ;) {
        const share = await holder.hour({ window, keep, spent: keep })
        if (share.ceiling === keep) return keep
        ;({ window, ceiling: keep } = share)
      }
    }
    const taken = await Promise.all(Array.from({ length: 9 }, () => takeAll(new Holder(id))))
    expect([taken.reduce((a, b) => a + b), await granted(id)]).toEqual([300, [300]])
    expect(Math.min(...taken)).toBeGreaterThan(0)
  })

  it('that was not heard of is given back by the next request, and one that comes late gives nothing', async () => {
    const { id } = await credentialUnder({ budget_queries_per_hour: 1000 })
    const holder = new Holder(id)
    const { window } = await holder.hour()
    await holder.hour({ window, keep: 20, spent: 20 }) // its answer is lost
    expect(await granted(id)).toEqual([40])
    expect(await holder.hour({ window, keep: 20, spent: 20, need: 0 })).toMatchObject({ ceiling: 20, remaining: 980 })
    await expect(holder.ask([{ window, keep: 20, spent: 20 }], 2)).rejects.toMatchObject({ code: 'OVERTAKEN' })
    await expect(holder.ask([{ window, keep: 20, spent: 20 }], 3)).rejects.toMatchObject({ code: 'OVERTAKEN' })
    expect(await granted(id)).toEqual([20])
  })

  it('of the next hour is a new one, whatever was taken before; the day goes on', async () => {
    const { id } = await credentialUnder({ budget_queries_per_hour: 10, budget_queries_per_day: 12 })
    await cluster.query("CREATE OR REPLACE FUNCTION budget_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT date_trunc(''day'', now(), ''UTC'') + interval ''59 minutes 59 seconds'''")
    const holder = new Holder(id)
    const both = (need: number, hour: Ask = {}, day: Ask = {}) => holder.ask([{ kind: 'budget_queries_per_hour', need, ...hour }, { kind: 'budget_queries_per_day', need, ...day }])
    const first = await both(10)
    const [day, hour] = first.shares
    expect([day?.ceiling, hour?.ceiling, hour?.remaining]).toEqual([10, 10, 0])
    const endsInMs = Date.parse(hour?.ends_at ?? '') - Number((await cluster.query<{ ms: number }>('SELECT extract(epoch FROM now()) * 1000 AS ms'))[0]?.ms)
    expect(Math.abs(endsInMs - 1000)).toBeLessThan(900)
    await cluster.query("CREATE OR REPLACE FUNCTION budget_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT date_trunc(''day'', now(), ''UTC'') + interval ''60 minutes'''")
    const second = await both(10, { window: hour?.window ?? null, keep: 10, spent: 10 }, { window: day?.window ?? null, keep: 10, spent: 10 })
    expect(second.shares.map(({ kind, base, ceiling }) => [kind, base, ceiling])).toEqual([['budget_queries_per_day', 10, 12], ['budget_queries_per_hour', 0, 10]])
    expect(second.shares[1]?.window).not.toBe(hour?.window)
  })

  it('counts what a proxy says that it has spent, where the rows of it were lost', async () => {
    const { id } = await credentialUnder({ budget_queries_per_hour: 100 })
    const holder = new Holder(id)
    const { window } = await holder.hour()
    await cluster.query('DELETE FROM budget_window WHERE subject_id = $1', [id])
    expect(await holder.hour({ window, keep: 60, spent: 60, need: 100 })).toMatchObject({ ceiling: 100, remaining: 0 })
    expect(await granted(id)).toEqual([100])
  })

  it('is of the budget that the policy has now: a smaller one gives nothing more, a larger one goes on where it was', async () => {
    const { id, policyId } = await credentialUnder({ budget_queries_per_hour: 100 })
    const holder = new Holder(id)
    const { window } = await holder.hour({ need: 60 })
    const put = (rules: object) => cluster.api().put(`${made.path}/policies/${policyId}`, { name: 'counted', ...rules })
    const smaller = await put({ budget_queries_per_hour: 40 })
    const reply = await holder.ask([{ window, keep: 60, spent: 60 }])
    expect([reply.policy?.version, reply.shares[0]]).toMatchObject([smaller.body.version, { ceiling: 60, remaining: 0 }])
    await put({ budget_queries_per_hour: 61 })
    expect(await holder.hour({ window, keep: 60, spent: 60, need: 5 })).toMatchObject({ ceiling: 61, remaining: 0 })
    await put({})
    expect((await holder.ask([{ window, keep: 61, spent: 61 }])).shares).toEqual([])
  })

  it('is the credential’s own: another one under the same policy has all of it, and a rotation gives none back', async () => {
    const { id, policyId } = await credentialUnder({ budget_queries_per_hour: 10 })
    const other = await cluster.api().post(`${made.path}/agents`, { name: 'other', policy_profile_id: policyId })
    expect(await new Holder(id).hour({ need: 10 })).toMatchObject({ ceiling: 10, remaining: 0 })
    expect(await new Holder(other.body.credential.id).hour({ need: 10 })).toMatchObject({ ceiling: 10 })
    expect((await cluster.api().post(`${made.path}/agents/${id}/rotate`)).status).toBe(200)
    expect(await new Holder(id).hour()).toMatchObject({ ceiling: 0, remaining: 0 })
  })

  it('of an application is counted for its database, under its default policy', async () => {
    const policyId = await policyOf({ budget_queries_per_hour: 100 })
    expect(await new Holder(made.databaseId).ask([{}])).toMatchObject({ policy: null, shares: [] })
    await cluster.api().patch(made.path, { default_policy_profile_id: policyId })
    expect(await new Holder(made.databaseId).ask([{}])).toMatchObject({ policy: { id: policyId }, shares: [{ ceiling: 2 }] })
    await cluster.api().patch(`${made.path}/databases/${made.databaseId}`, { default_policy_profile_id: await policyOf({ budget_queries_per_hour: 500 }) })
    expect(await new Holder(made.databaseId).hour()).toMatchObject({ ceiling: 10, remaining: 488 })
    await cluster.api().patch(`${made.path}/databases/${made.databaseId}`, { default_policy_profile_id: null })
    await cluster.api().patch(made.path, { default_policy_profile_id: null })
  })

  it('is given to nobody for a credential that is revoked or never was, and only to an enrolled proxy', async () => {
    const { id } = await credentialUnder({ budget_queries_per_hour: 10 })
    await cluster.api().delete(`${made.path}/agents/${id}`)
    for (const subject of [id, 'agt_01jd3v5k8q0000000000000000']) expect(await new Holder(subject).ask([{}])).toMatchObject({ policy: null, shares: [] })
    const stranger = await FakeProxy.connected()
    await stranger.hello(cluster.keys.join_token)
    await expect(new Holder(id, stranger).ask([{}])).rejects.toMatchObject({ code: 'UNKNOWN_INCARNATION' })
    await stranger.stop()
  })

  it('is forgotten with its window, some days after that is over', async () => {
    const { id } = await credentialUnder({ budget_queries_per_hour: 10 })
    await new Holder(id).hour()
    await cluster.query("INSERT INTO budget_window SELECT subject_id, kind, starts_at - interval '3 days', ends_at - interval '3 days', granted FROM budget_window WHERE subject_id = $1", [id])
    expect(await granted(id)).toHaveLength(2)
    await (cluster.replicas[0]?.app.get(Forgetting) as Forgetting).run()
    expect(await granted(id)).toHaveLength(1)
  })
})
