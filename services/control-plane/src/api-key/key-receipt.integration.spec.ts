/** What a change to a key is answered with: which replicas remember keys, and that none of them takes it for what it was. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { Cuttable } from '@pgbeam/api-testing'
import type { Answer } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { makePerson } from '../testing/people.js'

jest.setTimeout(30_000)
let cluster: TestCluster
let way: Cuttable
let organization: string
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  way = await Cuttable.to(cluster.env['PGBEAM_DATABASE_URL'] ?? '')
  organization = `/v1/organizations/${cluster.keys.org_id}`
}, 60_000)
afterAll(async () => {
  way?.mend()
  await cluster?.stop()
  await way?.stop()
}, 30_000)

const newKey = async (keys = `${organization}/api-keys`, api = cluster.api()): Promise<string> => {
  const { body } = await api.post(keys, { name: 'doomed', expires_in_days: 30 })
  return `${keys}/${body.api_key.id}`
}
const header = (answer: Answer): string => answer.headers.get('pgbeam-enforcement') ?? ''
const seqOf = (answer: Answer): number => Number(/^seq=(\d+)/.exec(header(answer))?.[1])
const replicas = async (): Promise<number> => (await cluster.query('SELECT FROM control_replica WHERE ended_at IS NULL')).length

it('a revoke says that every replica has forgotten the key, and so does its receipt, at whichever replica', async () => {
  const key = await newKey()
  const answer = await cluster.api().delete(key)
  expect([answer.status, header(answer)]).toEqual([204, expect.stringMatching(/^seq=\d+, enforced, elapsed-ms=\d+, proxies=0, fenced=0, sessions=0, statements=0, replicas=2$/)])
  const receipts = await Promise.all([0, 1].map(async (replica) => (await cluster.api(replica).get(`${organization}/enforcement/${seqOf(answer)}`)).body))
  expect(receipts[0]).toEqual({
    seq: seqOf(answer), enforced: true, elapsed_ms: expect.any(Number), proxies: [], missing: [],
    replicas: [1, 2].map(() => ({ id: expect.any(String), acknowledged: true, acknowledged_ms: expect.any(Number), fenced: false })),
  })
  expect(receipts[1]).toEqual(receipts[0])
  const again = await cluster.api(1).delete(key)
  expect([again.status, header(again)]).toEqual([204, header(answer)])
})

it('gives the receipt as body where the caller prefers that', async () => {
  const answer = await cluster.api().delete(await newKey(), { prefer: 'return=representation' })
  expect([answer.status, answer.headers.get('preference-applied'), answer.body]).toMatchObject([200, 'return=representation', { seq: seqOf(answer), enforced: true }])
})

it('does not wait where the caller prefers that: 202, the secret that is shown once, and where to look', async () => {
  const answer = await cluster.api().post(`${await newKey()}/rotate`, { grace_seconds: 0 }, { prefer: 'respond-async' })
  const location = `${organization}/enforcement/${answer.body.seq}`
  expect([answer.status, answer.headers.get('location'), answer.body]).toMatchObject([202, location, { api_key: { status: 'active' }, key: expect.stringMatching(/^pbo_/), replaced: { status: 'revoked' } }])
  const later = await eventually('enforcement', async () => {
    const { body } = await cluster.api(1).get(location)
    return body.enforced ? body : undefined
  })
  expect(later).toMatchObject({ seq: answer.body.seq, missing: [] })
})

it('a rotation is answered with the same, for personal keys too, and each owner sees the receipts of their own keys alone', async () => {
  const personal = await makePerson(cluster, { [cluster.keys.org_id]: 'member' })
  const answer = await personal.api.post(`${await newKey('/v1/api-keys', personal.api)}/rotate`, { grace_seconds: 60 })
  expect([answer.status, header(answer)]).toEqual([200, expect.stringContaining(', enforced, ')])
  const path = `/v1/enforcement/${seqOf(answer)}`
  expect((await personal.api.get(path)).body).toMatchObject({ seq: seqOf(answer), enforced: true })
  const another = await makePerson(cluster, { [cluster.keys.org_id]: 'owner' })
  for (const [api, other] of [[another.api, path], [cluster.api(), `${organization}/enforcement/${seqOf(answer)}`], [cluster.api(), `${organization}/enforcement/x`]] as const) expect((await api.get(other)).status).toBe(404)
  const [other] = await cluster.query<{ seq: string }>(`SELECT max(seq) AS seq FROM access_change WHERE kind NOT LIKE 'key.%'`)
  expect((await cluster.api().get(`${organization}/enforcement/${other?.seq}`)).status).toBe(404)
})

it('a replica that cannot be heard is named as fenced, within one lease', async () => {
  await cluster.addReplica({ PGBEAM_DATABASE_URL: way.url })
  await eventually('the third replica', async () => ((await replicas()) === 3 ? true : undefined))
  const key = await newKey()
  way.cut()
  const answer = await cluster.api().delete(key)
  expect([answer.status, header(answer)]).toEqual([204, expect.stringMatching(/, enforced, elapsed-ms=\d+, proxies=0, fenced=1, sessions=0, statements=0, replicas=3$/)])
  const { body } = await cluster.api(1).get(`${organization}/enforcement/${seqOf(answer)}`)
  expect(body.replicas.filter((one: { fenced: boolean }) => one.fenced)).toEqual([{ id: expect.any(String), acknowledged: false, acknowledged_ms: null, fenced: true }])
  way.mend()
})

it('asked for before everybody has told, it is pending, names who is missing, and is completed behind the answer', async () => {
  const key = await newKey()
  await cluster.query(`INSERT INTO control_replica (id, applied_seq) VALUES ('inc_silent', 0)`)
  const answer = await cluster.api().delete(key, { prefer: 'respond-async' })
  expect([answer.status, header(answer), answer.body]).toMatchObject([202, expect.stringMatching(/, pending, /), { enforced: false, missing: expect.arrayContaining(['inc_silent']) }])
  const later = await eventually('enforcement', async () => {
    const { body } = await cluster.api(1).get(answer.headers.get('location') ?? '')
    return body.enforced ? body : undefined
  })
  expect(later.replicas.find((one: { id: string }) => one.id === 'inc_silent')).toMatchObject({ acknowledged: false, fenced: true })
  await cluster.until(`SELECT FROM control_replica WHERE id = 'inc_silent' AND ended_at IS NOT NULL`) // nobody waits for it any more
})
