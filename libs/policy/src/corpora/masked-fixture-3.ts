/** Still more to protect: names that are hard to read, values that planners count, and namesakes of what rewriting uses. */
import type { MaskingRule, RowFilter } from '../types.js'

/** 63 bytes, as long as a name can be: what is longer is cut to it, by the server and by the parser. */
export const LONG = `${'long_name_'.repeat(6)}abc`
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
/** Table, key, masked column, as they are. */
export const ODD_NAMES: readonly (readonly [string, string, string])[] = [
  [LONG, 'id', LONG], ['a.b', 'c.d', 'e.f'], ['x--y', '/*', '*/'], ["it's", 'i;d', "v'"], ['back\\slash', 'id', '\\v'], ['$1', '$2', '$body$'], ['Ünï çode', 'ß', 'é'], ['select', 'from', 'where'], ['new\nline', 'id\t', 'v\r'], ['"', '""', '"""'],
]
const table = (name: string) => `app.${quoted(name)}`

export const lastMaskingRules: readonly MaskingRule[] = [
  ...ODD_NAMES.map(([name, , column]) => ({ table: table(name), column, kind: 'redact' as const })),
  { table: 'app.coded', column: 'code', kind: 'partial' },
  { table: 'app.both', column: 'v', kind: 'redact' },
]
export const lastRowFilters: readonly RowFilter[] = [{ table: 'app.both', predicate: "grp <> 'gone'" }]

export const lastMaskedSchema: readonly string[] = [
  'SET search_path = app, public', 'SET client_encoding = UTF8',
  ...ODD_NAMES.map(([name, key, column]) => `CREATE TABLE ${table(name)} (${quoted(key)} int, ${quoted(column)} text)`),
  'CREATE TABLE app.coded (id int, code text)', 'CREATE TABLE app.both (id int, grp text, v text, n int)', 'CREATE INDEX both_n ON app.both (n)',
  'CREATE VIEW app.both_view AS SELECT grp, count(*) AS n, max(v) AS v FROM app.both GROUP BY grp',
  // namesakes: whatever stands in a search_path must not get into what is put into a statement
  'CREATE TABLE other.pg_inherits (inhrelid oid, inhparent oid)', "CREATE FUNCTION other.convert_to(pg_catalog.text, pg_catalog.name) RETURNS pg_catalog.bytea LANGUAGE sql AS $$SELECT ''::pg_catalog.bytea$$",
  "CREATE FUNCTION other.pg_identify_object_as_address(oid, oid, int) RETURNS pg_catalog.text[] LANGUAGE sql AS 'SELECT NULL::pg_catalog.text[]'",
  'CREATE EXTENSION IF NOT EXISTS pgstattuple SCHEMA public', 'CREATE EXTENSION IF NOT EXISTS pg_freespacemap SCHEMA public', 'CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public', 'CREATE EXTENSION IF NOT EXISTS fuzzystrmatch SCHEMA public',
]

export function lastMaskedData(kind: 'real' | 'twin' | 'masked'): readonly string[] {
  const pick = (real: string, twin: string, masked: string) => ({ real, twin, masked })[kind]
  return [
    'SET client_encoding = UTF8',
    ...ODD_NAMES.map(([name]) => `INSERT INTO ${table(name)} SELECT n, ${pick("'canary' || n", "'z' || n * 7 % 5", "'[redacted]'")} FROM generate_series(1, 5) n`),
    `INSERT INTO app.coded SELECT n, ${pick("'c' || n", "'c' || n % 2", "'****'")} FROM generate_series(1, 200) n`,
    // As many hidden rows in both, so that only their values differ.
    `INSERT INTO app.both SELECT n, CASE WHEN n % 3 = 0 THEN 'gone' ELSE 'g' || n % 4 END, ${pick("'canary' || n % 5", "'z' || n % 7", "'[redacted]'")},
       CASE WHEN n % 3 = 0 THEN ${pick('7777', 'n + 100000', '0')} ELSE n END FROM generate_series(1, 300) n ${kind === 'masked' ? 'WHERE n % 3 <> 0' : ''}`,
    'VACUUM ANALYZE',
  ]
}
