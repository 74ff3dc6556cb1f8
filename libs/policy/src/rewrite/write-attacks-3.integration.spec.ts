/**
 * The third collection of writes under masks and a row filter: MERGE in every shape, defaults of domains, what an index compares with, limits and floors. Over two databases that
 * differ only in what is hidden, every statement says and does the same; without the policy each of them means something.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { countedAttempts, floorAttempts } from '../corpora/limit-attacks.js'
import { mergeCount, thirdAttacks, thirdLegitimateWrites, thirdSequences } from '../corpora/write-attacks-3.js'
import { thirdData, thirdMaskingRules, thirdRowFilters, thirdSchema } from '../corpora/write-fixture-3.js'
import { compilePolicy } from '../policy.js'
import { WriteDatabases } from '../testing/write-databases.js'

const FULL = process.env['PGBEAM_PROOF'] === 'full'
const policy = compilePolicy({
  id: 'pol_writes_3', version: 1, accessMode: 'read_write', maskingRules: thirdMaskingRules, rowFilters: thirdRowFilters,
})
const databases = new WriteDatabases({
  policy, schema: thirdSchema, data: thirdData, schemas: ['w3'], asUser: true, canary: /canary-?\d/,
  sequences: (kind) => sequencesAt(kind === 'twin' ? 900 : 700),
})
const sequencesAt = (at: number) => ({ 'w3.items_id_seq': 1000, 'w3.computed_no_no_seq': at, 'w3.ident_no_no_seq': at, 'w3.checked_no_no_seq': at, 'w3.keyed_no_no_seq': at, 'w3.secured_no_no_seq': at, 'w3.hidden_no': at })
const { clients, judge } = databases

beforeAll(() => databases.open(process.env['PGBEAM_TEST_DATABASE_URL']), 120_000)
afterAll(() => databases.drop())
beforeEach(() => databases.begin())
afterEach(() => databases.rollBack())

describe('an attack by a write of the third collection', () => {
  it('says and does the same whatever is hidden', async () => {
    const told: unknown[] = []
    let [refused, sent] = [0, 0]
    for (const sql of thirdAttacks) {
      const decision = judge(sql)
      if (!decision.allowed) {
        expect(decision.sqlState).toMatch(/^42/)
        refused++
      } else if (sent++ % 3 === 0 || FULL) {
        for (const kind of ['real', 'twin'] as const) await clients[kind].query('SAVEPOINT before')
        await databases.saysAndDoesTheSame(sql).catch((error: unknown) => told.push({ sql, error: (error as Error).message }))
        for (const kind of ['real', 'twin'] as const) await clients[kind].query('ROLLBACK TO before; DEALLOCATE ALL')
      }
    }
    expect(told).toEqual([])
    expect([thirdAttacks.length, mergeCount, thirdSequences.length]).toEqual([217, 104, 17])
    expect(refused).toBeLessThan(thirdAttacks.length - 30)
  }, 120_000)

  it.each(thirdSequences.map((messages) => [messages]))('says and does the same over several messages: %s', async (messages) => {
    for (const sql of messages) await databases.saysAndDoesTheSame(sql)
  })

  it('means something where no policy holds: what is refused is not refused for its spelling', async () => {
    expect(await databases.misspelt(thirdAttacks)).toEqual([])
  })
})

it.each(thirdLegitimateWrites)('a write that reads nothing hidden does and says what it does without the policy: %s', async (sql) => {
  await databases.isAsWithoutPolicy(sql)
})

describe('floors and limits', () => {
  const verdict = (sql: string, more: object): string | undefined => {
    const decision = databases.judgeUnder(compilePolicy({ id: 'pol_limits', version: 1, accessMode: 'read_write', ...more }), sql)
    return decision.allowed ? undefined : decision.rule
  }
  it('hold for every spelling, and let through what the docs say', () => {
    expect(floorAttempts.map(([sql]) => [sql, verdict(sql, {})])).toEqual(floorAttempts)
    expect(countedAttempts.map(([sql]) => [sql, verdict(sql, { maxAffectedRows: 5 })])).toEqual(countedAttempts)
    expect(floorAttempts.length + countedAttempts.length).toBe(50)
  })
})
