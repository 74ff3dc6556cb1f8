/** The floors are found wherever the server would find them, and texts that cannot break one are not parsed. */
import { beforeAll, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decide, isParsed } from './decide.js'
import { loadParser, parseStatements } from './parser.js'
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

// What a lexer takes in one go, and where it is nothing of these, one character.
const NAME_OR_COMMENT = /^(?:--[^\n]*|"[^"]*"|\$\$[^]*?\$\$|[xb]'[^']*'(?:\s*\n\s*'[^']*')*)/i
const NAME = /^[a-z_\x80-\uffff][\w$\x80-\uffff]*/i
const ESCAPED = /^E?'(?:[^'\\]|\\[^]|'')*'(?:\s*\n\s*'(?:[^'\\]|\\[^]|'')*')*/i

/** The statements that a server with `standard_conforming_strings` off runs, or none where it takes the text for an error. */
function runsUnconforming(sql: string): readonly string[] {
  let written = ''
  for (let at = 0; at < sql.length; ) {
    const rest = sql.slice(at)
    let taken = (NAME_OR_COMMENT.exec(rest) ?? ESCAPED.exec(rest) ?? NAME.exec(rest))?.[0] ?? rest.slice(0, 1)
    if (rest.startsWith('/*')) {
      for (let depth = 1, end = 2; depth > 0 && end < rest.length; taken = rest.slice(0, end)) {
        const edge = /^(?:\/\*|\*\/)/.exec(rest.slice(end))?.[0]
        depth += edge === '/*' ? 1 : edge === '*/' ? -1 : 0
        end += edge?.length ?? 1
      }
    }
    at += taken.length
    written += taken.startsWith("'") ? ` E${taken}` : taken // the parser conforms, and E'…' is read the same by both
  }
  return kinds(written)
}

function kinds(sql: string): readonly string[] {
  try {
    return parseStatements(sql).flatMap((statement) => Object.keys(statement['stmt'] as object))
  } catch {
    return []
  }
}

it('a DELETE that a server sees in either reading of its strings does not pass', () => {
  let seen = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 4 }), (before, after) => {
      const sql = `SELECT ${before.join('')}; DELETE FROM t; ${after.join('')}`
      if (![...kinds(sql), ...runsUnconforming(sql)].includes('DeleteStmt')) return
      seen++
      expect({ sql, allowed: judge(sql).allowed }).toEqual({ sql, allowed: false })
    }),
    { numRuns: 8000 },
  )
  expect(seen).toBeGreaterThan(400)
})

it.each([
  ['a name that ends behind a backslash', String.raw`SELECT '\'' AS "a\"; DELETE FROM t; SELECT 1 AS ",b\"`],
  ['a comment that ends behind a backslash', "SELECT '\\'' -- \\\n; DELETE FROM t; SELECT 1 -- '"],
  ['a bit string, in a statement that is skipped', String.raw`CREATE TABLE IF NOT EXISTS t (a text DEFAULT x'\', b text DEFAULT '\', '); DELETE FROM t; --'`],
  ['a bit string that goes on', String.raw`CREATE TABLE IF NOT EXISTS t (a text DEFAULT x'0' ${'\n'} '\', b text DEFAULT '\', '); DELETE FROM t; --'`],
])('backslashes hide no DELETE: %s', (_case, sql) => {
  expect(runsUnconforming(sql)).toContain('DeleteStmt')
  expect(judge(sql)).toMatchObject({ allowed: false })
})

it.each([
  String.raw`UPDATE paths SET a = 'C:\', b = 'D:\lib', c = 'cab' WHERE id = 1`,
  String.raw`INSERT INTO t VALUES ('it\'s an update')`,
  String.raw`UPDATE t SET a = 'it\'s', b = $1 WHERE c = 'x'`,
])('a text that one of the readings cannot be goes by the other: %s', (sql) => expect(judge(sql)).toMatchObject({ allowed: true }))

it('telling the readings apart takes time by the length of a text alone', () => {
  const hostile = ["b''", "'\n", "b'--", "\\'", "x'\\"].map((piece) => `update \\'${piece.repeat(250_000)}`)
  for (const sql of hostile) expect(() => judge(sql)).not.toThrow() // a quadratic scan would not end within jest's deadline
})
