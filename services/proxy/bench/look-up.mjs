/** What it takes to find a remembered verdict, by itself, in a cache that is full of others: one line of JSON. BENCH_TEXTS are the statements by name. */
import { VerdictCache } from '../dist/gate/verdict-cache.js'

const TABLE = 1
const COUNT = 100_000
const RUNS = 9

const cache = new VerdictCache(64 << 20)
const asked = Object.entries(JSON.parse(process.env.BENCH_TEXTS)).map(([name, text]) => ({ name, bytes: Buffer.from(text) }))
for (let n = 0; cache.counts.evictions === 0; n++) {
  const other = Buffer.from(`SELECT id, label, amount FROM item WHERE id = 4711 AND label <> 'no ${n}'`)
  cache.add(TABLE, 'other', other, 0, other.length, undefined, false)
}
for (const { bytes } of asked) cache.add(TABLE, 'own', bytes, 0, bytes.length, undefined, true)

const figures = {}
for (let run = 0; run <= RUNS; run++) {
  for (const { name, bytes } of asked) {
    const before = process.threadCpuUsage()
    for (let i = 0; i < COUNT; i++) if (cache.find(TABLE, bytes, 0, bytes.length) !== undefined) throw new Error(`${name} was forgotten`)
    const { user, system } = process.threadCpuUsage(before)
    const one = (figures[name] ??= { characters: bytes.length, micros: [] })
    if (run > 0) one.micros.push((user + system) / COUNT) // the first is the compiler's
  }
}
for (const one of Object.values(figures)) one.micros = one.micros.sort((a, b) => a - b)[Math.floor(RUNS / 2)]
console.log(JSON.stringify(figures))
