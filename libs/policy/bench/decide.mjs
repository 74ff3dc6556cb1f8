/**
 * What deciding a statement takes that was never seen, parsing and all, with the catalog of a real database: one line of JSON.
 * BENCH_DATABASE_URL names the database, BENCH_POLICY is the policy, BENCH_SHAPES the texts by name, with `{n}` for what tells one from
 * another.
 */
import pg from 'pg'
import { buildCatalog, catalogQueries, compilePolicy, decide, loadParser } from '../dist/index.js'

/** Until then the compiler is at work, in threads of its own. */
const WARM_UP = 4000
const COUNT = 3000

const shapes = JSON.parse(process.env.BENCH_SHAPES)
const policy = compilePolicy({ id: 'bench', version: 1, ...JSON.parse(process.env.BENCH_POLICY) })

const client = new pg.Client({ connectionString: process.env.BENCH_DATABASE_URL })
await client.connect()
const answers = {}
for (const { name, sql } of catalogQueries) answers[name] = (await client.query({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text) => text } })).rows
await client.end()
const catalog = buildCatalog(answers)
await loadParser()

let n = 0
const text = (shape) => shape.replace('{n}', String(1_000_000 + n++))
function decided(shape) {
  const decision = decide(shape, { policy, catalog, protocol: 'simple' })
  if (!decision.allowed) throw new Error(`${decision.rule}: ${decision.message}`)
}

const figures = {}
for (const [name, shape] of Object.entries(shapes)) {
  const firstAt = performance.now()
  decided(text(shape))
  const firstMicros = (performance.now() - firstAt) * 1000
  for (let i = 0; i < WARM_UP; i++) decided(text(shape))
  const texts = Array.from({ length: COUNT }, () => text(shape))
  const taken = []
  const before = process.cpuUsage()
  for (const one of texts) {
    const at = performance.now()
    decided(one)
    taken.push((performance.now() - at) * 1000)
  }
  const used = process.cpuUsage(before)
  taken.sort((a, b) => a - b)
  figures[name] = {
    characters: texts[0].length, firstMicros, cpuMicros: (used.user + used.system) / COUNT,
    p50Micros: taken[COUNT / 2], p99Micros: taken[COUNT * 0.99],
  }
}
console.log(JSON.stringify(figures))
