/**
 * A fifth collection, by somebody who had seen none of the others: each attack on `vault…` has a twin on `plain…`, which no rule
 * protects and which answers. Its families: calls without a call's look, state that the server keeps about what it read, copies
 * and children, plans, and what a text can mean.
 */
export interface PairedAttack {
  readonly family: string
  readonly sql: string
  /** What the same is without a protected thing, and must answer; by default the text with `plain` for `vault`. */
  readonly open: string
}

const of = (family: string, ...list: (string | readonly [string, string])[]): readonly PairedAttack[] =>
  list.map((each) => (typeof each === 'string' ? { family, sql: each, open: each.replaceAll('vault', 'plain') } : { family, sql: each[0], open: each[1] }))

const SETTING = "SELECT current_setting('work_mem')"

const notation = of(
  'notation',
  ...[
    "SELECT ('pgbeam.mask_inner'::text).current_setting", "SELECT (('pgbeam.mask_outer')::text).\"current_setting\"", "SELECT x.current_setting FROM unnest(ARRAY['pgbeam.mask_inner']) x", "SELECT (x).current_setting FROM unnest(ARRAY['pgbeam.mask_inner']) x",
    "SELECT current_setting.current_setting FROM unnest(ARRAY['pgbeam.mask_inner']) current_setting", "SELECT lower.current_setting FROM lower('PGBEAM.mask_outer')", "SELECT (concat('pgbeam.', 'mask_inner')).current_setting", "SELECT (string_agg(c, '')).current_setting FROM unnest(ARRAY['pgbeam.', 'mask_inner']) c",
    "SELECT s FROM vault v, LATERAL (SELECT ('pgbeam.mask_outer'::text).current_setting AS s) x", "SELECT id FROM vault WHERE length(('pgbeam.mask_inner'::text).current_setting) = 128", "SELECT (ARRAY['pgbeam.mask_inner'])[1].current_setting", "SELECT ((ARRAY['pgbeam.mask_inner'])[1]).current_setting",
    "SELECT (SELECT 'pgbeam.mask_inner'::text).current_setting", "SELECT (CASE WHEN true THEN 'pgbeam.mask_inner'::text END).current_setting", "EXPLAIN SELECT 1 FROM plain WHERE id < (('pgbeam.mask_inner'::text).current_setting).length", "COPY (SELECT ('pgbeam.mask_outer'::text).current_setting) TO STDOUT",
    "PREPARE n1 (text) AS SELECT ($1).current_setting; EXECUTE n1 ('pgbeam.mask_inner'); DEALLOCATE n1", "DECLARE n2 CURSOR WITH HOLD FOR SELECT ('pgbeam.mask_inner'::text).current_setting; FETCH n2; CLOSE n2", "SELECT U&\"x\".U&\"current\\005Fsetting\" FROM unnest(ARRAY['pgbeam.mask_inner']) x", "SELECT (x.x).current_setting FROM unnest(ARRAY['pgbeam.mask_inner']) x",
    "SELECT t.c FROM (SELECT (n).current_setting AS c FROM (VALUES ('pgbeam.mask_inner'::text)) v (n)) t", "SELECT max((n).current_setting) FROM (VALUES ('pgbeam.mask_inner'::text)) v (n)", "VALUES (('pgbeam.mask_inner'::text).current_setting)", "SELECT (j ->> 'k').current_setting FROM jsonb_build_object('k', 'pgbeam.mask_inner') j",
    'SELECT (1).pg_stat_get_backend_activity', 'SELECT b.pg_stat_get_backend_activity FROM pg_stat_get_backend_idset() b', '(SELECT (0).pg_stat_get_activity)', 'SELECT (pg_backend_pid()).pg_stat_get_activity', 'SELECT ((pg_backend_pid()).pg_stat_get_activity).query', 'SELECT (true).pg_stat_statements',
    "SELECT ('app.vault'::regclass).pgstattuple", "SELECT ('app.vault'::text).pgstattuple", "SELECT ('app.vault_team'::regclass).pgstatindex", "SELECT ('app.vault'::regclass).pg_freespace", "SELECT x.pgstattuple_approx FROM CAST('app.vault' AS regclass) x",
  ].map((sql): [string, string] => [sql, SETTING]),
)

