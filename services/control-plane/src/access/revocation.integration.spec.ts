/** A key that one replica revokes is dead at every other when the call returns, however warm the others' memories are. */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { Api } from '../testing/api.js'
import { Cuttable } from '@pgbeam/api-testing'
import { eventually, TestCluster } from '../testing/environment.js'
import { replicaProcess, type ReplicaProcess } from '../testing/replica-process.js'

const REVOKES = process.env['PGBEAM_PROOF'] === 'full' ? 1_000 : 100
const AT_ONCE = 20
const LATENCY_MS = 50

let cluster: TestCluster
let organization: string
const replicas: ReplicaProcess[] = []
const ways: { readonly database: Cuttable; readonly nats: Cuttable }[] = []
beforeAll(async () => {
  cluster = await TestCluster.start(1) // makes the first keys
  organization = `/v1/organizations/${cluster.keys.org_id}/api-keys`
  for (let i = 0; i < 2; i++) {
    const way = { database: await Cuttable.to(cluster.env['PGBEAM_DATABASE_URL'] ?? ''), nats: await Cuttable.to(cluster.env['NATS_URL'] ?? '') }
    ways.push(way)
    replicas.push(await replicaProcess(cluster, { PGBEAM_DATABASE_URL: way.database.url, NATS_URL: way.nats.url }))
  }
}, 60_000)
afterEach(() => ways.forEach(({ database, nats }) => ((database.delayMs = nats.delayMs = 0), nats.mend(), database.mend())))
afterAll(async () => {
  for (const { process } of replicas) process.kill('SIGKILL')
  for (const { database, nats } of ways) await Promise.all([database.stop(), nats.stop()])
  await cluster?.stop()
}, 30_000)

const at = (replica: number, key?: string): Api => new Api(replicas[replica]?.api.baseUrl ?? '', key ?? cluster.keys.api_key)
const newKey = async (): Promise<{ id: string; key: string }> => {
  const { body } = await at(0).post(organization, { name: 'doomed', expires_in_days: 30 })
  return { id: body.api_key.id as string, key: body.key as string }
}
const status = async (replica: number, key: string): Promise<number> => (await at(replica, key).get('/v1/whoami')).status

/** Until both replicas answer from memory: faster than a database that far away could. */
async function warm(key: string): Promise<void> {
  for (const replica of [0, 1]) {
    await eventually(`replica ${replica} remembers the key`, async () => {
      const answer = await at(replica, key).get('/v1/whoami')
      expect(answer.status).toBe(200)
      return answer.elapsedMs < 2 * LATENCY_MS || undefined
    })
  }
}

async function revokeAndTry({ id, key }: { id: string; key: string }, n: number): Promise<[number, number]> {
  await warm(key)
  const revoker = n % 2
  const { status: revoked } = await at(revoker).delete(`${organization}/${id}`)
  return [revoked, await status(1 - revoker, key)]
}

it(`${REVOKES} times, with ${LATENCY_MS} ms between every replica and its database and NATS`, async () => {
  const results: [number, number][] = []
  for (let done = 0; done < REVOKES; done += AT_ONCE) {
    const keys = await Promise.all(Array.from({ length: AT_ONCE }, newKey))
    for (const { database, nats } of ways) database.delayMs = nats.delayMs = LATENCY_MS
    results.push(...(await Promise.all(keys.map(revokeAndTry))))
    for (const { database, nats } of ways) database.delayMs = nats.delayMs = 0
  }
  expect(results).toHaveLength(REVOKES)
  expect(results.filter(([revoked, after]) => revoked !== 204 || after !== 401)).toEqual([])
}, 600_000)

it('also while NATS is away', async () => {
  for (const { nats } of ways) nats.cut()
  for (const { database } of ways) database.delayMs = LATENCY_MS
  const keys = await Promise.all(Array.from({ length: 4 }, newKey))
  expect(await Promise.all(keys.map(revokeAndTry))).toEqual(keys.map(() => [204, 401]))
}, 60_000)

it('also at a replica that is cut off from the database: it refuses or knows nothing, within one lease', async () => {
  const { id, key } = await newKey()
  for (const { database } of ways) database.delayMs = LATENCY_MS
  await warm(key)
  ways[1]?.database.cut()
  const startedAtMs = performance.now()
  expect((await at(0).delete(`${organization}/${id}`)).status).toBe(204)
  expect(performance.now() - startedAtMs).toBeLessThan(10_000)
  const after = await status(1, key)
  expect([401, 503]).toContain(after)
  ways[1]?.database.mend()
  await eventually('the replica is back', async () => (await status(1, cluster.keys.api_key)) === 200 || undefined)
  expect(await status(1, key)).toBe(401)
}, 60_000)

it('also at a replica that stood still meanwhile and wakes up with a warm memory', async () => {
  const { id, key } = await newKey()
  for (const { database } of ways) database.delayMs = LATENCY_MS
  await warm(key)
  replicas[1]?.process.kill('SIGSTOP')
  try {
    expect((await at(0).delete(`${organization}/${id}`)).status).toBe(204)
  } finally {
    replicas[1]?.process.kill('SIGCONT')
  }
  expect(await status(1, key)).toBe(401)
}, 60_000)

it('a replica that stops says so, so that nobody waits for it afterwards', async () => {
  const open = async (): Promise<number> => (await cluster.query<{ open: number }>('SELECT count(*)::int AS open FROM control_replica WHERE ended_at IS NULL'))[0]?.open ?? -1
  const third = await replicaProcess(cluster)
  await eventually('the third replica is in the table', async () => (await open()) === 4 || undefined)
  const ended = new Promise((resolve) => third.process.once('exit', resolve))
  third.process.kill('SIGTERM')
  await ended
  expect(await open()).toBe(3) // two processes and the one in this process
}, 60_000)

it('a database restored to an earlier point voids what was remembered, and replicas follow the log from there', async () => {
  const { id, key } = await newKey()
  await cluster.query('UPDATE access_head SET seq = seq - 1')
  await cluster.query('ALTER TABLE access_change DISABLE TRIGGER append_only')
  await cluster.query('DELETE FROM access_change WHERE seq > (SELECT seq FROM access_head)')
  await eventually('every replica has begun anew', async () => {
    const [row] = await cluster.query<{ open: number }>('SELECT count(*)::int AS open FROM control_replica WHERE ended_at IS NULL AND applied_seq = (SELECT seq FROM access_head)')
    return (row && row.open >= 3) || undefined
  })
  for (const { database } of ways) database.delayMs = LATENCY_MS
  expect(await revokeAndTry({ id, key }, 0)).toEqual([204, 401])
}, 60_000)
