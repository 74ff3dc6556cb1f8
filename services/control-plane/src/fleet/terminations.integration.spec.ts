import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { backendsReply, open, seal, signerOf, subjects, terminateRequest, type TerminateRequest } from '@pgbeam/contracts'
import { makeId } from '@pgbeam/kernel'
import type { Answer, Made } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'

const PASSWORD = 'upstream-password'
let cluster: TestCluster
let made: Made
/** The one that will not be heard, and the others. */
let deaf: FakeProxy
let live: FakeProxy[]
beforeAll(async () => {
  cluster = await TestCluster.start(0)
  await cluster.addReplica({ PGBEAM_LEASE_MS: '1500', PGBEAM_LEASE_RENEW_MS: '500' })
  made = await cluster.api().project(cluster.keys.org_id, PASSWORD)
  deaf = await FakeProxy.joined(cluster.keys.join_token)
  live = [await FakeProxy.joined(cluster.keys.join_token), await FakeProxy.joined(cluster.keys.join_token)]
}, 60_000)
afterAll(async () => {
  await Promise.all([deaf, ...live].map((proxy) => proxy?.stop()))
  await cluster?.stop()
}, 30_000)

let session = 0
const sessionId = () => makeId('SessionId', ++session, new Uint8Array(10))
const STARTED = '2026-01-01T00:00:00.000Z'
interface Reported {
  readonly session_id: string
  readonly pid: number
}
function opened(credentialId: string, pid: number, change: Record<string, unknown> = {}): Reported {
  return { session_id: sessionId(), credential_id: credentialId, database_id: made.databaseId, pid, started_at: STARTED, as_of_seq: 1_000, ...change } as Reported
}
let n = 0
const report = (change: { opened?: Reported[]; closed?: string[]; full?: boolean; n?: number }, proxy = deaf, signer = proxy.signer) =>
  proxy.request(subjects.backends, 'backends-request', 'backends-reply', { incarnation: proxy.incarnation, n: ++n, full: false, opened: [], closed: [], ...change }, backendsReply, signer)
const pids = async () => (await cluster.query<{ pid: number }>('SELECT pid FROM upstream_backend ORDER BY pid')).map(({ pid }) => pid)
const agent = async (): Promise<{ id: string; path: string; asOfSeq: number }> => {
  const { credential } = await cluster.api().agent(made)
  return { id: credential.id, path: `${made.path}/agents/${credential.id}`, asOfSeq: (await deaf.renew()).head_seq }
}

describe('what a proxy reports', () => {
  beforeEach(() => report({ full: true }))

  it('is kept until it says that it is over', async () => {
    const [one, two] = [opened((await agent()).id, 1), opened((await agent()).id, 2)]
    await report({ opened: [one, two] })
    await report({ opened: [one], closed: [two.session_id] }) // said twice: nothing changes
    expect(await pids()).toEqual([1])
  })
  it('is forgotten where it begins anew', async () => {
    const { id } = await agent()
    await report({ opened: [opened(id, 1)] })
    await report({ opened: [opened(id, 2)], full: true })
    expect(await pids()).toEqual([2])
  })
  it('counts for nothing where it comes late', async () => {
    const { id } = await agent()
    const before = n
    await report({ opened: [opened(id, 1)] })
    await report({ opened: [opened(id, 2)], full: true, n: before })
    expect(await pids()).toEqual([1])
    n++
  })
  it('counts for nothing where another has signed it', async () => {
    const stranger = await signerOf(generateKeyPairSync('ed25519').privateKey)
    for (const signer of [stranger, { ...stranger, kid: deaf.signer.kid }, live[0]!.signer])
      await expect(report({ opened: [opened((await agent()).id, 1)] }, deaf, signer)).rejects.toThrow('UNTRUSTED')
    expect(await pids()).toEqual([])
  })
})

/** Answers requests to end sessions, as often as it is asked. */
function answering(proxy: FakeProxy, answer: (asked: TerminateRequest) => { ended: number; error: string | null }): { asked: TerminateRequest[]; stop: () => void } {
  const asked: TerminateRequest[] = []
  const subscription = proxy.nats.subscribe(subjects.terminate(proxy.incarnation), {
    callback: (_error, message) => {
      const { body } = open('terminate-request', message.string(), terminateRequest, (kid) => (kid === proxy.controlKid ? proxy.controlKey : undefined))
      asked.push(body)
      message.respond(seal('terminate-reply', { nonce: body.nonce, ...answer(body) }, proxy.signer))
    },
  })
  return { asked, stop: () => { subscription.unsubscribe() } }
}
const allOf = ({ backends }: TerminateRequest) => ({ ended: backends.length, error: null })
/** Changes something while one proxy cannot be heard. @returns what the receipt says about that one */
async function fencedBy(change: () => Promise<Answer>): Promise<{ backends_known: number; backends_ended: number }> {
  deaf.acks = false
  try {
    const answer = await change()
    const seq = /seq=(\d+), enforced/.exec(answer.headers.get('pgbeam-enforcement') ?? '')?.[1]
    expect(answer.headers.get('pgbeam-enforcement')).toContain('fenced=1')
    return await eventually('somebody looked', async () => {
      const { proxies } = (await cluster.api().get(`${made.path}/enforcement/${seq}`)).body as { proxies: { incarnation: string; backends_known: number | null; backends_ended: number }[] }
      const one = proxies.find(({ incarnation }) => incarnation === deaf.incarnation)
      return one?.backends_known == null ? undefined : { backends_known: one.backends_known, backends_ended: one.backends_ended }
    }, 20_000)
  } finally {
    deaf.acks = true
    deaf.appliedSeq = (await live[0]!.renew()).head_seq
    await deaf.renew()
  }
}

