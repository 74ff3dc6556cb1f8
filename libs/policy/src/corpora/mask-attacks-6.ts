/**
 * A sixth collection, in conversations: several messages on one session, by the simple protocol. Its idea is places: each closed
 * call and each masked value in every place of the grammar, and then what a session keeps (cursors, prepared statements, savepoints,
 * snapshots, settings) read again later.
 */
export interface PairedConversation {
  readonly family: string
  readonly messages: readonly string[]
  /** The same without a protected thing. */
  readonly open: readonly string[]
}

const open = (messages: readonly string[]): readonly string[] => messages.map((sql) => sql.replaceAll('vault', 'plain'))
const talks = (family: string, ...list: readonly (readonly string[])[]): readonly PairedConversation[] => list.map((messages) => ({ family, messages, open: open(messages) }))

/** Where an expression `{}` of a row of `vault v` may stand; number for what must be one. */
const PLACES = [
  'SELECT v.id FROM vault v ORDER BY {}, v.id', 'SELECT count(*) FROM vault v GROUP BY {} ORDER BY 1', 'SELECT v.team, count(*) FROM vault v GROUP BY v.team HAVING min({}) IS NOT NULL ORDER BY 1', 'SELECT count(*) FILTER (WHERE {} IS NULL) FROM vault v', 'SELECT DISTINCT ON ({}) v.id FROM vault v ORDER BY {}, v.id',
  'SELECT v.id FROM plain p JOIN vault v ON p.id = v.id AND {} IS NOT NULL ORDER BY 1', 'SELECT x.* FROM vault v, LATERAL (VALUES ({}), ({})) x ORDER BY v.id', 'SELECT (ARRAY[{}, {}])[1 + v.id % 2] FROM vault v ORDER BY v.id', 'SELECT CASE WHEN {} IS NULL THEN 1 / (v.id - 7) ELSE 0 END FROM vault v WHERE v.id <> 7 ORDER BY v.id', 'SELECT GROUPING({}), count(*) FROM vault v GROUP BY GROUPING SETS (({}), ()) ORDER BY 1, 2',
  'SELECT count(*) FROM vault v WHERE EXISTS (SELECT FROM plain p WHERE ROW({}, p.id) IS NOT NULL AND p.id = v.id)', 'SELECT v.id FROM vault v WHERE {} IS DISTINCT FROM ALL (SELECT NULL) ORDER BY 1'.replace('IS DISTINCT FROM ALL (SELECT NULL)', 'IS DISTINCT FROM NULL'), 'SELECT count({}) OVER (PARTITION BY v.team ORDER BY v.id ROWS 3 PRECEDING) FROM vault v ORDER BY v.id', 'SELECT last_value({}) OVER w FROM vault v WINDOW w AS (ORDER BY {}, v.id) ORDER BY v.id',
  'WITH RECURSIVE r AS (SELECT v.id, {} AS x FROM vault v WHERE v.id = 1 UNION ALL SELECT v.id, {} FROM vault v JOIN r ON v.id = r.id + 1 WHERE v.id < 9) SELECT * FROM r ORDER BY id', 'SELECT j.* FROM vault v, jsonb_each(jsonb_build_object(1, {})) j ORDER BY v.id', 'SELECT JSON_OBJECT(1: {}) FROM vault v ORDER BY v.id', "SELECT xmlserialize(CONTENT xmlforest({} AS x) AS text) FROM vault v ORDER BY v.id", 'SELECT v.id FROM vault v LEFT JOIN vault w ON ROW(v.team, 1) = ROW(w.team, 1) AND w.id = v.id AND {} IS NULL WHERE w.id IS NULL ORDER BY 1', 'SELECT coalesce({}, {}) FROM (vault v CROSS JOIN (SELECT 1) o) ORDER BY v.id', 'SELECT max(x::text) FROM (SELECT {} AS x FROM vault v UNION SELECT {} FROM vault v) u', 'SELECT (SELECT {} FROM plain p WHERE p.id = v.id) FROM vault v ORDER BY v.id',
]
const VALUES = ['v.pin', 'v.word', 'v.kind', 'v.span', 'v.doc', 'v.tags', 'v.at', 'v.pin_odd', 'v.code']
const NO_MINIMUM = new Set(['v.span', 'v.doc'])
const places = talks('places', ...PLACES.flatMap((place, at) => VALUES.filter((value, n) => (at + n) % 2 === 0 && !(place.includes('min(') && NO_MINIMUM.has(value))).map((value) => [place.replaceAll('{}', value)])))

