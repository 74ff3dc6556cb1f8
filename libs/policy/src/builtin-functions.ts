/**
 * Which functions of Postgres's own a read-only credential may call. Immutable and stable ones may, but for the few
 * that do more than their label says; volatile ones may not, but for those that only look.
 */

/** Volatile, since they look at the clock, the session or shared state, but they change nothing that outlives a statement. */
const HARMLESS_VOLATILE = words(`
  array_sample array_shuffle clock_timestamp current_query currval gen_random_uuid lastval random random_normal setseed
  timeofday uuidv4 uuidv7
  pg_sleep pg_sleep_for pg_sleep_until
  pg_database_size pg_indexes_size pg_relation_size pg_table_size pg_tablespace_size pg_total_relation_size
  pg_partition_ancestors pg_partition_tree pg_sequence_last_value pg_get_sequence_data
  pg_blocking_pids pg_safe_snapshot_blocking_pids pg_isolation_test_session_is_blocked pg_lock_status pg_prepared_xact
  pg_is_in_recovery pg_is_wal_replay_paused pg_get_wal_replay_pause_state pg_last_committed_xact pg_last_wal_receive_lsn
  pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn
  pg_collation_actual_version pg_database_collation_actual_version pg_control_checkpoint pg_control_init pg_control_recovery
  pg_control_system pg_jit_available pg_notification_queue_usage pg_get_multixact_members pg_show_replication_origin_status
  pg_get_aios pg_get_backend_memory_contexts pg_get_loaded_modules pg_get_shmem_allocations pg_get_shmem_allocations_numa
  pg_get_wait_events pg_get_wal_resource_managers pg_get_wal_summarizer_state
  pg_stat_get_backend_io pg_stat_get_backend_wal pg_stat_get_io pg_stat_get_recovery_prefetch pg_stat_get_xact_blocks_fetched
  pg_stat_get_xact_blocks_hit pg_stat_get_xact_function_calls pg_stat_get_xact_function_self_time
  pg_stat_get_xact_function_total_time pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted
  pg_stat_get_xact_tuples_fetched pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted
  pg_stat_get_xact_tuples_newpage_updated pg_stat_get_xact_tuples_returned pg_stat_get_xact_tuples_updated
  pg_stat_have_stats pg_stat_clear_snapshot pg_xact_commit_timestamp pg_xact_commit_timestamp_origin pg_xact_status txid_status
  pg_advisory_unlock_all
  set_config ts_rewrite`)
// pg_advisory_unlock_all: drivers' pools send it when a session is returned; there is nothing to unlock, since no other
// advisory function runs. set_config and ts_rewrite are looked at call by call (see calls.ts).

/** Whether they may run is decided call by call, by their arguments. */
export const JUDGED_BY_CALL: ReadonlySet<string> = words('set_config ts_rewrite current_setting pg_input_is_valid pg_input_error_info nextval setval')

/** They tell the last number of any sequence, of which a table list closes some: reading the sequence itself is judged by its name. */
export const TELLS_SEQUENCES: ReadonlySet<string> = words('pg_sequence_last_value pg_get_sequence_data')

/** Labelled stable or immutable, and yet they write, run SQL given as text, or run the input code of any type. */
const HARMFUL_UNLABELLED = words(`
  txid_current pg_current_xact_id
  table_to_xml table_to_xml_and_xmlschema schema_to_xml schema_to_xml_and_xmlschema database_to_xml
  database_to_xml_and_xmlschema
  domain_in domain_recv array_in array_recv record_in record_recv range_in range_recv multirange_in multirange_recv
  plpgsql_validator fmgr_sql_validator fmgr_c_validator`)

/** Why a built-in may not run, or undefined when it may. `volatilities` are those of all its overloads. */
export function builtinRisk(name: string, volatilities: string, languageIsPlain: boolean): string | undefined {
  if (!languageIsPlain) return 'is part of a language or an index method'
  if (HARMFUL_UNLABELLED.has(name)) return purposeOf(name)
  if (volatilities.includes('v') && !HARMLESS_VOLATILE.has(name)) return purposeOf(name)
  return undefined
}

function purposeOf(name: string): string {
  if (/^(txid_current|pg_current_xact_id)$/.test(name)) return 'takes a transaction number, which is a write'
  if (/(_to_xml|^ts_stat|^cursor_)/.test(name)) return 'runs SQL given to it as text or by name'
  if (/^(nextval|setval)$/.test(name)) return 'changes a sequence'
  if (/^(lo_|lo(read|write)$)/.test(name)) return 'works on large objects'
  if (/advisory/.test(name)) return 'takes or frees a lock'
  if (/notify|emit_message/.test(name)) return 'sends a message'
  if (/^pg_(read|ls|stat_file|hba|ident|show_all_file|current_logfile|rotate)/.test(name)) return "works on the server's files"
  if (/(terminate|cancel|log)_backend|reload_conf|promote/.test(name)) return 'acts on the server or on other sessions'
  if (/replication|slot/.test(name)) return 'acts on replication'
  if (/_(in|recv)$/.test(name)) return 'runs the input code of a type that it is told by number'
  return 'has side effects or is not known to be free of them'
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
