/** Clocks of proxies jump and machines sleep: nothing of the old state arrives behind the answer, and nobody else notices much. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Clocks } from './support/clocks.js'
import { connect, loginError } from './support/connect.js'
import { FaultBench } from './support/fault-bench.js'
import { faultKinds } from './support/fault-kinds.js'
import { count, FULL, report } from './support/measure.js'
import { seeded } from './support/seeded.js'

const RUNS = count(6, 60)
/** In the full count something else may break as well. */
const BOTH = FULL ? 0.3 : 0
const MINUTE_MS = 60_000

const random = seeded('clocks')
let clocks: Clocks
let bench: FaultBench
beforeAll(async () => {
  clocks = Clocks.make()
  bench = await FaultBench.start(random, (index) => clocks.env(index))
}, 240_000)
afterAll(async () => {
  await bench?.stop()
  clocks?.remove()
}, 60_000)

it.each(Array.from({ length: RUNS }, (_, run) => [run]))('nothing arrives after the answer while clocks jump and machines sleep: run %i', async (run) => {
  const faults = [clocks.kinds[run % clocks.kinds.length]!(bench)]
  if (random.next() < BOTH) {
    const second = random.pick(faultKinds)(bench)
    if (second.touches !== faults[0]!.touches) faults.push(second)
  }
  const { label, arrived, lateMs, notServing } = await bench.run(faults, `run ${run}`)
  expect(arrived).toBeGreaterThan(0)
  expect(`${label}: ${lateMs} ms too late`).toBe(`${label}: 0 ms too late`)
  expect([label, notServing]).toEqual([label, []])
}, 180_000)

it('an hour of the wall clock ends no session and moves no expiry', async () => {
  const { stack } = bench
  const proxy = stack.proxies[0]!
  const soon = await stack.createCredential({ extra: { expires_at: new Date(Date.now() + 30 * MINUTE_MS).toISOString() } })
  const session = await connect(stack, soon, { proxy })
  const backend = async () => (await session.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number
  const before = await backend()
  const step = async (seconds: number) => {
    proxy.markLog()
    clocks.step(0, seconds)
    await proxy.waitForLog(/the lease is over[^]*the lease is back/)
  }
  if (clocks.isOff(0)) await step(0)
  for (const seconds of [3_600, -3_600, 0]) {
    await step(seconds)
    expect(await backend()).toBe(before)
    expect(await loginError(stack, soon, { proxy })).toBeUndefined()
  }
  // And one that expires does so on time on a clock that is an hour behind.
  await step(-3_600)
  const expiring = await stack.createCredential({ extra: { expires_at: new Date(Date.now() + 3_000).toISOString() } })
  const short = await connect(stack, expiring, { proxy })
  expect((await short.ended).error).toMatchObject({ code: '57P01' })
  report('clocks: an expiry on a wall clock that is an hour behind came late by', Math.max(0, Date.now() - Date.parse((await stack.api.get(expiring.path)).expires_at)), 'ms')
  await session.end()
}, 60_000)