/** Calls that show what is closed, in every place. */
const CALL_PLACES = [
  'SELECT id FROM plain ORDER BY {}, id', 'SELECT count(*) FROM plain GROUP BY {}', 'SELECT 1 HAVING {} IS NOT NULL', 'SELECT count(*) FILTER (WHERE {} IS NULL) FROM plain', 'SELECT DISTINCT ON ({}) id FROM plain', 'SELECT p.id FROM plain p JOIN plain q ON p.id = q.id AND {} IS NULL', 'VALUES (1, {})', 'SELECT * FROM ROWS FROM (unnest(ARRAY[{}]))', "SELECT * FROM JSON_TABLE('[1]'::jsonb, '$[*]' PASSING {} AS x COLUMNS (a int PATH '$'))", 'SELECT * FROM xmltable($$/a$$ PASSING xmlelement(name a, {}) COLUMNS x text PATH $$.$$)',
  'WITH x AS MATERIALIZED (SELECT {} AS y) SELECT y FROM x', 'SELECT (SELECT {})', 'SELECT CASE {} WHEN NULL THEN 1 END', 'SELECT ARRAY[{}]', 'SELECT ROW({}).f1', 'SELECT JSON_ARRAY({})', 'SELECT coalesce({}, {})', 'SELECT max({}) OVER () FROM plain', 'SELECT id FROM plain LIMIT length(({})::text)', 'PREPARE c1 AS SELECT {}', 'DECLARE c2 CURSOR WITH HOLD FOR SELECT {}', 'COPY (SELECT {}) TO STDOUT', 'EXPLAIN SELECT {}', "SELECT {} IS DISTINCT FROM 'x'", 'SELECT id FROM plain TABLESAMPLE bernoulli (length(({})::text))',
]
const CALLS = [
  "current_setting(setting_name => 'pgbeam.mask_inner')", "('pgbeam.mask_outer'::pg_catalog.text).current_setting", "current_setting('pgbeam.mask_inner' || '')", "pg_catalog.current_setting(lower('PGBEAM.MASK_INNER'), missing_ok => true)", '(pg_backend_pid()).pg_stat_get_backend_io', "('app.vault_seq_no_seq'::regclass).pg_sequence_last_value", "pg_stat_get_xact_blocks_hit('app.vault'::regclass)", "('app.vault'::regclass::oid).pg_stat_get_blocks_fetched", "pg_stat_get_db_blocks_hit(5)", 'current_query()', "pg_relpages('app.vault')",
]
const calls: readonly PairedConversation[] = CALL_PLACES.flatMap((place, at) => [0, 5, 8].map((n) => CALLS[(at + n) % CALLS.length] as string).map((call) => ({ family: 'calls', messages: [place.replaceAll('{}', call)], open: ["SELECT current_setting('work_mem'), pg_relation_size('app.plain') > 0"] })))

const READS = ['SELECT id, pin, word FROM vault ORDER BY id LIMIT 5', 'SELECT count(*), max(pin) FROM vault', 'SELECT v FROM vault v WHERE id < 4 ORDER BY pin, id', 'SELECT note FROM vault_kept ORDER BY id LIMIT 3']
const kept = talks(
  'kept',
  ...READS.flatMap((read, at) => [
    ['BEGIN', `DECLARE k${at} SCROLL CURSOR FOR ${read}`, `FETCH 2 FROM k${at}`, 'SAVEPOINT a', `FETCH BACKWARD ALL FROM k${at}`, 'ROLLBACK TO a', `FETCH FORWARD 9 FROM k${at}`, `MOVE ABSOLUTE 1 IN k${at}`, `FETCH RELATIVE 1 FROM k${at}`, 'COMMIT'],
    [`DECLARE h${at} SCROLL CURSOR WITH HOLD FOR ${read}`, `FETCH LAST FROM h${at}`, "SET search_path = other, app, public", `FETCH FIRST FROM h${at}`, `FETCH PRIOR FROM h${at}`, 'CLOSE ALL', 'RESET ALL'],
    [`PREPARE p${at} AS ${read}`, `EXECUTE p${at}`, "SET plan_cache_mode = 'force_generic_plan'", `EXECUTE p${at}`, 'SET enable_seqscan = off', `EXECUTE p${at}`, "SET search_path = ''", `EXECUTE p${at}`, 'DEALLOCATE ALL', 'RESET ALL'],
    ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', read, 'SAVEPOINT b', 'SELECT 1 FROM plain LIMIT 1', read, 'RELEASE b', 'COMMIT AND CHAIN', read, 'ROLLBACK'],
    ['BEGIN; ' + read + '; SAVEPOINT c', read + '; ' + read, 'ROLLBACK TO c; RELEASE c; ' + read, 'COMMIT'],
    [`COPY (${read}) TO STDOUT`.replace('COPY', 'PREPARE').replace(' TO STDOUT', '').replace('(', `o${at} AS `).replace(/\)$/, ''), `EXECUTE o${at}`, 'DISCARD PLANS', `EXECUTE o${at}`, `DEALLOCATE o${at}`],
  ]),
)

