/** What a policy may say, how a wrong one is answered, and who hears of a change. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TestCluster } from '../testing/environment.js'

let cluster: TestCluster
let policies: string
const api = () => cluster.api()
beforeAll(async () => {
  cluster = await TestCluster.start()
  policies = `${(await api().project(cluster.keys.org_id)).path}/policies`
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const rules = {
  statement_rules: { allow: ['select', 'show'], deny: ['copy'] },
  table_allowlist: ['orders', 'sales.*', '"Order Items"'],
  table_denylist: ['sales.secret'],
  statement_timeout_ms: 5000,
  budget_queries_per_hour: 100,
  budget_queries_per_day: 1000,
  egress_bytes_per_day: 10_000_000,
}

it('keeps all rules of a policy, and a replaced one has those that it is given and no others', async () => {
  const made = await api().post(policies, { name: 'narrow', access_mode: 'read_write', ...rules })
  expect([made.status, made.body]).toMatchObject([201, { access_mode: 'read_write', ...rules }])
  const path = `${policies}/${made.body.id}`
  expect((await api().get(path)).body).toMatchObject(rules)
  const replaced = await api().put(path, { name: 'narrow', access_mode: 'read_write', table_denylist: ['orders'] })
  expect(replaced.body).toMatchObject({ statement_rules: null, table_allowlist: null, table_denylist: ['orders'], statement_timeout_ms: null, budget_queries_per_hour: null, egress_bytes_per_day: null })
})

it('a change of a rule is an event, the same rules again are none', async () => {
  const { body } = await api().post(policies, { name: 'counted', ...rules })
  const path = `${policies}/${body.id}`
  const again = await api().put(path, { name: 'counted', ...rules, statement_rules: { deny: ['copy'], allow: ['show', 'select', 'show'] } })
  expect(again.body.version).toBe(body.version)
  const changed = await api().put(path, { name: 'counted', ...rules, statement_timeout_ms: 5001 })
  expect(changed.body.version).toBeGreaterThan(body.version)
  const log = await cluster.query('SELECT kind FROM enforcement_event WHERE body LIKE $1', [`%${body.id}%`])
  expect(log).toEqual([{ kind: 'policy.replaced' }])
})

it('masks and row filters are kept for a policy that writes, too', async () => {
  const hidden = { masking_rules: [{ table: 'a', column: 'b', kind: 'redact' }], row_filters: [{ table: 'c', predicate: 'd = 1' }] }
  const made = await api().post(policies, { name: 'writes', access_mode: 'read_write', ...hidden })
  expect([made.status, made.body]).toMatchObject([201, { access_mode: 'read_write', ...hidden }])
})

it('rules that say nothing are none: an empty denylist, statement rules without a word', async () => {
  const { body } = await api().post(policies, { name: 'empty', table_denylist: [], statement_rules: {}, table_allowlist: null, statement_timeout_ms: null })
  expect(body).toMatchObject({ table_denylist: null, statement_rules: null, table_allowlist: null, statement_timeout_ms: null })
})

describe('a policy that cannot be meant', () => {
  it.each([
    ['an allowlist that allows nothing', { table_allowlist: [] }, 'table_allowlist', /would allow no table; leave it out, or send null/],
    ['statement rules that allow nothing', { statement_rules: { allow: [] } }, 'statement_rules.allow', /would allow nothing/],
    ['a kind that there is not', { statement_rules: { deny: ['drop'] } }, 'statement_rules.deny.0', /no kind of statement; there are select, insert/],
    ['a name that is none', { table_denylist: ['orders', 'order-items'] }, 'table_denylist.1', /not the name of a table: .*quote names/],
    ['a name with too many parts', { table_allowlist: ['shop.sales.orders'] }, 'table_allowlist.0', /at most a schema/],
    ['every table of nothing', { table_denylist: ['*'] }, 'table_denylist.0', /schema\.\*/],
    ['a list that is no list', { table_denylist: 'orders' }, 'table_denylist', /array/],
    ['a word that rules do not have', { statement_rules: { allowed: ['select'] } }, 'statement_rules.allowed', /unknown field/],
    ['no time at all', { statement_timeout_ms: 0 }, 'statement_timeout_ms', /1/],
    ['what does not work yet', { write_mode: ['x'] }, 'write_mode', /not available yet/],
    ['no rows at all', { max_rows: 0 }, 'max_rows', /would show nothing; deny select/],
    ['fewer rows than none', { max_rows: -1 }, 'max_rows', /no number of rows/],
    ['a write that changes nothing', { access_mode: 'read_write', max_affected_rows: 0 }, 'max_affected_rows', /access_mode read_only says that/],
    ['half a row', { max_rows: 0.5 }, 'max_rows', /int/],
    ['a budget of nothing', { budget_queries_per_day: 0 }, 'budget_queries_per_day', /1/],
    ['half a statement', { budget_queries_per_hour: 0.5 }, 'budget_queries_per_hour', /int/],
    ['a budget that is no number', { egress_bytes_per_day: '10MB' }, 'egress_bytes_per_day', /number/],
    ['a mask that there is not', { masking_rules: [{ table: 'a', column: 'b', kind: 'blur' }] }, 'masking_rules.0.kind', /no kind of mask; there are redact, null, hash, partial/],
    ['a mask on every table of a schema', { masking_rules: [{ table: 'a.*', column: 'b', kind: 'null' }] }, 'masking_rules.0.table', /one table each/],
    ['a filter that is no condition', { row_filters: [{ table: 'a', predicate: 'true; DROP TABLE a' }] }, 'row_filters.0.predicate', /not a condition/],
  ])('is refused with the field and what would do: %s', async (_case, body, field, detail) => {
    const answer = await api().post(policies, { name: 'wrong', ...body })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toEqual([expect.objectContaining({ field, detail: expect.stringMatching(detail) })])
  })
})

it('is not deleted while a credential is under it, and not replaced by whoever saw an older one', async () => {
  const { body } = await api().post(policies, { name: 'used', ...rules })
  const path = `${policies}/${body.id}`
  const agents = policies.replace(/policies$/, 'agents')
  const agent = await api().post(agents, { name: 'user', policy_profile_id: body.id })
  expect((await api().delete(path)).status).toBe(409)
  const stale = await api().call('PUT', path, { name: 'used' }, { 'If-Match': '"another"' })
  expect(stale.status).toBe(412)
  await api().delete(`${agents}/${agent.body.credential.id}`)
  expect((await api().delete(path)).status).toBe(204)
})
