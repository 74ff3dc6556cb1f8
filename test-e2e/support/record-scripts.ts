/** Conversations frame by frame, for `transparency.test.ts`: each says what it sends, and which answers it must have got. */
import {
  bindMessage, closeMessage, cstring, describeMessage, executeMessage, flushMessage, int16, int32, message, parseMessage, queryMessage,
  syncMessage, type RawClient,
} from './raw-client.js'

export interface Surroundings {
  /** Sends the session's own cancel key on a connection of its own, and waits for its end. */
  cancel(pid?: number, key?: Buffer): Promise<void>
  /** As superuser, on a session of its own. */
  upstream(sql: string): Promise<unknown>
}
export interface Script {
  /** Must occur among the types of the server's messages, or the script did not do what its name says. */
  readonly shows: RegExp
  readonly run: (client: RawClient, around: Surroundings) => Promise<unknown>
}

/** What the scripts work on: object ids are in the answers, so nothing is created while they run. */
export const scriptSchema = `
  CREATE TABLE item (n int PRIMARY KEY, label text NOT NULL CHECK (label <> 'bad'));
  INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 20) AS i;
  CREATE TABLE loaded (n int, label text);`

const q = queryMessage
const sync = syncMessage()
/** One statement through the extended protocol, without Sync. */
const steps = (sql: string, values: (string | null)[] = [], rows = 0): Buffer =>
  Buffer.concat([parseMessage(sql), bindMessage(values), describeMessage('P'), executeMessage('', rows)])
const ready = (client: RawClient, times = 1) => times === 1 ? client.framesUntil('Z') : repeat(times, () => client.framesUntil('Z'))
async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < times; i++) await work()
}
const copyData = (text: string): Buffer => message('d', Buffer.from(text))
const copyDone = message('c')
const copyFail = message('f', cstring('the client gave up'))

/** Sends, then waits for so many ReadyForQuery. */
const say = (shows: RegExp, readies: number, ...frames: Buffer[]): Script => ({ shows, run: (client) => (client.send(...frames), ready(client, readies)) })
/** Sends each part only after the answer to the one before. */
const talk = (shows: RegExp, ...parts: [until: string, ...Buffer[]][]): Script => ({
  shows,
  run: async (client) => {
    for (const [until, ...frames] of parts) {
      client.send(...frames)
      await client.framesUntil(until)
    }
  },
})

