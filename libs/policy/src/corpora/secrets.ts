/**
 * Secrets of the server and of other servers, and statements that show them to a superuser. Run as they are, each answers with a
 * canary or a verifier; under a policy that judges statements none does.
 */
export const SECRET = /canary|SCRAM-SHA-256/

/** @param role a role of the test's own: roles belong to the whole server */
export const secretsSchema = (database: string, role: string): readonly string[] => [
  `CREATE TABLE notes (id int PRIMARY KEY, body text, kept text)`, `INSERT INTO notes VALUES (1, 'b', 'k')`,
  `CREATE FOREIGN DATA WRAPPER keeper OPTIONS (api_key 'canary-wrapper', debug 'true')`,
  `CREATE SERVER remote FOREIGN DATA WRAPPER keeper OPTIONS (host 'db.example', password 'canary-server')`,
  `CREATE USER MAPPING FOR CURRENT_USER SERVER remote OPTIONS ("user" 'reader', password 'canary-mapping')`,
  `CREATE FOREIGN TABLE far (id int) SERVER remote OPTIONS (table_name 't', bearer 'canary-table')`,
  `CREATE ROLE ${role} LOGIN PASSWORD 'one'`, `CREATE ROLE ${role}_2 LOGIN PASSWORD 'two'`,
  `ALTER ROLE ${role} SET app.api_key = 'canary-role'`, `ALTER ROLE ${role} SET work_mem = '4MB'`,
  `ALTER DATABASE ${database} SET app.jwt_secret = 'canary-database'`,
  `CREATE SUBSCRIPTION ${role} CONNECTION 'host=db.example password=canary-subscription' PUBLICATION p WITH (connect = false, slot_name = NONE)`,
  `ALTER SYSTEM SET primary_conninfo = 'host=db.example password=canary-primary'`, `ALTER SYSTEM SET restore_command = 'fetch --token=canary-restore'`,
  `ALTER SYSTEM SET ssl_passphrase_command = 'echo canary-passphrase'`, `ALTER SYSTEM SET archive_command = 'store --key canary-archive'`, `SELECT pg_reload_conf()`,
  `CREATE VIEW seen_settings AS SELECT * FROM pg_settings`, `CREATE VIEW seen_twice AS SELECT name AS n, setting AS s FROM seen_settings`,
  `CREATE VIEW seen_by_name AS SELECT name, current_setting(name) AS value FROM (VALUES ('primary_conninfo')) AS v (name)`,
  `CREATE VIEW seen_all AS SELECT x.name, x.setting FROM pg_show_all_settings() x`, `CREATE VIEW seen_subscriptions AS SELECT s FROM pg_subscription s`,
  `CREATE VIEW seen_one AS SELECT current_setting('app.jwt_secret') AS jwt`, `CREATE VIEW seen_options AS SELECT * FROM information_schema.foreign_server_options`,
  `ANALYZE pg_authid, pg_db_role_setting, pg_subscription, pg_foreign_server, pg_class, notes`,
]

export const secretsGone = (role: string): readonly string[] => [
  'ALTER SYSTEM RESET ALL', 'SELECT pg_reload_conf()', `DROP SUBSCRIPTION ${role}`, `DROP ROLE ${role}`, `DROP ROLE ${role}_2`,
]

const settings = [
  'SHOW primary_conninfo', 'SHOW Restore_Command', 'SHOW "app.jwt_secret"', 'SHOW app.jwt_secret', 'SHOW ALL', "SELECT current_setting('primary_conninfo')",
  "SELECT pg_catalog.current_setting('PRIMARY_CONNINFO', true)", "SELECT current_setting('primary_conninfo'::text)", "SELECT current_setting('primary_conninfo'::name)",
  "SELECT current_setting(U&'primary\\005fconninfo')", "SELECT current_setting(E'primary\\x5fconninfo')", "SELECT current_setting('primary_' || 'conninfo')",
  "SELECT current_setting((SELECT 'app.jwt_secret'))", "SELECT current_setting(lower('APP.JWT_SECRET') COLLATE \"C\", false)", "SELECT current_setting(n) FROM (VALUES ('restore_command'), ('work_mem')) v(n)",
  "SELECT current_setting((ARRAY['work_mem', 'archive_command', 'app.jwt_secret'])[3])", "SELECT current_setting(CASE WHEN true THEN 'ssl_passphrase_command' END)",
  "SELECT max(current_setting(n)) FROM unnest(ARRAY['app.jwt_secret']) n", "SELECT current_setting(max(n)) FROM unnest(ARRAY['app.jwt_secret']) n", "SELECT current_setting(current_setting('app.nothing', true) || 'x', true), current_setting(concat('app.', 'jwt_secret'))",
  "SELECT 1 WHERE current_setting('app.jwt_secret') = 'canary-database' UNION ALL SELECT current_setting('primary_' || 'conninfo')::int", "SELECT current_setting(concat('app.jwt', '_secret'))::int",
  "SELECT ('primary_conninfo'::text).current_setting", "SELECT n.current_setting FROM unnest(ARRAY['primary_conninfo']) n", "SELECT (n).current_setting FROM (VALUES ('app.jwt_secret'::text)) v (n)",
  "SELECT name, current_setting(name, true) FROM pg_settings ORDER BY name", "PREPARE told AS SELECT current_setting($1); EXECUTE told ('primary_conninfo'); DEALLOCATE told",
  "SELECT s.name, pg_catalog.current_setting(s.name) FROM pg_catalog.pg_settings s WHERE s.source <> 'default' AND s.setting IS DISTINCT FROM s.boot_val", "COPY (SELECT current_setting('primary' || '_conninfo')) TO STDOUT",
  "BEGIN; DECLARE told CURSOR FOR SELECT current_setting('app.' || 'jwt_secret'); FETCH ALL FROM told; ROLLBACK", "SELECT * FROM current_setting('app.' || 'jwt_secret')", "SELECT * FROM ROWS FROM (current_setting('app.' || 'jwt_secret'))",
  "SELECT v FROM notes, LATERAL (SELECT current_setting(coalesce(nullif(body, 'b'), 'app.jwt_secret')) v) x",
]

