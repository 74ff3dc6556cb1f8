/**
 * What of the server's own is open wherever a policy masks or filters: each was looked at, and shows nothing of what is hidden. What a later server
 * brings, and what is not here, is closed until somebody has looked.
 */

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Catalogs and views of pg_catalog. Those of the standard's information_schema are made of definitions alone, and are closed one by one. */
const OPEN_RELATIONS = names(`
  pg_aggregate pg_am pg_amop pg_amproc pg_attrdef pg_attribute pg_auth_members pg_authid pg_cast pg_class pg_collation pg_constraint pg_conversion pg_database
  pg_db_role_setting pg_default_acl pg_depend pg_description pg_enum pg_event_trigger pg_extension pg_foreign_data_wrapper pg_foreign_server pg_foreign_table
  pg_index pg_inherits pg_init_privs pg_language pg_largeobject_metadata pg_namespace pg_opclass pg_operator pg_opfamily pg_parameter_acl pg_partitioned_table
  pg_policy pg_proc pg_publication pg_publication_namespace pg_publication_rel pg_range pg_replication_origin pg_rewrite pg_seclabel pg_sequence pg_shdepend
  pg_shdescription pg_shseclabel pg_statistic_ext pg_subscription pg_subscription_rel pg_tablespace pg_transform pg_trigger pg_ts_config pg_ts_config_map
  pg_ts_dict pg_ts_parser pg_ts_template pg_type pg_user_mapping

  pg_available_extension_versions pg_available_extensions pg_config pg_file_settings pg_group pg_hba_file_rules pg_ident_file_mappings pg_indexes pg_locks pg_matviews
  pg_policies pg_prepared_xacts pg_publication_tables pg_roles pg_rules pg_seclabels pg_sequences pg_settings pg_shadow pg_tables pg_timezone_abbrevs pg_timezone_names
  pg_user pg_user_mappings pg_views pg_wait_events

  pg_stat_activity pg_stat_all_tables pg_stat_archiver pg_stat_bgwriter pg_stat_checkpointer pg_stat_database pg_stat_database_conflicts pg_stat_gssapi
  pg_stat_progress_analyze pg_stat_progress_basebackup pg_stat_progress_cluster pg_stat_progress_copy pg_stat_progress_create_index pg_stat_progress_vacuum
  pg_stat_ssl pg_stat_sys_tables pg_stat_user_functions pg_stat_user_tables pg_stat_xact_user_functions`)

/** Functions by a name that begins with pg_: they look at the server. Others compute, or are judged by what they do. */
const OPEN_FUNCTIONS = names(`
  pg_advisory_unlock_all pg_available_extension_versions pg_available_extensions pg_backend_pid pg_basetype pg_blocking_pids pg_char_to_encoding pg_client_encoding
  pg_collation_actual_version pg_collation_for pg_collation_is_visible pg_column_compression pg_column_is_updatable pg_column_size pg_column_toast_chunk_id
  pg_conf_load_time pg_config pg_conversion_is_visible pg_current_snapshot pg_current_xact_id_if_assigned pg_database_collation_actual_version pg_database_size
  pg_describe_object pg_encoding_max_length pg_encoding_to_char pg_event_trigger_ddl_commands pg_extension_update_paths pg_filenode_relation pg_function_is_visible
  pg_get_acl pg_get_catalog_foreign_keys pg_get_constraintdef pg_get_expr pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments
  pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef pg_get_keywords pg_get_object_address pg_get_partition_constraintdef
  pg_get_partkeydef pg_get_publication_tables pg_get_replica_identity_index pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef
  pg_get_statisticsobjdef_columns pg_get_statisticsobjdef_expressions pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_get_wait_events pg_has_role
  pg_identify_object pg_identify_object_as_address pg_index_column_has_property pg_index_has_property pg_indexam_has_property pg_indexes_size pg_input_error_info
  pg_input_is_valid pg_is_in_recovery pg_is_other_temp_schema pg_is_wal_replay_paused pg_jit_available pg_last_xact_replay_timestamp pg_listening_channels
  pg_lsn pg_my_temp_schema pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible pg_options_to_table pg_partition_ancestors pg_partition_root
  pg_partition_tree pg_postmaster_start_time pg_relation_filenode pg_relation_filepath pg_relation_is_publishable pg_relation_is_updatable pg_relation_size
  pg_safe_snapshot_blocking_pids pg_sequence_parameters pg_settings_get_flags pg_size_bytes pg_size_pretty pg_sleep pg_sleep_for pg_sleep_until
  pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin pg_stat_clear_snapshot pg_statistics_obj_is_visible pg_table_is_visible pg_table_size pg_tablespace_databases
  pg_tablespace_location pg_tablespace_size pg_timezone_abbrevs pg_timezone_abbrevs_abbrevs pg_timezone_abbrevs_zone pg_timezone_names pg_total_relation_size
  pg_trigger_depth pg_ts_config_is_visible pg_ts_dict_is_visible pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible pg_typeof
  pg_visible_in_snapshot pg_wal_lsn_diff pg_xact_status

  pg_stat_get_analyze_count pg_stat_get_autoanalyze_count pg_stat_get_autovacuum_count pg_stat_get_backend_activity_start pg_stat_get_backend_client_addr
  pg_stat_get_backend_client_port pg_stat_get_backend_dbid pg_stat_get_backend_idset pg_stat_get_backend_pid pg_stat_get_backend_start pg_stat_get_backend_userid
  pg_stat_get_backend_wait_event pg_stat_get_backend_wait_event_type pg_stat_get_backend_xact_start pg_stat_get_db_conflict_all pg_stat_get_db_deadlocks
  pg_stat_get_db_numbackends pg_stat_get_db_sessions pg_stat_get_db_stat_reset_time pg_stat_get_db_xact_commit pg_stat_get_db_xact_rollback
  pg_stat_get_dead_tuples pg_stat_get_function_calls pg_stat_get_ins_since_vacuum pg_stat_get_last_analyze_time pg_stat_get_last_autoanalyze_time
  pg_stat_get_last_autovacuum_time pg_stat_get_last_vacuum_time pg_stat_get_live_tuples pg_stat_get_mod_since_analyze pg_stat_get_progress_info
  pg_stat_get_tuples_deleted pg_stat_get_tuples_hot_updated pg_stat_get_tuples_inserted pg_stat_get_tuples_newpage_updated pg_stat_get_tuples_updated
  pg_stat_get_vacuum_count`)

/** @param relation one of the server's own */
export const isOpenRelation = ({ schema, name }: { readonly schema: string; readonly name: string }): boolean => schema === 'information_schema' || (schema === 'pg_catalog' && OPEN_RELATIONS.has(name))

/** @param name that of a function of the server's own */
export const isOpenFunction = (name: string): boolean => !name.startsWith('pg_') || OPEN_FUNCTIONS.has(name)
