/** A third collection: what the second found, in other places and in sequences. */
const RELATIONS: readonly (readonly [string, string, string])[] = [
  ['parted', 'k', 'grade'], ['parted_1', 'k', 'grade'], ['parted_2', 'k', 'grade'], ['gen_parent', 'id', 's'], ['gen_child', 'id', 'two'], ['gen_child', 'id', 'gv'], ['named_view', 'id', 'v'], ['over_named', 'id', 'u'], ['odd_types', 'id', 'r'], ['odd_types', 'id', 'j'], ['keyed', 'part', 'secret'], ['frozen_rule', 'id', 'v'], ['staff', 'id', 'mail'],
]
const PLANS: readonly (readonly string[])[] = [
  ['SET enable_seqscan = off', 'SET enable_bitmapscan = off', 'SET enable_sort = off'],
  ['SET enable_indexonlyscan = off', 'SET enable_seqscan = off', 'SET enable_bitmapscan = off', 'SET enable_hashjoin = off', 'SET enable_mergejoin = off'],
  ['SET seq_page_cost = 100000', 'SET random_page_cost = 0', 'SET cpu_tuple_cost = 10', 'SET enable_nestloop = off', 'SET enable_hashjoin = off'],
]
const shapes = (table: string, key: string, hidden: string): readonly string[] => [
  `SELECT ${key} FROM ${table}`, `SELECT ${key} FROM ${table} WHERE ${key} = 1`, `SELECT t.${key}, t.${hidden} FROM ONLY ${table} t WHERE t.${key} > 0 LIMIT 4`, `SELECT array_agg(t.${key}) FROM ${table} t`,
  `SELECT t FROM ${table} t WHERE t.${key} IN (1, 2)`, `SELECT l.id, t.${key} FROM lonely l JOIN ${table} t ON t.${key} = l.id`, `SELECT ${hidden}::text FROM ${table} ORDER BY ${key}`, `SELECT count(*) FROM ${table} WHERE ${hidden}::text LIKE '%canary%'`,
  `SELECT ${key} FROM ${table} ORDER BY ${hidden}, ${key}`, `SELECT min(${key}) FROM ${table} GROUP BY ${hidden} ORDER BY 1`,
]

