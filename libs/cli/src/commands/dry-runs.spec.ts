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
  [{ budget_queries_per_hour: 10 }, ['drivers and tools send statements by themselves']],
  [{ budget_queries_per_hour: 100, budget_queries_per_day: 50 }, ['the budget of the day is smaller']],
  [{ budget_queries_per_hour: 100, budget_queries_per_day: 2400 }, ['all hours of a day together allow no more']],
  [{ budget_queries_per_hour: 100, budget_queries_per_day: 2399, egress_bytes_per_day: 1000 }, []],
  [{ access_mode: 'read_write', max_rows: 5 }, []],
  [{ access_mode: 'read_write', max_affected_rows: 5 }, []],
  [{ access_mode: 'read_write', masking_rules: [{ table: 'a', column: 'b', kind: 'null' }] }, []],
  [{ access_mode: 'read_write', row_filters: [{ table: 'a', predicate: 'b = 1' }] }, ['nothing can be written to a table whose rows are filtered']],
  [{ access_mode: 'read_only', max_affected_rows: 5 }, ['the limit changes nothing']],
  [{ statement_rules: { deny: ['select'] }, max_rows: 5 }, ['no answer is ever cut']],
])('says of %j what is probably not meant', (document, expected) => {
  const details = warningsIn(document as Record<string, unknown>).map(({ detail }) => detail)
  expect(details).toHaveLength(expected.length)
  for (const [at, words] of expected.entries()) expect(details[at]).toContain(words)
})
