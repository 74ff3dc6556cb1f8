/** The floors are found wherever the server would find them, and texts that cannot break one are not parsed. */
import { beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decide, isParsed } from './decide.js'
import { loadParser } from './parser.js'
import { compilePolicy } from './policy.js'

const policy = compilePolicy({ id: 'open', version: 1, accessMode: 'read_write' })
const judge = (sql: string) => decide(sql, { policy, catalog: undefined, protocol: 'simple' })

beforeAll(() => loadParser())

it.each(['SELECT 1', 'this is no SQL', "INSERT INTO t VALUES ('x')", 'x'.repeat(20_000_000), 'd\u0435lete from t'])('a text without the words is not parsed: %.20s', (sql) => {
  expect(isParsed(sql, policy)).toBe(false)
  expect(judge(sql)).toMatchObject({ allowed: true, kinds: [] })
})

it.each([
  ['what only a later server could read', 'DROP EVERYTHING', '42601'],
  ['more than can be parsed in time', `SELECT 'update${'x'.repeat(1_100_000)}'`, '54000'],
  ['nesting without end', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)} AS "update"`, '42501'],
  ['a NUL, where a C parser would stop', 'SELECT 1\0; DELETE FROM t', '42501'],
])('with one of the words it is refused: %s', (_case, sql, sqlState) => expect(judge(sql)).toMatchObject({ allowed: false, sqlState }))

// Pieces that end or hide a string in one reading and not in the other.
const piece = fc.constantFrom("'", "\\'", '\\', "''", 'E', 'x', ' ', ';', '--', '\n', '/*', '*/', '$$', '"', 'é', "\\\\'", 'SELECT ')

/** Where a server with this setting ends strings, by a lexer of a dozen lines: enough to tell whether DELETE is a statement. */
function deletes(sql: string, conforming: boolean): boolean {
  let at = 0
  let depth = 0
  let outside = ''
  while (at < sql.length) {
    const rest = sql.slice(at)
    const skip = (pattern: RegExp): boolean => {
      const match = pattern.exec(rest)
      if (match === null) return false
      at += match[0].length
      outside += ' '
      return true
    }
    if (depth > 0) {
      depth += rest.startsWith('/*') ? 1 : rest.startsWith('*/') ? -1 : 0
      at += /^(\/\*|\*\/)/.test(rest) ? 2 : 1
    } else if (rest.startsWith('/*')) {
      depth++
      at += 2
    } else if (skip(/^--[^\n]*/) || skip(/^"[^"]*"/) || skip(/^\$\$[^]*?\$\$/)) continue
    else if (skip(conforming ? /^[eE]'(?:[^'\\]|\\[^]|'')*'/ : /^[eE]?'(?:[^'\\]|\\[^]|'')*'/)) continue
    else if (conforming && skip(/^'(?:[^']|'')*'/)) continue
    else if (/^['"\\]|^\$\$/.test(rest)) return false // without an end, or out of place: an error to whoever reads it so
    else outside += sql[at++] ?? ''
  }
  return depth === 0 && /(^|;)\s*DELETE FROM t\s*(;|$)/.test(outside)
}

it('a DELETE that a server sees in either reading of its strings does not pass', () => {
  let seen = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 4 }), (before, after) => {
      const sql = `SELECT ${before.join('')}; DELETE FROM t; ${after.join('')}`
      if (![true, false].some((conforming) => deletes(sql, conforming))) return
      seen++
      expect({ sql, allowed: judge(sql).allowed }).toEqual({ sql, allowed: false })
    }),
    { numRuns: 5000 },
  )
  expect(seen).toBeGreaterThan(300)
})
