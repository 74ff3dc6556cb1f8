/**
 * What deciding a statement takes that was never seen, parsing and all, with the catalog of a real database: one line of JSON.
 * BENCH_DATABASE_URL names the database, BENCH_POLICY is the policy, BENCH_SHAPES the texts by name, with `{n}` for what tells one from
 * another.
 */
import pg from 'pg'
import { buildCatalog, catalogQueries, compilePolicy, decide, loadParser } from '../dist/index.js'

/** Until then the compiler is at work, in threads of its own. */
const WARM_UP = 4000
const BATCH = 100
const BATCHES = 50

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

/** The shares of one batch: the garbage that it makes is collected within it, and the compiler's threads are busy in few of them. */
function batch(shape) {
  const texts = Array.from({ length: BATCH }, () => text(shape))
  const before = process.cpuUsage()
  const taken = texts.map((one) => {
    const at = performance.now()
    decided(one)
    return (performance.now() - at) * 1000
  })
  const { user, system } = process.cpuUsage(before)
  return { cpuMicros: (user + system) / BATCH, taken }
}
const at = (values, share) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)]

const figures = {}
for (const [name, shape] of Object.entries(shapes)) {
  const firstAt = performance.now()
  decided(text(shape))
  figures[name] = { characters: text(shape).length, firstMicros: (performance.now() - firstAt) * 1000 }
}
for (const shape of Object.values(shapes)) for (let i = 0; i < WARM_UP; i++) decided(text(shape))
for (const [name, shape] of Object.entries(shapes)) {
  const batches = Array.from({ length: BATCHES }, () => batch(shape))
  const taken = batches.flatMap((one) => one.taken)
  Object.assign(figures[name], { cpuMicros: at(batches.map((one) => one.cpuMicros), 0.5), cpuMicrosMean: batches.reduce((sum, one) => sum + one.cpuMicros, 0) / BATCHES, p50Micros: at(taken, 0.5), p99Micros: at(taken, 0.99) })
}
console.log(JSON.stringify(figures))
