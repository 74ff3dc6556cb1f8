/** A database to write to under masks and a row filter; its twin differs only in what they hide. */
import type { MaskingRule, RowFilter } from '../types.js'

export const writeMaskingRules: readonly MaskingRule[] = [
  ...['ssn', 'salary', 'tags'].map((column) => ({ table: 'w.people', column, kind: 'redact' as const })),
  { table: 'w.people', column: 'email', kind: 'null' }, { table: 'w.people', column: 'phone', kind: 'partial' }, { table: 'w.people', column: 'pet', kind: 'hash' }, { table: 'w.people', column: 'addr', kind: 'null' },
  { table: 'w.members', column: 'secret', kind: 'redact' }, { table: 'w.pay', column: 'base', kind: 'redact' }, { table: 'w.grades', column: 'grade', kind: 'redact' },
  { table: 'w.boxes', column: 'm', kind: 'redact' }, { table: 'w.uniq', column: 'pin', kind: 'redact' }, { table: 'w.vip', column: 'pin', kind: 'redact' }, { table: 'w.nulls', column: 'pin', kind: 'null' },
  { table: 'w.part_uniq', column: 'm', kind: 'redact' }, { table: 'w.excl', column: 'r', kind: 'null' }, { table: 'w.expr', column: 'm', kind: 'redact' }, { table: 'w.old_check', column: 'm', kind: 'redact' }, { table: 'w.dflt', column: 'pin', kind: 'redact' },
  { table: 'w.long_keys', column: 'm', kind: 'redact' }, { table: 'w.refers', column: 'item_id', kind: 'redact' }, { table: 'w.parts', column: 'm', kind: 'redact' }, { table: 'w.named', column: 'secret', kind: 'redact' },
  { table: 'w.through', column: 'v', kind: 'hash' }, { table: 'w.low', column: 'g', kind: 'hash' }, { table: 'w.hot', column: 'm', kind: 'redact' },
]
export const writeRowFilters: readonly RowFilter[] = [{ table: 'w.orders', predicate: "region = 'eu'" }]