const lists = [
  'SELECT * FROM pg_settings', 'TABLE pg_settings', 'COPY (TABLE pg_catalog.pg_settings) TO STDOUT', "SELECT setting FROM pg_settings WHERE name = 'primary_conninfo'", 'SELECT reset_val FROM pg_settings', 'SELECT s FROM pg_settings s', 'SELECT s.* FROM pg_settings AS s',
  'SELECT to_json(s) FROM pg_settings s', 'SELECT row_to_json(pg_settings) FROM pg_settings', 'SELECT pg_settings::text FROM pg_settings', 'SELECT (s).setting FROM pg_settings s', "SELECT (SELECT s FROM pg_settings s WHERE name = 'restore_command')::text",
  'SELECT b FROM pg_settings AS t(a, b)', 'SELECT x.setting FROM notes, LATERAL (SELECT * FROM pg_settings) x', 'SELECT string_agg(setting, \',\') FROM pg_settings', "SELECT s.setting::int FROM pg_settings s WHERE s.name = 'primary_conninfo'",
  'WITH s AS (SELECT * FROM pg_settings) SELECT setting FROM s', 'SELECT setting FROM pg_settings UNION SELECT reset_val FROM pg_settings', 'SELECT array_agg(s) FROM pg_settings s', 'SELECT setting FROM notes RIGHT JOIN pg_settings ON true', 'SELECT pg_catalog.pg_settings.setting FROM pg_catalog.pg_settings',
  'SELECT * FROM pg_show_all_settings()', 'SELECT s.setting FROM pg_catalog.pg_show_all_settings() AS s', 'SELECT s.b FROM pg_show_all_settings() s(a, b)', 'SELECT (pg_show_all_settings()).setting', 'SELECT pg_show_all_settings()::text', 'SELECT * FROM ROWS FROM (pg_show_all_settings()) WITH ORDINALITY',
  'SELECT pg_show_all_settings FROM pg_show_all_settings()', 'SELECT x.* FROM notes CROSS JOIN LATERAL pg_show_all_settings() x', 'SELECT setting FROM pg_file_settings', 'SELECT * FROM pg_show_all_file_settings()',
  'SELECT * FROM seen_settings', 'SELECT s FROM seen_twice', 'SELECT v FROM seen_by_name v', 'SELECT setting FROM seen_all', 'SELECT to_json(s) FROM seen_subscriptions s', 'SELECT * FROM seen_one', 'SELECT option_value FROM seen_options', 'SELECT * FROM (SELECT * FROM seen_twice) x', 'COPY (SELECT * FROM seen_settings) TO STDOUT',
]