export const latestMaskAttacks: readonly string[] = [
  ...RELATIONS.flatMap(([table, key, hidden], at) => shapes(table, key, hidden).map((sql, place) => (place < 6 ? `${(PLANS[(at + place) % PLANS.length] as readonly string[]).join('; ')}; ${sql}; RESET ALL` : sql))),
  'SELECT * FROM gen_child ORDER BY id', 'SELECT g FROM gen_child ORDER BY id', 'COPY gen_child TO STDOUT', 'COPY gen_child (g, two) TO STDOUT', 'SELECT gv, two FROM gen_child ORDER BY id', 'SELECT (c).g FROM gen_child c ORDER BY id', 'SELECT id FROM gen_child WHERE gv LIKE $$%yranac$$', 'SELECT c.g FROM gen_child AS c (g, s) ORDER BY g', 'SELECT c.a FROM gen_child AS c (x, y, a) ORDER BY x', 'SELECT max(id) FROM gen_parent', 'SELECT count(*) FROM gen_parent', 'SELECT count(*) FROM ONLY gen_parent', 'SELECT id FROM gen_child WHERE 1 / (id - 25) > 0',
  'SELECT * FROM named_view ORDER BY id', 'SELECT u FROM over_named', 'SELECT * FROM named_copy', 'SELECT * FROM frozen_rule ORDER BY id', 'SELECT v FROM app.frozen_rule WHERE id = 1', 'SELECT attname FROM stats_far', 'SELECT w FROM over_filter ORDER BY id', 'SELECT count(*) FROM over_filter WHERE 1 / (w - 1) >= 0', 'SELECT id FROM over_filter WHERE w / 0 > 1', 'SELECT * FROM top_wages', 'SELECT * FROM per_wage ORDER BY team', 'SELECT * FROM row_view', 'SELECT (r.row).wage FROM row_view r', 'SELECT count(*) FROM filter_view', 'SELECT j FROM json_view ORDER BY j::text', "SELECT j ->> 'b' FROM json_view",
  'SELECT r, ds, j, n, ts FROM odd_types ORDER BY id', 'SELECT lower(r), upper(r), r IS NULL, isempty(r) FROM odd_types ORDER BY id', 'SELECT id FROM odd_types WHERE r @> 5 ORDER BY id', 'SELECT id FROM odd_types WHERE r && int4range(1, 9) ORDER BY r <-> 5', 'SELECT id FROM odd_types ORDER BY r', 'SELECT range_agg(r) FROM odd_types', 'SELECT unnest(ds) FROM odd_types', 'SELECT ds[1], cardinality(ds) FROM odd_types ORDER BY id', 'SELECT (NULL::app.positive)', "SELECT j ? 'canary', j -> 'canary', jsonb_typeof(j), jsonb_array_length(j) FROM odd_types ORDER BY id", "SELECT id FROM odd_types WHERE j @> '{\"canary\": 3}'", "SELECT id FROM odd_types WHERE j @? '$.canary'", 'SELECT jsonb_object_keys(j) FROM odd_types', 'SELECT id, n * 2, scale(n), trunc(n) FROM odd_types ORDER BY id', 'SELECT id FROM odd_types WHERE n BETWEEN 7 AND 8', 'SELECT extract(day FROM ts), ts::date, age(ts) IS NULL FROM odd_types ORDER BY id', 'SELECT date_bin($$1 day$$, ts, ts) FROM odd_types ORDER BY id', 'SELECT sum(n) OVER (ORDER BY ts), id FROM odd_types ORDER BY id', 'SELECT generate_series(1, n::int) FROM odd_types', 'SELECT id FROM odd_types TABLESAMPLE system (100) ORDER BY n, id',
  'SELECT part, count(*) FROM keyed GROUP BY part ORDER BY 1', 'SELECT part, secret, note FROM keyed GROUP BY part, secret ORDER BY 3', 'SELECT part, note FROM keyed GROUP BY part, secret ORDER BY note', 'SELECT k.*, count(*) FROM keyed k GROUP BY k.part, k.secret ORDER BY k.note', 'SELECT part AS secret, note FROM keyed GROUP BY 1, keyed.secret, note ORDER BY 2', 'SELECT secret AS x, note FROM keyed GROUP BY x, part ORDER BY 2', "SELECT note FROM keyed WHERE secret > 500 AND note = 'k7'", "SELECT note FROM keyed WHERE note = 'k7'", 'SELECT count(*) FROM keyed a JOIN keyed b USING (part, secret)', 'SELECT max(secret), min(secret) FROM keyed', 'SELECT DISTINCT secret FROM keyed',
  'SELECT tableoid::regclass, k, note FROM parted ORDER BY note', 'SELECT p.k, p.grade FROM parted p JOIN parted_1 q USING (k, grade) ORDER BY 1 LIMIT 5', 'SELECT grade FROM parted WHERE k = 1 FETCH FIRST ROW WITH TIES'.replace('FETCH', 'ORDER BY grade FETCH'), 'SELECT note FROM parted WHERE grade = 37', 'SELECT note FROM parted_1 WHERE grade * 2 = 74', 'COPY parted TO STDOUT', 'COPY parted_1 TO STDOUT', 'SELECT * FROM ONLY parted', 'SELECT pg_relation_size(app.parted)', 'SELECT grade FROM (TABLE parted) x ORDER BY note',
  'SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = $$app.staff$$::regclass ORDER BY 1', 'SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1', 'SELECT attmissingval FROM pg_attribute WHERE attmissingval IS NOT NULL', 'SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext', 'SELECT * FROM pg_statistic_ext_data', 'SELECT stxdmcv FROM pg_catalog.pg_statistic_ext_data', 'SELECT s.most_common_vals FROM pg_stats_ext s', 'SELECT st_estimatedextent($$app$$, $$staff$$, $$wage$$)', 'SELECT * FROM pg_backend_memory_contexts', 'SELECT sum(used_bytes) > 0 FROM pg_catalog.pg_backend_memory_contexts', 'SELECT (pg_get_backend_memory_contexts()).ident', 'SELECT * FROM pg_get_process_memory_contexts(1, false, 1)', 'SELECT pg_stat_get_backend_activity(1)', 'SELECT * FROM pg_stat_get_backend_activity(1)',
]

