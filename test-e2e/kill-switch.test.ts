/** The kill switch of real proxies is tried on schedule, and `/v1/health` says whether it works. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { canaryProjectId } from '@pgbeam/contracts'
import { connect } from './support/connect.js'
import { startStack, type Stack } from './support/stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ proxies: 2, env: { controlPlane: { PGBEAM_CANARY_INTERVAL_MS: '3000', PGBEAM_LOG_LEVEL: 'info' }, proxy: { PGBEAM_LOG_LEVEL: 'info' } } })
}, 180_000)
afterAll(() => stack?.stop())

const base = () => new URL(stack.controlPlanes[0]!.readyUrl).origin
const killSwitch = async () => (await stack.api.get('/v1/health')).kill_switch as { status: string; reason: string | null }
const byProxy = async () => (await stack.api.get('/v1/proxies')).proxies as { kill_switch: { status: string; refused_ms: number | null } }[]
async function becomes(status: string, reason: string | null, timeoutMs = 60_000): Promise<void> {
  const endMs = performance.now() + timeoutMs
  for (let last = await killSwitch(); last.status !== status || last.reason !== reason; last = await killSwitch()) {
    if (performance.now() > endMs) throw new Error(`the kill switch never was ${status} (${reason}), but ${JSON.stringify(last)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

it('it is armed after the start; a proxy that stands still is not, and is again when it goes on', async () => {
  await becomes('armed', null)
  for (const { kill_switch } of await byProxy()) expect(kill_switch).toMatchObject({ status: 'armed', refused_ms: expect.any(Number) })
  stack.proxies[1]!.freeze()
  await becomes('degraded', 'lease_over')
  stack.proxies[1]!.thaw()
  await becomes('armed', null)
}, 120_000)

it('how long it took is a metric, by proxy, and so is its status', async () => {
  await becomes('armed', null)
  const text = await (await fetch(`${base()}/metrics`)).text()
  const ids = ((await stack.api.get('/v1/proxies')).proxies as { id: string }[]).map(({ id }) => id)
  for (const proxy of ids) {
    for (const until of ['enforced', 'refused']) {
      const count = new RegExp(`^pgbeam_kill_switch_seconds_count\\{[^}]*proxy="${proxy}",until="${until}"[^}]*\\} (\\d+)`, 'm').exec(text)
      expect(Number(count?.[1])).toBeGreaterThan(0)
    }
  }
  expect(text).toMatch(/^pgbeam_kill_switch\{status="armed"[^}]*\} 1/m)
  expect(text).toMatch(/^pgbeam_kill_switch\{status="disarmed"[^}]*\} 0/m)
  expect(text).toMatch(/^pgbeam_kill_switch_trials_total\{outcome="enforced"[^}]*\} \d+/m)
})

it('trials go on beside sessions, which do not notice, and show in no log and no count', async () => {
  const client = await connect(stack, await stack.createCredential())
  const canaryEvents = async () => Number((await stack.onControlDatabase<{ count: string }>('SELECT count(*) FROM enforcement_event WHERE project_id = $1', [canaryProjectId]))[0]!.count)
  const before = await canaryEvents()
  while ((await canaryEvents()) < before + 8) expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  const sessions = await Promise.all(stack.proxies.map(async ({ adminPort }) => /^pgbeam_sessions\S* (\d+)/m.exec(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text())?.[1]))
  expect(sessions.map(Number).reduce((a, b) => a + b)).toBe(1)
  await client.end()
  for (const service of [...stack.controlPlanes, ...stack.proxies]) expect(service.log()).not.toMatch(/canary|kill switch|prj_00000000000000000000000000/)
}, 60_000)
