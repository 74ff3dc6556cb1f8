/** Statements made by chance, over a database and its twin that differs only in what is hidden: every answer is the same in both. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { generatedStatements } from '../corpora/generated.js'
import { dropDatabases, openDatabases, rewrittenOf, seen } from '../testing/masked-databases.js'

const SEED = Number(process.env['PGBEAM_SEED'] ?? 20_261_122)
const COUNT = process.env['PGBEAM_PROOF'] === 'full' ? 5000 : 400
/** A statement that takes longer is cut, and then says nothing. */
const TIMED_OUT = '57014'

beforeAll(() => openDatabases(process.env['PGBEAM_TEST_DATABASE_URL']), 120_000)
afterAll(dropDatabases)

it('answers alike whatever is hidden, for statements made by chance', async () => {
  const told: unknown[] = []
  const refused: string[] = []
  let answered = 0
  let failed = 0
  for (const kind of ['real', 'twin'] as const) await seen(kind, "SET statement_timeout = '2s'")
  for (const sql of generatedStatements(SEED, COUNT)) {
    const rewritten = rewrittenOf(sql)
    if (typeof rewritten !== 'string') {
      refused.push(`${rewritten.rule}: ${rewritten.message}: ${sql}`)
      continue
    }
    const [real, twin] = [await seen('real', rewritten), await seen('twin', rewritten)] as { code?: string }[]
    if (real?.code === TIMED_OUT || twin?.code === TIMED_OUT) continue
    if (real?.code === undefined) answered++
    else failed++
    if (JSON.stringify(real) !== JSON.stringify(twin)) told.push({ sql, real, twin })
    else if (/canar/.test(JSON.stringify(real))) told.push({ sql, real })
  }
  console.log(`seed ${SEED}: ${COUNT} statements, ${answered} answered, ${failed} failed alike, ${refused.length} refused`)
  expect(told).toEqual([])
  expect(refused).toEqual([])
  expect(answered).toBeGreaterThan(COUNT / 3)
}, 600_000)
