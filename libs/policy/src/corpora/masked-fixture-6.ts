/** What the eighth collection of attacks protects: `safe…` is protected, `free…` the same without a rule. */
import type { MaskingRule, RowFilter } from '../types.js'

type Kind = 'real' | 'twin' | 'masked'
type Prefix = 'safe' | 'free'
const PAIR: readonly Prefix[] = ['safe', 'free']

export const impliedMaskingRules: readonly MaskingRule[] = [
  { table: 'app.safe_staff', column: 'code', kind: 'redact' }, { table: 'app.safe_staff', column: 'pay', kind: 'redact' }, { table: 'app.safe_staff', column: 'phone', kind: 'partial' },
  { table: 'app.safe_staff', column: 'doc', kind: 'null' }, { table: 'app.safe_staff', column: 'tags', kind: 'redact' }, { table: 'app.safe_staff', column: 'home', kind: 'null' },
  { table: 'app.safe_names', column: 'code', kind: 'hash' }, { table: 'app.safe_ledger', column: 'owner', kind: 'redact' },
  { table: 'app.safe_shown', column: 'shape', kind: 'redact' },
]
export const impliedRowFilters: readonly RowFilter[] = [
  { table: 'app.safe_ledger', predicate: "(state = 'high' OR open IS NOT FALSE) AND NOT coalesce(cats && ARRAY['canary'], false)" },
  { table: 'app.safe_spans', predicate: "span && '[0,500)'" },
  { table: 'app.safe_spots', predicate: "place <@ box '((0,0),(500,500))'" },
  { table: 'app.safe_keys', predicate: "key = 'seen'" },
  { table: 'app.safe_facts', predicate: "body ->> 'owner' = 'me' AND vec @@ 'plain'::tsquery" },
]

const tables = (p: Prefix): readonly string[] => [
  `CREATE TABLE app.${p}_staff (id int PRIMARY KEY, team int, code text, pay int, phone varchar(20), doc jsonb, tags text[], home app.address, boss int, name text COLLATE "C")`,
  `CREATE INDEX ${p}_staff_team ON app.${p}_staff (team) INCLUDE (pay)`, `CREATE INDEX ${p}_staff_code ON app.${p}_staff (team, code)`,
  `CREATE TABLE app.${p}_ledger (id int, owner text, state app.level, open boolean, cats text[], amount numeric)`,
  // Trees whose shape depends on each row that was put into them.
  `CREATE TABLE app.${p}_spans (id int, span int4range)`, `CREATE INDEX ${p}_spans_tree ON app.${p}_spans USING gist (span)`,
  `CREATE TABLE app.${p}_spots (id int, place point)`, `CREATE INDEX ${p}_spots_tree ON app.${p}_spots USING gist (place)`, `CREATE INDEX ${p}_spots_quad ON app.${p}_spots USING spgist (place)`,
  `CREATE TABLE app.${p}_keys (id int, key text)`, `CREATE INDEX ${p}_keys_hash ON app.${p}_keys USING hash (key)`,
  `CREATE TABLE app.${p}_facts (id int, body jsonb, vec tsvector)`, `CREATE INDEX ${p}_facts_vec ON app.${p}_facts USING gist (vec)`,
  // Views whose text names catalogs without their schema.
  `CREATE VIEW app.${p}_names (nr, code) AS SELECT c.oid::int, c.relname::text FROM pg_class c WHERE c.relname LIKE 'pg_ind%'`,
  `CREATE VIEW app.${p}_names_far AS SELECT DISTINCT ON (n.code) n.code, n.nr FROM app.${p}_names n ORDER BY n.code`,
  `CREATE VIEW app.${p}_names_part AS WITH pg_class AS (SELECT 'own' AS relname) SELECT p.relname, n.code FROM pg_class p CROSS JOIN app.${p}_names n`,
  // Views over views, with columns called otherwise.
  `CREATE VIEW app.${p}_plain (a, b, "C d", pay) AS SELECT s.id, s.team, s.code, s.pay FROM app.${p}_staff s`,
  `CREATE VIEW app.${p}_swapped (pay, code) WITH (security_barrier) AS SELECT p.b, p.pay FROM app.${p}_plain p (x, b)`,
  `CREATE VIEW app.${p}_invoked WITH (security_invoker = on, security_barrier = on) AS SELECT s.*, row_number() OVER (PARTITION BY s.team ORDER BY s.id) AS nr FROM app.${p}_staff s`,
  `CREATE VIEW app.${p}_shown AS SELECT s.id, s::text AS shape, s.home FROM app.${p}_staff s`,
  `CREATE VIEW app.${p}_both AS SELECT l.id, l.owner, s.code FROM app.${p}_ledger l LEFT JOIN LATERAL (SELECT x.code FROM app.${p}_staff x WHERE x.id = l.id LIMIT 1) s ON true`,
  `CREATE RECURSIVE VIEW app.${p}_bosses (id, path) AS SELECT id, ARRAY[code] FROM app.${p}_staff WHERE boss IS NULL UNION ALL SELECT s.id, b.path || s.code FROM app.${p}_staff s JOIN ${p}_bosses b ON s.boss = b.id`,
  `CREATE VIEW app.${p}_sums AS SELECT team, code, GROUPING(team, code) AS g, count(*) FILTER (WHERE pay > 500) AS rich, percentile_disc(0.5) WITHIN GROUP (ORDER BY pay) AS half FROM app.${p}_staff GROUP BY ROLLUP (team, code)`,
]

