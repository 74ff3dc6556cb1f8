/** What the fault runs are worth: a proxy that acknowledges first and applies later is found by them. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { FaultBench } from './support/fault-bench.js'
import { faultKinds } from './support/fault-kinds.js'
import { count, report } from './support/measure.js'
import { seeded } from './support/seeded.js'

const MUTANT = fileURLToPath(new URL('support/mutants/acknowledge-first.mjs', import.meta.url))
/** Each run is one kind of fault. */
const RUNS = count(4, faultKinds.length)

const random = seeded('faults-mutant')
const kinds = random.shuffled(faultKinds)
let bench: FaultBench
beforeAll(async () => {
  bench = await FaultBench.start(random, () => ({ NODE_OPTIONS: `--import ${MUTANT}` }))
}, 180_000)
afterAll(() => bench?.stop(), 60_000)

it('statements arrive after the answer where a proxy acknowledges an event before it has applied it', async () => {
  const late: number[] = []
  for (const kind of kinds.slice(0, RUNS)) {
    const { lateMs } = await bench.run([kind(bench)], `run ${late.length}`)
    late.push(lateMs)
  }
  const found = late.filter((ms) => ms > 0).length
  report('faults: runs that found the planted bug "acknowledge first, apply later"', found, `of ${RUNS}`)
  expect(found).toBeGreaterThan(0)
}, 3_600_000)
