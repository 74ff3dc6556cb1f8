/** Drivers and psql cannot tell the proxy from the database either: the same program gets the same bytes, and does the same. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import postgres from 'postgres'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { psql } from './support/connect.js'
import { firstDifference, recordBoth, typesOf, type Tap } from './support/record.js'
import { scriptSchema } from './support/record-scripts.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
/** For libpq, which rightly refuses an offer of channel binding where it sees no TLS, as on its side of the tap. */
let cleartext: Credential
let dir: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'pgbeam-psql-'))
  stack = await startStack({ schema: scriptSchema })
  credential = await stack.createCredential()
  cleartext = await stack.createCredential({ extra: { auth_method: 'cleartext' } })
})
afterAll(async () => {
  await stack?.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** Both runs say and do the same; returns the one result and the types of the first connection's messages. */
async function both<T>(program: (tap: Tap) => Promise<T>, login = credential): Promise<{ result: T; types: string; connections: number }> {
  const { direct, through, results } = await recordBoth(stack, login, program)
  expect(firstDifference(direct, through)).toBeUndefined()
  expect(results[1]).toEqual(results[0])
  return { result: results[0], types: typesOf(direct[0]!), connections: direct.length }
}
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'worked', ({ code, message }: pg.DatabaseError) => `${code}: ${message}`)

const SLEEPING = "wait_event = 'PgSleep' AND datname = current_database()"
const statementRuns = () =>
  waitUntil('the statement runs', async () => (await stack.onUpstream(`SELECT FROM pg_stat_activity WHERE ${SLEEPING}`)).length > 0, { timeoutMs: 10_000, everyMs: 20 })

async function withPg<T>(tap: Tap, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(tap.address)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
async function withPostgresJs<T>(tap: Tap, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const { user, ...address } = tap.address
  const sql = postgres({ ...address, username: user, max: 1, onnotice: () => undefined })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

describe('node-postgres', () => {
  it('queries, parameters, named statements, types and errors', async () => {
    const { result, types } = await both((tap) => withPg(tap, async (client) => [
      (await client.query('SELECT n, label FROM item ORDER BY n LIMIT 2')).rows,
      (await client.query('SELECT $1::int + 1 AS n, $2::jsonb AS doc, $3::timestamptz AS at, $4::text[] AS list', [41, { a: [1, null] }, new Date(0), ['x', 'y"z']])).rows,
      (await client.query({ name: 'by-n', text: 'SELECT label FROM item WHERE n = $1', values: [3] })).rows,
      (await client.query({ name: 'by-n', text: 'SELECT label FROM item WHERE n = $1', values: [4] })).rows,
      (await client.query({ text: 'SELECT 1 AS one, 2 AS two', rowMode: 'array' })).rows,
      (await client.query('SELECT 1; SELECT 2') as unknown as pg.QueryResult[]).map(({ rows }) => rows),
      await failure(client.query('SELECT * FROM nowhere')),
      await failure(client.query('SELECT 1/$1::int', [0])),
      (await client.query('')).rowCount,
      await client.query("BEGIN; UPDATE item SET label = 'mine' WHERE true; ROLLBACK").then(() => client.query('SELECT count(*) FROM item WHERE label = $1', ['mine'])).then(({ rows }) => rows),
    ]))
    expect(result).toContainEqual([{ label: 'item 4' }])
    expect(result).toContain('22012: division by zero')
    expect(types).toMatch(/12TDDCZ|TDDCZ/)
  })
  it('queries queued behind each other, one of them failing', async () => {
    const { result } = await both((tap) => withPg(tap, (client) =>
      Promise.all(Array.from({ length: 50 }, (_, i) => failure(client.query('SELECT 100 / ($1::int - 25) AS q', [i])).then((said) => said)))))
    expect(result.filter((said) => said !== 'worked')).toEqual(['22012: division by zero'])
  })
  it('LISTEN and NOTIFY, notices', async () => {
    const { result } = await both((tap) => withPg(tap, async (client) => {
      const heard: unknown[] = []
      client.on('notification', ({ channel, payload }) => heard.push([channel, payload]))
      client.on('notice', ({ message }) => heard.push(message))
      await client.query('LISTEN news')
      await client.query("NOTIFY news, 'hello'")
      await client.query("DO $$BEGIN RAISE WARNING 'careful'; END$$")
      await client.query('SELECT 1')
      return heard
    }))
    expect(result).toEqual([['news', 'hello'], 'careful'])
  })
  it('a statement that somebody cancels in the database', async () => {
    const { result } = await both((tap) => withPg(tap, async (client) => {
      const slow = failure(client.query('SELECT pg_sleep(60)'))
      await statementRuns()
      await stack.onUpstream(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE ${SLEEPING}`)
      return [await slow, (await client.query('SELECT 1 AS one')).rows]
    }))
    expect(result).toEqual(['57014: canceling statement due to user request', [{ one: 1 }]])
  })
})

describe('postgres.js', () => {
  it('queries, parameters, transactions, fragments and errors', async () => {
    const { result } = await both((tap) => withPostgresJs(tap, async (sql) => [
      [...(await sql`SELECT n, label FROM item WHERE n = ANY(${[1, 2]}) ORDER BY n`)],
      [...(await sql`SELECT ${sql.json({ a: 1 })}::jsonb AS doc, ${new Date(0)}::timestamptz AS at, ${null}::text AS nothing`)],
      await sql.begin(async (tx) => {
        await tx`UPDATE item SET label = 'mine' WHERE n = 5`
        await tx.savepoint((inner) => inner`SELECT 1/0`).catch(() => undefined)
        const rows = await tx`SELECT label FROM item WHERE n = 5`
        await tx`UPDATE item SET label = 'item 5' WHERE n = 5`
        return [...rows]
      }),
      await failure(sql`SELECT * FROM nowhere`),
      [...(await sql.unsafe('SELECT 1 AS a; SELECT 2 AS b'))].map((rows) => [...(rows as unknown as unknown[])]),
      (await sql`SELECT n FROM item`.values()).length,
    ]))
    expect(result).toContain('42P01: relation "nowhere" does not exist')
    expect(result).toContainEqual([{ label: 'mine' }])
  })
  it('pipelines of queries sent at once, with an error among them', async () => {
    const { result } = await both((tap) => withPostgresJs(tap, (sql) =>
      Promise.all(Array.from({ length: 100 }, (_, i) => failure(sql`SELECT 100 / (${i}::int - 50) AS q`)))))
    expect(result.filter((said) => said !== 'worked')).toEqual(['22012: division by zero'])
  })
  it('cursors', async () => {
    const { result, types } = await both((tap) => withPostgresJs(tap, async (sql) => {
      const batches: number[] = []
      await sql`SELECT n FROM generate_series(1, 25) AS n`.cursor(10, (rows) => void batches.push(rows.length))
      for await (const rows of sql`SELECT n FROM generate_series(1, 25) AS n`.cursor(10)) {
        batches.push(rows.length)
        break
      }
      return batches
    }))
    expect(result).toEqual([10, 10, 5, 10])
    expect(types).toContain('s')
  })
  it('COPY in and out as streams', async () => {
    const { result } = await both((tap) => withPostgresJs(tap, async (sql) => {
      await sql`DO $$BEGIN DELETE FROM loaded; END$$`
      const sink = await sql`COPY loaded FROM STDIN`.writable()
      await new Promise<void>((resolve, reject) => {
        sink.on('finish', resolve).on('error', reject)
        for (let i = 0; i < 1000; i++) sink.write(`${i}\trow ${i}\n`)
        sink.end()
      })
      let bytes = 0
      for await (const chunk of await sql`COPY (SELECT * FROM loaded ORDER BY n) TO STDOUT`.readable()) bytes += (chunk as Buffer).length
      return [bytes, (await sql`SELECT count(*) FROM loaded`)[0]]
    }))
    expect(result[1]).toEqual({ count: '1000' })
  })
  it('LISTEN and NOTIFY', async () => {
    const { result, connections } = await both((tap) => withPostgresJs(tap, async (sql) => {
      let heard: (payload: string) => void = () => undefined
      const first = new Promise<string>((resolve) => (heard = resolve))
      const { unlisten } = await sql.listen('news', (payload) => heard(payload))
      await sql.notify('news', 'hello')
      const payload = await first
      await unlisten()
      return payload
    }))
    expect(result).toBe('hello')
    expect(connections).toBe(2)
  })
  it('a query that its client cancels', async () => {
    const { result, connections } = await both((tap) => withPostgresJs(tap, async (sql) => {
      const slow = sql`SELECT pg_sleep(60)`
      const said = failure(slow)
      await statementRuns()
      slow.cancel()
      return [await said, [...(await sql`SELECT 1 AS one`)]]
    }))
    expect(result).toEqual(['57014: canceling statement due to user request', [{ one: 1 }]])
    expect(connections).toBe(2)
  })
})

describe('psql', () => {
  const bothPsql = <T>(program: (tap: Tap) => Promise<T>) => both(program, cleartext)
  const run = (tap: Tap, args: string[], input?: string) => {
    const { host, port, user, database, password } = tap.address
    return psql([`host=${host} port=${port} user=${user} dbname=${database} sslmode=disable`, ...args], { password, ...(input === undefined ? {} : { input }) })
  }
  it('\\d+ and \\dt of tables as they are, several statements and an error', async () => {
    // Not \\dt+: it shows sizes, and autovacuum may change one between the two recordings.
    const { result } = await bothPsql(async (tap) => run(tap, ['-v', 'ON_ERROR_STOP=0', '-c', '\\d+ item', '-c', '\\dt public.loaded', '-c', 'SELECT 1; SELECT 2', '-c', 'SELECT * FROM nowhere', '-c', 'SELECT 3 AS three']))
    expect(result.stdout).toContain('item_label_check')
    expect(result.stdout).toContain('three')
    expect(result.stderr).toContain('relation "nowhere" does not exist')
  })
  it('\\copy in and out', async () => {
    const inFile = join(dir, 'in.txt')
    const outFile = join(dir, 'out.txt')
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i}\tline ${i}`).join('\n') + '\n'
    writeFileSync(inFile, lines)
    const { result } = await bothPsql(async (tap) => {
      const said = await run(tap, ['-c', 'DO $$BEGIN DELETE FROM loaded; END$$', '-c', `\\copy loaded FROM '${inFile}'`, '-c', `\\copy (SELECT * FROM loaded ORDER BY n) TO '${outFile}'`])
      return [said, readFileSync(outFile, 'utf8') === lines]
    })
    expect(result[0]).toMatchObject({ code: 0, stderr: '' })
    expect(result[1]).toBe(true)
  })
  it('\\copy of bad data, and the session goes on', async () => {
    const bad = join(dir, 'bad.txt')
    writeFileSync(bad, `1\tone\nnot a number\ttwo\n${'3\tthree\n'.repeat(50_000)}`)
    const { result } = await bothPsql((tap) => run(tap, ['-v', 'ON_ERROR_STOP=0', '-c', `\\copy loaded FROM '${bad}'`, '-c', "SELECT 'goes on'"]))
    expect(result.stdout).toContain('goes on')
    expect(result.stderr).toContain('invalid input syntax for type integer')
  })
  it('rows in batches (FETCH_COUNT), \\gdesc, and COPY inside a script', async () => {
    const { result } = await bothPsql((tap) => run(tap, ['-f', '-'], `\\set FETCH_COUNT 7
SELECT n FROM generate_series(1, 30) AS n;
SELECT n, label FROM item \\gdesc
DO $$BEGIN DELETE FROM loaded; END$$;
COPY loaded FROM STDIN;
1\tinline
\\.
TABLE loaded;
`))
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toContain('inline')
  })
})
