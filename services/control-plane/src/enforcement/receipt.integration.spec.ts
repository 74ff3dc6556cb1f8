import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { seal, signerOf, subjects } from '@pgbeam/contracts'
import { generateKeyPairSync } from 'node:crypto'
import type { Made } from '../testing/api.js'
import { Cuttable } from '@pgbeam/api-testing'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'

let cluster: TestCluster
let way: Cuttable
let made: Made
let proxies: FakeProxy[] = []
beforeAll(async () => {
  way = await Cuttable.to(process.env['NATS_URL'] ?? '')
  cluster = await TestCluster.start(1)
  await cluster.addReplica({ NATS_URL: way.url }) // replica 1 can be cut off
  made = await cluster.api().project(cluster.keys.org_id)
  proxies = await Promise.all([1, 2].map(() => FakeProxy.joined(cluster.keys.join_token)))
}, 60_000)
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()))
  await cluster?.stop()
  await way?.stop()
}, 30_000)

async function credentialPath(): Promise<string> {
  const { credential } = await cluster.api().agent(made)
  return `${made.path}/agents/${credential.id}`
}
const header = (answer: { headers: Headers }): string => answer.headers.get('pgbeam-enforcement') ?? ''

describe('the receipt of a change', () => {
  it('says enforced once every proxy acknowledged, with what they closed, on either replica', async () => {
    const [a, b] = proxies as [FakeProxy, FakeProxy]
    a.settles = { sessions: 40, statements: 1 }
    b.settles = { sessions: 2, statements: 0 }
    for (const replica of [0, 1]) {
      const answer = await cluster.api(replica).delete(await credentialPath(), { prefer: 'return=representation' })
      expect(answer.status).toBe(200)
      expect(header(answer)).toMatch(/^seq=\d+, enforced, elapsed-ms=\d+, proxies=2, fenced=0, sessions=42, statements=1$/)
      expect(answer.body).toMatchObject({ enforced: true, missing: [], proxies: [{ acknowledged: true }, { acknowledged: true }] })
      expect(answer.elapsedMs).toBeLessThan(2_000)
      // The other replica writes the same receipt from the log and the rows.
      const other = await eventually('the stored receipt', async () => {
        const { body } = await cluster.api(1 - replica).get(`${made.path}/enforcement/${answer.body.seq}`)
        // Counts are stored a little after the acknowledgement.
        return body.proxies.every((proxy: { acknowledged_ms: number | null; sessions_dropped: number }) => proxy.acknowledged_ms !== null && proxy.sessions_dropped > 0) ? body : undefined
      })
      const { elapsed_ms: _measured, ...same } = answer.body
      expect(other).toMatchObject(same)
    }
  })

  it('does not show counts as final that are still coming, nor later ones that are none', async () => {
    const [a, b] = proxies as [FakeProxy, FakeProxy]
    a.settles = undefined
    b.settles = { sessions: 2, statements: 1 }
    type Shown = { incarnation: string; settled: boolean; sessions_dropped: number; statements_cancelled: number }
    const of = (proxy: FakeProxy, body: { proxies: Shown[] }) => body.proxies.find(({ incarnation }) => incarnation === proxy.incarnation)
    try {
      const { body: first } = await cluster.api().delete(await credentialPath(), { prefer: 'return=representation' })
      expect([of(a, first), of(b, first)]).toMatchObject([{ settled: false, sessions_dropped: 0 }, { settled: true, sessions_dropped: 2, statements_cancelled: 1 }])
      const path = `${made.path}/enforcement/${first.seq}`
      for (const replica of [0, 1]) expect(of(a, (await cluster.api(replica).get(path)).body)).toMatchObject({ settled: false, sessions_dropped: 0 })
      const asking = cluster.api(1).get(path)
      a.settle(first.seq, { sessions: 40, statements: 3 })
      for (let shown = of(a, (await asking).body); ; shown = of(a, (await cluster.api(0).get(path)).body)) {
        expect(shown).toMatchObject(shown?.settled === true ? { sessions_dropped: 40, statements_cancelled: 3 } : { sessions_dropped: 0, statements_cancelled: 0 })
        if (shown?.settled === true) break
      }
    } finally {
      a.settles = { sessions: 0, statements: 0 }
    }
  }, 30_000)

  it('has no counts of another life of the log: its numbers are other events', async () => {
    const [a] = proxies as [FakeProxy, FakeProxy]
    a.settles = undefined
    try {
      const { body } = await cluster.api().delete(await credentialPath(), { prefer: 'return=representation' })
      a.settle(body.seq, { sessions: 7, statements: 0 }, 'another-life')
      a.settle(body.seq + 1_000, { sessions: 7, statements: 0 }, 'another-life')
      // Its next word in this life has been stored behind them.
      a.ack()
      const next = await cluster.api().delete(await credentialPath(), { prefer: 'return=representation' })
      a.settle(next.body.seq, { sessions: 1, statements: 0 })
      await eventually('the counts of the next', async () => ((await cluster.query('SELECT FROM enforcement_outcome WHERE seq = $1 AND sessions_dropped = 1', [next.body.seq])).length === 1 ? true : undefined))
      for (const replica of [0, 1]) {
        const receipt = (await cluster.api(replica).get(`${made.path}/enforcement/${body.seq}`)).body
        expect(receipt.proxies.find((one: { incarnation: string }) => one.incarnation === a.incarnation)).toMatchObject({ settled: false, sessions_dropped: 0 })
      }
    } finally {
      a.settles = { sessions: 0, statements: 0 }
    }
  }, 30_000)

  it('does not wait where the caller prefers that', async () => {
    const answer = await cluster.api().patch(await credentialPath(), { status: 'killed' }, { prefer: 'respond-async' })
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, 'respond-async'])
    expect(answer.headers.get('location')).toBe(`${made.path}/enforcement/${answer.body.seq}`)
    const later = await eventually('enforcement', async () => {
      const { body } = await cluster.api(1).get(answer.headers.get('location') ?? '')
      return body.enforced ? body : undefined
    })
    expect(later.seq).toBe(answer.body.seq)
  })

  it('that nobody waited for has figures too, the same ones whoever asks, and a replica started later knows them', async () => {
    const [a] = proxies as [FakeProxy, FakeProxy]
    a.settles = undefined // its counts never come: that it has acknowledged is all there is
    try {
      const path = await credentialPath()
      const startedAtMs = performance.now()
      const { headers, body: first } = await cluster.api().patch(path, { status: 'killed' }, { prefer: 'respond-async' })
      const location = headers.get('location') ?? ''
      expect(first.proxies.every((one: { acknowledged: boolean; acknowledged_ms: number | null }) => one.acknowledged === (one.acknowledged_ms !== null))).toBe(true)
      const [event] = await cluster.query<{ seq: number }>('SELECT max(seq)::int AS seq FROM enforcement_event')
      await eventually('all positions', async () => ((await cluster.query('SELECT FROM proxy_incarnation WHERE ended_at IS NULL AND applied_seq >= $1', [event?.seq])).length === 2 ? true : undefined))
      const tookMs = performance.now() - startedAtMs
      await cluster.addReplica()
      const bodies = []
      for (const replica of [2, 0, 1]) bodies.push((await cluster.api(replica).get(location)).body)
      for (const body of bodies) {
        const figures = body.proxies.map((one: { acknowledged_ms: number }) => one.acknowledged_ms)
        expect(figures).toEqual([expect.any(Number), expect.any(Number)])
        expect(body).toMatchObject({ enforced: true, elapsed_ms: Math.max(...figures) })
      }
      // Replicas that heard it told the time of it; one that read it from the rows can only have said later.
      expect(bodies[1]).toEqual(bodies[0])
      expect(bodies[2]).toEqual(bodies[0])
      expect(bodies[0].elapsed_ms).toBeGreaterThan(0)
      expect(tookMs).toBeGreaterThan(0)
    } finally {
      a.settles = { sessions: 0, statements: 0 }
    }
  }, 30_000)

  it('names as fenced whoever does not acknowledge within its lease; forged, foreign and replayed acknowledgements count for nothing', async () => {
    const [deaf, good] = proxies as [FakeProxy, FakeProxy]
    deaf.acks = false
    const path = await credentialPath()
    await good.until((await cluster.query<{ seq: number }>('SELECT seq::int FROM enforcement_head'))[0]?.seq ?? 0)
    const answering = cluster.api().post(`${path}/rotate`)
    await new Promise((resolve) => deaf.heard.once('batch', resolve))
    const seq = deaf.events.at(-1)?.seq ?? 0
    const location = `${made.path}/enforcement/${seq}`
    const stranger = await signerOf(generateKeyPairSync('ed25519').privateKey)
    const body = { incarnation: deaf.incarnation, epoch: deaf.epoch, applied_seq: seq }
    for (const signer of [stranger, { ...stranger, kid: deaf.signer.kid }, good.signer]) deaf.nats.publish(subjects.ack, seal('ack', body, signer))
    deaf.nats.publish(subjects.ack, seal('ack', { ...body, epoch: 'another-life' }, deaf.signer))
    deaf.nats.publish(subjects.ack, seal('ack', { ...body, applied_seq: seq - 1 }, deaf.signer))
    deaf.nats.publish(subjects.ack, JSON.stringify(body))
    const pending = await eventually('the word of the other one', async () => {
      const { body: receipt } = await cluster.api(1).get(location)
      return receipt.missing.length === 1 ? receipt : undefined
    })
    expect(pending).toMatchObject({ enforced: false, missing: [deaf.incarnation], proxies: expect.arrayContaining([expect.objectContaining({ incarnation: deaf.incarnation, acknowledged: false, acknowledged_ms: null, fenced: false })]) })
    const answer = await answering
    expect([answer.status, answer.body.password]).toEqual([200, expect.any(String)])
    expect(answer.elapsedMs).toBeGreaterThan(2_990)
    expect(answer.elapsedMs).toBeLessThan(5_000)
    expect(header(answer)).toMatch(new RegExp(`^seq=${seq}, enforced, elapsed-ms=\\d{4}, proxies=2, fenced=1,`))
    const fenced = (await cluster.api(1).get(location)).body
    expect(fenced).toMatchObject({ enforced: true, missing: [], proxies: expect.arrayContaining([expect.objectContaining({ incarnation: deaf.incarnation, acknowledged: false, acknowledged_ms: null, fenced: true })]) })
    expect(fenced.elapsed_ms).toBeGreaterThan(2_990)
    deaf.acks = true
    deaf.appliedSeq = seq // the next renewal says so
    const later = await eventually('the late proxy', async () => {
      const { body: receipt } = await cluster.api(1).get(location)
      return receipt.proxies.every((one: { acknowledged: boolean }) => one.acknowledged) ? receipt : undefined
    })
    expect([later.elapsed_ms, later.proxies.map((one: { fenced: boolean }) => one.fenced).sort()]).toEqual([fenced.elapsed_ms, [false, true]])
  }, 30_000)

  it('waits for the lease of a proxy that is lost once, and not again', async () => {
    const lost = await FakeProxy.joined(cluster.keys.join_token)
    await lost.stop()
    const first = await cluster.api().patch(await credentialPath(), { status: 'killed' })
    expect([first.status, header(first).includes('proxies=3, fenced=1')]).toEqual([200, true])
    expect(first.elapsedMs).toBeGreaterThan(2_000)
    const second = await cluster.api(1).patch(await credentialPath(), { status: 'killed' })
    expect([second.status, header(second).includes('proxies=3, fenced=1')]).toEqual([200, true])
    expect(second.elapsedMs).toBeLessThan(2_000)
    const { proxies: shown } = (await cluster.api().get('/v1/proxies')).body
    expect(shown.map(({ incarnation, lease }: { incarnation: string; lease: { status: string } }) => [incarnation === lost.incarnation, lease.status]).sort()).toEqual([[false, 'held'], [false, 'held'], [true, 'over']])
    await cluster.query('UPDATE proxy_incarnation SET ended_at = now() WHERE id = $1', [lost.incarnation])
  }, 30_000)

  it('that nobody waited for is completed all the same', async () => {
    const [deaf] = proxies as [FakeProxy, FakeProxy]
    deaf.acks = false
    try {
      const { body, headers } = await cluster.api().patch(await credentialPath(), { status: 'killed' }, { prefer: 'respond-async' })
      expect(body.enforced).toBe(false)
      const done = await eventually('the receipt', async () => {
        const [row] = await cluster.query<{ fenced_ms: number }>('SELECT fenced_ms FROM enforcement_outcome WHERE seq = $1 AND fenced_ms IS NOT NULL', [body.seq])
        return row
      }, 10_000)
      expect(done.fenced_ms).toBeGreaterThan(2_000)
      expect((await cluster.api(1).get(headers.get('location') ?? '')).body.enforced).toBe(true)
    } finally {
      deaf.acks = true
      deaf.appliedSeq = (await cluster.query<{ seq: number }>('SELECT seq::int FROM enforcement_head'))[0]?.seq ?? 0
    }
  }, 30_000)

  it('does not wait for a proxy that left', async () => {
    const leaving = await FakeProxy.joined(cluster.keys.join_token)
    leaving.acks = false
    await leaving.leave()
    await eventually('its end', async () => ((await cluster.api().get('/v1/proxies')).body.proxies.length === 2 ? true : undefined))
    await leaving.stop()
    const answer = await cluster.api().patch(await credentialPath(), { status: 'killed' })
    expect([answer.status, header(answer).includes('proxies=2')]).toEqual([200, true])
  })

  it('by a replica that is cut off from NATS rests on what the others have heard', async () => {
    const path = await credentialPath()
    way.cut()
    await eventually('the cut', async () => ((await cluster.api(1).get('/v1/health')).body.nats === 'disconnected' ? true : undefined))
    const answer = await cluster.api(1).patch(path, { status: 'killed' })
    way.mend()
    expect([answer.status, header(answer).includes(', enforced, '), header(answer).includes('proxies=2')]).toEqual([200, true, true])
  }, 30_000)
})
