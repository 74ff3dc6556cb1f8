/**
 * Rewriting against a real server, by two oracles. A database whose data is masked in the tables themselves must answer
 * every statement just as the rewritten one answers over the real data; and two databases that differ only in what is
 * masked or filtered must answer alike, errors included.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { maskedQueries } from '../corpora/masked-queries.js'
import { moreMaskedQueries } from '../corpora/masked-queries-2.js'
import { definitionAttacks, maskAttacks } from '../corpora/mask-attacks.js'
import { moreMaskAttacks } from '../corpora/mask-attacks-2.js'
import { latestMaskAttacks, maskSequences } from '../corpora/mask-attacks-3.js'
import { lastMaskAttacks, lastMaskSequences } from '../corpora/mask-attacks-4.js'
import { compilePolicy } from '../policy.js'
import { dropDatabases, openDatabases, rewrittenOf, seen } from '../testing/masked-databases.js'

beforeAll(() => openDatabases(process.env['PGBEAM_TEST_DATABASE_URL']), 120_000)
afterAll(dropDatabases)

const definitions = compilePolicy({
  id: 'pol_definitions', version: 1, accessMode: 'read_only',
  maskingRules: [{ table: 'app.vips', column: 'code', kind: 'redact' }, { table: 'app.tiers', column: 'tier', kind: 'redact' }],
})

describe('a rewritten statement', () => {
  it.each([...maskedQueries, ...moreMaskedQueries])('answers as if the data itself were masked: %s', async (sql) => {
    const rewritten = rewrittenOf(sql)
    expect(rewritten).toEqual(expect.any(String))
    const real = await seen('real', rewritten as string)
    const masked = await seen('masked', sql)
    expect(real).toEqual(masked)
    expect(real).not.toHaveProperty('code')
  })
})

describe('an attack on masked or filtered data', () => {
  it.each([...maskAttacks, ...moreMaskAttacks, ...latestMaskAttacks, ...lastMaskAttacks])('answers alike whatever the data is: %s', async (sql) => {
    const rewritten = rewrittenOf(sql)
    if (typeof rewritten !== 'string') {
      expect(rewritten.sqlState).toMatch(/^42/)
      return
    }
    const real = await seen('real', rewritten)
    const twin = await seen('twin', rewritten)
    expect(real).toEqual(twin)
    expect(JSON.stringify(real)).not.toMatch(/canary/i)
  })

  it.each([...maskSequences, ...lastMaskSequences].map((messages) => [messages]))('answers alike over several messages: %s', async (messages) => {
    let refused = 0
    for (const sql of messages) {
      const rewritten = rewrittenOf(sql)
      if (typeof rewritten !== 'string') {
        expect(rewritten.sqlState).toMatch(/^42/)
        refused++
        continue
      }
      const [real, twin] = [await seen('real', rewritten), await seen('twin', rewritten)]
      expect(real).toEqual(twin)
      expect(JSON.stringify(real)).not.toMatch(/canary/i)
    }
    expect(refused).toBeLessThan(messages.length)
  })
})

it('the same attacks without a rule on what they attack are answered, and most would tell', async () => {
  const open = compilePolicy({ id: 'pol_open', version: 1, accessMode: 'read_only' })
  const attacks = [...maskAttacks, ...moreMaskAttacks, ...latestMaskAttacks, ...lastMaskAttacks]
  const counts = { refused: 0, refusedBecauseOfRules: 0, telling: 0, failing: 0 }
  for (const sql of attacks) {
    const text = rewrittenOf(sql, open)
    if (typeof text !== 'string') {
      counts.refused++
      continue
    }
    if (typeof rewrittenOf(sql) !== 'string') counts.refusedBecauseOfRules++
    const [real, twin] = [await seen('real', text), await seen('twin', text)]
    for (const kind of ['real', 'twin'] as const) await seen(kind, 'ROLLBACK')
    if (JSON.stringify(real) !== JSON.stringify(twin) || /canary/i.test(JSON.stringify(real))) counts.telling++
    else if ('code' in (real as object)) counts.failing++
  }
  console.log(`${attacks.length} attacks without rules: ${counts.refused} refused all the same, ${counts.telling} tell, ${counts.failing} fail alike; under rules ${counts.refusedBecauseOfRules} more are refused`)
  expect(counts.refused).toBeLessThan(attacks.length / 10)
  expect(counts.telling).toBeGreaterThan(attacks.length / 2)
  expect(counts.failing).toBeLessThan(attacks.length / 10)
}, 120_000)

it('a condition on a key still finds its rows by their index beside hashed and partial masks', async () => {
  const hashed = compilePolicy({ id: 'pol_hashed', version: 1, accessMode: 'read_only', maskingRules: [{ table: 'app.customers', column: 'email', kind: 'hash' }, { table: 'app.lonely', column: 'v', kind: 'partial' }] })
  await seen('real', 'SET enable_seqscan = off')
  for (const sql of ['SELECT * FROM customers WHERE id = 7', 'SELECT * FROM lonely WHERE id = 7', 'SELECT l.v FROM base b JOIN lonely l ON l.id = b.id WHERE b.id = 1']) {
    const plan = JSON.stringify(await seen('real', `EXPLAIN ${rewrittenOf(sql, hashed) as string}`))
    expect(plan).toMatch(/Index (Only )?Scan (using|on) (customers|lonely)_pkey/)
    expect(plan).toMatch(/Index Cond: \(id = /)
  }
  await seen('real', 'RESET ALL')
})

describe('EXPLAIN under masks and filters', () => {
  it.each(['EXPLAIN SELECT * FROM base', 'EXPLAIN (VERBOSE, COSTS off) SELECT * FROM child c JOIN lonely l USING (id)', 'EXPLAIN SELECT relname FROM pg_class', 'EXPLAIN DECLARE c CURSOR FOR TABLE lonely', 'EXPLAIN (FORMAT json) SELECT count(*) FROM counted'])(
    'plans the client’s own text where nothing protected is named: %s', (sql) => {
      expect(rewrittenOf(sql)).toBe(sql)
    })

  it.each([
    'EXPLAIN SELECT * FROM customers', 'EXPLAIN (COSTS off) SELECT id FROM orders', 'EXPLAIN SELECT b.id FROM base b JOIN people p USING (id)', 'EXPLAIN SELECT * FROM rich', 'EXPLAIN SELECT 1 WHERE EXISTS (SELECT FROM events)', 'EXPLAIN SELECT * FROM readings_low', 'EXPLAIN SELECT * FROM gen_child',
    'EXPLAIN ANALYZE SELECT * FROM base', 'EXPLAIN (ANALYZE false) SELECT * FROM base', 'EXPLAIN SELECT * FROM base; SELECT 1', 'EXPLAIN DECLARE c CURSOR FOR SELECT * FROM customers', 'EXPLAIN SELECT * FROM frozen', 'EXPLAIN SELECT * FROM over_named', 'EXPLAIN SELECT * FROM both_view', 'EXPLAIN SELECT * FROM pg_stats',
  ])('is refused where one is, or where it runs: %s', (sql) => {
    expect(rewrittenOf(sql)).toMatchObject({ allowed: false, sqlState: '42501' })
  })
})

describe('an attack on definitions that tell of a masked column', () => {
  it.each(definitionAttacks)('shows nothing of it: %s', async (sql) => {
    const rewritten = rewrittenOf(sql, definitions)
    if (typeof rewritten !== 'string') {
      expect(rewritten.sqlState).toMatch(/^42/)
      return
    }
    expect(JSON.stringify(await seen('real', rewritten))).not.toMatch(/canary|63616e617279|99 97 110 97/i)
  })

  it('closes nothing where no masked column stands in one', () => {
    const plain = compilePolicy({ id: 'pol_plain', version: 1, accessMode: 'read_only', maskingRules: [{ table: 'app.customers', column: 'ssn', kind: 'redact' }] })
    for (const sql of ['SELECT pg_get_constraintdef(oid) FROM pg_constraint', 'SELECT * FROM pg_class', 'SELECT indexdef FROM pg_indexes']) expect(rewrittenOf(sql, plain)).toBe(sql)
  })
})
