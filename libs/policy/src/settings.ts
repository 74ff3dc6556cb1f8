/** Settings that a credential under a policy that reads statements may change: what shapes answers and plans, not what guards the session. */
import { Refusal } from './denial.js'
import type { CompiledPolicy } from './types.js'

const FREE = new Set(`
  search_path application_name client_min_messages datestyle intervalstyle timezone extra_float_digits bytea_output
  xmlbinary xmloption lc_messages lc_monetary lc_numeric lc_time default_text_search_config array_nulls
  escape_string_warning transform_null_equals quote_all_identifiers check_function_bodies synchronize_seqscans
  seq_page_cost random_page_cost cpu_tuple_cost cpu_index_tuple_cost cpu_operator_cost parallel_setup_cost parallel_tuple_cost
  jit jit_above_cost jit_inline_above_cost jit_optimize_above_cost jit_expressions jit_tuple_deforming
  min_parallel_table_scan_size min_parallel_index_scan_size max_parallel_workers_per_gather max_parallel_workers
  parallel_leader_participation force_parallel_mode debug_parallel_query effective_cache_size effective_io_concurrency
  work_mem hash_mem_multiplier temp_buffers geqo geqo_threshold geqo_effort geqo_pool_size geqo_generations
  geqo_selection_bias geqo_seed from_collapse_limit join_collapse_limit cursor_tuple_fraction constraint_exclusion
  plan_cache_mode recursive_worktable_factor gin_fuzzy_search_limit default_statistics_target icu_validation_level
  default_transaction_isolation default_transaction_deferrable transaction_isolation transaction_deferrable
  lock_timeout idle_in_transaction_session_timeout idle_session_timeout transaction_timeout
  default_table_access_method default_tablespace default_toast_compression default_with_oids temp_tablespaces
  restrict_nonsystem_relation_kind tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout
  pg_trgm.similarity_threshold pg_trgm.word_similarity_threshold pg_trgm.strict_word_similarity_threshold
  hnsw.ef_search hnsw.iterative_scan hnsw.max_scan_tuples hnsw.scan_mem_multiplier ivfflat.probes ivfflat.iterative_scan
  ivfflat.max_probes`.trim().split(/\s+/))

/** Settings that guard the session, with the one value that they may be given. */
const PINNED = new Map<string, (value: string, policy: CompiledPolicy) => boolean>([
  ['standard_conforming_strings', isOn],
  ['default_transaction_read_only', (value, { writes }) => writes || isOn(value)],
  ['transaction_read_only', (value, { writes }) => writes || isOn(value)],
  ['client_encoding', (value) => /^(utf-?8|unicode)$/i.test(value)],
])

function isOn(value: string): boolean {
  return /^(on|true|t|tr|tru|yes|y|ye|1)$/i.test(value)
}

/** Checks `name = values`; `undefined` for values means back to the session's start, where guards are as they were set. */
export function checkSetting(policy: CompiledPolicy, rawName: string, values: readonly string[] | undefined): void {
  const name = rawName.toLowerCase()
  if (FREE.has(name) || name.startsWith('enable_')) return
  const pinned = PINNED.get(name)
  if (pinned !== undefined) {
    if (values === undefined || (values.length === 1 && pinned(values[0] as string, policy))) return
    throw new Refusal('session_guard', `${name} guards this session and may not be changed this way`, 'Leave it as it is.')
  }
  if (name === 'statement_timeout') return checkTimeout(policy, values)
  if (name === 'synchronous_commit' && policy.writes) return
  // Connection pools send it, DISCARD ALL contains it.
  if (name === 'session_authorization' && values === undefined) return
  throw new Refusal(
    'session_guard', `${name} may not be changed with this credential`,
    'Settings for planning, formats, time zone, search_path and timeouts may be changed.',
  )
}

/** Nobody is shown its value. */
export function secretSetting(what: string): Refusal {
  return new Refusal('closed_catalog', `${what} is closed to this credential: it may hold a password, a key or where one is`, 'Leave it out; other settings may be shown by their names.')
}

const UNIT_MS = new Map([['us', 0.001], ['ms', 1], ['s', 1000], ['min', 60_000], ['h', 3_600_000], ['d', 86_400_000]])

function checkTimeout(policy: CompiledPolicy, values: readonly string[] | undefined): void {
  const max = policy.statementTimeoutMsMax
  if (max === undefined || max === 0 || values === undefined) return
  const [, number, unit] = /^\s*([0-9]+(?:\.[0-9]+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(values[0] ?? '') ?? []
  const wantedMs = Math.round(Number(number) * (UNIT_MS.get(unit ?? 'ms') ?? NaN))
  if (values.length === 1 && wantedMs > 0 && wantedMs <= max) return
  throw new Refusal('session_guard', `statement_timeout may be set to at most ${max} ms and not to 0`, `For example: SET statement_timeout = ${max}.`)
}