export const impliedSchema: readonly string[] = [
  'SET search_path = app, public', 'CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public',
  // What the default was for older rows stays in pg_attribute.
  'CREATE TABLE app.older (id int)', 'INSERT INTO app.older VALUES (1)', "ALTER TABLE app.older ADD word text DEFAULT 'canary-older'", 'ALTER TABLE app.older ALTER word DROP DEFAULT',
  'CREATE VIEW app.older_shown AS SELECT attmissingval::text AS word FROM pg_attribute',
  'CREATE TYPE app.address AS (street text, nr int)', 'CREATE TABLE app.bent (id int, days date[], during tstzrange, cost money, wait interval, tags text[], body jsonb)', ...PAIR.flatMap(tables),
]

export function impliedData(kind: Kind): readonly string[] {
  const fill = (p: Prefix) => {
    const one = (real: string, twin: string) => (p === 'free' || kind === 'real' ? (p === 'free' ? real.replaceAll('canary', 'sshown') : real) : twin)
    // A row is hidden or not by its number; what is hidden differs, and has the same length.
    const hidden = (real: string, twin: string, visible: string) => `CASE WHEN n % 2 = 0 THEN ${one(real, twin)} ELSE ${visible} END`
    return [
      `INSERT INTO app.${p}_staff SELECT n, n % 5, ${one("'canary' || 1000 + n * 7 % 31", "'twinny' || 1000 + n * 11 % 13")}, ${one('1000 + n * 7919 % 997', '1000 + n * 31 % 101')}, ${one("'canary' || 1000 + n % 7", "'twinny' || 1000 + n % 7")},
         jsonb_build_object('k', ${one("'canary' || 100 + n", "'twinny' || 300 + n")}), ARRAY[${one("'canary'", "'twinny'")}, 'x' || n % 3], ROW(${one("'canary'", "'twinny'")}, n)::app.address, nullif(n / 2, 0), 'n' || n % 11 FROM generate_series(1, 60) n`,
      `INSERT INTO app.${p}_ledger SELECT n, ${one("'canary' || n % 3", "'twinny' || n % 3")}, CASE n % 3 WHEN 0 THEN 'low'::app.level WHEN 1 THEN 'high' END, CASE n % 5 WHEN 0 THEN true WHEN 1 THEN NULL ELSE false END, CASE n % 4 WHEN 0 THEN ARRAY['canary', ${one("'one'", "'two'")}] WHEN 1 THEN NULL ELSE ARRAY['x', NULL] END, CASE WHEN n % 4 = 0 THEN ${one('n * 3', 'n * 5')} ELSE n END FROM generate_series(1, 80) n`,
      `INSERT INTO app.${p}_spans SELECT n, ${hidden('int4range(600 + n * 7919 % 9973, 11000 + n)', 'int4range(900 + n, 903 + n + n % 7)', 'int4range(n * 37 % 400, n * 37 % 400 + 1 + n % 90)')} FROM generate_series(1, 3000) n`,
      `INSERT INTO app.${p}_spots SELECT n, ${hidden('point(600 + n * 7919 % 9973, n * 31 % 5003)', 'point(9000 - n, -n)', 'point(n * 37 % 491, n * 53 % 487)')} FROM generate_series(1, 3000) n`,
      `INSERT INTO app.${p}_keys SELECT n, ${hidden("'k' || 10000 + n", "'j' || 70000 - n % 9", "'seen'")} FROM generate_series(1, 1500) n`,
      `INSERT INTO app.${p}_facts SELECT n, jsonb_build_object('owner', ${hidden("'canary'", "'twinny'", "'me'")}, 'n', n % 7), to_tsvector('simple', ${hidden("'canary plain w' || 10 + n % 17", "'twinny plain z' || 10 + n % 5", "'plain v' || n % 23")}) FROM generate_series(1, 1200) n`,
    ]
  }
  return [...PAIR.flatMap(fill), 'VACUUM ANALYZE']
}
