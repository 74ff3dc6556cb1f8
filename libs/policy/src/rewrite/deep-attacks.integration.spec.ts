/**
 * The seventh collection of attacks, under a policy of its own. Two databases that differ only in what it hides answer alike, and
 * the twin of each attack, on what no rule protects, answers.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deepAttacks, ownAttacks } from '../corpora/mask-attacks-7.js'
import { deepData, deepMaskingRules, deepRowFilters, deepSchema, ownSchema } from '../corpora/masked-fixture-5.js'
import { compilePolicy } from '../policy.js'
import { attackInPairs } from '../testing/attack-pairs.js'
import { dropDatabases, openDatabases, rewrittenOf, seen } from '../testing/masked-databases.js'

const FULL = process.env['PGBEAM_PROOF'] === 'full'
const policy = compilePolicy({ id: 'pol_deep', version: 1, accessMode: 'read_only', maskingRules: deepMaskingRules, rowFilters: deepRowFilters })

beforeAll(() => openDatabases(process.env['PGBEAM_TEST_DATABASE_URL'], { schema: [...deepSchema, ...ownSchema], data: deepData }), 120_000)
afterAll(dropDatabases)

it('attacks on what is protected answer alike whatever is hidden, and their twins on what is not answer', async () => {
  expect(deepAttacks).toHaveLength(373)
  const { summary, ...found } = await attackInPairs(deepAttacks.filter((_, at) => FULL || at % 4 === 0), policy, /'?canary[^"]*?does not exist/g)
  console.log(summary)
  expect(found).toEqual({ told: [], mute: [], strange: [] })
}, 300_000)

describe('what an owner compares a masked column with', () => {
  it.each(Object.entries(ownAttacks).flatMap(([what, list]) => list.map((sql): [string, string] => [what, sql])))('does not show, by its %s: %s', async (what, sql) => {
    const masked = compilePolicy({ id: 'pol_own', version: 1, accessMode: 'read_only', maskingRules: [{ table: `app.own_${what}`, column: 'code', kind: 'redact' }] })
    const rewritten = rewrittenOf(sql, masked)
    if (typeof rewritten !== 'string') expect(rewritten.sqlState).toBe('42501')
    else expect(JSON.stringify(await seen('real', rewritten))).not.toMatch(new RegExp(`canary-${what}|99 97 110 97`))
    const unmasked = compilePolicy({ id: 'pol_unowned', version: 1, accessMode: 'read_only', maskingRules: [{ table: 'app.safe_made', column: 'tag', kind: 'redact' }] })
    expect(rewrittenOf(sql, unmasked)).toEqual(expect.any(String))
  })
})

it.each([
  'UPDATE app.own_unique SET id = 9 WHERE id = 1', "INSERT INTO app.own_unique (id, code) VALUES (1, 'guess')",
])('a table with a unique index over whole rows, beside plain columns, tells no masked value by a write: %s', (sql) => {
  const under = (table: string, column: string) => rewrittenOf(sql, compilePolicy({ id: `pol_${table}`, version: 1, accessMode: 'read_write', maskingRules: [{ table: `app.${table}`, column, kind: 'redact' }] }))
  expect(under('own_unique', 'code')).toMatchObject({ rule: 'masked_relation' })
  expect(under('safe_shape', 'pin')).toEqual(expect.any(String))
})
