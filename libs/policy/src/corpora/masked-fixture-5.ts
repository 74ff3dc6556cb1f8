/**
 * Shapes that the other fixtures lack. `safe…` is what a policy protects, `free…` the same without a rule; `own_…` are tables whose
 * definitions compare a masked column with a value, one kind of definition each.
 */
import type { MaskingRule, RowFilter } from '../types.js'

const PAIR = ['safe', 'free'] as const
type Prefix = (typeof PAIR)[number]
type Kind = 'real' | 'twin' | 'masked'

/** Column, type, kind of mask, its value in a row `n` of the first database and of its twin. */
const TYPED: readonly (readonly [string, string, MaskingRule['kind'], string, string])[] = [
  ['i2', 'int2', 'redact', 'n % 90', '90 - n'], ['f8', 'float8', 'redact', 'sqrt(n)', "CASE WHEN n % 3 = 0 THEN 'NaN' ELSE '-Infinity' END::float8"], ['num', 'numeric(12,3)', 'redact', 'n * 1.5', "CASE WHEN n % 2 = 0 THEN 'NaN' END::numeric"], ['cash', 'money', 'redact', '(n * 3)::money', 'NULL'], ['ok', 'boolean', 'redact', 'n % 2 = 0', 'n % 3 = 0'],
  ['d', 'date', 'redact', "date '2020-01-01' + n", "'infinity'"], ['ts', 'timestamp(3)', 'redact', "timestamp '2020-01-01' + n * interval '1 hour'", "timestamp '1999-01-01' - n * interval '1 s'"], ['tm', 'time', 'redact', "time '00:01' + n * interval '1 min'", "time '23:00'"], ['tz', 'timetz', 'redact', "timetz '01:00+03' + n * interval '1 min'", "timetz '01:00-07'"], ['iv', 'interval', 'redact', "n * interval '1 day'", "- n * interval '1 month'"],
  ['ip', 'inet', 'redact', "inet '10.0.0.0/8' + n", "'::1'"], ['net', 'cidr', 'redact', "set_masklen(cidr '10.0.0.0/8', 8 + n % 9)", "'192.168.0.0/16'"], ['mac', 'macaddr', 'redact', "('08:00:2b:01:02:' || lpad(to_hex(n), 2, '0'))::macaddr", "'00:00:00:00:00:01'"], ['by', 'bytea', 'redact', "convert_to('canary' || n, 'UTF8')", "'\\x00'"], ['ch', 'char(9)', 'redact', "'canary' || n", "'z'"],
  ['tx', 'text', 'partial', "'canary-' || n || '-tail'", "'y-' || n % 3 || '-other-tail'"], ['js', 'json', 'redact', `json_build_object('canary', n)`, "'[]'"], ['jb', 'jsonb', 'null', `jsonb_build_object('canary', n)`, "'{}'"], ['bits', 'bit varying(16)', 'null', "n::bit(8)", "B'1'"], ['vec', 'tsvector', 'null', "to_tsvector('simple', 'canary w' || n)", "''"], ['pt', 'point', 'null', 'point(n, -n)', 'point(0, n)'], ['bx', 'box', 'null', 'box(point(0, 0), point(n, n))', 'box(point(1, 1), point(2, 2))'],
  ['nr', 'numrange', 'null', 'numrange(n, n + 5)', "'empty'"], ['mr', 'int4multirange', 'null', 'int4multirange(int4range(n, n + 2), int4range(90, 99))', "'{}'"], ['en', 'app.level', 'null', "'high'", "'low'"], ['ens', 'app.level[]', 'null', "'{high,low}'", "'{}'"], ['pair', 'app.duo', 'null', "ROW(n, 'canary')::app.duo", 'NULL'], ['pairs', 'app.duo[]', 'null', "ARRAY[ROW(n, 'canary')::app.duo]", "'{}'"], ['dom', 'app.outer_code', 'redact', "'canary' || n", "'t' || n % 2"], ['doms', 'app.short_list', 'null', "ARRAY['c' || n]", 'NULL'],
  ['ci', 'public.citext', 'null', "'CANARY' || n", "'b'"], ['hs', 'public.hstore', 'null', "public.hstore('canary', n::text)", "''"], ['lt', 'public.ltree', 'null', "('top.canary' || n)::public.ltree", "'top'"], ['grid', 'int[][]', 'redact', 'ARRAY[[n, 1], [2, n]]', 'ARRAY[[n]]'], ['xm', 'xml', 'null', "xmlelement(name canary, n)", "xmlelement(name b)"], ['lsn', 'pg_lsn', 'null', "('0/' || to_hex(n))::pg_lsn", "'0/0'"],
]

