import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Denial, Judgement, Replacement } from '../relay/gate.js'
import { VerdictCache } from './verdict-cache.js'

const denial: Denial = { sqlState: '42501', message: 'no', detail: 'rule: x', hint: 'y' }
const table = (text: string, verdict: Denial | undefined, shared: boolean) => {
  const made = new VerdictCache(1 << 20)
  const bytes = Buffer.from(text)
  made.add(1, 'agt_1', bytes, 0, bytes.length, verdict, shared)
  return (other: string) => {
    const padded = Buffer.from(`xx${other}yy`)
    return made.find(1, padded, 2, padded.length - 2)
  }
}

describe('a remembered verdict', () => {
  it.each([
    ['SELECT a FROM t WHERE id = 1', 'SELECT a FROM t WHERE id = 234567'],
    ['SELECT a FROM t WHERE id = -1', 'SELECT a FROM t WHERE id = -99'],
    ['SELECT f(1,2)', 'SELECT f(30,40)'],
    ['SELECT 1', 'SELECT 2147483647'],
    ['VALUES (1),(2)', 'VALUES (9),(8)'],
    ["SELECT 1 WHERE a = 'x'", "SELECT 2 WHERE a = 'x'"],
  ])('of %j holds for %j', (known, asked) => {
    expect(table(known, denial, true)(asked)).toBe(denial)
    expect(table(known, denial, false)(asked)).toBe('unknown')
    expect(table(known, denial, false)(known)).toBe(denial)
  })
  it.each([
    ['a name that ends in a digit', 'SELECT t1', 'SELECT t2'],
    ['a parameter', 'SELECT $1', 'SELECT $2'],
    ['a decimal number', 'SELECT 1.5', 'SELECT 2.5'],
    ['an exponent', 'SELECT 1e5', 'SELECT 2e5'],
    ['a hexadecimal number', 'SELECT 0x1', 'SELECT 1x1'],
    ['a grouped number', 'SELECT 1_000', 'SELECT 2_000'],
    ['a number beyond 32 bits', 'SELECT 2147483647', 'SELECT 2147483648'],
    ['a number of eleven digits', 'SELECT 00000000001', 'SELECT 00000000002'],
    ['a text', "SELECT '1'", "SELECT '2'"],
    ['something behind a text', "SELECT 'a' , 1", "SELECT 'a' , 2"],
    ['a quoted name', 'SELECT " 1 "', 'SELECT " 2 "'],
    ['a dollar-quoted text', 'SELECT $$ 1 $$', 'SELECT $$ 2 $$'],
    ['a tagged text', 'SELECT $a$ 1 $a$', 'SELECT $a$ 2 $a$'],
    ['an escape', "SELECT E'\\' 1", "SELECT E'\\' 2"],
    ['a letter', 'SELECT a', 'SELECT b'],
    ['a name beyond ASCII', 'SELECT é1', 'SELECT é2'],
    ['nothing against an integer', 'SELECT ', 'SELECT 1'],
  ])('does not pass from one to another: %s', (_case, known, asked) => {
    expect(table(known, denial, true)(asked)).toBe('unknown')
    expect(table(known, denial, true)(known)).toBe(denial)
  })
  it('never passes between texts that differ in more than integers', () => {
    const text = fc.array(fc.constantFrom('a', '1', '22', ' ', "'", '"', '$', '.', '\\', '-', '(', 'é', '_', '\n'), { maxLength: 12 }).map((parts) => parts.join(''))
    const coarse = (sql: string) => sql.replaceAll(/\d+/g, '0')
    fc.assert(
      fc.property(text, text, (a, b) => {
        const hit = table(a, undefined, true)(b) === undefined
        return hit ? coarse(a) === coarse(b) : true
      }),
      { numRuns: 5000 },
    )
  })
  it('is none of another table', () => {
    const cache = new VerdictCache(1 << 20)
    put(cache, 1, 'a', 'SELECT 1', denial)
    expect(ask(cache, 1, 'SELECT 1')).toBe(denial)
    expect(ask(cache, 2, 'SELECT 1')).toBe('unknown')
  })
  it('of a text above 4 KB is not kept', () => {
    const cache = new VerdictCache(1 << 20)
    put(cache, 1, 'a', 'x'.repeat(4097), denial)
    expect(ask(cache, 1, 'x'.repeat(4097))).toBe('unknown')
    expect(cache).toMatchObject({ entries: 0, counts: { hits: 0, misses: 1, evictions: 0 } })
  })
  it('with a text to send in its place has memory of its own, and no slab that others share', () => {
    const cache = new VerdictCache(1 << 20)
    const replacement = Buffer.from('SELECT a FROM (SELECT 1 AS a) AS t')
    expect(replacement.buffer.byteLength).toBeGreaterThan(replacement.length)
    put(cache, 1, 'a', 'SELECT a FROM t', { replacement, after: Buffer.from('x'), tailBytes: 1 })
    const found = ask(cache, 1, 'SELECT a FROM t') as Replacement
    expect(found).toEqual({ replacement, after: Buffer.from('x'), tailBytes: 1 })
    expect(found.replacement?.buffer.byteLength).toBe(replacement.length)
  })
})

