import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Denial } from '../relay/gate.js'
import { VerdictTable } from './verdict-table.js'

const denial: Denial = { sqlState: '42501', message: 'no', detail: 'rule: x', hint: 'y' }
const table = (text: string, verdict: Denial | undefined, shared: boolean) => {
  const made = new VerdictTable(1 << 20)
  const bytes = Buffer.from(text)
  made.add(bytes, 0, bytes.length, verdict, shared)
  return (other: string) => {
    const padded = Buffer.from(`xx${other}yy`)
    return made.find(padded, 2, padded.length - 2)
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
  it('is forgotten, not grown without bound', () => {
    const small = new VerdictTable(10_000)
    for (let i = 0; i < 10_000; i++) {
      const bytes = Buffer.from(`SELECT a${i}`)
      small.add(bytes, 0, bytes.length, undefined, true)
      expect(small.find(bytes, 0, bytes.length)).toBeUndefined()
    }
    const first = Buffer.from('SELECT a0')
    expect(small.find(first, 0, first.length)).toBe('unknown')
  })
})
