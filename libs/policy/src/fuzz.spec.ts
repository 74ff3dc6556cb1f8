/** What nobody wrote down: random and damaged statements never throw, never hang, and an effect stays refused wherever it stands. */
import { beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { analytics } from './corpora/analytics.js'
import { attacks } from './corpora/attacks.js'
import { toolStatements } from './corpora/tools.js'
import { decide } from './decide.js'
import { loadParser } from './parser.js'
import { compilePolicy } from './policy.js'
import { recordedCatalog } from './testing.js'

const policy = compilePolicy({ id: 'pol_readonly', version: 1, accessMode: 'read_only' })
const catalog = recordedCatalog(18)
const judge = (sql: string) => decide(sql, { policy, catalog, protocol: 'simple' })
const texts = [...analytics, ...toolStatements, ...attacks].map((one) => one.sql)

beforeAll(() => loadParser())

it('decides any text without throwing', () =>
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (sql) => expect(typeof judge(sql).allowed).toBe('boolean')), { numRuns: 500 }))

it('decides damaged statements without throwing', () =>
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.constantFrom(...texts), fc.nat(), fc.nat(), (a, b, i, j) => {
      const words = a.split(/\b/)
      const others = b.split(/\b/)
      const damaged = [...words.slice(0, i % (words.length + 1)), ...others.slice(j % (others.length + 1))].join('')
      const decision = judge(damaged)
      if (!decision.allowed) expect(decision.detail).toBe(`rule: ${decision.rule}`)
    }),
    { numRuns: 1500 },
  ))

it('keeps no memory of what it has decided, however deep or broken', () => {
  // Too deep for a stack, wide, and long: what a parser may not survive.
  const monsters = ['('.repeat(20_000), `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, `SELECT ${'- '.repeat(20_000)}1`, `SELECT ${'1,'.repeat(20_000)}1`, `SELECT '${'x'.repeat(200_000)}'`, `SELECT 1${' UNION SELECT 1'.repeat(4_000)}`, 'SELECT '.repeat(10_000), `SELECT ${'f('.repeat(10_000)}${')'.repeat(10_000)}`]
  const round = (n: number) => {
    for (const monster of monsters) expect(typeof judge(monster).allowed).toBe('boolean')
    for (let i = 0; i < 200; i++) {
      const [a = '', b = ''] = [texts[(n * 200 + i) % texts.length], texts[(n * 77 + i * 13) % texts.length]]
      judge(a.slice(0, (n * 31 + i * 7) % (a.length + 1)) + b.slice((n + i * 3) % (b.length + 1)))
    }
  }
  for (let n = 0; n < 4; n++) round(n)
  const before = process.memoryUsage().rss
  for (let n = 4; n < 16; n++) round(n)
  expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(200)
  expect(judge('SELECT 1').allowed).toBe(true)
}, 120_000)

const effect = fc.constantFrom("nextval('app.counter')", "pg_catalog.pg_notify('a', 'b')::text", 'app.touch()', 'lo_create(0)', 'pg_advisory_lock(1)::text', "'x'::app.checked", "('a' OPERATOR(app.###) 'b')", '(SELECT id FROM app.noisy LIMIT 1)')
type Wrap = (x: string) => string
const insides: readonly Wrap[] = [
  (x) => `(${x})`, (x) => `coalesce(NULL, ${x})`, (x) => `CASE WHEN true THEN ${x} ELSE NULL END`, (x) => `(ARRAY[${x}])[1]`, (x) => `(SELECT ${x})`, (x) => `(SELECT max(q.x) FROM (SELECT ${x} AS x) AS q)`,
  (x) => `(WITH w AS (SELECT ${x} AS x) SELECT x FROM w)`, (x) => `nullif(${x}, NULL)`, (x) => `(SELECT x FROM (VALUES (${x})) AS v(x))`, (x) => `first_value(${x}) OVER (PARTITION BY 1)`, (x) => `(ROW(${x}, 1)).f1`, (x) => `greatest(${x}, ${x})`,
  (x) => `(SELECT u FROM unnest(ARRAY[${x}]) AS u)`, (x) => `min(${x}) FILTER (WHERE true)`, (x) => `(${x} IS NOT NULL)`, (x) => `((${x})::text COLLATE "C")`, (x) => `xmlforest(${x} AS a)`, (x) => `json_build_array(${x})`, (x) => `json_array(${x})`, (x) => `(SELECT ${x} UNION ALL SELECT ${x} LIMIT 1)`,
]
const arounds: readonly Wrap[] = [
  (x) => `SELECT ${x}`, (x) => `SELECT 1 WHERE ${x} IS NULL`, (x) => `SELECT 1 ORDER BY ${x}`, (x) => `VALUES (${x})`, (x) => `SELECT * FROM app.accounts a LEFT JOIN LATERAL (SELECT ${x}) s ON true`, (x) => `EXPLAIN SELECT ${x}`,
  (x) => `COPY (SELECT ${x}) TO STDOUT`, (x) => `DECLARE c CURSOR FOR SELECT ${x}`, (x) => `PREPARE p AS SELECT ${x}`, (x) => `EXECUTE p(${x})`, (x) => `SELECT count(*) FROM app.accounts GROUP BY GROUPING SETS ((${x}), ())`, (x) => `SELECT 1 LIMIT (${x})::text::int`,
]
const inside = fc.constantFrom(...insides)
const around = fc.constantFrom(...arounds)

it('refuses an effect however deep it stands', () => {
  let depthMax = 0
  fc.assert(
    fc.property(effect, fc.array(inside, { maxLength: 6 }), around, (what, wraps, root) => {
      const sql = root(wraps.reduce<string>((inner, wrap) => wrap(inner), what))
      depthMax = Math.max(depthMax, wraps.length)
      expect({ sql, decision: judge(sql) }).toMatchObject({ decision: { allowed: false, rule: 'side_effect_function' } })
    }),
    { numRuns: 1500 },
  )
  expect(depthMax).toBe(6)
})

it('lets the same places hold a harmless call', () =>
  fc.assert(
    fc.property(fc.array(inside, { maxLength: 6 }), around, (wraps, root) => {
      const sql = root(wraps.reduce<string>((inner, wrap) => wrap(inner), "pg_catalog.upper('x')"))
      expect({ sql, decision: judge(sql) }).toMatchObject({ decision: { allowed: true } })
    }),
    { numRuns: 500 },
  ))