describe('of a proxy that cannot be heard', () => {
  beforeEach(() => report({ full: true }))

  it('a live one is asked to end what the change is about, and nothing else, with a password that only it can read', async () => {
    const [doomed, other] = [await agent(), await agent()]
    await report({ opened: [opened(doomed.id, 11, { as_of_seq: doomed.asOfSeq }), opened(doomed.id, 12), opened(other.id, 13, { as_of_seq: other.asOfSeq })] })
    const [one, two, never] = [...live, deaf].map((proxy) => answering(proxy, allOf))
    expect(await fencedBy(() => cluster.api().delete(doomed.path))).toEqual({ backends_known: 1, backends_ended: 1 })
    for (const each of [one, two, never]) each!.stop()
    expect(never!.asked).toEqual([])
    const [asked, ...more] = [...one!.asked, ...two!.asked]
    expect(more).toEqual([])
    expect(asked).toMatchObject({ backends: [{ pid: 11, started_at: STARTED }], target: { id: made.databaseId, host: 'db.example' } })
    expect(JSON.stringify(asked)).not.toContain(PASSWORD)
    const asker = live.find(({ incarnation }) => incarnation === asked!.incarnation)!
    expect(await asker.decrypt(asked!.target.password_jwe)).toBe(PASSWORD)
    expect(await pids()).toEqual([12, 13]) // 12 was opened under what came after
  })

  it('another one is asked where the first does not answer', async () => {
    const doomed = await agent()
    await report({ opened: [opened(doomed.id, 21, { as_of_seq: doomed.asOfSeq })] })
    const only = answering(live[1]!, allOf)
    expect(await fencedBy(() => cluster.api().post(`${doomed.path}/rotate`))).toEqual({ backends_known: 1, backends_ended: 1 })
    only.stop()
    expect(only.asked).toHaveLength(1)
  })

  it('what it says of a database of another project counts for nothing: a change ends sessions of its own project alone', async () => {
    const doomed = await agent()
    const other = await cluster.api().project(cluster.keys.org_id, PASSWORD)
    await report({ opened: [opened(doomed.id, 25, { as_of_seq: doomed.asOfSeq, database_id: other.databaseId })] })
    const any = live.map((proxy) => answering(proxy, allOf))
    expect(await fencedBy(() => cluster.api().delete(doomed.path))).toEqual({ backends_known: 0, backends_ended: 0 })
    for (const each of any) each.stop()
    expect(any.flatMap(({ asked }) => asked)).toEqual([])
  })

  it('a live one that says to have ended more than it was asked for is believed no more than that', async () => {
    const doomed = await agent()
    await report({ opened: [opened(doomed.id, 27, { as_of_seq: doomed.asOfSeq })] })
    const any = live.map((proxy) => answering(proxy, () => ({ ended: 400, error: null })))
    expect(await fencedBy(() => cluster.api().delete(doomed.path))).toEqual({ backends_known: 1, backends_ended: 1 })
    for (const each of any) each.stop()
  })

  it('a receipt says how many are left, and the next look begins with those', async () => {
    const doomed = await agent()
    await report({ opened: [31, 32, 33].map((pid) => opened(doomed.id, pid, { as_of_seq: doomed.asOfSeq })) })
    const some = live.map((proxy) => answering(proxy, () => ({ ended: 2, error: 'one is still there' })))
    const kill = () => cluster.api().patch(doomed.path, { status: 'killed' })
    expect(await fencedBy(kill)).toEqual({ backends_known: 3, backends_ended: 2 })
    for (const each of some) each.stop()
    expect(await pids()).toEqual([31, 32, 33])
  })

  it('nobody is sent to the database each time that a call is repeated', async () => {
    const doomed = await agent()
    await report({ opened: [opened(doomed.id, 35, { as_of_seq: doomed.asOfSeq })] })
    const some = live.map((proxy) => answering(proxy, () => ({ ended: 0, error: 'it belongs to another user' })))
    const kill = () => cluster.api().patch(doomed.path, { status: 'killed' })
    const looked = await fencedBy(async () => {
      const answer = await kill()
      for (let again = 0; again < 3; again++) expect((await kill()).headers.get('pgbeam-enforcement')).toContain('fenced=1')
      return answer
    })
    for (const each of some) each.stop()
    // One look: each of the two is asked once.
    expect([looked, ...some.map(({ asked }) => asked.length)]).toEqual([{ backends_known: 1, backends_ended: 0 }, 1, 1])
  })

  it.each<[string, (path: string) => Promise<Answer>]>([
    ['another expiry that has not come', (path) => cluster.api().patch(path, { expires_at: new Date(Date.now() + 3_600_000).toISOString() })],
    ['other allowed addresses, of which nobody knows here whom they concern', () => cluster.api().patch(made.path, { allowed_cidrs: [{ cidr: '10.0.0.0/8', label: 'office' }] })],
  ])('nothing is ended by %s', async (_what, change) => {
    const one = await agent()
    await report({ opened: [opened(one.id, 41, { as_of_seq: one.asOfSeq })] })
    const any = live.map((proxy) => answering(proxy, allOf))
    expect(await fencedBy(() => change(one.path))).toEqual({ backends_known: 0, backends_ended: 0 })
    for (const each of any) each.stop()
    expect(any.flatMap(({ asked }) => asked)).toEqual([])
    await cluster.api().patch(made.path, { allowed_cidrs: [] })
  })
})