const put = (cache: VerdictCache, table: number, owner: string, text: string, judgement: Judgement) => {
  const bytes = Buffer.from(text)
  cache.add(table, owner, bytes, 0, bytes.length, judgement, false)
}
const ask = (cache: VerdictCache, table: number, text: string) => {
  const bytes = Buffer.from(text)
  return cache.find(table, bytes, 0, bytes.length)
}
/** Judges a text as the gate does: looked up, else decided and remembered. @returns whether it had to be decided */
const judge = (cache: VerdictCache, table: number, owner: string, text: string, judgement: Judgement): boolean => {
  const known = ask(cache, table, text)
  if (known === 'unknown') put(cache, table, owner, text, judgement)
  else expect(known).toEqual(judgement)
  return known === 'unknown'
}
const verdictOf = (table: number, n: number): Judgement => {
  if (n % 3 === 0) return undefined
  return n % 3 === 1 ? { ...denial, message: `no ${table} ${n}` } : { replacement: Buffer.from(`${'y'.repeat(n)} ${table}`) }
}

describe('the cache', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 200 })), { minLength: 1, maxLength: 400 })

  it('never takes more bytes than it may, never gives a verdict of another text, and counts what it does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 30_000 }), steps, (bytesMax, asked) => {
        const cache = new VerdictCache(bytesMax)
        for (const [table, owner, n] of asked) {
          judge(cache, table, owner, `SELECT '${n}'${' '.repeat(n)}`, verdictOf(table, n))
          expect(cache.bytes).toBeLessThanOrEqual(bytesMax)
        }
        const { hits, misses, evictions } = cache.counts
        expect(hits + misses).toBe(asked.length)
        expect(misses - evictions).toBeGreaterThanOrEqual(cache.entries)
      }),
    )
  })
  it('has an evicted verdict decided again, once', () => {
    const cache = new VerdictCache(10_000)
    expect(judge(cache, 1, 'a', 'SELECT first', denial)).toBe(true)
    expect(judge(cache, 1, 'a', 'SELECT first', denial)).toBe(false)
    // It was just used, so it is passed over once.
    for (let n = 0; cache.counts.evictions < 100; n++) put(cache, 1, 'a', `SELECT a${n}`, undefined)
    expect(judge(cache, 1, 'a', 'SELECT first', denial)).toBe(true)
    expect(judge(cache, 1, 'a', 'SELECT first', denial)).toBe(false)
  })
  it('keeps what is used before what is not', () => {
    const cache = new VerdictCache(10_000)
    put(cache, 1, 'a', 'SELECT often', denial)
    for (let n = 0; cache.counts.evictions < 200; n++) {
      expect(ask(cache, 1, 'SELECT often')).toBe(denial)
      put(cache, 1, 'a', `SELECT a${n}`, undefined)
    }
  })
  it('takes nothing from a credential that holds less than half of what a flooding one does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20_000, max: 60_000 }), fc.integer({ min: 1, max: 12 }), fc.boolean(), (bytesMax, own, interleaved) => {
        const cache = new VerdictCache(bytesMax)
        const texts = Array.from({ length: own }, (_, n) => `SELECT mine${n}`)
        const flood = (from: number, to: number) => {
          for (let n = from; n < to; n++) put(cache, 1, 'flooding', `SELECT flood${n} FROM somewhere`, denial)
        }
        if (interleaved) flood(0, 500)
        for (const text of texts) put(cache, 1, 'quiet', text, undefined)
        flood(500, 1000)
        expect(cache.heldBy('quiet')).toBeLessThan(cache.heldBy('flooding') / 2)
        // A chain of colliding texts is shortened by those of whoever adds to it, so not one is gone.
        for (const text of texts) expect(ask(cache, 1, text)).toBeUndefined()
      }),
    )
  })
  it('lets one credential have all of it while nobody else needs any', () => {
    const cache = new VerdictCache(100_000)
    for (let n = 0; cache.counts.evictions === 0; n++) put(cache, 1, 'a', `SELECT a${n}`, undefined)
    expect(cache.bytes).toBeGreaterThan(90_000)
    for (let n = 0; n < 1000; n++) put(cache, 1, 'b', `SELECT b${n}`, undefined)
    expect(cache.heldBy('b')).toBeGreaterThan(30_000)
    expect(cache.heldBy('a')).toBeGreaterThan(30_000)
  })
  it('does not empty itself for a verdict that is larger than all of it', () => {
    const cache = new VerdictCache(10_000)
    put(cache, 1, 'a', 'SELECT small', denial)
    put(cache, 1, 'a', 'SELECT large', { replacement: Buffer.alloc(10_000) })
    expect(ask(cache, 1, 'SELECT small')).toBe(denial)
    expect(ask(cache, 1, 'SELECT large')).toBe('unknown')
  })
  it('finds the verdicts of texts that differ in integers only, each its own where they may not share one', () => {
    const cache = new VerdictCache(1 << 20)
    for (let n = 0; n < 1000; n++) put(cache, 1, 'a', `SELECT nope(${n})`, { ...denial, message: String(n) })
    for (let n = 900; n < 1000; n++) expect(ask(cache, 1, `SELECT nope(${n})`)).toMatchObject({ message: String(n) })
  })
})
