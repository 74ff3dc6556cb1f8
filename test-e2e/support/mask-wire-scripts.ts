/** Conversations on the protocol's own level about masked columns and filtered rows: what a client may send that no driver sends. */
import { bindMessage, closeMessage, cstring, describeMessage, executeMessage, flushMessage, int16, int32, message, parseMessage, queryMessage, syncMessage } from './raw-client.js'

/** Messages, sent in one write; null where the client waits for an answer first. */
export type WireScript = readonly (Buffer | null)[]

const S = syncMessage()
const H = flushMessage()
const P = parseMessage
const B = bindMessage
const D = describeMessage
const E = executeMessage
const C = closeMessage
const Q = queryMessage

/** Bind with every count and byte as wanted. */
const bind = (values: readonly (Buffer | null)[], { portal = '', statement = '', formats = [] as readonly number[], results = [] as readonly number[] } = {}): Buffer =>
  message('B', cstring(portal), cstring(statement), int16(formats.length), ...formats.map(int16), int16(values.length),
    ...values.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value])), int16(results.length), ...results.map(int16))
const hex = (text: string) => Buffer.from(text, 'hex')

const MASKED = 'SELECT id, ssn, email, salary FROM app.customers ORDER BY id'
const FILTERED = 'SELECT id, region, amount FROM app.orders ORDER BY id'
const READS = [
  MASKED, FILTERED, 'SELECT * FROM app.staff ORDER BY id LIMIT 5', 'SELECT c FROM app.customers c ORDER BY id LIMIT 3', 'SELECT * FROM app.both ORDER BY id', 'SELECT code FROM app.coded LIMIT 2', 'TABLE app.people', 'SELECT * FROM app.barrier ORDER BY id LIMIT 4',
  'SELECT * FROM app.odd_types ORDER BY id LIMIT 4', 'SELECT secret FROM ONLY app.readings_low LIMIT 2', 'SELECT array_agg(tags) FROM app.staff', 'SELECT ROW(ssn, salary), ARRAY[email] FROM app.customers ORDER BY id LIMIT 2',
]

const results: WireScript[] = READS.flatMap((sql): WireScript[] => [
  ...[[0], [1], [1, 0], [2], [-1], [0, 1, 0, 1], Array.from({ length: 16 }, () => 1)].map((formats): WireScript => [P(sql), bind([], { results: formats }), D('P'), E(), S]),
  [P(sql, 'n'), D('S', 'n'), bind([], { statement: 'n', portal: 'p' }), D('P', 'p'), E('p', 1), E('p', 2), H, E('p'), E('p'), C('P', 'p'), E('p'), S, C('S', 'n'), D('S', 'n'), S],
  [P(`DECLARE k CURSOR FOR ${sql}`), B(), E(), D('P', 'k'), S, Q('BEGIN'), Q(`DECLARE k SCROLL CURSOR FOR ${sql}`), D('P', 'k'), E('k', 1), E('k', 1), S, Q('FETCH BACKWARD 1 FROM k'), Q('COMMIT')],
])

