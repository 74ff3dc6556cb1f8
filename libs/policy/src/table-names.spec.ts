/** Names in lists mean what they mean to Postgres: the parser of the server's own grammar is the judge. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decide } from './decide.js'
import { loadParser, parseStatements } from './parser.js'
import { compilePolicy } from './policy.js'
import { parseTableName, quoted } from './table-names.js'
import { recordedCatalog, type Rows } from './testing.js'

beforeAll(() => loadParser())

describe('a name in a list', () => {
  it.each([
    ['orders', 'public', 'orders'], ['Orders', 'public', 'orders'], ['ORDERS', 'public', 'orders'], ['"Orders"', 'public', 'Orders'], ['sales.orders', 'sales', 'orders'], ['Sales."Daily Sums"', 'sales', 'Daily Sums'],
    ['"a""b".c', 'a"b', 'c'], ['sales.*', 'sales', undefined], ['"Sales".*', 'Sales', undefined], ['"a.b"', 'public', 'a.b'], ['"*"', 'public', '*'], ['_x$1', 'public', '_x$1'], ['ÄPFEL', 'public', 'Äpfel'], ['x'.repeat(70), 'public', 'x'.repeat(63)], [`"${'é'.repeat(40)}"`, 'public', 'é'.repeat(31)],
  ])('%s is %s.%s', (text, schema, name) => expect(parseTableName(text)).toEqual({ text, schema, name }))

  it.each(['', ' ', '*', 'a.b.c', 'a.', '.a', '"', '""', '"a', 'a b', 'order-items', '1a', 'a.*.b', '*.a', "a';", 'a.""', ' a', 'a ', '\0', 'a\0'])('%j is none, and it is said why', (text) => {
    const problem = parseTableName(text)
    expect(typeof problem === 'string' && problem.length > 20).toBe(true)
  })
})

// What may stand in a name, in all the ways that folding, quoting and cutting meet.
const letters = fc.constantFrom(...'abzABZ_09$éÄ"., *ß漢𝒳')
const word = fc.array(letters, { minLength: 1, maxLength: 40 }).map((parts) => parts.join(''))
const spelling = fc.oneof(word, word.map((text) => `"${text.replaceAll('"', '""')}"`))

it('stands for the relation that the same text stands for in a statement', () =>
  fc.assert(
    fc.property(spelling, fc.option(spelling, { nil: undefined }), (first, second) => {
      const text = second === undefined ? first : `${first}.${second}`
      const ours = parseTableName(text)
      if (typeof ours === 'string' || ours.name === undefined) return
      const [statement] = parseStatements(`SELECT FROM ${text}`)
      const select = (statement?.['stmt'] as { SelectStmt: { fromClause: { RangeVar: { schemaname?: string; relname: string } }[] } }).SelectStmt
      const { schemaname = 'public', relname } = select.fromClause[0]?.RangeVar ?? { relname: '' }
      expect({ schema: ours.schema, name: ours.name }).toEqual({ schema: schemaname, name: relname })
    }),
    { numRuns: 3000 },
  ))

it('quotes a name so that it reads back', () =>
  fc.assert(fc.property(word, (name) => expect(parseTableName(`${quoted(name)}.*`)).toMatchObject({ schema: expect.any(String) }))))

it('denies a table however it is written, and no other', () =>
  fc.assert(
    fc.property(word, word, (name, other) => {
      fc.pre(Buffer.byteLength(name) <= 63 && Buffer.byteLength(other) <= 63 && name !== other)
      const relations: Rows = [['90001', 'public', name, 'r', '0', null, null, null], ['90002', 'public', other, 'r', '0', null, null, null]]
      const catalog = recordedCatalog(18, { relations })
      const policy = compilePolicy({ id: 'p', version: 1, accessMode: 'read_only', tableDenylist: [quoted(name)] })
      const rule = (sql: string) => decide(sql, { policy, catalog, protocol: 'simple' }).rule
      const spelled = `"${name.replaceAll('"', '""')}"`
      expect(rule(`SELECT * FROM public.${spelled}`)).toBe('table_denied')
      expect(rule(`SELECT * FROM ${spelled}`)).toBe('table_denied')
      expect(rule(`SELECT * FROM public."${other.replaceAll('"', '""')}"`)).toBe('ok')
    }),
    { numRuns: 40 },
  ))