export const scripts: Record<string, Script> = {
  'a simple query': say(/TDDDCZ$/, 1, q('SELECT n, label FROM item ORDER BY n LIMIT 3')),
  'an empty query': say(/IZIZ$/, 2, q(''), q(' ; ; -- nothing')),
  'several statements in one query, the last one wrong': say(/TDCCTDCEZTDCZ$/, 2, q("SELECT 1; UPDATE item SET label = 'x' WHERE n = 1; SELECT 2; SELECT 1/0; SELECT 3"), q('SELECT label FROM item WHERE n = 1')),
  'a syntax error in another alphabet, and its position': say(/EZEZ$/, 2, q("SELECT 'äöü€' FRM x"), q('SELECT nö FROM item')),
  'errors with all their fields': say(/EZEZEZNCZ$/, 4, q('INSERT INTO item VALUES (1, $$again$$)'), q("INSERT INTO item VALUES (99, 'bad')"),
    q("DO $$BEGIN RAISE EXCEPTION 'own' USING ERRCODE = 'PB001', DETAIL = 'detail', HINT = 'hint', TABLE = 'item'; END$$"), q("DO $$BEGIN RAISE NOTICE 'told'; END$$")),
  'transactions, failed and left': say(/CZ.*CZEZEZCZ.*EZ/, 8, q('BEGIN'), q('SELECT 1'), q('SELECT 1/0'), q('SELECT 1'), q('ROLLBACK'), q('BEGIN; SELECT 1; COMMIT'), q('SAVEPOINT a'), q('SELECT 1')),
  'Parse, Describe, Bind, Describe, Execute': say(/1tT2TDDC3Z1tn2nC3Z$/, 2, parseMessage('SELECT n, label FROM item WHERE n < $1 ORDER BY n', 'one', [23]), describeMessage('S', 'one'),
    bindMessage(['3'], { statement: 'one' }), describeMessage('P'), executeMessage(), closeMessage('S', 'one'), sync,
    parseMessage('UPDATE item SET label = label WHERE n = $1', 'two'), describeMessage('S', 'two'), bindMessage(['1'], { statement: 'two' }), describeMessage('P'), executeMessage(), closeMessage('S', 'two'), sync),
  'binary results and NULLs': say(/12TDCZ$/, 1, parseMessage('SELECT $1::int8, $2::text, now() IS NULL'), bindMessage(['7', null], { resultFormat: 1 }), describeMessage('P'), executeMessage(), sync),
  'names that nobody knows': say(/EZEZ3Z3ZEZ$/, 5, bindMessage([], { statement: 'nobody' }), executeMessage(), sync, executeMessage('nobody'), sync, closeMessage('S', 'nobody'), sync, closeMessage('P', ''), sync,
    describeMessage('S', 'nobody'), sync),
  'an empty statement in the extended protocol': say(/12nIZ$/, 1, steps(''), sync),
  'Sync alone, and two of them': say(/ZZ12TDCZZ$/, 4, sync, sync, steps('SELECT 1'), sync, sync),
  'a query behind a batch that nobody synced': say(/12TDCTDCZ$/, 1, steps('SELECT 1'), q('SELECT 2')),
  'a pipeline of three transactions': say(/Z12nCZ12TDCZ12nCZ$/, 3, steps("UPDATE item SET label = 'piped' WHERE n = 2"), sync, steps('SELECT label FROM item WHERE n = 2'), sync, steps("UPDATE item SET label = 'item 2' WHERE n = 2"), sync),
  'an error inside a pipeline: the rest up to Sync is skipped': say(/Z12TDC112TDCEZ12TDCZ$/, 2, steps('SELECT 1'), parseMessage('SELECT 1/0'), steps('SELECT 2'), bindMessage(['too', 'many']), sync, steps('SELECT 3'), sync),
  'an error in a transaction inside a pipeline': say(/Z12nC12nC1.*EZ12nCZ$/, 2, steps('BEGIN'), steps('UPDATE item SET label = $1 WHERE n = 1', ['gone']), steps('SELECT 1/0'), steps('COMMIT'), sync, steps('ROLLBACK'), sync),
  'Flush brings the answers without Sync': talk(/Z1tT12TDCZ$/, ['t', parseMessage('SELECT 1'), describeMessage('S'), flushMessage()], ['C', steps('SELECT 1'), flushMessage()], ['Z', sync]),
  'Execute with a row limit: suspended, resumed, done': talk(/12TDDsDDsDCZ/, ['s', steps('SELECT n FROM item WHERE n <= 5', [], 2), flushMessage()], ['s', executeMessage('', 2), flushMessage()], ['C', executeMessage('', 2), flushMessage()], ['Z', sync]),
  'a named portal across Syncs in a transaction': talk(/Z1tT2DDsZDDsZ3ZEZCZ$/, ['Z', q('BEGIN')],
    ['Z', parseMessage('SELECT n FROM item'), describeMessage('S'), bindMessage([], { portal: 'p' }), executeMessage('p', 2), sync],
    ['Z', executeMessage('p', 2), sync], ['Z', closeMessage('P', 'p'), sync], ['Z', executeMessage('p', 2), sync], ['Z', q('ROLLBACK')]),
  'cursors, with and without hold': say(/CZTDDDCZTDCZCZCZ.*TDCZCZEZ$/, 9, q('BEGIN; DECLARE c SCROLL CURSOR FOR SELECT n FROM item ORDER BY n; DECLARE h CURSOR WITH HOLD FOR SELECT n FROM item ORDER BY n'), q('FETCH 3 FROM c'), q('FETCH PRIOR FROM c'),
    q('MOVE 2 IN c'), q('CLOSE c'), q('COMMIT'), q('FETCH 1 FROM h'), q('CLOSE h'), q('FETCH 1 FROM h')),
  '65,535 parameters': say(/Z1?.*2TDCZ$/, 1, parseMessage('SELECT $65535 + 1, $1', '', Array<number>(65_535).fill(23)), bindMessage(Array<string>(65_535).fill('7')), describeMessage('P'), executeMessage(), sync),
  'more than 65,535 parameters': say(/E?.*EZTDCZ$/, 3, parseMessage('SELECT $65536::int'), describeMessage('S'), sync, parseMessage('SELECT $1::int'), bindMessage(['1', '2']), sync, q('SELECT 1')),
  'COPY out': say(/Hd{20}cCZ1?2?.*Hd{20}cCZHd+cCZ$/, 3, q('COPY item TO STDOUT'), steps('COPY item TO STDOUT (FORMAT csv)'), sync, q('COPY item TO STDOUT (FORMAT binary)')),
  'COPY out that fails on its way': say(/Hd+EZTDCZ$/, 2, q('COPY (SELECT 1/(500 - n) FROM generate_series(1, 1000) AS n) TO STDOUT'), q('SELECT 1')),
  'COPY in': talk(/GCZTDCZ$/, ['Z', q('DO $$BEGIN DELETE FROM loaded; END$$')], ['G', q('COPY loaded FROM STDIN')], ['Z', copyData('1\tone\n2\t'), copyData('two\n3\t\\N'), copyData('\n'), copyDone], ['Z', q('SELECT count(*), max(label) FROM loaded')]),
  'COPY in with everything sent at once': say(/GCZTDCZ$/, 3, q('DO $$BEGIN DELETE FROM loaded; END$$'), q('COPY loaded FROM STDIN'), copyData('1\tone\n'), copyDone, q('SELECT * FROM loaded')),
  'COPY in that the client gives up': talk(/GEZTDCZ$/, ['G', q('COPY loaded FROM STDIN')], ['Z', copyData('1\tone\n'), copyFail], ['Z', q('SELECT 1')]),
  'COPY in with bad data: what comes late is swallowed': talk(/GEZTDCZ$/, ['G', q('COPY loaded FROM STDIN')], ['Z', copyData('not a number\tx\n'), copyData('2\tlate\n'), copyDone], ['Z', copyData('3\tlater\n'), copyDone, q('SELECT 1')]),
  'COPY in through the extended protocol': talk(/12nGCZ/, ['G', steps('COPY loaded FROM STDIN'), flushMessage()], ['Z', copyData('1\tone\n'), copyDone, sync], ['Z', q('SELECT 1')]),
  'COPY in, extended, with the Sync that libpq sends at once': talk(/12nGCZTDCZ/, ['G', steps('COPY loaded FROM STDIN'), sync], ['Z', copyData('1\tone\n'), copyDone, sync], ['Z', q('SELECT 1')], ['Z', sync]),
  'COPY in, extended, with bad data: skipped up to Sync': talk(/12nGEZTDCZ/, ['G', steps('COPY loaded FROM STDIN'), flushMessage()], ['Z', copyData('not a number\tx\n'), copyData('2\tlate\n'), copyDone, steps('SELECT 1'), sync], ['Z', q('SELECT 1')]),
  'Sync and Flush inside COPY in, which the server ignores': talk(/GCZTDCZZ$/, ['G', q('COPY loaded FROM STDIN')], ['Z', copyData('1\tone\n'), sync, flushMessage(), sync, copyData('2\ttwo\n'), sync, copyDone], ['Z', q('SELECT 1')], ['Z', sync]),
  'a query inside COPY in, which ends the session': talk(/GEE$/, ['G', q('COPY loaded FROM STDIN')], ['E', copyData('1\tone\n'), q('SELECT 1')], ['E']),
  'LISTEN and NOTIFY, in and outside of transactions': say(/CZCAZCZCZCAZCCZ$/, 6, q('LISTEN news'), q("NOTIFY news, 'at once'"), q('BEGIN'), q("NOTIFY news, 'later'"), q('COMMIT'), q("NOTIFY news; UNLISTEN *")),
  'a notification while nothing is asked': { shows: /CZATDCZ$/, run: async (client, { upstream }) => {
    client.send(q('LISTEN news'))
    await ready(client)
    await upstream("NOTIFY news, 'from elsewhere'")
    await client.framesUntil('A')
    client.send(q('SELECT 1'))
    await ready(client)
  } },
  'settings that the server reports': say(/CSZ.*SZ.*SZ/, 7, q("SET application_name = 'recorded'"), q("BEGIN; SET LOCAL TimeZone = 'Asia/Tokyo'"), q('ROLLBACK'), q("SET client_encoding = 'LATIN1'"), q("SELECT 'é', chr(233)"),
    q('SET DateStyle = German; SELECT DATE $$2024-02-29$$'), q('RESET ALL')),
  'cancel': { shows: /ZT?EZTDCZ$/, run: async (client, { cancel, upstream }) => {
    client.send(q("SELECT pg_sleep(60) /* to be cancelled */"))
    await upstream('running')
    await cancel()
    await ready(client)
    client.send(q('SELECT 1'))
    await ready(client)
  } },
  'a cancel with a wrong key, which does nothing': { shows: /TDCZ$/, run: async (client, { cancel }) => {
    client.send(q('SELECT pg_sleep(0.4)'))
    await cancel(undefined, Buffer.from('nope'))
    await ready(client)
  } },
  'a transaction left idle too long': talk(/CZCZE$/, ['Z', q("SET idle_in_transaction_session_timeout = '200ms'")], ['Z', q('BEGIN')], ['E']),
  'a session left idle too long': talk(/CZE$/, ['Z', q("SET idle_session_timeout = '200ms'")], ['E']),
  'a statement timeout of its own': say(/CZ.*EZTDCZ$/, 3, q("SET statement_timeout = '100ms'"), q('SELECT pg_sleep(5)'), q('SELECT 1')),
  'a session ended by an administrator while it works': { shows: /ZTE$/, run: async (client, { upstream }) => {
    client.send(q('SELECT pg_sleep(60) /* to be ended */'))
    await upstream('running')
    await upstream('terminate')
    await client.framesUntil('E')
  } },
  'a session ended by an administrator while it is idle': { shows: /TDCZE$/, run: async (client, { upstream }) => {
    client.send(q('SELECT 1'))
    await ready(client)
    await upstream('terminate')
    await client.framesUntil('E')
  } },
  'one value of 20 MB, and 200,000 small rows': say(/TDCZTD\*200000CZ$/, 2, q("SELECT repeat('0123456789', 2000000)"), q('SELECT n, n * 2 FROM generate_series(1, 200000) AS n')),
  'a conversation that arrives byte by byte': { shows: /12TDC1?.*EZTDCZ$/, run: async (client) => {
    for (const byte of Buffer.concat([steps('SELECT n FROM item WHERE n = $1', ['1']), parseMessage('SELECT ,'), sync, q('SELECT 1')])) {
      client.send(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await ready(client, 2)
  } },
  'a client that has said all, and still wants its answers': { shows: /TDCZ12TDCZTD\*20000CZ$/, run: async (client) => {
    client.send(q('SELECT 1'), steps('SELECT 2'), sync, q("SELECT repeat('x', 100) FROM generate_series(1, 20000)"))
    client.socket.end()
    await client.framesUntil('Z')
    await ready(client, 2)
    await client.closed
  } },
  'Bind with formats that do not fit': say(/1EZTDCZ$/, 2, parseMessage('SELECT 1'), message('B', cstring(''), cstring(''), int16(0), int16(0), int16(3), int16(0), int16(1), int16(0)), sync, q('SELECT 1')),
  'an Execute with a negative limit': say(/12TDCZ$/, 1, parseMessage('SELECT 1'), bindMessage(), describeMessage('P'), message('E', cstring(''), int32(-1)), sync),
}
