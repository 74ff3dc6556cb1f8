/** More to protect, in the same database: generated columns, indexes over masked columns, composite types, views of many kinds, children with rules of their own. */
import type { MaskingRule, RowFilter } from '../types.js'

export const moreMaskingRules: readonly MaskingRule[] = [
  { table: 'app.staff', column: 'wage', kind: 'redact' },
  { table: 'app.staff', column: 'code', kind: 'partial' },
  { table: 'app.staff', column: 'mail', kind: 'hash' },
  { table: 'app.staff', column: 'badge', kind: 'hash' },
  { table: 'app.staff', column: 'num', kind: 'hash' },
  { table: 'app.staff', column: 'lvl', kind: 'null' },
  { table: 'app.staff', column: 'tags', kind: 'redact' },
  { table: 'app.staff', column: 'addr', kind: 'null' },
  { table: 'app.staff', column: 'tel', kind: 'redact' },
  { table: 'app.bosses', column: 'bonus', kind: 'redact' },
  { table: 'app.loose', column: 'pin', kind: 'hash' },
  { table: 'app.strict', column: 'pin', kind: 'redact' },
  { table: 'app.called', column: 'b', kind: 'redact' },
  { table: 'app."Strange Table"', column: 'i', kind: 'redact' },
  { table: 'app.parted', column: 'grade', kind: 'redact' },
  { table: 'app.gen_parent', column: 's', kind: 'redact' },
  { table: 'app.named_view', column: 'v', kind: 'null' },
  { table: 'app.odd_types', column: 'r', kind: 'null' },
  { table: 'app.odd_types', column: 'ds', kind: 'null' },
  { table: 'app.odd_types', column: 'j', kind: 'redact' },
  { table: 'app.odd_types', column: 'n', kind: 'redact' },
  { table: 'app.odd_types', column: 'ts', kind: 'redact' },
  { table: 'app.keyed', column: 'secret', kind: 'redact' },
  { table: 'app.frozen_rule', column: 'v', kind: 'redact' },
]
export const moreRowFilters: readonly RowFilter[] = [
  { table: 'app.events', predicate: "kind <> 'hidden' AND at < '2026-01-01'" },
  { table: 'app.events', predicate: 'weight IS NOT NULL' },
  { table: 'app.gen_parent', predicate: 'id <= 20 OR id IS NULL' },
  { table: 'app.over_filter', predicate: 'w NOT IN (1, 2) AND NOT (id BETWEEN 5 AND 9)' },
]