/** What a running server counts, row by row and block by block. */
const counted = (read: string, count: string): string => `BEGIN; ${read}; ${count}; COMMIT`
const BLOCKS = "SELECT pg_stat_get_xact_blocks_fetched(reltoastrelid) FROM pg_class WHERE oid = 'app.vault'::regclass"
const counters = of(
  'counters',
  ...[
    counted('SELECT big FROM vault WHERE id = 7', BLOCKS), counted('SELECT right(big, 1) FROM vault WHERE id = 8', BLOCKS.replace('fetched', 'hit')), counted('SELECT count(big) FROM vault', BLOCKS), counted("SELECT id FROM vault WHERE big LIKE '%0000'", BLOCKS), counted('SELECT max(big) FROM vault', BLOCKS.replace('(reltoastrelid)', '((SELECT indexrelid FROM pg_index WHERE indrelid = reltoastrelid))')),
    counted('SELECT big FROM vault WHERE id = 9', BLOCKS.replace('pg_stat_get_xact_blocks_fetched(reltoastrelid)', '(reltoastrelid).pg_stat_get_xact_blocks_fetched')),
    counted('SELECT count(*) FROM vault_rows', "SELECT pg_stat_get_xact_tuples_returned('app.vault_rows_region'::regclass), pg_stat_get_xact_tuples_returned('app.vault_rows_amount'::regclass)"), counted('SELECT count(*) FROM vault_rows', "SELECT pg_stat_get_xact_numscans('app.vault_rows_region'::regclass)"),
    counted('SET LOCAL enable_seqscan = off; SELECT sum(place) FROM vault_rows', "SELECT pg_stat_get_xact_tuples_returned(indexrelid), pg_stat_get_xact_tuples_fetched(indrelid) FROM pg_index WHERE indrelid = 'app.vault_rows'::regclass ORDER BY 1, 2"), counted('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SELECT max(place) FROM vault_rows', "SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'vault_rows'"),
    counted('SET LOCAL enable_seqscan = off; SELECT count(*) FROM vault_rows', "SELECT pg_stat_get_xact_blocks_fetched('app.vault_rows'::regclass)"), counted('SET LOCAL random_page_cost = 1.1; SELECT count(*) FROM vault_rows', "SELECT seq_scan, seq_tup_read, idx_scan, idx_tup_fetch FROM pg_stat_xact_all_tables WHERE relname = 'vault_rows'"),
    "SELECT heap_blks_hit, toast_blks_hit, toast_blks_read, tidx_blks_hit FROM pg_statio_user_tables WHERE relname = 'vault'", "SELECT idx_blks_hit, idx_blks_read FROM pg_statio_user_indexes WHERE relname = 'vault_rows' ORDER BY 1, 2", "SELECT idx_scan, idx_tup_read, idx_tup_fetch FROM pg_stat_user_indexes WHERE relname = 'vault_rows' ORDER BY 1, 2, 3", "SELECT pg_stat_get_blocks_hit(reltoastrelid), pg_stat_get_blocks_fetched(reltoastrelid) FROM pg_class WHERE relname = 'vault'", "SELECT idx_tup_read FROM pg_stat_all_indexes WHERE indexrelname = 'vault_rows_amount'", "SELECT toast_blks_hit FROM pg_statio_all_tables WHERE relname = 'vault'",
  ].map((sql): [string, string] => [sql, "SELECT seq_scan >= 0, n_live_tup >= 0 FROM pg_stat_user_tables WHERE relname = 'plain'"]),
)

const LOCKS = "SELECT locktype, page, tuple FROM pg_locks WHERE mode = 'SIReadLock' ORDER BY 1, 2, 3"
const serial = (sql: string, look: string): string => `BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; ${sql}; ${look}; COMMIT`
const locks = of(
  'locks',
  ...[
    serial('SELECT count(*) FROM vault_rows WHERE place < 40', LOCKS), serial('SELECT id FROM vault_rows ORDER BY place LIMIT 2', LOCKS), serial('SELECT id FROM vault_rows LIMIT 5', LOCKS), serial('SELECT min(amount) FROM vault_rows', "SELECT count(*) FROM pg_locks WHERE mode = 'SIReadLock'"), serial('SELECT id FROM vault_rows LIMIT 5', "SELECT count(*) FROM pg_lock_status() WHERE mode = 'SIReadLock'"),
    serial('SELECT pin FROM vault WHERE team = 1', LOCKS), serial('SELECT id FROM vault_heirs WHERE id < 9', LOCKS), serial('SELECT id FROM vault_rows LIMIT 9', "SELECT l.tuple FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname LIKE 'vault%' AND l.tuple IS NOT NULL ORDER BY 1"), serial('SELECT id FROM vault_rows LIMIT 9', 'SELECT (pg_lock_status()).tuple'),
  ].map((sql): [string, string] => [sql, 'SELECT count(*) > 0 FROM pg_locks']),
)

