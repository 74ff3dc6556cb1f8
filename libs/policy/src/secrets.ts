/**
 * What of the server's own catalogs and settings holds secrets: passwords for other servers, commands that have them in their
 * arguments, keys. Closed wherever statements are judged, value by value, so that tools which list the rest go on working.
 */
import type { RelationEntry } from './catalog.js'
import { quoteName, quoteText } from './rewrite/sql.js'

/**
 * Settings of the server's own by name; those of extensions and applications, whose names have a dot, by what they are called.
 * Read alike by Postgres and here.
 */
const SECRET_SETTING =
  '^(primary_conninfo|ssl_passphrase_command|archive_command|restore_command|archive_cleanup_command|recovery_end_command|ssl_key_file|krb_server_keyfile|' +
  '.*[.].*(conninfo|passw|passphrase|secret|credential|token|dsn|conn_?str|connection_?string|(db|database)_ur[il]|key(s|ring|_?file)?$|key[._]).*)$'
const secretSetting = new RegExp(SECRET_SETTING, 'i')

export const isSecretSetting = (name: string): boolean => secretSetting.test(name)

/** A setting that is empty wherever nobody announces the server by Bonjour: asked for in place of a secret one. */
const EMPTY_SETTING = 'bonjour_name'
const C = 'COLLATE pg_catalog."C"'

/** What stands around the argument of `current_setting()`, so that a name known only while it runs leads to no secret. */
export const aroundSettingName = { before: 'pg_catalog.regexp_replace((', after: `)::pg_catalog.text ${C}, ${quoteText(SECRET_SETTING)}, '${EMPTY_SETTING}', 'i')` }

/** The settings that `SHOW ALL` would tell, by name: part of the catalog snapshot. What the server starts with is no secret. */
export const secretSettingsQuery = `SELECT s.name FROM pg_catalog.pg_settings s WHERE ${isSecret('s', 's.setting')} ORDER BY 1`

function isSecret(settings: string, value: string): string {
  return `${settings}.name ${C} OPERATOR(pg_catalog.~*) ${quoteText(SECRET_SETTING)} AND ${value} OPERATOR(pg_catalog.<>) ALL (ARRAY['', '(disabled)']::pg_catalog.text[])` +
    ` AND COALESCE(${value} OPERATOR(pg_catalog.<>) ${settings}.boot_val, true)`
}

type Shown = (value: string, relation: string) => string

const nothing: Shown = () => 'CAST(NULL AS pg_catalog.text)'
const setting: Shown = (value, relation) => `CASE WHEN ${isSecret(relation, value)} THEN NULL ELSE ${value} END`

/** Elements of `name=value`, those of other names redacted. */
const elements = (kept: (name: string) => string): Shown => (value) =>
  `CASE WHEN ${value} IS NOT NULL THEN ARRAY(SELECT CASE WHEN ${kept(`pg_catalog.split_part(o.e, '=', 1) ${C}`)} THEN o.e` +
  ` ELSE pg_catalog.concat(pg_catalog.split_part(o.e, '=', 1), '=[redacted]') END FROM pg_catalog.unnest(${value}) WITH ORDINALITY AS o(e, n) ORDER BY o.n USING OPERATOR(pg_catalog.<)) END`

/** Options of foreign servers, wrappers and tables that say where and how, and open nothing. Every wrapper has others of its own. */
const OPEN_OPTIONS =
  '^(host|hostaddr|port|dbname|database|server|service|servername|user|username|schema|schema_name|table|table_name|column_name|updatable|truncatable|fetch_size|batch_size|use_remote_estimate|' +
  'fdw_startup_cost|fdw_tuple_cost|extensions|async_capable|analyze_sampling|parallel_commit|parallel_abort|keep_connections|application_name|connect_timeout|sslmode|' +
  'filename|format|header|delimiter|quote|escape|null|encoding|force_not_null|force_null|default)$'
const isOpen = (name: string): string => `${name} OPERATOR(pg_catalog.~*) ${quoteText(OPEN_OPTIONS)}`
const options = elements(isOpen)
const settings = elements((name) => `${name} OPERATOR(pg_catalog.!~*) ${quoteText(SECRET_SETTING)}`)
const optionValue: Shown = (value, relation) => `CASE WHEN ${isOpen(`${relation}.option_name::pg_catalog.text ${C}`)} THEN ${value}::pg_catalog.varchar ELSE '[redacted]'::pg_catalog.varchar END`

/** By relation made by initdb, and column. */
const COLUMNS: ReadonlyMap<string, Readonly<Record<string, Shown>>> = new Map(Object.entries<Readonly<Record<string, Shown>>>({
  pg_settings: { setting, reset_val: setting },
  pg_db_role_setting: { setconfig: settings },
  pg_roles: { rolconfig: settings },
  pg_user: { useconfig: settings },
  pg_subscription: { subconninfo: nothing },
  pg_stat_wal_receiver: { conninfo: nothing },
  pg_foreign_data_wrapper: { fdwoptions: options },
  pg_foreign_server: { srvoptions: options },
  pg_foreign_table: { ftoptions: options },
  pg_user_mappings: { umoptions: options },
  _pg_foreign_data_wrappers: { fdwoptions: options },
  _pg_foreign_servers: { srvoptions: options },
  _pg_foreign_tables: { ftoptions: options },
  foreign_data_wrapper_options: { option_value: optionValue },
  foreign_server_options: { option_value: optionValue },
  foreign_table_options: { option_value: optionValue },
}))

const HOLDERS = ['pg_authid', 'pg_db_role_setting', 'pg_foreign_data_wrapper', 'pg_foreign_server', 'pg_foreign_table', 'pg_subscription', 'pg_user_mapping']

/** Statistics hold values of columns, also of these. */
const ROWS: ReadonlyMap<string, string> = new Map([
  ['pg_stats', `("pg_stats"."schemaname" OPERATOR(pg_catalog.<>) 'pg_catalog' OR "pg_stats"."tablename" OPERATOR(pg_catalog.<>) ALL (ARRAY[${HOLDERS.map(quoteText).join(',')}]::pg_catalog.name[]))`],
  ['pg_statistic', `"pg_statistic"."starelid" OPERATOR(pg_catalog.<>) ALL (ARRAY[${HOLDERS.map((name) => `'pg_catalog.${name}'::pg_catalog.regclass`).join(',')}]::pg_catalog.oid[])`],
])

/** Relations of which the snapshot must know the columns. */
export const relationsWithSecrets: readonly string[] = [...COLUMNS.keys(), ...ROWS.keys()]

export const holdsSecrets = ({ builtin, name }: Pick<RelationEntry, 'builtin' | 'name'>): boolean => builtin && (COLUMNS.has(name) || ROWS.has(name))

/** A column as it may be seen; undefined where that is as it is. */
export function withoutSecrets(relation: RelationEntry, column: string): string | undefined {
  const shown = relation.builtin ? COLUMNS.get(relation.name)?.[column] : undefined
  return shown?.(`${quoteName(relation.name)}.${quoteName(column)}`, quoteName(relation.name))
}

/** Which rows of it may be seen. */
export const rowsWithoutSecrets = (relation: RelationEntry): string | undefined => (relation.builtin ? ROWS.get(relation.name) : undefined)
