import { expect, it } from '@jest/globals'
import { warningsIn } from './dry-runs.js'

it.each([
  [{}, []],
  [{ access_mode: 'read_only', statement_rules: { allow: ['select', 'insert', 'set', 'show', 'transaction'], deny: [] } }, ['insert cannot run under read_only']],
  [{ access_mode: 'read_write', statement_rules: { allow: ['select', 'set', 'show', 'transaction'], deny: ['select'] } }, ['select is allowed and denied']],
  [{ statement_rules: { allow: ['select'], deny: [] } }, ['many drivers send set, show, transaction']],
  [{ table_allowlist: ['a', 'b'], table_denylist: ['b'] }, ['b is on both lists']],
  [{ access_mode: 'read_write', statement_rules: null, table_allowlist: null, table_denylist: null }, ['refuses nothing but UPDATE']],
  [{ access_mode: 'read_write', table_denylist: ['a'] }, []],
  [{ access_mode: 'read_write', max_rows: 5 }, []],
  [{ access_mode: 'read_write', max_affected_rows: 5 }, []],
  [{ access_mode: 'read_only', max_affected_rows: 5 }, ['the limit changes nothing']],
  [{ statement_rules: { deny: ['select'] }, max_rows: 5 }, ['no answer is ever cut']],
])('says of %j what is probably not meant', (document, expected) => {
  const details = warningsIn(document as Record<string, unknown>).map(({ detail }) => detail)
  expect(details).toHaveLength(expected.length)
  for (const [at, words] of expected.entries()) expect(details[at]).toContain(words)
})