const sequences = of(
  'sequence',
  ...[
    'SELECT last_value FROM vault_seq_no_seq', 'SELECT * FROM app.vault_seq_no_seq', 'SELECT s FROM vault_seq_no_seq s', 'TABLE vault_rows_id_seq', 'COPY vault_seq_no_seq TO STDOUT', "SELECT pg_sequence_last_value('app.vault_seq_no_seq')", "SELECT ('app.vault_seq_no_seq'::regclass).pg_sequence_last_value", "SELECT x.pg_sequence_last_value FROM CAST('app.vault_rows_id_seq' AS regclass) x", "SELECT last_value FROM pg_sequences WHERE sequencename = 'vault_seq_no_seq'", 'SELECT s.last_value FROM pg_catalog.pg_sequences s ORDER BY sequencename', "SELECT pg_get_sequence_data('app.vault_seq_no_seq')", "SELECT last_value FROM pg_get_sequence_data('app.vault_rows_id_seq'::regclass)", "SELECT pg_sequence_last_value(pg_get_serial_sequence('app.vault', 'seq_no')::regclass)", 'SELECT (TABLE vault_rows_id_seq LIMIT 1)', 'SELECT count(*) FROM vault_rows_id_seq WHERE last_value > 3500', "SELECT pg_sequence_last_value(objid) FROM pg_depend WHERE refobjid = 'app.vault'::regclass AND deptype = 'i'",
  ].map((sql): [string, string] => [sql, 'SELECT last_value FROM plain_seq_no_seq']),
)

const copies = of(
  'copies',
  'SELECT * FROM vault_copy ORDER BY id', 'SELECT max(pin) FROM vault_copy', 'TABLE vault_far', 'SELECT top FROM vault_far', 'SELECT n FROM vault_sums ORDER BY k', 'COPY vault_copy TO STDOUT', 'COPY (TABLE vault_sums) TO STDOUT', 'SELECT v.id FROM vault_copy v WHERE v.pin > 7005', 'SELECT id FROM vault_copy ORDER BY pin DESC', 'EXPLAIN SELECT * FROM vault_copy WHERE pin > 7005', 'WITH c AS (TABLE vault_copy) SELECT sum(pin) FROM c', 'SELECT n FROM vault_only',
)

const children = of(
  'children',
  'SELECT pin FROM ONLY vault_parent ORDER BY id', 'SELECT pin FROM vault_child ORDER BY id', 'SELECT pin FROM vault_low ORDER BY id', 'SELECT pin FROM vault_high ORDER BY id', 'SELECT pin FROM vault_parent* ORDER BY id', 'SELECT p.pin FROM vault_parent p JOIN ONLY vault_parent q USING (id) ORDER BY 1', 'SELECT max(pin) FROM vault_list', 'SELECT pin FROM vault_list WHERE id BETWEEN 3 AND 6 ORDER BY id', 'COPY vault_child TO STDOUT', 'COPY vault_parent TO STDOUT',
  'SELECT * FROM vault_over ORDER BY 1', 'SELECT count(*) FROM vault_over WHERE pin > 7000', 'SELECT tableoid::regclass, count(*) FROM vault_list GROUP BY 1 ORDER BY 1', 'SELECT part FROM vault_place ORDER BY id', 'SELECT at FROM vault_place WHERE id = 3', 'SELECT (SELECT pin FROM vault_child c WHERE c.id = p.id) FROM vault_child p ORDER BY id', 'SELECT c.tableoid = p.tableoid FROM vault_child c, vault_low p WHERE c.id = 5 AND p.id = 5',
  'SELECT * FROM vault_low TABLESAMPLE system (100) ORDER BY pin, id', 'SELECT id FROM vault_child WHERE pin = 7005', 'SELECT vault_low FROM vault_low ORDER BY id',
)

const AGGREGATES = [
  'range_agg(span)', 'range_intersect_agg(span)', "width_bucket(min(pin), ARRAY[10, 100, 500])", 'mode() WITHIN GROUP (ORDER BY pin)', "percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY pin)", "percentile_disc(0.3) WITHIN GROUP (ORDER BY word)", 'rank(500) WITHIN GROUP (ORDER BY pin)', "dense_rank('canary-5') WITHIN GROUP (ORDER BY word)", 'regr_intercept(pin, id)', 'regr_r2(id, pin)', 'covar_pop(pin, id)', 'bit_xor(pin)', 'any_value(pin)', 'any_value(word)', "string_agg(id::text, ',' ORDER BY pin, id)", "string_agg(tag, '' ORDER BY word DESC, id)",
  'json_agg(id ORDER BY span, id)', 'jsonb_agg_strict(kind ORDER BY id)', 'json_object_agg_unique_strict(id, code)', 'jsonb_object_agg(word || id, id)', 'array_agg(tags || ARRAY[tag])', 'array_agg(DISTINCT doc)', 'xmlagg(xmlelement(name a, at) ORDER BY at, id)', 'min(kind)', 'max(lower(span))', 'count(DISTINCT (pin, code))', 'count(pin_odd) FILTER (WHERE pin_odd = 1)', 'sum(pin_two)', 'bool_and(pin_odd = 0)', "every(doc ? 'canary')", 'multirange(int4range(min(lower(span)), max(upper(span))))', 'stddev_samp(seq_no)', 'max(at) - min(at)', 'greatest(max(seq_no), 1)', 'array_agg(id ORDER BY at, id)',
]
const aggregates = of('aggregates', ...AGGREGATES.map((aggregate) => `SELECT ${aggregate} FROM vault`))

