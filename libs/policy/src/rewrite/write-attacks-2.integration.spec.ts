/**
 * The second collection of writes under masks and a row filter, by a user whom row security holds as well: over two databases that
 * differ only in what is hidden, every statement says and does the same; without the policy each of them means something.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { moreLegitimateWrites, moreWriteAttacks, moreWriteAttackSequences } from '../corpora/write-attacks-2.js'
import { writeData, writeMaskingRules, writeRowFilters, writeSchema } from '../corpora/write-fixture.js'
import { moreWriteData, moreWriteMaskingRules, moreWriteRowFilters, moreWriteSchema } from '../corpora/write-fixture-2.js'
import { compilePolicy } from '../policy.js'
import { WriteDatabases } from '../testing/write-databases.js'

const policy = compilePolicy({
  id: 'pol_writes_2', version: 1, accessMode: 'read_write', maskingRules: [...writeMaskingRules, ...moreWriteMaskingRules], rowFilters: [...writeRowFilters, ...moreWriteRowFilters],
})
const databases = new WriteDatabases({
  policy, schema: [...writeSchema, ...moreWriteSchema], data: (kind) => [...writeData(kind), ...moreWriteData(kind)], schemas: ['w2', 'w'], asUser: true, canary: /canary-?\d/,
  sequences: (kind) => ({ 'w2.free_id_seq': 1000, 'w2.shared': 1000, 'w2.numbered_no_seq': kind === 'twin' ? 900 : 700, 'w2.secret_ident_id_seq': kind === 'twin' ? 12 : 7 }),
})
const { clients, judge } = databases

beforeAll(() => databases.open(process.env['PGBEAM_TEST_DATABASE_URL']), 120_000)
afterAll(() => databases.drop())
beforeEach(() => databases.begin())
afterEach(() => databases.rollBack())

describe('an attack by a write of the second collection', () => {
  it.each(moreWriteAttacks)('says and does the same whatever is hidden: %s', async (sql) => {
    await databases.saysAndDoesTheSame(sql)
  })

  it.each(moreWriteAttackSequences.map((messages) => [messages]))('says and does the same over several messages: %s', async (messages) => {
    for (const sql of messages) await databases.saysAndDoesTheSame(sql)
  })

  it('means something where no policy holds: what is refused is not refused for its spelling', async () => {
    const spelled: unknown[] = []
    for (const sql of moreWriteAttacks.filter((each) => !judge(each).allowed)) {
      if (/^(VACUUM|COPY .* FROM|IMPORT|EXECUTE|CALL|CLUSTER)/.test(sql)) continue
      await clients.direct.query('SAVEPOINT before')
      const found = await databases.seen('direct', sql)
      await clients.direct.query('ROLLBACK TO before')
      if (/^(42601|42P01|42703|42883)$/.test((found as { code?: string }).code ?? '')) spelled.push({ sql, found })
    }
    expect(spelled).toEqual([])
  })
})

it.each(moreLegitimateWrites)('a write that reads nothing hidden does and says what it does without the policy: %s', async (sql) => {
  await databases.isAsWithoutPolicy(sql)
})

it('a default that is known is not hashed, and one that nobody knows is: a fresh UUID', () => {
  for (const sql of ['INSERT INTO tagged (id) VALUES (9) RETURNING kind', 'INSERT INTO tagged VALUES (9, DEFAULT) RETURNING kind', 'INSERT INTO tagged (id, note) SELECT 9, $$x$$', 'INSERT INTO tagged DEFAULT VALUES']) {
    expect(judge(sql)).toMatchObject({ allowed: false, rule: 'masked_relation', message: expect.stringContaining('hash') })
  }
  expect(judge("INSERT INTO keyed (note) VALUES ('k') RETURNING token")).toMatchObject({ allowed: true })
})
