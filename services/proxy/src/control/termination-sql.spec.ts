import { expect, it } from '@jest/globals'
import { terminationSql } from './termination-sql.js'

it('names each backend by its number and its start, relative to the session that runs it', () => {
  const sql = terminationSql([{ pid: 7, afterOwnS: -12.3456 }, { pid: 2_147_483_647, afterOwnS: 0.5 }])
  expect(sql).toContain('VALUES (7, -12.346::pg_catalog.float8), (2147483647, 0.500::pg_catalog.float8)')
})

it.each([
  ['a number that is none', Number.NaN, 1],
  ['a start that is none', 1, Number.NaN],
  ['a start that never was', 1, -Infinity],
  ['text where a number belongs', '1), (2' as unknown as number, 1],
])('refuses %s', (_what, pid, afterOwnS) => expect(() => terminationSql([{ pid, afterOwnS }])).toThrow(RangeError))