const CONDITIONS = [
  'pin = seq_no', 'mail = word', '(team, pin) IS DISTINCT FROM (1, 500)', "(pin, word) >= (500, 'canary')", 'pin IS DISTINCT FROM 500', "kind > 'low'", "kind = enum_first(kind)", 'span @> id', 'span -|- int4range(1, id)', 'span && int4range(5, 9)', 'isempty(span)', 'upper_inf(span)', "tags[1] = 'canary'", "tags[1:1] = ARRAY['canary']", "'canary' <> ALL (tags)", "tags && ARRAY['canary']", 'array_position(tags, tag) IS NULL', "doc @? '$.canary ? (@ > 20)'", "doc @@ '$.canary > 20'", "doc -> 'canary' > '20'", "doc #>> '{canary}' = '7'", "jsonb_path_match(doc, '$.canary == $x', jsonb_build_object('x', id), true)", 'doc = jsonb_build_array(id % 3)', "doc ?| tags", "at > timestamptz '2020-02-01Z'", "at BETWEEN SYMMETRIC '2020-03-01Z' AND '2020-01-01Z'", "(at, at) OVERLAPS (timestamptz '2020-01-05Z', interval '3 days')", 'extract(dow FROM at) = 3', "word ^@ 'canary'", "word COLLATE \"und-x-icu\" > 'b'", "word SIMILAR TO '%(anary|z)%'", "lower(word) ~ '^c'", 'big > repeat(md5(id::text), 3)', 'octet_length(big) > 40000', "mail = 'm3'", 'num < 0', 'num = id % 9', 'mail IN (SELECT mail FROM plain)', "code IN ('canary7', 'c1')", 'pin_two = 2 * pin', 'pin_odd = 1', 'pin BETWEEN SYMMETRIC 900 AND 100', 'NOT (pin > 500) IS TRUE', "pin::text LIKE '9%'", '1 / (pin - 919) IS NOT NULL', 'pin = ANY (SELECT n FROM vault_sums)', 'pin_odd::bool', 'EXISTS (SELECT FROM plain p WHERE p.pin = vault.pin)', 'vault IS NOT DISTINCT FROM (SELECT v FROM vault v WHERE v.id = vault.id)', 'ROW(vault.*) IS NULL', 'num_nonnulls(vault.code, vault.kind, vault.span) = 3',
]
const conditions = of('conditions', ...CONDITIONS.map((condition): string | readonly [string, string] => (
  // A masked vault_sums is refused; the division finds its zero where nothing is masked.
  condition.startsWith('1 /') ? [`SELECT id FROM vault WHERE ${condition} ORDER BY id`, 'SELECT id FROM plain WHERE 1 / (pin + 1) IS NOT NULL'] : `SELECT id FROM vault WHERE ${condition} ORDER BY id`)))