const PARAMETERS: readonly (readonly [string, readonly number[], readonly Buffer[], readonly number[]])[] = [
  ['SELECT id FROM app.customers WHERE ssn = $1', [], [Buffer.from('canary-1')], [0]], ['SELECT id FROM app.customers WHERE ssn = $1', [], [Buffer.from('canary-1')], [1]], ['SELECT id FROM app.customers WHERE ssn = $1', [1043], [Buffer.from('canary-1')], []], ['SELECT id FROM app.customers WHERE ssn LIKE $1', [705], [Buffer.from('can%')], []],
  ['SELECT id FROM app.customers WHERE salary > $1', [], [hex('0001000000000000')], [1]], ['SELECT id FROM app.customers WHERE salary > $1', [1700], [hex('000100000000000003e8')], [1]], ['SELECT id FROM app.customers WHERE salary > $1', [1700], [hex('ffff')], [1]], ['SELECT id FROM app.customers WHERE salary > $1', [23], [hex('0003e8')], [1]],
  ['SELECT id FROM app.customers WHERE salary > $1', [25], [Buffer.from('5')], []], ['SELECT id FROM app.customers WHERE salary > $1', [701], [hex('7ff8000000000000')], [1]], ['SELECT id FROM app.customers WHERE email = $1', [2205], [Buffer.from('app.customers')], []], ['SELECT id FROM app.customers WHERE email = $1', [999_999], [Buffer.from('x')], []],
  ['SELECT id FROM app.customers WHERE email = ANY ($1)', [1009], [hex('00000001000000000000001900000001000000010000000863616e6172793130')], [1]], ['SELECT id FROM app.customers WHERE email = ANY ($1)', [1009], [hex('0000000100000009')], [1]], ['SELECT $1 || ssn FROM app.customers ORDER BY id', [], [Buffer.from([0xff, 0xfe])], []],
  ['SELECT id FROM app.customers WHERE ssn = $1 OR id = $2', [0, 23], [Buffer.from('x')], []], ['SELECT id FROM app.customers WHERE ssn = $1', [0, 0, 0], [Buffer.from('x'), Buffer.from('y')], [0, 1]], ['SELECT $1::app.customers', [], [Buffer.from('(1)')], []], ['SELECT ($1).ssn FROM app.customers', [2249], [Buffer.from('()')], []], ['SELECT CASE WHEN $1 THEN ssn ELSE email END FROM app.customers ORDER BY id', [16], [hex('02')], [1]],
  ['SELECT $1::int FROM app.orders WHERE 1 / (amount + 21) > $2', [], [Buffer.from('7'), Buffer.from('0')], []], ["SELECT count(*) FROM app.orders WHERE region = $1", [], [Buffer.from('us-canary')], []], ['SELECT g FROM generate_series(1, 20) g LEFT JOIN app.orders o ON o.customer_id = g AND o.region = $1', [], [Buffer.from('us-canary')], []], ['SELECT id FROM app.both ORDER BY id LIMIT $1 OFFSET $2', [20, 20], [hex('0000000000000003'), hex('0000000000000001')], [1]],
  ['SELECT current_setting($1)', [25], [Buffer.from('pgbeam.mask_inner')], []], ['SELECT set_config($1, $2, false)', [25, 25], [Buffer.from('pgbeam.mask_inner'), Buffer.from('')], []], ["SELECT $1::regclass, ssn FROM app.customers LIMIT 1", [], [Buffer.from('app.customers')], []],
]
const parameters: WireScript[] = PARAMETERS.map(([sql, types, values, formats]) => [P(sql, 'v', types), D('S', 'v'), bind(values, { statement: 'v', formats, results: [1] }), E(), S, bind(values.map(() => null), { statement: 'v' }), D('P'), E(), S, C('S', 'v'), S])