const shaped = talks(
  'settings',
  ...["DateStyle = 'Postgres, DMY'", "IntervalStyle = 'iso_8601'", "TimeZone = 'Pacific/Kiritimati'", 'extra_float_digits = -10', "bytea_output = 'escape'", "default_text_search_config = 'pg_catalog.english'", 'array_nulls = off', 'enable_indexscan = off', 'enable_material = off', 'enable_memoize = off', 'enable_incremental_sort = off', 'enable_hashagg = off', 'enable_partitionwise_join = on', 'enable_self_join_elimination = off', 'enable_distinct_reordering = off', 'enable_group_by_reordering = off', 'geqo_threshold = 2', 'join_collapse_limit = 1', 'cursor_tuple_fraction = 0.001', 'recursive_worktable_factor = 1000', 'jit = on', 'jit_above_cost = 0', "debug_parallel_query = 'on'", 'parallel_tuple_cost = 0', 'min_parallel_table_scan_size = 0', 'effective_cache_size = 8', 'hash_mem_multiplier = 1', 'gin_fuzzy_search_limit = 5', "constraint_exclusion = 'on'", 'synchronize_seqscans = off'].map((setting, at) => [`SET ${setting}`, READS[at % READS.length] as string, 'SELECT k.place % 7, count(*) FROM vault_kept k GROUP BY 1', 'SELECT v.id, s.n FROM vault v JOIN (SELECT id, count(*) AS n FROM vault_kept GROUP BY id) s USING (id) ORDER BY v.tag, v.id', 'RESET ALL']),
)

const told = (...list: readonly string[]): readonly PairedConversation[] => list.map((sql) => ({ family: 'counters', messages: ['SELECT big FROM vault WHERE id = 7', sql], open: ['SELECT numbackends > 0 FROM pg_stat_database WHERE datname = current_database()'] }))
const counted = told(
  'SELECT hits FROM pg_stat_get_backend_io(pg_backend_pid())', 'SELECT (pg_stat_get_backend_io(pg_backend_pid())).hits', 'SELECT sum(hits) FROM pg_stat_io', 'SELECT i FROM pg_stat_io i', 'SELECT pg_stat_get_io()', 'SELECT blks_hit, blks_read, tup_returned, tup_fetched FROM pg_stat_database WHERE datname = current_database()', 'SELECT d.tup_returned IS NULL, d.temp_bytes FROM pg_stat_database d WHERE d.datname = current_database()', 'SELECT pg_stat_get_db_tuples_returned(oid) FROM pg_database WHERE datname = current_database()', 'SELECT pg_stat_get_db_blocks_fetched(oid), pg_stat_get_db_blocks_hit(oid) FROM pg_database', 'SELECT (oid).pg_stat_get_db_tuples_fetched FROM pg_database', "SELECT seq_tup_read, idx_tup_fetch, idx_scan, seq_scan FROM pg_stat_user_tables WHERE relname LIKE 'vault%'", "SELECT t.idx_tup_fetch FROM pg_stat_all_tables t WHERE t.relname = 'vault_rows'", "SELECT to_json(t) -> 'seq_tup_read' FROM pg_stat_user_tables t WHERE relname = 'vault'", 'SELECT temp_files, temp_bytes FROM pg_stat_database WHERE temp_bytes > 0', "SELECT buffers_used FROM pg_buffercache_summary()", "SELECT * FROM pg_stat_xact_sys_tables", 'SELECT * FROM pg_statio_sys_indexes', "SELECT last_idx_scan IS NULL FROM pg_stat_user_tables WHERE relname = 'vault'",
)

/** What asks a counter. */
export const counterAttacks: readonly string[] = counted.map(({ messages }) => messages.at(-1) as string)

export const pairedConversations: readonly PairedConversation[] = [...places, ...calls, ...kept, ...shaped, ...counted]
