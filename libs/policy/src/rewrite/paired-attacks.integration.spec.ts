/**
 * The fifth collection of attacks, under a policy of its own: two databases that differ only in what it hides answer alike, and
 * the twin of each attack, on what no rule protects, answers: refusing everything would be no success.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { classAttacks, pairedAttacks, toldAttacks } from '../corpora/mask-attacks-5.js'
import { pairedConversations } from '../corpora/mask-attacks-6.js'
import { pairData, pairMaskingRules, pairRowFilters, pairSchema, toldSchema } from '../corpora/masked-fixture-4.js'
import { compilePolicy } from '../policy.js'
import { attackInPairs } from '../testing/attack-pairs.js'
import { another, dropDatabases, openDatabases, rewrittenOf, seen } from '../testing/masked-databases.js'

const FULL = process.env['PGBEAM_PROOF'] === 'full'
const policy = compilePolicy({ id: 'pol_pairs', version: 1, accessMode: 'read_only', maskingRules: pairMaskingRules, rowFilters: pairRowFilters })

beforeAll(() => openDatabases(process.env['PGBEAM_TEST_DATABASE_URL'], { schema: [...pairSchema, ...toldSchema], data: pairData }), 120_000)
afterAll(dropDatabases)

it('of a pair of relations, attacks on the protected one answer alike whatever is hidden, and on the other answer', async () => {
  // Beside a transaction that may write, serializable ones that only read list what they read, row by row.
  const writers = await Promise.all([another('real'), another('twin')])
  for (const writer of writers) await writer.query('BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SELECT count(*) FROM app.plain')
  const { summary, ...found } = await attackInPairs(pairedAttacks, policy)
  for (const writer of writers) await writer.end()
  console.log(summary)
  expect(found).toEqual({ told: [], mute: [], strange: [] })
}, 300_000)

it('over several messages of a session they answer alike, too', async () => {
  const told: unknown[] = []
  const mute: unknown[] = []
  let refused = 0
  let sent = 0
  for (const { family, messages, open } of pairedConversations.filter((_, at) => FULL || at % 4 === 0)) {
    for (const sql of open) {
      const unprotected = rewrittenOf(sql, policy)
      const answer = typeof unprotected === 'string' ? await seen('real', unprotected) : unprotected
      if (typeof unprotected !== 'string' || (answer as { code?: string }).code !== undefined) mute.push({ family, open, sql, answer })
    }
    await seen('real', 'ROLLBACK')
    for (const sql of messages) {
      sent++
      const rewritten = rewrittenOf(sql, policy)
      if (typeof rewritten !== 'string') {
        expect(rewritten.sqlState).toMatch(/^42/)
        refused++
        continue
      }
      const [real, twin] = [await seen('real', rewritten), await seen('twin', rewritten)].map((answer) => JSON.stringify(answer)) as [string, string]
      if (real !== twin || /canary|\b[01]{128}\b/i.test(real)) told.push({ family, messages, sql, real: real.slice(0, 300), twin: twin.slice(0, 300) })
    }
    for (const kind of ['real', 'twin'] as const) for (const sql of ['ROLLBACK', 'CLOSE ALL', 'DEALLOCATE ALL', 'RESET ALL']) await seen(kind, sql)
  }
  console.log(`${FULL ? 'all' : 'a quarter'} of ${pairedConversations.length} conversations: ${sent} messages, ${refused} messages refused (${Math.round((refused / sent) * 100)} %)`)
  expect(told).toEqual([])
  expect(mute).toEqual([])
}, 300_000)

describe('what an owner compares a masked column with', () => {
  it.each(Object.entries(toldAttacks).flatMap(([what, list]) => list.map((sql): [string, string] => [what, sql])))('does not show in the definition of a %s: %s', async (what, sql) => {
    const masked = compilePolicy({ id: 'pol_told', version: 1, accessMode: 'read_only', maskingRules: [{ table: `app.told_${what}`, column: 'code', kind: 'redact' }] })
    const rewritten = rewrittenOf(sql, masked)
    if (typeof rewritten !== 'string') expect(rewritten.sqlState).toBe('42501')
    else expect(JSON.stringify(await seen('real', rewritten))).not.toMatch(/canary|99 97 110 97/)
    const unmasked = compilePolicy({ id: 'pol_untold', version: 1, accessMode: 'read_only', maskingRules: [{ table: 'app.vault_high', column: 'pin', kind: 'redact' }] })
    expect(rewrittenOf(sql, unmasked)).toEqual(expect.any(String))
  })

  it.each(classAttacks)('does not show in pg_class: %s', async (sql) => {
    const masked = compilePolicy({ id: 'pol_classes', version: 1, accessMode: 'read_only', maskingRules: [{ table: 'app.vips', column: 'code', kind: 'redact' }, { table: 'app.tiers', column: 'tier', kind: 'redact' }] })
    const rewritten = rewrittenOf(sql, masked)
    if (typeof rewritten !== 'string') expect(rewritten.sqlState).toMatch(/^42/)
    else expect(JSON.stringify(await seen('real', rewritten))).not.toMatch(/canary|99 97 110 97/)
  })
})