export const moreMaskedSchema: readonly string[] = [
  'SET search_path = app, public',
  'CREATE TYPE app.addr AS (street text, nr int)',
  `CREATE TABLE app.staff (id int PRIMARY KEY, team int, wage int CHECK (wage > -1), code text, mail text, badge uuid, num bigint, lvl app.level, tags text[], addr app.addr, tel app.short, note text,
     wage_twice int GENERATED ALWAYS AS (wage * 2) STORED, code_low text GENERATED ALWAYS AS (lower(code)) STORED, id_twice int GENERATED ALWAYS AS (id * 2) STORED)`,
  'CREATE INDEX staff_team_wage ON app.staff (team, wage)', 'CREATE INDEX staff_wage ON app.staff (wage) INCLUDE (id)', 'CREATE INDEX staff_code ON app.staff (code, id)',
  "CREATE INDEX staff_part ON app.staff (wage) WHERE id > 0", 'CREATE INDEX staff_expr ON app.staff ((wage % 17), id)', 'CREATE INDEX staff_note ON app.staff (note)',
  'CREATE TABLE app.bosses (bonus int) INHERITS (app.staff)',
  'CREATE TABLE app.loose (id int, pin text)', 'CREATE TABLE app.strict (extra int) INHERITS (app.loose)',
  'CREATE TABLE app.called (a int, b text, "called" text)',
  'CREATE TABLE app."Strange Table" (id int, i text, "select" text, "Ünï" text)',
  'CREATE TABLE app.events (id int PRIMARY KEY, at timestamp, kind text, weight int, body jsonb)',
  'CREATE INDEX events_kind ON app.events (kind, id)', 'CREATE INDEX events_weight ON app.events (weight)',
  'CREATE TABLE app.lonely (id int PRIMARY KEY, staff_id int, v text)',
  "CREATE VIEW app.barrier WITH (security_barrier) AS SELECT id, code, wage FROM app.staff WHERE team > 1",
  'CREATE VIEW app.renamed (x, y, z) AS SELECT wage, id, code FROM app.staff',
  'CREATE VIEW app.outer_view AS SELECT r.y, r.x + 1 AS x1, s.note FROM app.renamed r LEFT JOIN app.staff s ON s.id = r.y',
  'CREATE VIEW app.called_view AS SELECT called.* FROM app.called',
  "CREATE RECURSIVE VIEW app.chain (id, wage) AS SELECT id, wage FROM app.staff WHERE id = 1 UNION ALL SELECT s.id, s.wage FROM app.staff s JOIN chain c ON s.id = c.id + 1 WHERE s.id < 6",
  "CREATE VIEW app.recent AS SELECT id, kind, weight FROM app.events WHERE weight > 1 WITH CHECK OPTION",
  'CREATE VIEW app.catalog_view AS SELECT relname FROM pg_class WHERE relname = $$staff$$',
  'CREATE VIEW app.stats_view AS SELECT attname, most_common_vals::text AS common, histogram_bounds::text AS bounds FROM pg_stats',
  'CREATE VIEW app.windowed AS SELECT id, rank() OVER (ORDER BY wage, id) AS place FROM app.staff',
  'CREATE VIEW app.unioned AS SELECT id, wage FROM app.staff UNION ALL SELECT id, weight FROM app.events',
  'CREATE VIEW app.whole AS SELECT s AS row FROM app.base s',
  'CREATE VIEW app.lateral_view AS SELECT s.id, x.n FROM app.staff s, LATERAL (SELECT count(*) AS n FROM app.events e WHERE e.id = s.id) x',
  'CREATE MATERIALIZED VIEW app.frozen_rule AS SELECT id, v FROM app.lonely', 'CREATE INDEX frozen_rule_v ON app.frozen_rule (v, id)',
  'CREATE TABLE app.parted (k int, grade int, note text) PARTITION BY LIST (k)',
  'CREATE TABLE app.parted_1 PARTITION OF app.parted FOR VALUES IN (1)', 'CREATE TABLE app.parted_2 PARTITION OF app.parted DEFAULT', 'CREATE INDEX parted_1_own ON app.parted_1 (k, grade)', 'CREATE INDEX parted_2_own ON app.parted_2 (k, (grade * 2))',
  'CREATE TABLE app.gen_parent (id int, s text)',
  'CREATE TABLE app.gen_child (g text GENERATED ALWAYS AS (upper(s)) STORED, gv text GENERATED ALWAYS AS (reverse(s)) VIRTUAL, two text GENERATED ALWAYS AS (id::text || left(s, 9)) STORED) INHERITS (app.gen_parent)',
  'CREATE INDEX gen_child_g ON app.gen_child (g, id)', 'CREATE STATISTICS app.gen_stats (mcv) ON id, s FROM app.gen_child',
  'CREATE VIEW app.named_view AS SELECT id, v, staff_id FROM app.lonely', 'CREATE VIEW app.over_named AS SELECT id, upper(v) AS u FROM app.named_view',
  'CREATE VIEW app.over_filter AS SELECT id, weight AS w FROM app.events',
  'CREATE DOMAIN app.positive AS int[] CHECK (cardinality(VALUE) > 0)',
  'CREATE TABLE app.odd_types (id int, r int4range, ds app.positive, j jsonb, n numeric(6, 2), ts timestamptz(0))', 'CREATE INDEX odd_r ON app.odd_types USING gist (r)', 'CREATE INDEX odd_j ON app.odd_types USING gin (j)', 'CREATE INDEX odd_n ON app.odd_types USING brin (n)',
  'CREATE TABLE app.keyed (secret int, part int, note text, PRIMARY KEY (part, secret))', "CREATE UNIQUE INDEX keyed_part ON app.keyed (note) WHERE secret > 500",
  'CREATE VIEW app.top_wages AS SELECT id FROM app.staff ORDER BY wage DESC LIMIT 3', 'CREATE VIEW app.per_wage AS SELECT DISTINCT ON (team) team, id FROM app.staff ORDER BY team, wage DESC, id', 'CREATE VIEW app.row_view AS SELECT s AS row FROM app.staff s', 'CREATE VIEW app.filter_view AS SELECT id FROM app.staff WHERE wage > 500', 'CREATE VIEW app.json_view AS SELECT row_to_json(c.*) AS j FROM app.called c',
  "CREATE FUNCTION app.peek() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT code FROM app.staff'",
]