const guess = 'SELECT id FROM app.customers WHERE ssn::int = 1'
const pipelines: WireScript[] = [
  [P(MASKED, 'a'), P('DROP TABLE app.customers', 'a'), B([], { statement: 'a' }), E(), S, B([], { statement: 'a' }), E(), S, C('S', 'a'), S],
  [P(MASKED), P('SELECT * FROM pg_stats'), B(), D('P'), E(), S, B(), E(), S], [P('SELECT 1'), B(), P('EXPLAIN SELECT ssn FROM app.customers'), E(), S, E(), S], [P(MASKED), B(), P(FILTERED), E(), B(), E(), S],
  [P(MASKED), B(), Q(FILTERED), E(), S], [P(MASKED), B(), Q('SELECT * FROM pg_stats'), E(), S], [P(guess), B(), E(), P(MASKED), B(), E(), S, P(MASKED), B(), E(), S], [Q('BEGIN'), P(MASKED, 'b'), B([], { statement: 'b', portal: 'q' }), E('q', 1), S, E('q', 1), S, Q('FETCH 1 FROM q'), Q('MOVE 1 FROM q'), E('q', 1), S, Q('ROLLBACK'), E('q'), S, C('S', 'b'), S],
  [Q('BEGIN'), Q('SAVEPOINT x'), P(FILTERED), B([], { portal: 'r' }), E('r', 3), S, Q('ROLLBACK TO x'), E('r', 3), D('P', 'r'), S, Q('COMMIT')], [Q('BEGIN'), P(MASKED), B([], { portal: 'r' }), E('r', 1), S, Q(guess), E('r', 1), S, Q('COMMIT')],
  [P(MASKED, 'c'), S, Q('EXECUTE c'), Q('EXPLAIN EXECUTE c'), Q('DEALLOCATE c'), B([], { statement: 'c' }), E(), S], [Q('PREPARE d AS SELECT ssn FROM app.customers ORDER BY id'), B([], { statement: 'd', resultFormat: 1 }), D('S', 'd'), E(), S, Q('DEALLOCATE d')], [P('PREPARE e AS SELECT ssn FROM app.customers WHERE id = $1'), B(), E(), S, B(['3'], { statement: 'e' }), E(), S, Q('DEALLOCATE e')],
  [P(`${MASKED}; ${FILTERED}`), B(), E(), S], [P(''), B(), D('P'), E(), S], [P(' -- nothing'), B(), E(), S, Q(''), Q(';;'), Q('/* x */')], [Q(`${MASKED};;${FILTERED}; SELECT 1/0; ${MASKED}`)], [Q(`BEGIN; ${MASKED}; SAVEPOINT a; ${guess}; ROLLBACK TO a; COMMIT`), Q('ROLLBACK')],
  [P(MASKED, 'x'.repeat(4000)), B([], { statement: 'x'.repeat(4000) }), E(), S], [P(MASKED, 'é"; --'), B([], { statement: 'é"; --', portal: "';" }), D('P', "';"), E("';"), S], [P('COPY app.customers TO STDOUT'), B(), D('P'), E('', 1), S], [P('COPY app.both TO STDOUT (FORMAT binary)'), bind([], { results: [1] }), E(), S], [P('COPY (SELECT ssn FROM app.customers) TO STDOUT'), B(), E(), message('c'), message('d', Buffer.from('x')), S],
  [Q('COPY app.customers TO STDOUT (FORMAT binary)'), Q('COPY app.orders TO STDOUT (FORMAT csv)'), Q('COPY app.customers FROM STDIN'), message('f', cstring('no')), S], [message('f', cstring('no')), message('c'), message('d', Buffer.from('1\tx')), Q(MASKED)],
  ...[2077, 2078, 2086, 764, 715, 3294, 2171, 1079, 2079].map((oid): WireScript => [message('F', int32(oid), int16(0), int16(1), int32(17), Buffer.from('pgbeam.mask_inner'), int16(0)), Q(MASKED)]), [P(MASKED), B(), message('F', int32(2077), int16(0), int16(0), int16(0)), E(), S],
  [D('S', 'none'), S, D('P', 'none'), S, E('none'), S, C('P', 'none'), C('S', 'none'), S], [B([], { statement: 'none' }), E(), S], [P(MASKED, 'f'), D('S', 'f'), H, null, B([], { statement: 'f' }), H, null, E('', 2), H, null, D('P'), E(), S, C('S', 'f'), S], [E(), S, D('P'), S, S, H, S],
  [P(MASKED, 'g'), P(MASKED, 'g'), S, P('SELECT id FROM app.both', 'g'), B([], { statement: 'g' }), E(), S, C('S', 'g'), S], [P('SELECT $1'), D('S'), S, P('SELECT ssn FROM app.customers WHERE id = $1'), D('S'), B(['x']), E(), S], [P('SELECT ssn FROM app.customers WHERE id = $2'), D('S'), B(['1', '2']), E(), S],
  [Q('SET search_path = other'), P('SELECT ssn FROM customers', 'h'), S, Q('SET search_path = app'), P('SELECT ssn FROM customers ORDER BY id', 'i'), B([], { statement: 'i' }), E(), S, Q('SET search_path = other'), B([], { statement: 'i' }), E(), S, Q('RESET search_path'), C('S', 'i'), S],
  [P("SET client_min_messages = 'debug5'"), B(), E(), P(guess), B(), E(), S, Q('RESET ALL')], [P('DISCARD ALL'), B(), E(), S, P(MASKED), B(), E(), S], [P(MASKED, 'j'), B([], { statement: 'j', portal: 'j' }), P('DISCARD ALL'), B(), E(), E('j'), S, B([], { statement: 'j' }), E(), S], [P('BEGIN'), B(), E(), P(FILTERED), B([], { portal: 'k' }), E('k', 5), P('COMMIT'), B(), E(), E('k', 5), S],
  [P('DECLARE l CURSOR WITH HOLD FOR SELECT ssn FROM app.customers WHERE id > $1'), B(['3']), E(), S, Q('FETCH ALL FROM l'), D('P', 'l'), S, Q('CLOSE ALL')], [Q('BEGIN'), Q('DECLARE m BINARY CURSOR FOR SELECT ssn, salary FROM app.customers ORDER BY id'), P('FETCH 2 FROM m'), bind([], { results: [0] }), D('P'), E(), S, E('m', 1), S, Q('COMMIT')],
]

export const maskWireScripts: readonly WireScript[] = [...results, ...parameters, ...pipelines]

/** What a client may ask for at the start of a session. */
export const maskStartups: readonly Record<string, string>[] = [
  ...['debug_print_rewritten=on', 'client_min_messages=log', 'log_planner_stats=on', 'session_preload_libraries=auto_explain', 'pgbeam.mask_inner=00', 'PGBEAM.mask_outer=', 'row_security=off', 'standard_conforming_strings=off', 'default_transaction_read_only=off', 'search_path=other,pg_temp,app', 'bytea_output=escape', 'DateStyle=German', 'IntervalStyle=iso_8601', 'extra_float_digits=-15', 'xmloption=document', 'lc_messages=C', 'TimeZone=+13'].map((setting) => ({ options: `-c ${setting}` })),
  { client_encoding: 'SQL_ASCII' }, { client_encoding: 'LATIN1' }, { client_encoding: 'utf-8' }, { debug_print_rewritten: 'on' }, { 'pgbeam.mask_inner': '00' }, { replication: 'database' }, { application_name: 'pgbeam_catalog_moved' }, { options: '--debug-print-plan=on -d 5' }, { options: '-c search_path=a\\ b\\,app -cenable_seqscan=off' },
]
