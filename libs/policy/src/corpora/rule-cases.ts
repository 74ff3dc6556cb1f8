/**
 * Statements by the rule that refuses them, under policies with table lists and statement rules on the fixture database.
 * `ok` rows are what must pass: they stand beside the trick that looks like them.
 */
import type { Policy, Rule } from '../types.js'

type Rules = Pick<Policy, 'accessMode' | 'statementRules' | 'tableAllowlist' | 'tableDenylist' | 'maskingRules' | 'rowFilters' | 'maxRows' | 'maxAffectedRows'>

export const casePolicies = {
  reader: { accessMode: 'read_only' },
  writer: { accessMode: 'read_write' },
  noSalaries: { accessMode: 'read_only', tableDenylist: ['salaries'] },
  onlyTeams: { accessMode: 'read_only', tableAllowlist: ['public.teams', '"Team Notes"', 'measures', 'pay_view'] },
  schemaButOne: { accessMode: 'read_only', tableAllowlist: ['public.*'], tableDenylist: ['PUBLIC.Salaries'] },
  noPay: { accessMode: 'read_only', tableDenylist: ['pay.*', 'measures_secret'] },
  selectOnly: { accessMode: 'read_only', statementRules: { allow: ['select'] } },
  noExplain: { accessMode: 'read_only', statementRules: { deny: ['explain', 'set'] } },
  liftingNothing: { accessMode: 'read_only', statementRules: { allow: ['select', 'insert', 'ddl'] } },
  denyWins: { accessMode: 'read_write', statementRules: { allow: ['select', 'insert', 'update'], deny: ['update'] } },
  insertOnly: { accessMode: 'read_write', statementRules: { allow: ['insert'] } },
  noDelete: { accessMode: 'read_write', statementRules: { deny: ['delete'] } },
  noDdl: { accessMode: 'read_write', statementRules: { deny: ['ddl'] } },
  teamWriter: { accessMode: 'read_write', tableAllowlist: ['teams', '"Team Notes"', 'salaries'], tableDenylist: ['salaries'] },
  broken: { accessMode: 'read_only', tableDenylist: ['bonus', 'salaries'] },
  masked: { accessMode: 'read_only', maskingRules: [{ table: 'app.customers', column: 'ssn', kind: 'redact' }] },
  filtered: { accessMode: 'read_only', rowFilters: [{ table: 'app.orders', predicate: "status = 'paid'" }] },
  maskedWriter: { accessMode: 'read_write', maskingRules: [{ table: 'app.customers', column: 'ssn', kind: 'null' }] },
  balanceWriter: { accessMode: 'read_write', maskingRules: [{ table: 'app.accounts', column: 'balance', kind: 'redact' }] },
  paidWriter: { accessMode: 'read_write', rowFilters: [{ table: 'app.orders', predicate: "status = 'paid'" }] },
  maskMissing: { accessMode: 'read_only', maskingRules: [{ table: 'app.customers', column: 'iban', kind: 'redact' }] },
  maskUnfit: { accessMode: 'read_only', maskingRules: [{ table: 'app.customers', column: 'id', kind: 'partial' }] },
  filterBroken: { accessMode: 'read_only', rowFilters: [{ table: 'app.orders', predicate: '(SELECT true)' }] },
  tenWrites: { accessMode: 'read_write', maxAffectedRows: 10 },
  tenRows: { accessMode: 'read_write', maxRows: 10 },
  brokenSchema: { accessMode: 'read_write', tableAllowlist: ['payroll.*'] },
} as const satisfies Record<string, Rules>
export type CasePolicy = keyof typeof casePolicies

export interface RuleCase {
  readonly policy: CasePolicy
  readonly rule: Rule | 'ok'
  readonly sql: string
  /** The oldest server that knows it. */
  readonly sinceMajor?: number
  readonly sqlState?: string
}

const of = (policy: CasePolicy, rule: Rule | 'ok', statements: readonly (string | { readonly sql: string; readonly sinceMajor: number })[]): RuleCase[] =>
  statements.map((one) => (typeof one === 'string' ? { policy, rule, sql: one } : { policy, rule, ...one }))

