/** Whatever breaks, and whenever: once a change was answered as enforced, nothing of the old state arrives at the database or a client. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { FaultBench } from './support/fault-bench.js'
import { faultKinds, type FaultKind } from './support/fault-kinds.js'
import { FULL, report } from './support/measure.js'
import { seeded } from './support/seeded.js'

const LEASE_MS = 3_000
/** `npm test` takes some of the kinds, another choice each time. */
const RUNS = Number(process.env['PGBEAM_FAULT_RUNS'] ?? (FULL ? 200 : 11))
/** In the full count two things may break at once. */
const BOTH = FULL ? 0.3 : 0

const random = seeded('faults')
const kinds = random.shuffled(faultKinds)
let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.start(random)
}, 180_000)
afterAll(() => bench?.stop(), 60_000)

/** Between proxies and control planes: what slows a control plane's own database is no part of the promise. */
const bounded = /^(a proxy NATS|a control plane NATS|NATS servers|proxy-\d)$/
const slowest = { atOnce: { ms: 0, by: '' }, calls: 0, again: 0 }

it.each(Array.from({ length: RUNS }, (_, run) => [run]))('nothing arrives after the answer: run %i', async (run) => {
  const faults = [kinds[run % kinds.length]!(bench)]
  if (random.next() < BOTH) {
    const second = random.pick<FaultKind>(faultKinds)(bench)
    if (second.touches !== faults[0]!.touches) faults.push(second)
  }
  const { label, answerMs, unanswered, arrived, lateMs, notServing } = await bench.run(faults, `run ${run}`)
  expect(arrived).toBeGreaterThan(0)
  expect(`${label}: ${lateMs} ms too late`).toBe(`${label}: 0 ms too late`)
  // And what nobody touched is served again.
  expect([label, notServing]).toEqual([label, []])
  slowest.calls++
  if (unanswered > 0) slowest.again++
  else if (answerMs > slowest.atOnce.ms && faults.every(({ touches }) => bounded.test(touches))) slowest.atOnce = { ms: answerMs, by: label }
}, 180_000)

it('the answers that were given at once are reported', () => {
  report('faults: runs', slowest.calls, `of ${faultKinds.length} kinds, seed ${random.seed}`)
  report('faults: calls that had to be made again', slowest.again)
  report(`faults: slowest answer to a first call, where what broke was between proxies and control planes (${slowest.atOnce.by})`, Math.round(slowest.atOnce.ms), `ms; the target is ${LEASE_MS + 500}`)
  expect(slowest.calls).toBeGreaterThan(0)
})
