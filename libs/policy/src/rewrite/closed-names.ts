/** What of the server's own is closed wherever a policy masks or filters, and why. */

const VALUES = 'shows values of columns'
const STATEMENTS = 'shows statements as they are sent to the database'
const COUNTS = 'counts what was read of rows and columns that are hidden'
/** Of a row that is changed the log holds what differs: its length tells how much of a masked value a guess has in common with. */
const LOGGED = 'shows how much the server has logged, and so how far a value that was written is like the one before'

export const CLOSED_RELATIONS: ReadonlyMap<string, string> = new Map([
  ...['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_statistic', 'pg_statistic_ext_data'].map((name) => [name, VALUES] as const),
  ...['pg_prepared_statements', 'pg_cursors', 'pg_stat_statements', 'pg_backend_memory_contexts'].map((name) => [name, STATEMENTS] as const),
  ['pg_stat_io', COUNTS],
  ...['pg_stat_wal', 'pg_stat_replication', 'pg_stat_wal_receiver', 'pg_stat_subscription', 'pg_replication_slots', 'pg_replication_origin_status'].map((name) => [name, LOGGED] as const),
  ['pg_largeobject', 'holds data that no rule can be written for'],
  // Which blocks and entries a statement read: how long a value is, how many rows are hidden for which reason, and what was planned.
  ...['all', 'sys', 'user'].flatMap((which) => [`pg_stat_xact_${which}_tables`, `pg_stat_${which}_indexes`, `pg_statio_${which}_indexes`, `pg_statio_${which}_tables`]).map((name) => [name, COUNTS] as const),
])

/** Closed besides where a masked column stands in the text of an index, a constraint, a trigger, … or the bounds of partitions. */
export const DEFINING_RELATIONS: ReadonlySet<string> = new Set([
  'pg_constraint', 'pg_index', 'pg_indexes', 'pg_attrdef', 'pg_statistic_ext', 'check_constraints', 'pg_trigger', 'triggers', 'pg_policy', 'pg_policies', 'pg_rewrite', 'pg_rules', 'pg_publication_rel', 'pg_publication_tables',
  'pg_partitioned_table',
])
export const DEFINING_FUNCTIONS: ReadonlySet<string> = new Set([
  'pg_get_constraintdef', 'pg_get_indexdef', 'pg_get_expr', 'pg_get_partition_constraintdef', 'pg_get_partkeydef', 'pg_get_statisticsobjdef', 'pg_get_statisticsobjdef_expressions',
  'pg_get_triggerdef', 'pg_get_ruledef', 'pg_get_publication_tables',
])

export const CLOSED_FUNCTIONS: ReadonlySet<string> = new Set([
  'current_query', 'pg_stat_get_activity', 'pg_stat_get_backend_activity', 'pg_prepared_statement', 'pg_cursor', 'pg_show_all_settings', 'pg_mcv_list_items',
  'pg_stat_statements', 'lo_get', 'lo_open', 'loread', 'show_all_settings', 'pg_get_backend_memory_contexts', 'pg_get_process_memory_contexts',
  ...['numscans', 'lastscan', 'tuples_returned', 'tuples_fetched', 'blocks_fetched', 'blocks_hit'].flatMap((what) => [`pg_stat_get_${what}`, `pg_stat_get_xact_${what}`]),
  ...['blocks_fetched', 'blocks_hit', 'tuples_returned', 'tuples_fetched', 'temp_files', 'temp_bytes'].map((what) => `pg_stat_get_db_${what}`), 'pg_stat_get_io', 'pg_stat_get_backend_io', 'pg_stat_get_buf_alloc',
  // Places in the log.
  'pg_current_wal_insert_lsn', 'pg_current_wal_lsn', 'pg_current_wal_flush_lsn', 'pg_last_wal_receive_lsn', 'pg_last_wal_replay_lsn', 'pg_stat_get_wal', 'pg_stat_get_backend_wal', 'pg_stat_get_wal_senders', 'pg_stat_get_wal_receiver',
  'pg_stat_get_subscription', 'pg_get_replication_slots', 'pg_show_replication_origin_status', 'pg_control_checkpoint', 'pg_control_recovery', 'pg_get_wal_summarizer_state',
  // Locks that a serializable transaction takes on each row that it read, and the last numbers that sequences gave.
  'pg_lock_status', 'pg_sequence_last_value', 'pg_get_sequence_data',
  // Extensions that measure the bytes of rows and of index entries, or which blocks were read: how long hidden values are.
  'pgstattuple', 'pgstattuple_approx', 'pgstatindex', 'pgstatginindex', 'pgstathashindex', 'pg_freespace', 'pg_buffercache_pages', 'pg_buffercache_summary', 'pg_buffercache_usage_counts', 'pg_relpages',
  // PostGIS: they look into a table, or into its statistics, by its name.
  'st_estimatedextent', 'st_estimated_extent', 'geometry_estimated_extent', 'st_findextent', 'st_find_extent', 'find_extent', '_postgis_stats', '_postgis_selectivity',
  '_postgis_join_selectivity', '_postgis_index_extent',
])