/** As long as a name can be: longer ones are cut to it. */
export const LONG_NAME = `safe_${'é'.repeat(28)}xy`

export const deepMaskingRules: readonly MaskingRule[] = [
  ...TYPED.map(([column, , kind]) => ({ table: 'app.safe_typed', column, kind })),
  { table: 'app.safe_rows_index', column: 'code', kind: 'redact' },
  { table: 'app.safe_time', column: 'span', kind: 'null' }, { table: 'app.safe_time', column: 'who', kind: 'redact' },
  { table: 'app.safe_tree', column: 'pin', kind: 'redact' }, { table: 'app.safe_made', column: 'pin', kind: 'redact' },
  { table: 'app.safe_shape', column: 'pin', kind: 'redact' }, { table: `app."${LONG_NAME}"`, column: 'pin', kind: 'redact' },
]
export const deepRowFilters: readonly RowFilter[] = [
  { table: 'app.safe_kid', predicate: "owner IN ('me', 'us') AND NOT gone" },
  { table: 'app.safe_tree', predicate: "grp BETWEEN 1 AND 3 AND note IS DISTINCT FROM 'canary'" },
  { table: 'app.safe_flags', predicate: "state <> 'low' AND 'x' = ANY (marks) AND coalesce(body ->> 'k', 'n') NOT LIKE 'h%'" },
]

const tables = (p: Prefix): readonly string[] => [
  `CREATE TABLE app.${p}_typed (id int PRIMARY KEY, grp int, ${TYPED.map(([name, type]) => `${name} ${type}`).join(', ')})`,
  // An index over whole rows: nothing says that it depends on a column.
  `CREATE TABLE app.${p}_rows_index (code text, team int, id int)`, `CREATE INDEX ${p}_whole ON app.${p}_rows_index (team, (${p}_rows_index.*), id)`,
  // What has no columns of its own.
  `CREATE TABLE app.${p}_root ()`, `CREATE TABLE app.${p}_kid (id int, owner text, gone boolean) INHERITS (app.${p}_root)`,
  `CREATE VIEW app.${p}_none AS SELECT FROM app.${p}_rows_index WHERE code > 'd'`, `CREATE VIEW app.${p}_none_kid AS SELECT FROM app.${p}_kid`, `CREATE VIEW app.${p}_none_far AS SELECT FROM app.${p}_none`,
  `CREATE TABLE app.${p}_time (id int, who text, span int4range)`, `CREATE INDEX ${p}_time_span ON app.${p}_time USING gist (id, span)`,
  `CREATE TABLE app.${p}_tree (id int, grp int, note text, pin int) PARTITION BY RANGE (grp)`, `CREATE TABLE app.${p}_tree_low PARTITION OF app.${p}_tree FOR VALUES FROM (0) TO (3) PARTITION BY LIST (id)`,
  `CREATE TABLE app.${p}_tree_leaf (junk int, pin int, note text, id int, grp int)`, `ALTER TABLE app.${p}_tree_leaf DROP junk`, `ALTER TABLE app.${p}_tree_low ATTACH PARTITION app.${p}_tree_leaf DEFAULT`, `CREATE TABLE app.${p}_tree_rest PARTITION OF app.${p}_tree DEFAULT`,
  `CREATE INDEX ${p}_tree_pin ON app.${p}_tree (grp, pin)`,
  `CREATE TABLE app.${p}_made (id int GENERATED ALWAYS AS IDENTITY, pin int, big int GENERATED ALWAYS AS (pin + id) STORED, words text GENERATED ALWAYS AS ('p' || pin::text) STORED, tag text COLLATE "C")`, `CREATE INDEX ${p}_made_big ON app.${p}_made (tag, big)`,
  `CREATE TABLE app.${p}_flags (id int, state app.level, marks text[], body jsonb)`, `CREATE INDEX ${p}_flags_body ON app.${p}_flags USING gin (body)`,
  `CREATE TABLE app.${p}_shape OF app.shape`, `CREATE TABLE app."${LONG_NAME.replace('safe', p)}" (id int, pin int)`,
  `CREATE VIEW app.${p}_mine WITH (security_invoker = true, security_barrier = true) AS SELECT id, pin, words FROM app.${p}_made WHERE pin > 300 WITH LOCAL CHECK OPTION`,
  `CREATE VIEW app.${p}_kids AS SELECT k.ctid AS place, k.tableoid AS part, k.owner, count(*) OVER (PARTITION BY k.owner) AS n FROM ONLY app.${p}_kid k`,
  `CREATE RECURSIVE VIEW app.${p}_walk (id, depth, pin) AS SELECT id, 1, pin FROM app.${p}_made WHERE id = 1 UNION ALL SELECT m.id, w.depth + 1, w.pin + m.pin FROM app.${p}_made m JOIN ${p}_walk w ON m.id = w.id + 1 WHERE m.id < 12`,
  `CREATE VIEW app.${p}_sampled AS SELECT id, pin FROM app.${p}_made TABLESAMPLE bernoulli (60) REPEATABLE (5)`, `CREATE VIEW app.${p}_paired (x, "select", "ctid ") AS SELECT a.pin, b.pin, a.big FROM app.${p}_made a NATURAL JOIN app.${p}_made b`,
  `CREATE VIEW app.${p}_sets AS SELECT grp, pin, GROUPING(grp, pin) AS g, count(*) AS n FROM app.${p}_tree GROUP BY GROUPING SETS ((grp), (pin), ())`,
]

