/**
 * Rewriting against a real server, by two oracles. A database whose data is masked in the tables themselves must answer
 * every statement just as the rewritten one answers over the real data; and two databases that differ only in what is
 * masked or filtered must answer alike, errors included.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { maskedQueries } from '../corpora/masked-queries.js'
import { moreMaskedQueries } from '../corpora/masked-queries-2.js'
import { maskAttacks } from '../corpora/mask-attacks.js'
import { moreMaskAttacks } from '../corpora/mask-attacks-2.js'
import { latestMaskAttacks, maskSequences } from '../corpora/mask-attacks-3.js'
import { dropDatabases, openDatabases, rewrittenOf, seen } from './testing-masks.js'

beforeAll(() => openDatabases(process.env['PGBEAM_TEST_DATABASE_URL']), 120_000)
afterAll(dropDatabases)

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
  it.each([...maskAttacks, ...moreMaskAttacks, ...latestMaskAttacks])('answers alike whatever the data is: %s', async (sql) => {
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

  it.each(maskSequences.map((messages) => [messages]))('answers alike over several messages: %s', async (messages) => {
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
