/** What the cache says it takes is held against what it does take. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from '@jest/globals'
import type { Judgement } from '../relay/gate.js'
import { VerdictCache } from './verdict-cache.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const usedBytes = () => {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it.each<[string, (n: number) => Judgement]>([
  ['statements that pass', () => undefined],
  ['refusals', (n) => ({ sqlState: '42501', message: `relation "no_${n}" is not known to this policy`, detail: 'rule: unresolved_name', hint: `Write ${n} otherwise, or ask whoever keeps it.` })],
  ['statements with another text in their place', (n) => ({ replacement: Buffer.from(`SELECT * FROM (SELECT id, NULL::text AS label FROM item) AS item WHERE id = ${n}`), outcomes: [{ type: 'rows' }] })],
])('says no less memory than %s take', (_case, judgementOf) => {
  const bytesMax = 8 << 20
  const before = usedBytes()
  const cache = new VerdictCache(bytesMax)
  for (let n = 0; cache.counts.evictions < 1000; n++) {
    const text = Buffer.from(`SELECT id, label, amount FROM item WHERE id = 1 AND label <> 'no ${n}'`)
    cache.add(1, `agt_${n % 7}`, text, 0, text.length, judgementOf(n), false)
  }
  const taken = usedBytes() - before
  expect(cache.bytes).toBeLessThanOrEqual(bytesMax)
  expect(cache.bytes).toBeGreaterThan(bytesMax * 0.95)
  expect(taken).toBeLessThan(cache.bytes * 1.1) // what a garbage collector leaves lying, and what the test itself makes
  expect(taken).toBeGreaterThan(cache.bytes * 0.4)
})