export const deepSchema: readonly string[] = [
  'SET search_path = app, public',
  'CREATE EXTENSION IF NOT EXISTS hstore SCHEMA public', 'CREATE EXTENSION IF NOT EXISTS citext SCHEMA public', 'CREATE EXTENSION IF NOT EXISTS ltree SCHEMA public', 'CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public',
  'CREATE TYPE app.duo AS (n int, word text)', 'CREATE TYPE app.shape AS (id int, pin int, label text)', 'CREATE DOMAIN app.inner_code AS varchar(20)', 'CREATE DOMAIN app.outer_code AS app.inner_code', 'CREATE DOMAIN app.short_list AS text[]',
  ...PAIR.flatMap(tables),
  // Built-in functions that are judged call by call, behind other names.
  'CREATE OPERATOR other.?? (RIGHTARG = text, FUNCTION = pg_catalog.current_setting)', 'CREATE OPERATOR other.?! (LEFTARG = text, RIGHTARG = boolean, FUNCTION = pg_catalog.current_setting)', 'CREATE OPERATOR other.?~ (LEFTARG = tsquery, RIGHTARG = text, FUNCTION = pg_catalog.ts_rewrite)', 'CREATE OPERATOR other.?# (RIGHTARG = regclass, FUNCTION = pg_catalog.pg_sequence_last_value)',
  "CREATE AGGREGATE other.settings_of (boolean) (SFUNC = pg_catalog.current_setting, STYPE = text, INITCOND = 'pgbeam.mask_inner')", "CREATE AGGREGATE other.rewritten_of (text) (SFUNC = pg_catalog.ts_rewrite, STYPE = tsquery, INITCOND = 'canary')",
  // Namesakes whose functions are built in, and harmless.
  'CREATE OPERATOR other.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.textne)', 'CREATE OPERATOR other.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.texteq)', 'CREATE OPERATOR other.>= (LEFTARG = int4, RIGHTARG = int4, FUNCTION = pg_catalog.int4lt)', 'CREATE OPERATOR other.~~ (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_catalog.textnlike)',
]