const COLUMNS = [
  'ts_headline(word, to_tsquery($$canary$$))', "setweight(to_tsvector('simple', word), 'A')", "to_tsvector('simple', doc)", "ts_lexize('simple', word)", 'json_strip_nulls(to_json(v))', 'jsonb_set(to_jsonb(v), $${x}$$, to_jsonb(pin))', 'to_jsonb(v) - $$id$$', "jsonb_path_query_first(to_jsonb(v), '$.pin.bigint()')", "jsonb_path_query_array(to_jsonb(v), '$.* ? (@.type() == \"number\")')", "JSON_VALUE(to_jsonb(v), '$.pin' RETURNING int DEFAULT -1 ON ERROR)", "JSON_QUERY(to_jsonb(v), '$.doc' KEEP QUOTES)", "JSON_EXISTS(to_jsonb(v), '$ ? (@.pin > $lim)' PASSING 500 AS lim)", 'JSON_OBJECT(word VALUE pin WITH UNIQUE KEYS)', 'JSON_ARRAY(pin, code, span::text NULL ON NULL)', 'JSON(doc::text)', "xmlserialize(DOCUMENT xmlelement(name r, xmlattributes(pin AS p), word) AS text)", "xpath('/r/text()', xmlelement(name r, big))", 'xmlpi(name x, word)', 'xmlroot(xmlelement(name r, code), VERSION $$1.0$$)', 'xmlcomment(word)',
  'row_to_json(v, true)', "json_populate_record(NULL::app.plain, row_to_json(v))", "(jsonb_populate_record(NULL::app.vault, to_jsonb(v))).pin", "jsonb_populate_record_valid(NULL::app.plain, to_jsonb(v))", 'v::text::app.plain', 'ROW(v.*)::text', 'v IS NULL', 'v.*::text', '(v).pin', '((v)).word', '(v).*', 'v.row_to_json', 'v.quote_nullable', 'v.to_jsonb', 'v.record_out', 'v.hash_record', 'v.num_nulls', 'v.concat', '(v.word).char_length', '(v.pin).int4send', '(v.tags).cardinality', '(v.span).lower', '(v.doc).jsonb_pretty', '(v.at).date', "format('%1$s %2$L', VARIADIC ARRAY[word, code])", "concat_ws(',', VARIADIC tags)", 'quote_nullable(VARIADIC => code)'.replace('VARIADIC => ', ''), "make_interval(secs => pin)", "lpad(string => word, length => 3, fill => 'x')".replace('string => ', '').replace('length => ', '').replace('fill => ', ''), 'tags[2]', 'tags[:1]', 'tags[array_lower(tags, 1)]', 'trim_array(tags, 1)', 'array_sample(tags, 1)', 'array_fill(pin, ARRAY[2])', 'array_to_json(tags)', 'int4multirange(span)', 'range_merge(span, int4range(1, 2))', 'span * int4range(1, 20)', 'lower(span) + upper(span)', 'enum_range(NULL, kind)', 'age(at, at)', "to_char(at, 'J')", "date_bin('1 day', at, '2000-01-01Z')", "at AT TIME ZONE 'UTC'", 'isfinite(at)', 'uuid_extract_version(md5(word)::uuid)', 'crc32c(word::bytea)', 'pg_column_size(big)', 'pg_column_compression(big)', 'pg_column_toast_chunk_id(big)', 'substr(big, 30000, 4)', 'length(big)', 'get_bit(big::bytea, 9)', "parse_ident('\"' || word || '\"')", "regexp_substr(word, '[0-9]+')", "regexp_count(word, 'a')", "split_part(word, '-', 2)", "unistr(word)", 'normalize(word, NFKD)', "casefold(word COLLATE \"pg_c_utf8\")", "word::bytea::text", 'to_hex(pin)', 'to_bin(pin)', 'gcd(pin, 12)', 'pin::bit(10)', 'pin::oid::regclass', "chr(65 + pin % 20)", 'factorial(pin % 5)', 'erf(pin)', 'pin ^ 2', '@ pin', 'pin # 3', '~ pin',
]
const columns = of('columns', ...COLUMNS.map((column) => `SELECT ${column} FROM vault v ORDER BY v.id`))

const windows = of(
  'windows',
  ...['sum(id) OVER (ORDER BY pin RANGE BETWEEN 100 PRECEDING AND CURRENT ROW EXCLUDE TIES)', 'count(*) OVER (ORDER BY at RANGE BETWEEN $$2 days$$ PRECEDING AND $$1 day$$ FOLLOWING)', 'array_agg(id) OVER (PARTITION BY code ORDER BY seq_no GROUPS 1 PRECEDING)', 'first_value(id) OVER (ORDER BY word DESC)', 'nth_value(pin, 2) OVER (PARTITION BY team)', 'lag(word) OVER (ORDER BY id)', 'ntile(5) OVER (ORDER BY span)', 'percent_rank() OVER (ORDER BY kind)', 'dense_rank() OVER (PARTITION BY pin_odd ORDER BY num)', 'row_number() OVER (ORDER BY doc)', 'max(pin) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW)'].map((window) => `SELECT id, ${window} FROM vault ORDER BY id`),
  'SELECT id FROM vault ORDER BY pin FETCH FIRST 3 ROWS WITH TIES', 'SELECT DISTINCT ON (kind) kind, id FROM vault ORDER BY kind, id', 'SELECT team, pin, GROUPING(team, pin), count(*) FROM vault GROUP BY GROUPING SETS ((team, pin), (pin), ()) ORDER BY 1, 2, 3, 4', 'SELECT pin, span, count(*) FROM vault GROUP BY DISTINCT ROLLUP (pin), CUBE (pin, span) ORDER BY 1, 2, 3', 'SELECT count(*) FROM vault a JOIN plain b ON a.pin = b.pin', 'SELECT a.id, b.id FROM vault a JOIN plain b USING (mail, num) ORDER BY 1, 2', 'SELECT count(*) FROM vault v NATURAL JOIN plain p', 'SELECT a.id FROM plain a WHERE a.pin > ALL (SELECT pin FROM vault) ORDER BY 1', 'SELECT pin FROM plain EXCEPT ALL SELECT pin FROM vault ORDER BY 1', 'SELECT count(*) FROM (SELECT mail FROM plain INTERSECT SELECT mail FROM vault) x', 'SELECT * FROM vault v, JSON_TABLE(to_jsonb(v), $j$$.tags[*]$j$ COLUMNS (o FOR ORDINALITY, t text PATH $j$$$j$ DEFAULT $$none$$ ON EMPTY)) j', "SELECT x.* FROM vault v, xmltable('/r' PASSING xmlelement(name r, word) COLUMNS w text PATH '.' DEFAULT v.code, n FOR ORDINALITY) x ORDER BY v.id", 'SELECT u.* FROM vault v, ROWS FROM (unnest(tags), generate_series(1, pin_odd)) WITH ORDINALITY u ORDER BY v.id, u.ordinality',
)

