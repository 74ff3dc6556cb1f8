/**
 * The eighth collection of attacks, on what planner, executor and name resolution do by themselves. Two databases that differ only
 * in what is hidden answer alike, and the twin of each attack, on what no rule protects, answers.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { impliedAttacks, olderRowsAttacks } from '../corpora/mask-attacks-8.js'
import { impliedData, impliedMaskingRules, impliedRowFilters, impliedSchema } from '../corpora/masked-fixture-6.js'
import { compilePolicy } from '../policy.js'
import { attackInPairs } from '../testing/attack-pairs.js'
import { dropDatabases, openDatabases, rewrittenOf, seen } from '../testing/masked-databases.js'

const FULL = process.env['PGBEAM_PROOF'] === 'full'
const policy = compilePolicy({ id: 'pol_implied', version: 1, accessMode: 'read_only', maskingRules: impliedMaskingRules, rowFilters: impliedRowFilters })

beforeAll(() => openDatabases(process.env['PGBEAM_TEST_DATABASE_URL'], { schema: impliedSchema, data: impliedData }), 120_000)
afterAll(dropDatabases)

it('attacks by what the server does by itself are answered alike whatever is hidden, and their twins on what is not answer', async () => {
  expect(impliedAttacks).toHaveLength(248)
  const { summary, ...found } = await attackInPairs(impliedAttacks.filter((_, at) => FULL || at % 4 === 0), policy)
  console.log(summary)
  expect(found).toEqual({ told: [], mute: [], strange: [] })
}, 300_000)

it('a view reads the catalogs that its owner meant, whatever a statement calls its own queries', async () => {
  const plain = rewrittenOf('SELECT nr, code FROM safe_names ORDER BY nr', policy) as string
  const captured = rewrittenOf("WITH pg_class (oid, relname) AS (VALUES (1::oid, 'pg_indguess'::name)) SELECT nr, code FROM safe_names ORDER BY nr", policy) as string
  expect(await seen('real', captured)).toEqual(await seen('real', plain))
})

const under = (predicate: string) => rewrittenOf('SELECT id FROM app.bent', compilePolicy({ id: 'pol_bent', version: 1, accessMode: 'read_only', maskingRules: [], rowFilters: [{ table: 'app.bent', predicate }] }))

it.each([
  "during @> '2025-01-31 12:00'", "'01/02/2025' = ANY (days)", "days && '{01/02/2025}'", "cost < '1.000'", "wait < '-1 2:03'", "wait BETWEEN '-1 2:03' AND '1 h'", "wait IN ('1 h', '-1 2:03')", "tags @> '{a,NULL}'", "tags <> '{null}'", "tags IN ('{null}')", 'lower(during) < now()', "coalesce(days, '{01/02/2025}') IS NULL",
])('a filter that settings of the client would bend is refused: %s', (predicate) => {
  expect(under(predicate)).toMatchObject({ rule: 'unresolved_rule', message: expect.stringContaining("client's") })
})

it.each(["wait > '1 hour 30 minutes'", 'days IS NOT NULL', 'cost IS NULL', "tags && ARRAY['a', NULL]", "tags @> '{a,b}'", `body @> '{"a": null}'`])('a filter that none of them bends stands: %s', (predicate) => {
  expect(under(predicate)).toEqual(expect.any(String))
})

const denying = (table: string, sql: string) => rewrittenOf(sql, compilePolicy({ id: `pol_${table}`, version: 1, accessMode: 'read_only', tableDenylist: [`app.${table}`] }))

it.each(olderRowsAttacks)('what older rows of a denied table hold is not read from pg_attribute: %s', (sql) => {
  expect(denying('older', sql)).toMatchObject({ rule: 'closed_catalog', message: expect.not.stringContaining('masks') })
})

it('without such a table, or that column, pg_attribute stays open under lists', async () => {
  for (const sql of olderRowsAttacks.filter((each) => !each.includes('older_shown'))) expect(denying('bent', sql)).toEqual(expect.any(String))
  expect(denying('older', "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relname = 'older'")).toEqual(expect.any(String))
  expect(JSON.stringify(await seen('real', denying('bent', olderRowsAttacks[0] as string) as string))).toContain('canary-older')
})