/** Each alone shows what the owner compares a masked column with. */
export const ownSchema: readonly string[] = [
  'SET search_path = app, public', "CREATE FUNCTION app.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
  ...['check', 'index', 'trigger', 'policy', 'rule', 'action'].map((what) => `CREATE TABLE app.own_${what} (id int, code text)`),
  "ALTER TABLE app.own_check ADD CONSTRAINT whole CHECK (own_check.*::text !~ 'canary-check')", "CREATE INDEX own_index_whole ON app.own_index (id) WHERE own_index.* <> ROW(1, 'canary-index')::app.own_index",
  "CREATE TRIGGER own BEFORE INSERT ON app.own_trigger FOR EACH ROW WHEN (NEW.*::text ~ 'canary-trigger') EXECUTE FUNCTION app.noted()",
  "CREATE POLICY own ON app.own_policy USING (own_policy.*::text !~ 'canary-policy')", "CREATE RULE own AS ON INSERT TO app.own_rule WHERE NEW.code = 'canary-rule' DO INSTEAD NOTHING", "CREATE RULE far AS ON INSERT TO app.own_rule DO ALSO UPDATE app.own_action SET id = 1 WHERE code = 'canary-action'",
  'CREATE TABLE app.own_unique (id int, code text)', 'CREATE UNIQUE INDEX own_unique_whole ON app.own_unique (id, (own_unique.*))',
  "CREATE TABLE app.own_expression (id int, code text) PARTITION BY LIST ((code = 'canary-expression'))", 'CREATE TABLE app.own_expression_yes PARTITION OF app.own_expression FOR VALUES IN (true)',
  'CREATE TABLE app.own_parent (id int, code text) PARTITION BY LIST (code)', "CREATE TABLE app.own_part PARTITION OF app.own_parent FOR VALUES IN ('canary-part')", 'CREATE TABLE app.own_line (id int, code text)', "CREATE STATISTICS app.own_line_stat ON (code = 'canary-heir') FROM app.own_line", 'CREATE TABLE app.own_heir () INHERITS (app.own_line)',
  'CREATE TABLE app.own_copied (id int, code text)', 'CREATE MATERIALIZED VIEW app.own_copy AS SELECT id, code FROM app.own_copied', "CREATE INDEX own_copy_index ON app.own_copy (id) WHERE code = 'canary-copied'",
]

export function deepData(kind: Kind): readonly string[] {
  const fill = (p: Prefix) => {
    const one = (real: string, twin: string, masked = twin) => (p === 'free' ? real.replaceAll('canary', 'shown').replaceAll('CANARY', 'SHOWN') : { real, twin, masked }[kind])
    return [
      `INSERT INTO app.${p}_typed SELECT n, n % 4, ${TYPED.map(([, , , real, twin]) => one(real, twin)).join(', ')} FROM generate_series(1, 30) n`,
      `INSERT INTO app.${p}_rows_index SELECT ${one("'canary' || n * 37 % 101", "'e' || n * 53 % 71")}, n % 4, n FROM generate_series(1, 200) n`,
      `INSERT INTO app.${p}_kid SELECT n, CASE WHEN n % 3 = 0 THEN ${one("'canary'", "'us'")} WHEN n % 2 = 0 THEN 'me' ELSE 'us' END, n % 3 = 0 ${one('AND n % 2 = 0', '')} FROM (SELECT n FROM generate_series(1, 60) n ORDER BY n % 3 = 0, n) o ${p === 'safe' && kind === 'twin' ? 'WHERE n % 3 <> 0 OR n > 30' : ''}`,
      `INSERT INTO app.${p}_time SELECT n % 5, ${one("'canary' || n", "'w'")}, ${one('int4range(n * 7 % 30, 31)', 'int4range(n * 3 % 30, 40)')} FROM generate_series(1, 60) n`,
      `INSERT INTO app.${p}_tree (id, grp, note, pin) SELECT n, n % 6, CASE WHEN n % 5 = 0 THEN ${one("'canary'", "'canary'")} ELSE 'n' || n % 3 END, ${one('n * 7919 % 997', 'n * 31 % 101')} FROM generate_series(1, 90) n`,
      `INSERT INTO app.${p}_made (pin, tag) SELECT ${one('n * 7919 % 997', 'n * 31 % 101')}, 't' || n % 3 FROM generate_series(1, 40) n`,
      `INSERT INTO app.${p}_flags SELECT n, CASE WHEN n % 3 = 0 THEN 'low'::app.level WHEN n % 7 = 0 THEN NULL ELSE 'high' END, ARRAY['x', ${one("CASE WHEN n % 3 = 0 THEN 'canary' END", "CASE WHEN n % 3 = 0 THEN 'other' END")}], CASE WHEN n % 3 = 0 THEN ${one(`'{"k": "canary"}'`, `'{"k": "1"}'`)}::jsonb ELSE jsonb_build_object('k', n) END FROM generate_series(1, 60) n`,
      `INSERT INTO app."${LONG_NAME.replace('safe', p)}" SELECT n, ${one('n * 3', 'n + 70')} FROM generate_series(1, 9) n`,
      `INSERT INTO app.${p}_shape SELECT n, ${one('n * 3', 'n + 70')}, 'l' || n FROM generate_series(1, 9) n`,
    ]
  }
  return [...PAIR.flatMap(fill), 'VACUUM ANALYZE']
}