export const ruleCases: readonly RuleCase[] = [
  // ── tables that are denied, by whatever name ──
  ...of('noSalaries', 'table_denied', [
    `SELECT * FROM salaries`, `SELECT * FROM public.salaries`, `SELECT * FROM "public"."salaries"`, `SELECT * FROM SALARIES`, `SELECT * FROM Public.Salaries`, `SELECT * FROM U&"s\\0061laries"`,
    `TABLE salaries`, `TABLE ONLY public.salaries`, `SELECT count(*) FROM ONLY salaries`, `SELECT * FROM salaries AS teams`, `SELECT 1 FROM salaries TABLESAMPLE SYSTEM (100)`,
    `COPY salaries TO STDOUT`, `COPY public.salaries (who) TO STDOUT (FORMAT csv)`, `COPY (SELECT * FROM salaries) TO STDOUT`, `COPY (TABLE salaries) TO STDOUT`,
    `DECLARE c CURSOR FOR SELECT * FROM salaries`, `BEGIN; DECLARE c CURSOR FOR SELECT * FROM salaries; FETCH ALL FROM c`, `PREPARE p AS SELECT * FROM salaries`, `PREPARE p AS SELECT who FROM teams t, salaries s WHERE t.id = $1`, `EXECUTE p((SELECT amount FROM salaries LIMIT 1))`,
    `EXPLAIN SELECT * FROM salaries`, `EXPLAIN ANALYZE SELECT * FROM salaries`, `EXPLAIN (ANALYZE, FORMAT json) SELECT * FROM salaries`, `EXPLAIN DECLARE c CURSOR FOR TABLE salaries`,
    `SELECT id FROM teams WHERE EXISTS (SELECT FROM salaries)`, `SELECT (SELECT who FROM salaries LIMIT 1)`, `SELECT id FROM teams ORDER BY (SELECT max(amount) FROM salaries)`, `SELECT id FROM teams LIMIT (SELECT count(*) FROM salaries)`,
    `SELECT id FROM teams WHERE id IN (SELECT id FROM salaries)`, `SELECT ARRAY(SELECT who FROM salaries)`, `SELECT t.id FROM teams t JOIN salaries s USING (id)`, `SELECT t.id FROM teams t NATURAL JOIN salaries`, `SELECT t.id FROM teams t, LATERAL (SELECT * FROM salaries s WHERE s.id = t.id) x`,
    `WITH s AS (SELECT * FROM salaries) SELECT * FROM s`, `WITH salaries AS (SELECT * FROM salaries) SELECT * FROM salaries`, `WITH RECURSIVE r AS (SELECT id FROM salaries UNION SELECT id FROM r) SELECT * FROM r`,
    `SELECT id FROM teams UNION SELECT id FROM salaries`, `(SELECT 1) EXCEPT (SELECT id FROM salaries)`, `VALUES ((SELECT who FROM salaries LIMIT 1))`, `SELECT row_to_json(s) FROM salaries s`, `SELECT s::text FROM salaries s`, `SELECT s FROM salaries AS s(a, b, c)`, `SELECT (s).who FROM salaries s`,
    `SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM salaries)) FROM teams`, `SELECT sum(size) OVER (ORDER BY (SELECT min(amount) FROM salaries)) FROM teams`, `SELECT CASE WHEN (SELECT amount FROM salaries LIMIT 1) > 50 THEN 1 END`, `SELECT jsonb_agg(x) FROM (SELECT * FROM public.salaries) x`,
    `SELECT * FROM generate_series(1, (SELECT max(amount) FROM salaries))`, `SELECT * FROM ROWS FROM (unnest(ARRAY(SELECT who FROM salaries)))`, `SELECT * FROM xmltable('/a' PASSING (SELECT xmlelement(name a, who) FROM salaries LIMIT 1) COLUMNS b text PATH '.')`,
    { sql: `SELECT * FROM json_table((SELECT jsonb_agg(who) FROM salaries), '$[*]' COLUMNS (a text PATH '$'))`, sinceMajor: 17 }, { sql: `SELECT json_array(SELECT who FROM salaries)`, sinceMajor: 16 },
    // views and copies of it, and its children
    `SELECT * FROM pay_view`, `SELECT * FROM pay_view_twice`, `SELECT 1 FROM public.pay_view_twice v`, `COPY pay_copy TO STDOUT`, `SELECT * FROM pay_copy`, `SELECT * FROM salaries_old`, `SELECT * FROM ONLY salaries_old`, `SELECT left_at FROM public.salaries_old`,
    `SELECT 1; SELECT * FROM salaries`, `SELECT * FROM teams; SELECT * FROM pay_view`,
  ]),
  ...of('noSalaries', 'ok', [
    `SELECT * FROM teams`, `SELECT * FROM app.accounts`, `SELECT 'salaries'`, `SELECT * FROM "Team Notes"`, `SELECT * FROM team_view`, `WITH salaries AS (SELECT 1 AS who) SELECT who FROM salaries`, `SELECT salaries.id FROM teams AS salaries`,
    `SELECT relname FROM pg_class WHERE relname = 'salaries'`, `SELECT 'salaries'::regclass`, `SELECT pg_get_viewdef('pay_view'::regclass)`, `SELECT column_name FROM information_schema.columns WHERE table_name = 'salaries'`, `SELECT * FROM pay.bonus`, `SELECT * FROM pay.teams`, `COPY teams TO STDOUT`,
    `SELECT stxname FROM pg_statistic_ext`, `SELECT loid FROM pg_largeobject_metadata AS m(loid)`, `SELECT * FROM pg_stat_user_tables`,
  ]),
  // what reads any table without naming it
  ...of('noSalaries', 'side_effect_function', [
    `SELECT query_to_xml('SELECT * FROM salaries', true, true, '')`, `SELECT table_to_xml('salaries', true, true, '')`, `SELECT schema_to_xml('public', true, true, '')`, `SELECT database_to_xml(true, true, '')`, `SELECT cursor_to_xml('c', 9, true, true, '')`,
    `SELECT * FROM ts_stat('SELECT to_tsvector(who) FROM salaries')`, `SELECT ts_rewrite('a'::tsquery, 'SELECT who::tsquery, who::tsquery FROM salaries')`, `SELECT * FROM crosstab('SELECT id, who, amount FROM salaries') AS t(a int, b int)`,
    `SELECT * FROM xpath_table('id', 'who', 'salaries', '/a', 'true') AS t(a int, b text)`, `SELECT * FROM dblink('dbname=fixture', 'SELECT who FROM salaries') AS t(who text)`, `SELECT currtid2('salaries', '(0,1)')`, `SELECT pg_read_file('base/1/1259')`, `SELECT lo_get(1)`,
    `SELECT ('salaries'::regclass).table_to_xml`, `SELECT app.tells('x')`, `SELECT pg_prewarm('salaries')`, `SELECT * FROM app.noisy`, `SELECT pg_sequence_last_value('app.counter')`, `SELECT ('app.counter'::regclass).pg_sequence_last_value`, `SELECT x.pg_sequence_last_value FROM CAST('app.counter' AS regclass) x`,
    { sql: `SELECT last_value FROM pg_get_sequence_data('app.counter')`, sinceMajor: 18 },
  ]),
  ...of('noSalaries', 'closed_catalog', [
    `SELECT * FROM pg_stats WHERE tablename = 'salaries'`, `SELECT most_common_vals FROM pg_catalog.pg_stats`, `SELECT * FROM pg_statistic`, `SELECT * FROM pg_stats_ext`, `SELECT * FROM pg_stats_ext_exprs`, `SELECT * FROM pg_statistic_ext_data`, `SELECT last_value FROM pg_sequences`, `SELECT * FROM stats_view`, `SELECT data FROM pg_largeobject`, `SELECT rolpassword FROM pg_authid`,
  ]),
  ...of('noSalaries', 'unresolved_name', [`SELECT * FROM nowhere`, `SELECT * FROM pg_toast.pg_toast_16384`, `SELECT * FROM public."Salaries"`, `SELECT * FROM "PUBLIC".salaries`]),
  // ── tables that are not allowed ──
  ...of('onlyTeams', 'table_not_allowed', [
    `SELECT * FROM salaries`, `SELECT * FROM app.accounts`, `SELECT * FROM pay.bonus`, `SELECT * FROM pay.teams`, `SELECT t.id FROM teams t`, `SELECT * FROM team_view`, `SELECT * FROM pay_view`, `SELECT * FROM app.calm`, `SELECT last_value FROM app.counter`, `COPY app.orders TO STDOUT`, `SELECT * FROM app.totals`,
  ]),
  ...of('onlyTeams', 'ok', [
    `SELECT * FROM public.teams`, `SELECT * FROM "Team Notes"`, `SELECT * FROM public."Team Notes" n JOIN public.teams t ON t.id = n.team_id`, `SELECT * FROM measures`, `SELECT * FROM measures_2025`, `SELECT count(*) FROM pg_class`, `SELECT 1`, `SHOW server_version`, `SELECT last_value FROM "Team Notes_id_seq"`, `SELECT last_value FROM public.teams_id_seq`,
  ]),
  ...of('onlyTeams', 'closed_catalog', [`SELECT * FROM pg_stats`]),
  ...of('schemaButOne', 'ok', [`SELECT * FROM public.teams`, `SELECT * FROM team_view`, `SELECT * FROM measures`]),
  ...of('schemaButOne', 'table_denied', [`SELECT * FROM salaries`, `SELECT * FROM pay_view`, `SELECT * FROM pay_copy`, `SELECT * FROM salaries_old`]),
  ...of('schemaButOne', 'table_not_allowed', [`SELECT * FROM pay.bonus`, `SELECT * FROM app.accounts`]),
  ...of('noPay', 'table_denied', [`SELECT * FROM pay.bonus`, `SELECT * FROM "pay".bonus`, `SELECT * FROM pay.teams`, `SELECT * FROM measures`, `SELECT * FROM measures_secret`, `SELECT * FROM teams`]),
  ...of('noPay', 'ok', [`SELECT * FROM public.teams`, `SELECT * FROM measures_2025`, `SELECT count(*) FROM ONLY measures`, `SELECT * FROM salaries`]),
  // ── kinds of statements ──
  ...of('selectOnly', 'statement_not_allowed', [`SHOW work_mem`, `SET timezone = 'UTC'`, `BEGIN`, `EXPLAIN SELECT 1`, `COPY (SELECT 1) TO STDOUT`, `SELECT set_config('timezone', 'UTC', false)`, `RESET ALL`, `SELECT 1; COMMIT`]),
  ...of('selectOnly', 'ok', [`SELECT 1`, `TABLE teams`, `VALUES (1)`, `WITH a AS (SELECT 1) SELECT * FROM a`, `PREPARE p AS SELECT 1`, `DISCARD ALL`]),
  ...of('noExplain', 'statement_denied', [`EXPLAIN SELECT 1`, `EXPLAIN ANALYZE TABLE teams`, `SET timezone = 'UTC'`, `SELECT set_config('timezone', 'UTC', false)`, `RESET timezone`, `SELECT 1; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY`]),
  ...of('noExplain', 'ok', [`SELECT 1`, `SHOW work_mem`, `BEGIN; SELECT 1; COMMIT`, `COPY teams TO STDOUT`, `SET TRANSACTION READ ONLY`]),
  ...of('liftingNothing', 'read_only', [`INSERT INTO teams (name) VALUES ('x')`, `CREATE TABLE t (a int)`, `WITH i AS (INSERT INTO teams (name) VALUES ('x') RETURNING *) SELECT * FROM i`, `DROP TABLE teams`]),
  ...of('denyWins', 'statement_denied', [
    `UPDATE teams SET size = 1 WHERE id = 1`, `INSERT INTO teams (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET size = 1`, `WITH u AS (UPDATE teams SET size = 1 WHERE id = 1 RETURNING id) SELECT * FROM u`,
    `MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET size = 1`, `PREPARE p AS UPDATE teams SET size = 1 WHERE id = 1`,
  ]),
  ...of('denyWins', 'statement_not_allowed', [
    `DELETE FROM teams WHERE id = 1`, `EXPLAIN INSERT INTO teams (name) VALUES ('x')`, `MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE`, `CREATE TABLE t (a int)`, `DO 'BEGIN DELETE FROM teams; END'`, `CALL app.wipe()`, `NOTIFY told`, `LOCK TABLE teams`, `VACUUM teams`, `ALTER SYSTEM RESET ALL`, `COPY teams FROM STDIN`,
    `COPY (DELETE FROM teams WHERE id = 1 RETURNING *) TO STDOUT`, `SELECT 1 INTO made`, `GRANT ALL ON teams TO PUBLIC`,
  ]),
  ...of('denyWins', 'locking_select', [`SELECT * FROM public.teams FOR UPDATE`]),
  ...of('denyWins', 'ok', [`SELECT * FROM public.teams`, `INSERT INTO teams (name) VALUES ('x')`, `WITH i AS (INSERT INTO teams (name) VALUES ('x') RETURNING id) SELECT id FROM i`, `INSERT INTO teams (id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING`, `INSERT INTO teams (name) SELECT owner FROM app.accounts`, `SELECT nextval('app.counter')`]),
  ...of('insertOnly', 'statement_not_allowed', [`SELECT * FROM teams`, `INSERT INTO teams (name) SELECT who FROM salaries`, `INSERT INTO teams (name) VALUES ('x') RETURNING (SELECT max(who) FROM salaries)`, `WITH s AS (SELECT * FROM salaries) INSERT INTO teams (name) VALUES ('x')`]),
  ...of('insertOnly', 'ok', [`INSERT INTO teams (name) VALUES ('x'), (lower('Y')) RETURNING id`, `INSERT INTO app.audit DEFAULT VALUES`]),
  ...of('noDelete', 'statement_denied', [`DELETE FROM teams WHERE id = 1`, `WITH d AS (DELETE FROM teams WHERE id = 1 RETURNING *) SELECT * FROM d`, `MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE`, `EXPLAIN ANALYZE DELETE FROM teams WHERE id = 1`]),
  ...of('noDelete', 'statement_not_allowed', [
    `DO 'BEGIN DELETE FROM teams; END'`, `CALL app.wipe()`, `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM teams RETURNING id'`, `CREATE RULE r AS ON INSERT TO app.audit DO ALSO DELETE FROM teams WHERE true`, `CREATE TRIGGER t BEFORE INSERT ON app.audit FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    `CREATE EXTENSION seg`, `PREPARE TRANSACTION 'x'`, `COPY teams TO '/tmp/x'`, `COPY teams FROM PROGRAM 'true'`, `SECURITY LABEL ON TABLE teams IS 'x'`,
  ]),
  ...of('noDelete', 'side_effect_function', [
    `SELECT app.touch()`, `UPDATE teams SET size = app.touch() WHERE id = 1`, `INSERT INTO teams (name) VALUES (app.tell('x'))`, `UPDATE teams SET size = 1 WHERE id = 1 RETURNING app.touch()`, `INSERT INTO teams (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = app.tell('x')`, `CREATE TABLE t AS SELECT app.touch()`,
    `CREATE VIEW v AS SELECT app.touch()`, `ALTER TABLE teams ALTER COLUMN size TYPE int USING app.touch()`, `CREATE TABLE t (a int DEFAULT app.touch())`, `CREATE INDEX ON teams (app.touch_quietly(size))`, `MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET size = app.touch()`, `COPY teams FROM STDIN WHERE app.touch() = 1`, `SELECT pg_advisory_lock(1)`, `SELECT lo_create(0)`,
  ]),
  ...of('noDelete', 'session_guard', [`SET ROLE app_writer`, `SET session_replication_role = replica`, `SET standard_conforming_strings = off`, `SET client_encoding = 'SJIS'`]),
  ...of('noDelete', 'closed_catalog', [`UPDATE pg_settings SET setting = 'x' WHERE name = 'role'`, `INSERT INTO pg_catalog.pg_description VALUES (1, 1, 1, 'x')`]),
  ...of('noDelete', 'whereless_write', [`UPDATE teams SET size = 1`, `WITH u AS (UPDATE teams SET size = 1 RETURNING *) SELECT * FROM u`]),
  ...of('noDelete', 'destructive_ddl', [`DROP TABLE teams`, `TRUNCATE teams`, `ALTER TABLE teams DROP COLUMN size`]),
  ...of('noDelete', 'ok', [
    `UPDATE teams SET size = size + 1, name = DEFAULT WHERE id = 1 RETURNING *`, `UPDATE ONLY teams AS t SET (size, name) = (SELECT 1, 'x') FROM app.accounts a WHERE a.id = t.id`, `INSERT INTO teams AS t (id, name) VALUES (DEFAULT, 'x') ON CONFLICT (name) WHERE size > 1 DO UPDATE SET size = EXCLUDED.size WHERE t.size < 9 RETURNING t.id`,
    `INSERT INTO teams (name) VALUES ('x') ON CONFLICT ON CONSTRAINT teams_pkey DO NOTHING`, `MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED AND t.size > 1 THEN UPDATE SET size = 1 WHEN NOT MATCHED THEN INSERT (name) VALUES ('x') WHEN MATCHED THEN DO NOTHING`,
    `COPY teams (name) FROM STDIN (FORMAT csv, HEADER)`, `SELECT * FROM public.teams t FOR UPDATE OF t SKIP LOCKED`, `BEGIN READ WRITE`, `SET default_transaction_read_only = off`, `CREATE TABLE made (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), n int CHECK (n > 0))`, `CREATE INDEX ON teams (lower(name)) WHERE size > 1`,
    `ALTER TABLE teams ADD COLUMN extra text DEFAULT 'x'`, `CREATE VIEW made_view AS SELECT lower(name) FROM public.teams`, `CREATE TABLE made AS SELECT * FROM public.teams`, `CREATE TYPE made AS ENUM ('a')`, `COMMENT ON TABLE teams IS 'x'`, `LISTEN told`, `NOTIFY told, 'x'`, `LOCK TABLE public.teams IN SHARE MODE`, `SELECT nextval('app.counter')`, `SELECT setval('app.counter', 5)`,
    `EXPLAIN ANALYZE UPDATE teams SET size = 1 WHERE id = 1`, `PREPARE p AS INSERT INTO teams (name) VALUES ($1) RETURNING id`, `WITH gone AS (UPDATE teams SET size = 0 WHERE true RETURNING id) SELECT count(*) FROM gone`, `INSERT INTO app.orders (id, placed, amount, status) VALUES (999, now(), 1.5, 'open')`, `UPDATE app.orders SET tags[1] = 'x' WHERE id = 1`, `SET synchronous_commit = off`,
    { sql: `MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DO NOTHING RETURNING merge_action(), t.id`, sinceMajor: 17 }, { sql: `UPDATE teams SET size = 1 WHERE id = 1 RETURNING old.size, new.size`, sinceMajor: 18 },
  ]),
  ...of('noDdl', 'statement_denied', [`CREATE TABLE t (a int)`, `ALTER TABLE teams ADD COLUMN x int`, `DROP TABLE teams`, `TRUNCATE teams`, `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE TEMP TABLE t AS SELECT 1`, `GRANT ALL ON teams TO PUBLIC`]),
  ...of('noDdl', 'ok', [`DELETE FROM teams WHERE id = 1`, `DELETE FROM teams AS t USING app.accounts a WHERE a.id = t.id RETURNING t.*`]),
  // ── tables and writing together ──
  ...of('teamWriter', 'table_denied', [
    `INSERT INTO salaries VALUES (3, 'x', 1)`, `INSERT INTO public.teams (name) SELECT who FROM salaries`, `UPDATE salaries SET amount = 1 WHERE id = 1`, `UPDATE public.teams SET name = s.who FROM salaries s WHERE s.id = teams.id`, `DELETE FROM salaries WHERE id = 1`, `DELETE FROM public.teams USING salaries WHERE true`,
    `WITH salaries AS (SELECT 1) DELETE FROM salaries WHERE true`, `MERGE INTO public.teams t USING salaries s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.who`, `MERGE INTO salaries t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE`,
    `INSERT INTO public.teams (name) VALUES ('x') RETURNING (SELECT max(who) FROM salaries)`, `INSERT INTO public.teams (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = (SELECT max(who) FROM salaries)`, `INSERT INTO pay_view VALUES ('x', 1)`, `UPDATE pay_view SET amount = 1 WHERE who = 'Ann'`, `COPY salaries FROM STDIN`, `LOCK TABLE salaries`,
    `UPDATE public.teams SET (name, size) = (SELECT who, amount FROM salaries LIMIT 1) WHERE id = 1`, `EXPLAIN ANALYZE DELETE FROM salaries WHERE id = 1`, `SELECT nextval('salaries')`,
  ]),
  ...of('teamWriter', 'table_not_allowed', [`INSERT INTO app.audit (note) VALUES ('x')`, `INSERT INTO pay.teams VALUES (1, 'x')`, `INSERT INTO teams (name) VALUES ('x')`, `SELECT nextval('app.counter')`, `SELECT nextval('app.counter'::regclass)`, `COPY app.audit FROM STDIN`]),
  ...of('teamWriter', 'statement_not_allowed', [`CREATE TABLE t (a int)`, `DROP TABLE salaries`, `ALTER TABLE salaries RENAME TO free`, `CREATE VIEW v AS SELECT 1`, `DO 'BEGIN NULL; END'`, `CALL app.wipe()`, `REFRESH MATERIALIZED VIEW pay_copy`, `TRUNCATE public.teams`, `LISTEN told`]),
  ...of('teamWriter', 'whereless_write', [`DELETE FROM public.teams`]),
  ...of('teamWriter', 'side_effect_function', [`SELECT nextval('app.' || 'counter')`, `SELECT setval(16384::regclass, 1)`, `SELECT ('app.counter'::regclass).nextval`]),
  ...of('teamWriter', 'ok', [`INSERT INTO public.teams (name) VALUES ('x') RETURNING id`, `UPDATE public.teams SET size = 1 WHERE id = 1`, `DELETE FROM public.teams WHERE true`, `SELECT nextval('public.teams_id_seq')`, `SELECT nextval('"Team Notes_id_seq"'::regclass)`, `COPY public.teams (name) FROM STDIN`, `INSERT INTO "Team Notes" (note) SELECT name FROM public.teams`]),
  // ── what every policy refuses ──
  ...of('writer', 'whereless_write', [
    `UPDATE teams SET size = 1`, `DELETE FROM teams`, `update teams set size = 1 returning *`, `WITH d AS (DELETE FROM teams RETURNING *) SELECT * FROM d`, `SELECT 1; /* x */ dElEtE FROM ONLY teams AS t USING salaries`, `PREPARE p AS DELETE FROM teams`, `EXPLAIN ANALYZE DELETE FROM teams`, `COPY (DELETE FROM teams RETURNING *) TO STDOUT`,
    `SELECT E'\\''; DELETE FROM teams; --'`, `SELECT '\\' ; DELETE FROM teams; --'`, `SELECT '\\''; DELETE FROM teams; --'`, `CREATE TABLE t AS WITH d AS (DELETE FROM teams RETURNING *) SELECT * FROM d`, `BEGIN; UPDATE teams SET size = 1; COMMIT`,
  ]),
  ...of('writer', 'destructive_ddl', [
    `DROP TABLE teams`, `drop table if exists nothing`, `DROP SCHEMA app CASCADE`, `DROP VIEW team_view`, `DROP INDEX teams_pkey`, `DROP FUNCTION app.touch()`, `DROP DATABASE nothing`, `DROP ROLE nothing`, `DROP OWNED BY app_writer`, `DROP TABLESPACE nothing`, `DROP SUBSCRIPTION nothing`, `DROP USER MAPPING FOR CURRENT_USER SERVER loop`, `DROP EXTENSION citext`,
    `TRUNCATE teams`, `TRUNCATE TABLE teams, salaries RESTART IDENTITY CASCADE`, `SELECT 1; DROP TABLE teams`, `ALTER TABLE teams DROP COLUMN size`, `ALTER TABLE teams ADD COLUMN a int, DROP IF EXISTS size CASCADE`, `DROP TRIGGER x ON teams`, `DROP POLICY x ON teams`, `DROP TYPE app.mood`, `DROP SEQUENCE app.counter`, `DROP MATERIALIZED VIEW pay_copy`,
  ]),
  { policy: 'writer', rule: 'parse_error', sql: `DROP TABLE IF teams`, sqlState: '42601' },
  { policy: 'reader', rule: 'parse_error', sql: `SELEC 1`, sqlState: '42601' },
  { policy: 'reader', rule: 'size_limit', sql: `SELECT '${'x'.repeat(300_000)}'`, sqlState: '54000' },
  ...of('writer', 'ok', [
    `UPDATE teams SET size = 1 WHERE true`, `DELETE FROM teams WHERE true`, `UPDATE teams SET size = 1 WHERE id = 1`, `SELECT 'DROP TABLE teams; DELETE FROM teams'`, `SELECT E'it\\'s a drop'`, `SELECT 1 AS "delete"`, `INSERT INTO teams (name) VALUES ('x')`, `SELECT * FROM teams FOR UPDATE`, `DO 'BEGIN DELETE FROM teams; END'`, `CALL app.wipe()`,
    `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM teams; SELECT 1'`, `CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC DELETE FROM teams; SELECT 1; END`, `ALTER TABLE teams ALTER COLUMN size DROP DEFAULT`, `ALTER TABLE teams DROP CONSTRAINT teams_pkey CASCADE`, `SET ROLE app_writer`, `CREATE RULE r AS ON UPDATE TO teams DO INSTEAD NOTHING`,
    `THIS IS NO STATEMENT`, `SELECT lo_create(0)`, `COPY teams FROM STDIN`, `GRANT UPDATE, DELETE ON teams TO PUBLIC`,
  ]),
  // ── the rules of a credential that may only read, one row each; attacks.ts has hundreds ──
  ...of('reader', 'read_only', [`INSERT INTO teams (name) VALUES ('x')`, `DELETE FROM teams`, `DROP TABLE teams`, `TRUNCATE teams`, `CREATE TABLE t (a int)`]),
  ...of('reader', 'locking_select', [`SELECT * FROM teams FOR UPDATE`]),
  ...of('reader', 'side_effect_function', [`SELECT nextval('app.counter')`]),
  ...of('reader', 'session_guard', [`SET ROLE app_writer`]),
  ...of('reader', 'closed_catalog', [`SELECT * FROM pg_authid`, `SHOW primary_conninfo`, `SELECT current_setting('app.jwt_secret')`, `SELECT (pg_show_all_settings()).setting`, `SELECT * FROM pg_stat_get_wal_receiver()`]),
  ...of('reader', 'ok', [`SHOW password_encryption`, `SHOW ALL`, `SELECT current_setting(name) FROM pg_settings`, `SELECT * FROM pg_subscription`, `SELECT name FROM pg_show_all_settings()`, `SELECT * FROM pg_user_mappings`]),
  ...of('noDelete', 'closed_catalog', [`CREATE VIEW told AS SELECT * FROM pg_settings`]),
  ...of('reader', 'unresolved_name', [`SELECT * FROM nowhere`]),
  ...of('reader', 'foreign_table', [`SELECT * FROM app.far`]),
  ...of('reader', 'ok', [`SELECT * FROM salaries`, `SELECT * FROM pg_stats`, `SELECT * FROM teams`]),
  // ── rules about what is not there ──
  ...of('broken', 'unresolved_rule', [`SELECT 1`, `SELECT * FROM teams`, `SHOW work_mem`, `BEGIN`, `SELECT * FROM salaries`]),
  ...of('brokenSchema', 'unresolved_rule', [`SELECT 1`, `INSERT INTO teams (name) VALUES ('x')`]),
  // ── masks and row filters ──
  ...of('masked', 'ok', [`SELECT ssn FROM app.customers`, `SELECT name FROM app.customers WHERE ssn = '1'`, `COPY app.customers TO STDOUT`, `SELECT current_setting('TimeZone')`, `EXPLAIN SELECT 1`]),
  ...of('masked', 'masked_relation', [`EXPLAIN SELECT * FROM app.customers`, `SELECT ssn FROM app.U&"!0063ustomers" UESCAPE '!'`, `COPY app.calm TO STDOUT`]),
  ...of('masked', 'closed_catalog', [`SELECT * FROM pg_stats`, `SELECT current_query()`, `SHOW ALL`, `SELECT current_setting('pgbeam.mask_inner')`, `SELECT * FROM pg_largeobject`, `SELECT ident FROM pg_backend_memory_contexts`, `SELECT * FROM pg_get_backend_memory_contexts()`]),
  ...of('filtered', 'ok', [`SELECT * FROM app.orders`, `SELECT count(*) FROM app.calmer`]),
  ...of('filtered', 'masked_relation', [`SELECT * FROM app.totals`, `EXPLAIN ANALYZE SELECT * FROM app.orders`, `EXPLAIN EXECUTE prepared`, `EXPLAIN (ANALYZE, VERBOSE) EXECUTE prepared (1)`]),
  ...of('maskedWriter', 'masked_relation', [`UPDATE app.customers SET name = 'x' WHERE id = 1`, `INSERT INTO app.customers (id) VALUES (9)`, `CREATE TABLE t (a int)`, `WITH x AS (DELETE FROM app.customers WHERE id = 1 RETURNING *) SELECT * FROM x`]),
  ...of('maskedWriter', 'ok', [`SELECT * FROM app.customers`, `DELETE FROM app.orders WHERE id = 1`, `INSERT INTO app.audit (note) SELECT ssn FROM app.customers`, `EXPLAIN DELETE FROM app.orders WHERE id = 1`, `SELECT id FROM app.orders FOR UPDATE`]),
  ...of('balanceWriter', 'ok', [
    `UPDATE app.accounts SET owner = 'x' WHERE id = 1 RETURNING *`, `UPDATE app.accounts SET balance = 5 WHERE owner LIKE 'o%'`, `INSERT INTO app.accounts VALUES (99, 'x', 5) RETURNING balance`, `DELETE FROM app.accounts WHERE id = 1`, `INSERT INTO app.accounts (id, owner, balance) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance`,
    `WITH gone AS (DELETE FROM app.accounts WHERE id = 7 RETURNING *) SELECT balance FROM gone`, `PREPARE p AS UPDATE app.accounts SET owner = $1 WHERE id = $2`, `COPY (DELETE FROM app.accounts WHERE id = 8 RETURNING id, balance) TO STDOUT`,
    `MERGE INTO app.accounts a USING (SELECT 1 AS id) s ON a.id = s.id WHEN MATCHED THEN UPDATE SET balance = 5 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'x', 5)`, { sql: `MERGE INTO app.accounts a USING (SELECT 1 AS id) s ON a.id = s.id WHEN MATCHED THEN DELETE RETURNING a.*, merge_action()`, sinceMajor: 17 },
  ]),
  ...of('balanceWriter', 'masked_column_expression', [
    `UPDATE app.accounts SET owner = balance::text WHERE id = 1`, `UPDATE app.accounts SET owner = 'x' WHERE balance > 5`, `DELETE FROM app.accounts a WHERE a.balance = 5`, `DELETE FROM app.accounts WHERE app.accounts.balance = 5`, `UPDATE app.accounts SET balance = balance + 1 WHERE id = 1`,
    `UPDATE app.accounts a SET owner = a::text WHERE id = 1`, `DELETE FROM app.accounts a WHERE to_jsonb(a) @> '{}'`, `DELETE FROM app.accounts a WHERE (a).balance = 5`, `UPDATE app.accounts SET owner = accounts.to_jsonb::text WHERE id = 1`, `INSERT INTO app.accounts (id, owner, balance) VALUES (1, 'x', 1) ON CONFLICT (balance) DO NOTHING`,
    `INSERT INTO app.accounts AS a (id, owner, balance) VALUES (1, 'x', 1) ON CONFLICT (id) DO UPDATE SET owner = 'y' WHERE a.balance > 5`, `DELETE FROM app.accounts WHERE id = 1 RETURNING (SELECT balance)`, `DELETE FROM app.accounts WHERE EXISTS (SELECT FROM app.orders o WHERE o.amount > balance)`, `UPDATE app.accounts SET (owner, mood) = (SELECT balance::text, 'calm'::app.mood) WHERE id = 1`,
    `DELETE FROM app.accounts a USING app.orders o WHERE o.account_id = a.id RETURNING *`, `DELETE FROM app.accounts a WHERE id = 1 RETURNING row_to_json(a)`, { sql: `UPDATE app.accounts SET owner = 'x' WHERE id = 1 RETURNING old.balance`, sinceMajor: 18 },
    `MERGE INTO app.accounts a USING (SELECT 1 AS id) s ON a.balance = s.id WHEN MATCHED THEN DELETE`, `MERGE INTO app.accounts a USING (SELECT 1 AS id) s ON a.id = s.id WHEN MATCHED AND balance > 5 THEN DELETE`, `MERGE INTO app.accounts a USING (SELECT 1 AS id) s ON a.id = s.id WHEN MATCHED THEN UPDATE SET owner = a::text`,
  ]),
  ...of('balanceWriter', 'masked_relation', [{ sql: `MERGE INTO app.accounts a USING (SELECT 1 AS id) s ON a.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE`, sinceMajor: 17 }, `EXPLAIN MERGE INTO app.accounts a USING (SELECT 1 AS id) s ON a.id = s.id WHEN MATCHED THEN DELETE`, `COPY app.accounts FROM STDIN`, `LOCK app.accounts`, `INSERT INTO app.calm (id) VALUES (1)`, `EXPLAIN UPDATE app.accounts SET owner = 'x' WHERE id = 1`, `INSERT INTO app.events (at) VALUES (now())`]),
  ...of('balanceWriter', 'locking_select', [`SELECT id FROM app.accounts FOR UPDATE`, `SELECT id FROM app.orders WHERE account_id IN (SELECT id FROM app.accounts FOR SHARE)`]),
  ...of('balanceWriter', 'statement_not_allowed', [`LISTEN told`]),
  ...of('paidWriter', 'masked_relation', [`UPDATE app.orders SET amount = 1 WHERE id = 1`, `INSERT INTO app.orders (id, placed, amount, status) VALUES (900, now(), 1, 'paid')`, `DELETE FROM app.orders WHERE id = 1`, `DELETE FROM app.accounts WHERE id = 1`, `UPDATE app.accounts SET id = 2 WHERE id = 1`]),
  ...of('paidWriter', 'ok', [`UPDATE app.accounts SET owner = 'x' WHERE id = 1`, `INSERT INTO app.audit (note) SELECT status FROM app.orders`]),
  ...of('tenWrites', 'max_affected_rows_writable_cte', [
    `WITH d AS (DELETE FROM teams WHERE id > 0 RETURNING *) SELECT * FROM d`, `WITH d AS (UPDATE teams SET size = 1 WHERE id > 0 RETURNING id) INSERT INTO app.audit DEFAULT VALUES`, `WITH a AS (SELECT 1), b AS (INSERT INTO teams (name) VALUES ('x')) SELECT * FROM a`,
    `PREPARE p AS WITH d AS (DELETE FROM teams WHERE id > 0 RETURNING *) SELECT * FROM d`, `COPY (WITH d AS (DELETE FROM teams WHERE id > 0 RETURNING *) SELECT * FROM d) TO STDOUT`, `EXPLAIN WITH d AS (DELETE FROM teams WHERE id > 0 RETURNING *) SELECT * FROM d`,
    `SELECT 1; WITH d AS (MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE) SELECT 1`,
  ]),
  ...of('tenWrites', 'max_affected_rows', [`EXPLAIN ANALYZE DELETE FROM teams WHERE id > 0`, `EXPLAIN (ANALYZE, FORMAT json) UPDATE teams SET size = 1 WHERE id > 0`, `EXPLAIN ANALYZE EXECUTE p`, `EXPLAIN ANALYZE INSERT INTO teams (name) SELECT name FROM teams`]),
  ...of('tenWrites', 'ok', [
    `DELETE FROM teams WHERE id > 0`, `UPDATE teams SET size = 1 WHERE true RETURNING id`, `WITH a AS (SELECT 1 AS id) DELETE FROM teams WHERE id IN (SELECT id FROM a)`, `EXPLAIN DELETE FROM teams WHERE id > 0`, `EXPLAIN ANALYZE SELECT * FROM public.teams`, `EXPLAIN EXECUTE p`,
    `COPY teams FROM STDIN`, `CREATE TABLE t AS SELECT 1 AS a`, `MERGE INTO teams t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE`, `SELECT * FROM public.teams`,
  ]),
  ...of('tenWrites', 'statement_not_allowed', [`DO 'BEGIN DELETE FROM teams; END'`, `CALL app.wipe()`]),
  ...of('tenWrites', 'side_effect_function', [`SELECT app.touch()`]),
  ...of('tenRows', 'statement_not_allowed', [`DO 'BEGIN DELETE FROM teams; END'`]),
  ...of('tenRows', 'ok', [`SELECT * FROM public.teams`, `WITH d AS (DELETE FROM teams WHERE id > 0 RETURNING *) SELECT * FROM d`, `EXPLAIN ANALYZE DELETE FROM teams WHERE id > 0`]),
  ...of('maskMissing', 'unresolved_rule', [`SELECT 1`, `SELECT name FROM app.customers`]),
  ...of('maskUnfit', 'unresolved_rule', [`SELECT 1`]),
  ...of('filterBroken', 'unresolved_rule', [`SELECT 1`]),
]