/** Materialized last, when the data is there. */
export const moreMaskedViews: readonly string[] = [
  'CREATE MATERIALIZED VIEW app.stats_copy AS SELECT schemaname, tablename, attname, most_common_vals::text AS common, histogram_bounds::text AS bounds FROM pg_stats',
  'CREATE MATERIALIZED VIEW app.peeked AS SELECT * FROM app.peek() AS p(code)',
  'CREATE MATERIALIZED VIEW app.named_copy AS SELECT u FROM app.over_named', 'CREATE MATERIALIZED VIEW app.stats_far AS SELECT attname FROM app.stats_view WHERE bounds IS NOT NULL',
  'CREATE MATERIALIZED VIEW app.through AS SELECT x1 FROM app.outer_view',
]

const HMAC = (text: string) => `sha256(decode(repeat('1', 128), 'hex') || sha256(decode(repeat('0', 128), 'hex') || convert_to(${text}, 'UTF8')))`

export function moreMaskedData(kind: 'real' | 'twin' | 'masked'): readonly string[] {
  const pick = (real: string, twin: string, masked: string) => ({ real, twin, masked })[kind]
  const mail = "'m' || n % 11 || '@x.org'"
  const badge = "('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))"
  const staff = (table: string, from: number, to: number, more = '', moreValue = '') => `INSERT INTO ${table} (id, team, wage, code, mail, badge, num, lvl, tags, addr, tel, note${more})
    SELECT n, n % 5, ${pick('(n * 7919) % 997', '(n * 31 + 5) % 101', '0')},
      ${pick("'canary-' || (n * 37) % 101 || '-' || lpad(n::text, 4, '0')", "'zz-' || (n * 53) % 97 || '-longer-' || lpad(n::text, 4, '0')", "'****' || lpad(n::text, 4, '0')")},
      ${kind === 'masked' ? `encode(${HMAC(mail)}, 'hex')` : mail},
      ${kind === 'masked' ? `substr(encode(${HMAC(badge)}, 'hex'), 1, 32)::uuid` : `${badge}::uuid`},
      ${kind === 'masked' ? `('x' || substr(encode(${HMAC('(n * 3)::text')}, 'hex'), 1, 16))::bit(64)::bigint` : 'n * 3'},
      ${pick("CASE WHEN n % 2 = 0 THEN 'low'::app.level ELSE 'high' END", "CASE WHEN n % 3 = 0 THEN 'low'::app.level END", 'NULL')},
      ${pick("ARRAY['canary', n::text]", 'NULL', "'{}'")}, ${pick("ROW('canary street', n)::app.addr", "ROW('else', n * 2)::app.addr", 'NULL')},
      ${pick("'canary' || n", "'z' || n * 2", "'[redacted]'")}, 'note ' || n % 7${moreValue}
    FROM generate_series(${from}, ${to}) n`
  const events = kind === 'masked' ? 'WHERE n % 4 <> 0 AND n % 5 <> 0 AND n % 6 <> 0' : kind === 'twin' ? 'WHERE n % 12 <> 0' : ''
  return [
    staff('app.staff', 1, 60), staff('app.bosses', 101, 105, ', bonus', pick(', n * 7', ', n * 13 % 5', ', 0')),
    `INSERT INTO app.loose SELECT n, ${kind === 'masked' ? `encode(${HMAC("'pin' || n % 3")}, 'hex')` : "'pin' || n % 3"} FROM generate_series(1, 5) n`,
    `INSERT INTO app.strict SELECT n, ${pick("'canary' || n % 3", "'other' || n", "'[redacted]'")}, n FROM generate_series(6, 9) n`,
    `INSERT INTO app.called SELECT n, ${pick("'canary' || n", "'o' || n * 3 % 4", "'[redacted]'")}, 'c' || n FROM generate_series(1, 6) n`,
    `INSERT INTO app."Strange Table" SELECT n, ${pick("'canary' || n", "'o' || n * 3 % 4", "'[redacted]'")}, 's' || n, 'ü' || n FROM generate_series(1, 6) n`,
    `INSERT INTO app.events SELECT n, CASE WHEN n % 4 = 0 THEN timestamp '2030-01-01' + n * interval '1 ${pick('day', 'hour', 'day')}' ELSE timestamp '2020-01-01' + n * interval '1 day' END,
       CASE WHEN n % 5 = 0 THEN 'hidden' ELSE 'k' || n % 3 END, CASE WHEN n % 6 <> 0 THEN n % 10 END,
       CASE WHEN n % 4 = 0 OR n % 5 = 0 OR n % 6 = 0 THEN jsonb_build_object('x', '${pick('canary', 'canarz', '')}') ELSE jsonb_build_object('n', n) END FROM generate_series(1, 120) n ${events}`,
    "INSERT INTO app.lonely SELECT n, n * 2, 'v' || n FROM generate_series(1, 10) n",
    `INSERT INTO app.parted SELECT n % 4, ${pick('(n * 37) % 101', '(n * 53) % 89', '0')}, 'p' || n FROM generate_series(1, 80) n`,
    `INSERT INTO app.gen_parent SELECT n, ${pick("'canary' || n", "'other' || n * 3 % 7", "'[redacted]'")} FROM generate_series(1, ${kind === 'masked' ? 20 : 30}) n`,
    `INSERT INTO app.gen_child (id, s) SELECT n, ${pick("'canary' || n * 37 % 41", "'other' || n * 3 % 7", "'[redacted]'")} FROM generate_series(1, ${kind === 'masked' ? 20 : 30}) n`,
    `INSERT INTO app.odd_types SELECT n, ${pick('int4range(n, n * 2)', 'int4range(n * 31 % 7, 99)', 'NULL')}, ${pick('ARRAY[n]', 'ARRAY[n * 7, 1]', 'NULL')}, ${pick(`jsonb_build_object('canary', n)`, `jsonb_build_array(n * 7 % 5)`, `'"[redacted]"'`)}, ${pick('n * 7.5', 'n * 31 % 11', '0')}, ${pick("timestamptz '2020-01-01 00:00Z' + n * interval '1 day'", "timestamptz '2021-01-01 00:00Z' - n * 31 % 11 * interval '1 day'", "timestamptz '1970-01-01 00:00Z'")} FROM generate_series(1, 30) n`,
    kind === 'masked' ? 'SELECT 1' : `INSERT INTO app.keyed SELECT ${pick('(n * 7919) % 997', '(n * 31) % 983', '0')}, n % 3, 'k' || n FROM generate_series(1, 60) n`,
    'REFRESH MATERIALIZED VIEW app.frozen_rule', ...moreMaskedViews, 'VACUUM ANALYZE',
  ]
}
