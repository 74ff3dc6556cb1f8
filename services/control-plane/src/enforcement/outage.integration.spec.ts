import type { ChildProcess } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Made } from '../testing/api.js'
import { Cuttable } from '@pgbeam/api-testing'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'
import { replicaProcess, type ReplicaProcess } from '../testing/replica-process.js'
import { EnforcementPublisher } from './publisher.js'

let cluster: TestCluster
let made: Made
let proxy: FakeProxy
const children: ChildProcess[] = []
beforeAll(async () => {
  cluster = await TestCluster.start(1)
  made = await cluster.api().project(cluster.keys.org_id)
  proxy = await FakeProxy.joined(cluster.keys.join_token)
}, 60_000)
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await proxy?.stop()
  await cluster?.stop()
}, 30_000)

async function child(env: Record<string, string> = {}): Promise<ReplicaProcess> {
  const started = await replicaProcess(cluster, env)
  children.push(started.process)
  return started
}

const headSeq = async (): Promise<number> => (await cluster.query<{ seq: number }>('SELECT seq::int FROM enforcement_head'))[0]?.seq ?? 0
const holdsLock = (): boolean => cluster.replicas[0]?.app.get(EnforcementPublisher).holdsLock ?? false

describe('an outage', () => {
  it('between commit and publish loses nothing: what a killed replica committed, another publishes', async () => {
    // No replica can publish: the one that is left here has stopped publishing, and the new one never reaches NATS.
    const publisher = cluster.replicas[0]?.app.get(EnforcementPublisher)
    await publisher?.onModuleDestroy()
    const doomed = await child({ NATS_URL: 'nats://127.0.0.1:9' })
    const { credential } = await doomed.api.agent(made)
    const answer = await doomed.api.delete(`${made.path}/agents/${credential.id}`, { prefer: 'respond-async' })
    expect(answer.status).toBe(202)
    doomed.process.kill('SIGKILL')
    const seq = await headSeq()
    expect(seq).toBe(answer.body.seq)
    expect(proxy.events.some((event) => event.seq === seq)).toBe(false)
    await child()
    await proxy.until(seq)
    expect(proxy.events.filter((event) => event.seq === seq)).toMatchObject([{ kind: 'credential.revoked', credential_id: credential.id }])
    await eventually('the receipt', async () => ((await cluster.api().get(`${made.path}/enforcement/${seq}`)).body.enforced ? true : undefined))
  }, 60_000)

  it('of a publisher that froze with the lock in its hands ends within seconds', async () => {
    const frozen = await child()
    await eventually('the lock in the other process', async () => {
      const [row] = await cluster.query<{ count: number }>(`SELECT count(*)::int FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() AND a.application_name = 'pgbeam publisher'`)
      return row?.count === 1 ? true : undefined
    })
    await child() // stands by
    frozen.process.kill('SIGSTOP')
    const { credential } = await cluster.api().agent(made)
    const startedAtMs = performance.now()
    const answer = await cluster.api().patch(`${made.path}/agents/${credential.id}`, { status: 'killed' })
    expect(answer.status).toBe(200)
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    frozen.process.kill('SIGCONT') // its session is gone; whatever it publishes again is dropped by the proxies
    expect(holdsLock()).toBe(false)
  }, 60_000)

  it('of NATS delays changes and loses none', async () => {
    const way = await Cuttable.to(process.env['NATS_URL'] ?? '')
    const { process: only, api } = await child({ NATS_URL: way.url })
    const far = await FakeProxy.joined(cluster.keys.join_token, way.url)
    way.cut()
    await eventually('the cut', async () => ((await api.get('/v1/health')).body.nats === 'disconnected' ? true : undefined))
    const { credential } = await api.agent(made)
    const answer = await api.delete(`${made.path}/agents/${credential.id}`, { prefer: 'return=representation' })
    expect(answer.status).toBe(200)
    const told = (body: { proxies: { incarnation: string }[] }) => body.proxies.find(({ incarnation }) => incarnation === far.incarnation)
    expect(answer.body.enforced).toBe(true)
    expect(told(answer.body)).toMatchObject({ fenced: true, acknowledged: false })
    way.mend()
    await far.until(answer.body.seq)
    await eventually('its word after the outage', async () => (told((await api.get(`${made.path}/enforcement/${answer.body.seq}`)).body as never) as { acknowledged?: boolean }).acknowledged || undefined, 15_000)
    only.kill('SIGKILL')
    await far.stop()
    await way.stop()
  }, 60_000)

  it('of the line to the database, on which nobody says a word, ends calls within seconds, and is over by itself', async () => {
    const way = await Cuttable.to(cluster.env['PGBEAM_DATABASE_URL'] ?? '')
    const { api, process: far } = await child({ PGBEAM_DATABASE_URL: way.url })
    const { credential } = await api.agent(made)
    const path = `${made.path}/agents/${credential.id}`
    const inTime = (call: Promise<{ status: number; body: { code?: string } }>) => Promise.race([call.then(({ status, body }) => [status, body.code]), new Promise((resolve) => setTimeout(resolve, 20_000, 'hangs').unref())])
    way.lost.there = way.lost.back = true
    const unavailable = [503, 'SERVICE_UNAVAILABLE']
    expect(await Promise.all([inTime(api.get(path)), inTime(api.delete(path)), inTime(api.patch(path, { status: 'killed' }))])).toEqual([unavailable, unavailable, unavailable])
    way.mend()
    await eventually('an answer', async () => ((await api.get(path)).status === 200 ? true : undefined), 20_000)
    expect((await api.delete(path)).status).toBe(204)
    far.kill('SIGKILL')
    await way.stop()
  }, 90_000)
})