const catalogs = [
  'SELECT subconninfo FROM pg_subscription', 'SELECT * FROM pg_subscription', 'TABLE pg_subscription', 'COPY pg_subscription TO STDOUT', 'COPY pg_catalog.pg_subscription (subname, subconninfo) TO STDOUT', 'SELECT s FROM pg_subscription s', 'SELECT to_jsonb(s) FROM pg_subscription s', 'SELECT (s).subconninfo FROM pg_subscription s',
  'SELECT subconninfo::int FROM pg_subscription', 'SELECT max(subconninfo) FROM pg_subscription', "SELECT s.subconninfo FROM pg_subscription s WHERE subconninfo LIKE '%password=c%'", 'SELECT x FROM pg_subscription, LATERAL (SELECT subconninfo AS x) y',
  'SELECT * FROM pg_db_role_setting', 'SELECT unnest(setconfig) FROM pg_db_role_setting', 'SELECT rolconfig FROM pg_roles', 'SELECT * FROM pg_roles', 'SELECT row_to_json(r) FROM pg_roles r', 'SELECT useconfig FROM pg_user', 'SELECT * FROM pg_shadow', 'SELECT rolpassword FROM pg_authid',
  'SELECT srvoptions FROM pg_foreign_server', 'SELECT o.* FROM pg_foreign_server, pg_options_to_table(srvoptions) o', 'SELECT s FROM pg_foreign_server s', 'SELECT fdwoptions FROM pg_foreign_data_wrapper', 'SELECT * FROM pg_foreign_table', 'SELECT o.option_value FROM pg_foreign_table t, LATERAL pg_options_to_table(t.ftoptions) o',
  'SELECT umoptions FROM pg_user_mapping', 'SELECT umoptions FROM pg_user_mappings', 'SELECT * FROM pg_user_mappings', 'SELECT to_json(u) FROM pg_user_mappings u', 'SELECT * FROM information_schema.user_mapping_options', 'SELECT * FROM information_schema._pg_user_mappings',
  'SELECT * FROM information_schema.foreign_server_options', 'SELECT * FROM information_schema.foreign_data_wrapper_options', 'SELECT option_value FROM information_schema.foreign_table_options', 'SELECT srvoptions FROM information_schema._pg_foreign_servers', 'SELECT fdwoptions FROM information_schema._pg_foreign_data_wrappers', 'SELECT o FROM information_schema._pg_foreign_tables o',
  "SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename = 'pg_authid'", 'SELECT histogram_bounds::text FROM pg_stats', 'SELECT s::text FROM pg_stats s', 'SELECT stavalues1, stavalues2 FROM pg_statistic', "SELECT stavalues1::text, stavalues2::text FROM pg_statistic WHERE starelid = 'pg_authid'::regclass", 'TABLE pg_stats', "COPY (SELECT * FROM pg_stats WHERE schemaname = 'pg_catalog') TO STDOUT",
]

export const secretAttacks: readonly string[] = [...settings, ...lists, ...catalogs]

/** What tools ask of the same catalogs, and must be answered as it is. */
export const besideSecrets: readonly string[] = [
  'SELECT subname, subenabled, subpublications FROM pg_subscription ORDER BY 1', 'SELECT count(*) FROM pg_subscription', 'SELECT s.oid, s.tableoid::regclass, s.ctid FROM pg_subscription s', "SELECT name, setting, unit, category FROM pg_settings WHERE name IN ('work_mem', 'search_path', 'ssl_key_file', 'password_encryption') ORDER BY 1",
  "SELECT name, current_setting(name) FROM pg_settings WHERE name NOT IN ('primary_conninfo', 'restore_command', 'ssl_passphrase_command', 'archive_command', 'ssl_key_file') ORDER BY 1", 'SELECT name, boot_val, vartype, enumvals FROM pg_settings ORDER BY 1', "SELECT name, setting FROM pg_show_all_settings() WHERE name = 'work_mem'",
  "SELECT pg_catalog.current_setting('wal_' || 'level'), current_setting('nothing.here' || '', true)", "SELECT current_setting('not_there' || '')", 'SELECT rolname, rolsuper, rolvaliduntil, rolconfig IS NULL FROM pg_roles ORDER BY 1', "SELECT usename FROM pg_user ORDER BY 1",
  "SELECT split_part(c, '=', 1) FROM pg_db_role_setting, unnest(setconfig) c ORDER BY 1", "SELECT c FROM pg_roles, unnest(rolconfig) c WHERE c LIKE 'work_mem%'", 'SELECT srvname, srvtype FROM pg_foreign_server', "SELECT option_name FROM pg_foreign_server, pg_options_to_table(srvoptions)", "SELECT option_value FROM information_schema.foreign_server_options WHERE option_name = 'host'",
  "SELECT o.* FROM pg_foreign_table t, pg_options_to_table(t.ftoptions) o WHERE option_name = 'table_name'", 'SELECT um.srvname AS "Server", um.usename AS "User name" FROM pg_catalog.pg_user_mappings um ORDER BY 1, 2', "SELECT tablename, attname, n_distinct FROM pg_stats WHERE tablename IN ('notes', 'pg_class') ORDER BY 1, 2", "SELECT count(*) > 10 FROM pg_statistic WHERE starelid = 'pg_class'::regclass",
  'SELECT n FROM seen_twice ORDER BY 1', 'SELECT * FROM pg_stat_wal_receiver', "SHOW work_mem", 'SHOW password_encryption', "SELECT name FROM pg_settings s JOIN notes n ON s.name = 'work_mem' ORDER BY s.name", 'SELECT r.rolname, count(*) FROM pg_roles r GROUP BY r.rolname ORDER BY 1',
]
