import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Made } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'

let cluster: TestCluster
let made: Made
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  made = await cluster.api().project(cluster.keys.org_id)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

/** How long a kill took, of a credential that no proxy serves. */
async function killed(replica: number): Promise<number> {
  const { credential } = await cluster.api(replica).agent(made)
  const answer = await cluster.api(replica).patch(`${made.path}/agents/${credential.id}`, { status: 'killed' })
  expect([answer.status, answer.headers.get('pgbeam-enforcement')]).toEqual([200, expect.stringContaining(', enforced, ')])
  return answer.elapsedMs
}

it('after a restore nobody is taken for silent until leases of the life before are over, which is waited for once', async () => {
  expect(await killed(0)).toBeLessThan(2_000)
  // As the restore of a backup does it: rows of leases, and of whole proxies, may be missing.
  await cluster.query(`UPDATE enforcement_head SET life_id = 'restored'`)
  const [first, second] = await Promise.all([killed(0), killed(1)])
  expect(first).toBeGreaterThan(2_900)
  expect(second).toBeGreaterThan(2_900)
  expect(await killed(0)).toBeLessThan(2_000)
  await eventually('the record of it', async () => ((await cluster.query('SELECT FROM enforcement_life WHERE settled')).length === 2 ? true : undefined))
  await cluster.addReplica()
  expect(await killed(2)).toBeLessThan(2_000)
}, 60_000)