/** One message after the other; the last answers are what counts. */
export const maskSequences: readonly (readonly string[])[] = [
  ['PREPARE q1 AS SELECT * FROM staff', 'EXPLAIN EXECUTE q1', 'DEALLOCATE q1'],
  ['PREPARE q2 AS SELECT id FROM events', 'EXPLAIN (ANALYZE, TIMING off, SUMMARY off, BUFFERS off) EXECUTE q2', 'DEALLOCATE q2'],
  ['PREPARE q3 (int) AS SELECT id FROM staff WHERE wage > $1', 'EXPLAIN (VERBOSE, COSTS off) EXECUTE q3 (500)', 'EXECUTE q3 (500)', 'DEALLOCATE q3'],
  ['PREPARE q4 (text) AS SELECT count(*) FROM customers WHERE ssn LIKE $1', "EXECUTE q4 ('canary%')", 'DEALLOCATE q4'],
  ['PREPARE q5 (app.level) AS SELECT id FROM staff WHERE lvl = $1 ORDER BY id', "EXECUTE q5 ('low')", 'DEALLOCATE q5'],
  ['PREPARE q6 (text, int) AS SELECT $1 || code, $2 + wage FROM staff ORDER BY id LIMIT $2', "EXECUTE q6 ('x', 3)", 'DEALLOCATE q6'],
  ['PREPARE q7 (app.addr) AS SELECT id FROM staff WHERE addr = $1', "EXECUTE q7 (ROW('canary street', 7))", 'DEALLOCATE q7'],
  ['PREPARE q8 (int) AS SELECT 1', 'EXECUTE q8 ((SELECT max(wage) FROM staff))', 'DEALLOCATE q8'],
  ['BEGIN', 'DECLARE r1 SCROLL CURSOR FOR SELECT id, wage FROM staff ORDER BY wage, id', 'FETCH LAST FROM r1', 'FETCH ABSOLUTE 5 FROM r1', 'MOVE BACKWARD 2 FROM r1', 'FETCH PRIOR FROM r1', 'COMMIT'],
  ['BEGIN', 'DECLARE r2 CURSOR FOR SELECT * FROM events', 'MOVE FORWARD ALL FROM r2', 'ROLLBACK'],
  ['BEGIN', "SELECT cursor_to_xmlschema('r3', true, false, '')", 'ROLLBACK'],
  ['SET search_path = app, pg_catalog', 'SELECT wage FROM staff ORDER BY id', 'RESET search_path'], ['SET search_path = public', 'SELECT wage FROM staff ORDER BY id', 'RESET search_path'], ['SET search_path = pg_temp, app', 'SELECT count(*) FROM events', 'RESET ALL'],
  ['SET plan_cache_mode = force_generic_plan', 'PREPARE q9 (int) AS SELECT id FROM staff WHERE team = $1', 'EXECUTE q9 (1)', 'EXECUTE q9 (2)', 'DEALLOCATE q9', 'RESET ALL'],
  ['SET enable_seqscan = off', 'SET enable_bitmapscan = off', 'BEGIN', 'DECLARE r4 CURSOR FOR SELECT id FROM staff WHERE team = 3', 'FETCH 1 FROM r4', 'COMMIT', 'RESET ALL'],
  ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'SELECT count(*) FROM events', "SELECT mode, page, tuple FROM pg_locks WHERE mode = 'SIReadLock' AND relation IN ('app.events'::regclass) ORDER BY 2, 3", 'ROLLBACK'],
  ['SET extra_float_digits = 3', 'SET bytea_output = escape', 'SELECT * FROM ONLY staff ORDER BY id', 'RESET ALL'],
  ["SET client_min_messages = 'debug5'", 'SELECT code::int FROM staff', 'RESET ALL'],
  ['SET lc_messages = $$C$$', 'SELECT 1 / wage FROM staff', 'RESET ALL'],
]