export const writeSchema: readonly string[] = [
  'CREATE SCHEMA w', 'CREATE SCHEMA aside', 'SET search_path = w, public', "CREATE TYPE w.level AS ENUM ('low', 'high')", 'CREATE TYPE w.addr AS (street text, nr int)', 'CREATE DOMAIN w.short AS varchar(5)', 'CREATE DOMAIN w.positive AS int CHECK (VALUE > 0)',
  `CREATE TABLE w.people (id serial PRIMARY KEY, name text NOT NULL CHECK (length(name) > 0), team int, ssn varchar(11), salary int, email text UNIQUE, phone text, pet text, tags text[], addr w.addr, note text, born date DEFAULT '2000-01-01')`,
  'CREATE TABLE w.members (id int PRIMARY KEY, secret text, note text, n int DEFAULT 7)', 'CREATE TABLE w.badges (id int PRIMARY KEY, member_id int REFERENCES w.members ON DELETE CASCADE)',
  'CREATE TABLE w.pay (id int PRIMARY KEY, base int, bonus int, note text, CHECK (bonus < base))',
  'CREATE TABLE w.grades (id int PRIMARY KEY, team int, grade int, note text)', 'CREATE INDEX grades_team ON w.grades (team, grade)',
  'CREATE TABLE w.boxes (id int PRIMARY KEY, x int, m int, g int GENERATED ALWAYS AS (x * m) STORED, note text)',
  'CREATE TABLE w.uniq (id int PRIMARY KEY, team int, pin int, UNIQUE (team, pin))', 'CREATE TABLE w.vip (pin int PRIMARY KEY, label text)', 'CREATE TABLE w.vip_use (id int PRIMARY KEY, pin int REFERENCES w.vip)',
  'CREATE TABLE w.nulls (id int PRIMARY KEY, team int, pin int, UNIQUE NULLS NOT DISTINCT (team, pin))', 'CREATE TABLE w.part_uniq (id int PRIMARY KEY, x int, m int)', 'CREATE UNIQUE INDEX part_uniq_x ON w.part_uniq (x) WHERE m > 500',
  'CREATE TABLE w.excl (id int PRIMARY KEY, r int4range, EXCLUDE USING gist (r WITH &&))', 'CREATE TABLE w.expr (id int PRIMARY KEY, x int, m int)', 'CREATE INDEX expr_x ON w.expr ((100 / (x - m + 100000)))',
  'CREATE TABLE w.old_check (id int PRIMARY KEY, m int, note text)', 'CREATE TABLE w.dflt (id int PRIMARY KEY, pin int DEFAULT 7 UNIQUE)', 'CREATE TABLE w.long_keys (id int PRIMARY KEY, x text, m text)', 'CREATE INDEX long_keys_xm ON w.long_keys (x, m)',
  'CREATE TABLE w.orders (id int PRIMARY KEY, person_id int REFERENCES w.people, region text, amount int)', 'CREATE TABLE w.order_notes (id int PRIMARY KEY, order_id int REFERENCES w.orders, note text)',
  "CREATE TABLE w.items (id serial PRIMARY KEY, label text, qty int DEFAULT 1, price numeric(8,2), level w.level DEFAULT 'low', at timestamptz, doc jsonb, arr int[], dom w.short, pos w.positive, iv interval, code varchar(5), flag bool, c bpchar(3))",
  'CREATE TABLE w.lines (id int PRIMARY KEY, item_id int REFERENCES w.items ON DELETE CASCADE, note text)', 'CREATE TABLE w.refers (id int PRIMARY KEY, item_id int REFERENCES w.items)', 'CREATE TABLE w.log (id serial, note text)', 'CREATE TABLE w.wide (a int, b text, "Mixed Case" text, "select" int)',
  'CREATE TABLE w.seen_through (id int, v text)', 'CREATE VIEW w.through_it AS SELECT * FROM w.seen_through', 'CREATE VIEW w.through AS SELECT id, v FROM w.through_it', 'CREATE TABLE w.low (id int PRIMARY KEY, v text, g text GENERATED ALWAYS AS (lower(v)) STORED)',
  'CREATE TABLE w.hot (id int PRIMARY KEY, m int, note text)', 'CREATE INDEX hot_m ON w.hot (m)',
  'CREATE TABLE w.ident (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)', 'CREATE TABLE w.named (named int, secret text, id int PRIMARY KEY)',
  'CREATE TABLE w.audited (id int, v text)', 'CREATE TABLE w.ruled (id int, v text)', 'CREATE RULE shows AS ON INSERT TO w.ruled DO ALSO INSERT INTO w.log (note) SELECT ssn FROM w.people', 'CREATE VIEW w.viewed AS SELECT id, note FROM w.items, (SELECT 1) AS x (note) WHERE false', 'CREATE VIEW w.plain_view AS SELECT id, label FROM w.items',
  'CREATE TABLE w.parts (k int, m int, note text) PARTITION BY LIST (k)', 'CREATE TABLE w.parts_1 PARTITION OF w.parts FOR VALUES IN (1)', 'CREATE TABLE w.told (id int, q text DEFAULT current_query())', 'CREATE MATERIALIZED VIEW w.frozen AS SELECT id FROM w.items',
  'CREATE FUNCTION w.peek(n int) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT NOT EXISTS (SELECT FROM w.people WHERE salary = n) $$', 'CREATE FUNCTION w.copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO w.log (note) SELECT ssn FROM w.people; RETURN NEW; END $$',
  'CREATE TRIGGER shows BEFORE INSERT OR UPDATE OR DELETE ON w.audited FOR EACH ROW EXECUTE FUNCTION w.copy()', 'CREATE TABLE w.peeking (id int CHECK (w.peek(id)))', 'CREATE DOMAIN w.peeked AS int CHECK (w.peek(VALUE))', 'CREATE TABLE w.domained (id int, p w.peeked)',
  'CREATE TABLE w.cascaded (id int PRIMARY KEY, audited int)', 'CREATE TABLE w.casc_audited (id int, up int REFERENCES w.cascaded ON DELETE CASCADE)', 'CREATE TRIGGER shows AFTER DELETE ON w.casc_audited FOR EACH ROW EXECUTE FUNCTION w.copy()',
]