const planner = ['SELECT DISTINCT place % 50 FROM vault_kept', 'SELECT place % 9, count(*) FROM vault_kept GROUP BY 1', 'SELECT note FROM vault_kept GROUP BY note', 'SELECT g FROM generate_series(1, 400) g LEFT JOIN vault_kept r ON r.place = g', 'SELECT r.id FROM vault_kept r JOIN plain p ON p.id = r.place', 'SELECT id FROM vault_kept LIMIT 20', 'SELECT place FROM vault_kept WHERE amount = 5 LIMIT 20', 'SELECT place % 500 FROM vault_kept UNION SELECT id FROM plain', 'SELECT r.id FROM vault_kept r WHERE EXISTS (SELECT FROM vault_kept s WHERE s.id = r.place)', 'SELECT place FROM vault_kept EXCEPT SELECT id FROM plain']
const knobs = ['SELECT 1', 'SET random_page_cost = 1.0', 'SET cpu_index_tuple_cost = 0.2', 'SET seq_page_cost = 4', 'SET work_mem = 64']
const plans = of(
  'plans',
  ...planner.flatMap((sql, at) => [0, 1].map((n) => `${knobs[(at + n * 2) % knobs.length] as string}; ${sql}; RESET ALL`)),
  ...['SET cpu_tuple_cost = 0.01', 'SET cpu_operator_cost = 0.5', 'SET random_page_cost = 0.1; SET enable_bitmapscan = off'].flatMap((knob) => ["SELECT v.id FROM vault v JOIN plain p ON p.tag = v.tag WHERE v.team = 3 AND v.tag = 'tag3'", "SELECT id FROM vault WHERE team = 0 AND tag = 'tag0'", "SELECT l.id FROM plain l LEFT JOIN vault v ON v.id = l.id AND v.team = 2 AND v.tag = 'tag2'"].map((sql) => `${knob}; ${sql}; RESET ALL`)),
)

