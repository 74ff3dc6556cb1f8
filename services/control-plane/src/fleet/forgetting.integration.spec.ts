import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { makeId } from '@pgbeam/kernel'
import { randomBytes } from 'node:crypto'
import { TestCluster } from '../testing/environment.js'
import { Forgetting } from './forgetting.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start(2)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const forgetting = (replica: number) => cluster.replicas[replica]?.app.get(Forgetting) as Forgetting

async function incarnation(name: string, ended: string | null, heard = '0 days'): Promise<string> {
  const id = makeId('IncarnationId', Date.now(), randomBytes(10))
  await cluster.query(
    `INSERT INTO proxy_incarnation (id, proxy_id, version, address, signing_key, encryption_key, join_token_id, enrolled_seq, applied_seq, enrolled_at, ended_at, heard_at)
     SELECT $1, $2, 'v', 'a', 's', 'e', (SELECT id FROM join_token LIMIT 1), 0, 0, now() - interval '30 days', now() - $3::interval, now() - $4::interval`,
    [id, name, ended, heard],
  )
  return id
}
const names = async () => (await cluster.query<{ proxy_id: string }>('SELECT proxy_id FROM proxy_incarnation ORDER BY proxy_id')).map((row) => row.proxy_id)

it('a process that ended, or was last heard, more than 7 days ago is forgotten, unless a receipt names it; one replica at a time does it', async () => {
  const made = await cluster.api().project(cluster.keys.org_id)
  await cluster.api().agent(made)
  await incarnation('runs', null)
  await incarnation('ended lately', '6 days 23 hours')
  await incarnation('silent for a while', null, '6 days 23 hours')
  await incarnation('lost long ago', null, '7 days 1 hour')
  const named = await incarnation('named by a receipt', '30 days')
  for (let i = 0; i < 3; i++) await incarnation('ended long ago', '7 days 1 hour')
  await cluster.query('INSERT INTO enforcement_outcome (seq, incarnation_id, sessions_dropped, statements_cancelled) SELECT max(seq), $1, 1, 0 FROM enforcement_event', [named])
  const removed = await Promise.all([forgetting(0).run(), forgetting(1).run()])
  expect(removed.reduce((a, b) => a + b, 0)).toBe(4)
  expect(await names()).toEqual(['ended lately', 'named by a receipt', 'runs', 'silent for a while'])
  expect(await forgetting(0).run()).toBe(0)
})

it('while another session holds its lock, nothing is removed', async () => {
  await incarnation('ended long ago', '8 days')
  const release = await cluster.holdLock(Forgetting.lockKey)
  expect(await forgetting(0).run()).toBe(0)
  await release()
  expect(await forgetting(0).run()).toBe(1)
})