export function writeData(kind: 'real' | 'twin'): readonly string[] {
  // As long in both, so that rows lie where they lie.
  const pick = (real: string, twin: string) => (kind === 'real' ? real : twin)
  return [
    `INSERT INTO w.people (name, team, ssn, salary, email, phone, pet, tags, addr, note) SELECT 'name ' || n, n % 4, ${pick("'canary-' || lpad(n::text, 4, '0')", "'secret-' || lpad((n * 7 % 31)::text, 4, '0')")}, ${pick('1000 + n * 7919 % 997', '1000 + n * 31 % 991')},
       ${pick("'canary' || lpad(n::text, 3, '0')", "'hidden' || lpad((999 - n)::text, 3, '0')")}, ${pick("'canary'", "'hidden'")} || '-' || lpad(n::text, 4, '0'), 'pet ' || n % 3, ARRAY[${pick("'canary'", "'hidden'")}], ROW(${pick("'canary'", "'hidden'")}, n)::w.addr, 'note ' || n FROM generate_series(1, 30) n`,
    `INSERT INTO w.members SELECT n, ${pick("'canary' || n % 10", "'hidden' || n * 3 % 10")}, 'm' || n FROM generate_series(1, 20) n`, 'INSERT INTO w.badges SELECT n, n FROM generate_series(1, 5) n',
    `INSERT INTO w.pay SELECT n, ${pick('100 + n * 37 % 89', '100 + n * 53 % 83')}, n, 'p' FROM generate_series(1, 20) n`, `INSERT INTO w.grades SELECT n, n % 3, ${pick('n * 37 % 89', 'n * 53 % 83')}, 'g' FROM generate_series(1, 30) n`,
    `INSERT INTO w.boxes (id, x, m, note) SELECT n, n, ${pick('1000 + n', '9000 - n')}, 'b' FROM generate_series(1, 10) n`,
    `INSERT INTO w.uniq SELECT n, n % 3, ${pick('100 + n', '200 + n')} FROM generate_series(1, 10) n`, `INSERT INTO w.vip SELECT ${pick('100 + n', '200 + n')}, 'v' || n FROM generate_series(1, 10) n`, 'INSERT INTO w.vip_use VALUES (1, NULL)',
    `INSERT INTO w.nulls VALUES (1, 1, ${pick('NULL', '5')})`, `INSERT INTO w.part_uniq VALUES (1, 1, ${pick('600', '400')}), (2, 2, 1)`, `INSERT INTO w.excl VALUES (1, ${pick("'[1,5)'", "'[11,15)'")})`, `INSERT INTO w.expr VALUES (1, 1, ${pick('7', '9')})`,
    `INSERT INTO w.old_check VALUES (1, ${pick('-5', '5')}, 'x')`, 'ALTER TABLE w.old_check ADD CONSTRAINT late CHECK (m > 0) NOT VALID', `INSERT INTO w.hot VALUES (1, ${pick('7', '8')})`, `INSERT INTO w.dflt VALUES (1, ${pick('7', '8')})`, `INSERT INTO w.long_keys VALUES (1, 'x', ${pick("repeat('x', 10)", "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 40) n)")})`,
    `INSERT INTO w.orders SELECT n, 1 + n % 30, 'eu', n FROM generate_series(1, 20) n`, `INSERT INTO w.orders SELECT n, 1 + n % ${pick('7', '11')}, 'us', ${pick('0', '77')} FROM generate_series(101, ${pick('110', '109')}) n`, 'INSERT INTO w.order_notes VALUES (1, 5, $$x$$)',
    "INSERT INTO w.items (label, price) SELECT 'item ' || n, n * 1.5 FROM generate_series(1, 20) n", 'INSERT INTO w.lines SELECT n, n, $$line$$ FROM generate_series(1, 10) n', `INSERT INTO w.refers VALUES (1, ${pick('11', '12')})`, "INSERT INTO w.wide VALUES (1, 'a', 'b', 2)", "INSERT INTO w.ident (v) VALUES ('a')",
    `INSERT INTO w.named VALUES (5, ${pick("'canary'", "'hidden'")}, 1)`, 'INSERT INTO w.cascaded VALUES (1, 1)', 'INSERT INTO w.casc_audited VALUES (1, 1)', `INSERT INTO w.parts VALUES (1, ${pick('1', '2')}, 'x')`, "INSERT INTO w.audited VALUES (1, 'x')",
    'DELETE FROM w.log', 'SELECT setval($$w.people_id_seq$$, 100), setval($$w.items_id_seq$$, 100), setval($$w.log_id_seq$$, 100), setval($$w.ident_id_seq$$, 100)', 'VACUUM ANALYZE',
  ]
}