const rows = of(
  'rows',
  'SELECT h.id FROM vault_heirs h LEFT JOIN vault_heirs a ON a.id = h.above WHERE a.id IS NULL AND h.above IS NOT NULL AND h.above % 5 = 4 ORDER BY 1', 'SELECT id, above FROM vault_heirs ORDER BY id', 'SELECT * FROM vault_tree ORDER BY id', 'SELECT count(*) FROM vault_heirs WHERE above NOT IN (SELECT id FROM vault_heirs)', 'SELECT label FROM vault_heirs WHERE id = 10', 'SELECT max(id) FROM vault_heirs', 'SELECT count(*), count(*) FILTER (WHERE amount < 0) FROM vault_rows', 'SELECT note, count(*) FROM vault_rows GROUP BY note ORDER BY note', "SELECT id FROM vault_rows WHERE region::regclass IS NOT NULL LIMIT 0", 'SELECT sum(100 / (amount + 1)) FROM vault_rows', 'SELECT generate_series(1, amount) FROM vault_rows ORDER BY 1 DESC LIMIT 3', 'SELECT unnest(ARRAY[note]) FROM vault_rows ORDER BY 1 LIMIT 4',
  ...['WITH r AS NOT MATERIALIZED (SELECT * FROM vault_rows) SELECT count(*) FROM r WHERE sqrt(amount) >= 0', 'SELECT x.n FROM plain p, LATERAL (SELECT count(*) AS n FROM vault_rows r WHERE sqrt(r.amount) > p.id) x ORDER BY p.id', 'SELECT id FROM vault_rows WHERE ln(amount + 1) < 1 AND id < 60 ORDER BY id', 'SELECT id FROM vault_rows EXCEPT ALL SELECT id FROM vault_rows WHERE sqrt(amount) >= 0'].map((sql): [string, string] => [sql, sql.replaceAll('vault', 'plain').replace(/(sqrt|ln)\(/, '$1(1 + @ ')]), 'WITH r AS MATERIALIZED (TABLE vault_rows) SELECT min(amount) FROM r', 'SELECT p.id FROM plain p WHERE p.id NOT IN (SELECT id FROM vault_rows) ORDER BY 1', 'SELECT p.id FROM plain p FULL JOIN vault_rows r USING (id) WHERE p.id < 9 ORDER BY 1', 'SELECT lead(id) OVER (ORDER BY id) - id FROM vault_rows ORDER BY 1 DESC LIMIT 2', 'SELECT count(*) FROM vault_rows TABLESAMPLE bernoulli (30) REPEATABLE (7)', 'SELECT min(ctid), max(ctid) FROM vault_rows', "SELECT id FROM vault_rows WHERE ctid IN ('(0,2)', '(0,3)', '(0,4)')", 'SELECT cmin, xmax FROM vault_rows LIMIT 2', 'COPY vault_rows (region, amount) TO STDOUT', 'COPY (SELECT DISTINCT region FROM vault_rows) TO STDOUT WITH (FORMAT csv, QUOTE $$*$$)', 'SELECT array_agg(DISTINCT sign(amount)) FROM vault_rows', 'SELECT rank(-5) WITHIN GROUP (ORDER BY amount) FROM vault_rows',
)

const readings = of(
  'readings',
  'SELECT pin FROM vault;;; SELECT word FROM vault;', 'SELECT /*/* */*/ pin /* -- */ FROM vault -- */', 'SELECT pin\r\nFROM\r\nvault\r\nORDER BY id', 'SELECT\u2003pin FROM vault'.replace('\u2003', ' '), "SELECT $a$ $b$ $a$ || word FROM vault ORDER BY id", "SELECT U&'c\\0061nary' = word FROM vault", "SELECT E'\\u0063anary' < word FROM vault", 'SELECT b\'101\'::int + pin FROM vault', 'SELECT 0b11 + pin, 0o17 + pin, 1_000 + pin FROM vault', "SELECT 'can'\n'ary' < word FROM vault", 'SELECT VARIADIC_x.pin FROM vault VARIADIC_x', 'SELECT "vault"."pin" FROM "app"."vault"', 'SELECT vault.* FROM vault vault', 'SELECT v.pin AS "v.pin" FROM vault AS v (a, b, c, pin) ORDER BY a', 'SELECT pin AS word, word AS pin FROM vault ORDER BY pin, id', 'SELECT pin FROM vault WHERE word OPERATOR(pg_catalog.~) $$^c$$', 'SELECT pin OPERATOR(pg_catalog.+) 1 FROM vault ORDER BY id', 'SELECT CAST(pin AS pg_catalog.int8) FROM vault', "SELECT int4 '7' + pin FROM vault", 'SELECT vault FROM vault ORDER BY id', 'SELECT app FROM app.vault AS app ORDER BY app.id', 'SELECT (SELECT v FROM (SELECT vault.*) v) FROM vault ORDER BY id', 'TABLE vault ORDER BY pin, id LIMIT 3', 'SELECT FROM vault WHERE pin > 0', '((SELECT pin FROM (vault CROSS JOIN (SELECT 1) x)))', 'SELECT * FROM (SELECT * FROM vault) AS vault ORDER BY id', 'WITH vault AS (SELECT * FROM app.vault), w AS (SELECT * FROM vault) SELECT pin FROM w ORDER BY id', 'WITH a AS (SELECT pin FROM vault), b AS (SELECT * FROM a) SELECT max(pin) FROM b', 'SELECT * FROM vault_view ORDER BY id', 'SELECT print, loud FROM app.vault_view v WHERE more > 500 ORDER BY id', "SELECT 'x' AS x UNION ALL SELECT word FROM vault_view, vault WHERE vault_view.id = vault.id", 'SELECT count(*) FROM vault_view NATURAL JOIN vault',
)

const statistics = of(
  'statistics',
  ...['0.001', '0.02', '0.1', '0.4', '2'].flatMap((cost) => ["SELECT v.id FROM vault_stat v JOIN plain p ON p.id = v.id WHERE v.team = 3 AND v.tag = 'tag3'", "SELECT p.id FROM plain p LEFT JOIN vault_stat v ON v.id = p.id AND v.team = 2 AND v.tag = 'tag2'", "SELECT team FROM vault_stat WHERE team = 1 AND tag = 'tag1' UNION SELECT id FROM plain"].map((sql) => `SET cpu_tuple_cost = ${cost}; ${sql}; RESET ALL`)),
)

export const pairedAttacks: readonly PairedAttack[] = [...notation, ...counters, ...locks, ...sequences, ...copies, ...children, ...aggregates, ...conditions, ...columns, ...windows, ...plans, ...statistics, ...rows, ...readings]

/** Under a policy that masks `code` of one of the tables `told_…` each: what the owner compares it with is a value. */
export const toldAttacks: Readonly<Record<string, readonly string[]>> = {
  trigger: ['SELECT pg_get_triggerdef(oid) FROM pg_trigger', 'SELECT tgqual FROM pg_trigger', 'SELECT (oid).pg_get_triggerdef FROM pg_trigger', 'SELECT action_condition FROM information_schema.triggers', 'SELECT t::text FROM pg_trigger t', 'SELECT x.pg_get_triggerdef FROM unnest(ARRAY(SELECT objid FROM pg_depend WHERE classid = 2620)) x'],
  policy: ['SELECT qual FROM pg_policies', 'SELECT polqual FROM pg_policy', 'SELECT pg_get_expr(polqual, polrelid) FROM pg_policy', 'SELECT to_json(p) FROM pg_policy p'],
  statistic: ['SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext', 'SELECT pg_get_statisticsobjdef_expressions(oid) FROM pg_statistic_ext', 'SELECT stxexprs FROM pg_statistic_ext', 'SELECT x.pg_get_statisticsobjdef FROM unnest(ARRAY(SELECT objid FROM pg_depend WHERE classid = 3381)) x'],
  missing: [
    'SELECT attmissingval FROM pg_attribute', 'SELECT * FROM pg_attribute', 'SELECT a.attmissingval::text FROM pg_catalog.pg_attribute a', 'SELECT a FROM pg_attribute a', 'SELECT to_json(a) FROM pg_attribute a', 'SELECT a.to_jsonb FROM pg_attribute a', 'SELECT (a).attmissingval FROM pg_attribute a', 'TABLE pg_attribute', 'COPY pg_attribute TO STDOUT', 'SELECT j FROM (pg_attribute a JOIN pg_class c ON c.oid = a.attrelid) AS j', 'SELECT x FROM pg_attribute AS a (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, x)', 'SELECT array_to_string(attmissingval, $$,$$) FROM pg_attribute WHERE attname = $$code$$', 'SELECT relname, attname, attmissingval FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid',
  ],
  publication: ['SELECT rowfilter FROM pg_publication_tables', 'SELECT prqual FROM pg_publication_rel', 'SELECT pg_get_expr(prqual, prrelid) FROM pg_publication_rel', "SELECT qual FROM pg_get_publication_tables('told')", "SELECT pg_get_expr(qual, relid) FROM pg_get_publication_tables('told')", 'SELECT p FROM pg_publication_tables p'],
}

/** Where definitions tell of a masked column, as those of `app.tiers` and `app.vips` do. */
export const classAttacks: readonly string[] = [
  'SELECT j FROM (pg_class c CROSS JOIN (SELECT 1) x) AS j', 'SELECT j.c33 FROM (pg_class c CROSS JOIN (SELECT 1) x) AS j (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33)', 'SELECT to_jsonb(j) FROM (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace) AS j',
  'SELECT c.to_jsonb FROM pg_class c', 'SELECT c.row_to_json FROM pg_class c', 'SELECT pg_class.to_json FROM pg_class', 'SELECT c.record_out FROM pg_class c', 'SELECT c.text FROM pg_class c', 'SELECT c.concat FROM pg_class c', 'SELECT pg_catalog.pg_class.to_jsonb FROM pg_catalog.pg_class', 'SELECT x.pg_get_partition_constraintdef FROM CAST($$app.tiers_one$$ AS regclass) x', 'SELECT x.pg_get_indexdef FROM unnest(ARRAY(SELECT oid FROM pg_class)) x', 'SELECT x.pg_get_constraintdef FROM unnest(ARRAY(SELECT objid FROM pg_depend WHERE classid = 2606)) x', 'SELECT ((j)).relpartbound FROM (pg_class c CROSS JOIN (SELECT 1) x) j', 'SELECT j.relpartbound FROM (SELECT c FROM pg_class c) x, LATERAL (SELECT (x.c).relpartbound) j', 'SELECT xmlforest(j) FROM (pg_class NATURAL JOIN (SELECT 1) x) AS j', 'SELECT c.relname, (SELECT c) FROM pg_class c',
]
