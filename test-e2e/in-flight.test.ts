/**
 * The in-flight rule, one test for each row of docs/in-flight.md: whatever a session is in the middle of when its credential
 * is revoked, paused or rotated, nothing of it goes on behind the answer, and nobody else notices.
 */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect } from './support/connect.js'
import { fakePostgres, welcome } from './support/fake-postgres.js'
import { HeldWay } from './support/held-way.js'
import { after, receiveQueueBytes, Scene, told, verbs, type Verb } from './support/in-flight.js'
import { rawLogin } from './support/login.js'
import {
  bindMessage, cancelRequest, executeMessage, flushMessage, message, parseMessage, queryMessage, RawClient, SSL_REQUEST, syncMessage,
} from './support/raw-client.js'
import { scramLogin } from './support/raw-scram.js'
import { startStack, type Project, type Stack } from './support/stack.js'

let stack: Stack
let bystander: pg.Client
beforeAll(async () => {
  stack = await startStack({ proxies: 2, schema: 'CREATE TABLE witness (who text); CREATE TABLE held (id serial PRIMARY KEY, who text)' })
  bystander = await connect(stack, await stack.createCredential())
})
afterAll(async () => {
  await bystander?.end()
  await stack?.stop()
})

const CANCEL_REQUEST = 80877102
const extended = (sql: string, name = '') => [parseMessage(sql, name), bindMessage([], { statement: name }), executeMessage()]

const begin = (verb: Verb, project?: Project): Promise<Scene> => new Scene(stack, verb).begin(project)

const rows: Readonly<Record<string, (verb: Verb) => Promise<void>>> = {
  idle: async (verb) => {
    const scene = await begin(verb)
    const client = await scene.session()
    await scene.change({ sessions: 1, statements: 0 })
    expect(await after(client, queryMessage(scene.insert('late')))).toEqual(told)
    await scene.nothingCommitted()
  },

  'in a simple query': async (verb) => {
    const scene = await begin(verb)
    const client = await scene.session()
    client.send(queryMessage(`${scene.insert('in the same query')}; SELECT pg_sleep(600)`), queryMessage(scene.insert('pipelined')))
    await scene.sleeps()
    await scene.change({ sessions: 1, statements: 1 })
    const { types, code } = await after(client, queryMessage(scene.insert('late')))
    expect([types, code]).toEqual([expect.stringMatching(/^(CT)?E$/), '57P01']) // the first statement's answer may have come before
    await scene.nothingCommitted()
  },

  'mid-DataRow': async (verb) => {
    const way = await HeldWay.to(stack.upstream)
    const { name, username, password } = stack.upstream
    const scene = await begin(verb, await stack.createProject({ host: '127.0.0.1', port: way.port, name, username, password }))
    const client = await scene.session()
    way.backBytesLeft = 1_000_000
    client.send(queryMessage("SELECT repeat('x', 32000000)"), queryMessage(scene.insert('pipelined')))
    await client.bytes(1_000_000)
    await scene.change({ sessions: 1, statements: 1 })
    // Not one byte more: neither of the row nor of a message that would be read as part of it.
    expect(await after(client, queryMessage(scene.insert('late')))).toEqual({ types: '', code: undefined, unfinishedBytes: 0 })
    await scene.nothingCommitted()
    await way.stop()
  },

  'in an extended pipeline': async (verb) => {
    const scene = await begin(verb)
    const [synced, open] = [await scene.session(), await scene.session()]
    synced.send(...extended('SELECT pg_sleep(600)'), syncMessage(), ...extended(scene.insert('behind a Sync')), syncMessage())
    open.send(...extended(scene.insert('before')), ...extended('SELECT pg_sleep(600)'), ...extended(scene.insert('behind')), flushMessage())
    await waitUntil('both run', async () => (await scene.backends("wait_event = 'PgSleep'")) === 2, { timeoutMs: 30_000, everyMs: 10 })
    await scene.change({ sessions: 2, statements: 2 })
    for (const client of [synced, open]) expect(await after(client, syncMessage(), queryMessage(scene.insert('late')))).toMatchObject({ types: expect.stringMatching(/^(12)?(C12)?E$/), code: '57P01' })
    await scene.nothingCommitted()
  },

  'suspended portal': async (verb) => {
    const scene = await begin(verb)
    const client = await scene.session()
    client.send(parseMessage(`INSERT INTO witness SELECT '${scene.mark} ' || n FROM generate_series(1, 3) n RETURNING who`), bindMessage([], { portal: 'p' }), executeMessage('p', 1), flushMessage())
    await client.framesUntil('s')
    await scene.change({ sessions: 1, statements: 0 })
    expect(await after(client, executeMessage('p', 1), syncMessage())).toEqual(told)
    await scene.nothingCommitted()
  },

  'named prepared statement': async (verb) => {
    const scene = await begin(verb)
    const client = await scene.session()
    client.send(parseMessage(scene.insert('by name'), 'named'), syncMessage())
    await client.framesUntil('Z')
    await scene.change({ sessions: 1, statements: 0 })
    expect(await after(client, bindMessage([], { statement: 'named' }), executeMessage(), syncMessage())).toEqual(told)
    await scene.nothingCommitted()
  },

  'COPY in': async (verb) => {
    const scene = await begin(verb)
    const client = await scene.session()
    client.send(queryMessage('COPY witness FROM STDIN'))
    await client.framesUntil('G')
    client.send(message('d', Buffer.from(`${scene.mark} copied\n`)))
    await scene.until('the data is awaited', "query LIKE 'COPY%' AND state = 'active' AND wait_event = 'ClientRead'")
    await scene.change({ sessions: 1, statements: 1 })
    expect(await after(client, message('d', Buffer.from(`${scene.mark} late\n`)), message('c'))).toEqual(told)
    await scene.nothingCommitted()
  },

  'COPY out': async (verb) => {
    const scene = await begin(verb)
    const client = await scene.session()
    const slowly = `INSERT INTO witness SELECT '${scene.mark} ' || pg_sleep(0.01) FROM generate_series(1, 60000) RETURNING repeat('x', 9000)`
    client.send(queryMessage(`COPY (${slowly}) TO STDOUT`), queryMessage(scene.insert('pipelined')))
    await client.framesUntil('d')
    await scene.change({ sessions: 1, statements: 1 })
    const { types, code } = await after(client, queryMessage(scene.insert('late')))
    expect([types, code]).toEqual(code === undefined ? [expect.stringMatching(/^d*$/), undefined] : [expect.stringMatching(/^d*E$/), '57P01'])
    await scene.nothingCommitted()
  },

  'in a transaction': async (verb) => {
    const scene = await begin(verb)
    const { id } = (await stack.onUpstream<{ id: number }>("INSERT INTO held (who) VALUES ('nobody') RETURNING id"))[0]!
    const client = await scene.session()
    client.send(queryMessage(`BEGIN; ${scene.insert('in the transaction')}; UPDATE held SET who = '${scene.mark}' WHERE id = ${id}`))
    await client.framesUntil('Z')
    await scene.change({ sessions: 1, statements: 0 })
    expect(await after(client, queryMessage('COMMIT'))).toEqual(told)
    // Somebody else gets the lock, and finds what was there before.
    expect(await stack.onUpstream('UPDATE held SET who = who WHERE id = $1 RETURNING who', [id])).toEqual([{ who: 'nobody' }])
    await scene.nothingCommitted()
  },

  'waiting on a lock': async (verb) => {
    const scene = await begin(verb)
    const blocker = new pg.Client({ connectionString: stack.upstream.superuserUrl })
    await blocker.connect()
    const { id } = (await blocker.query<{ id: number }>("INSERT INTO held (who) VALUES ('nobody') RETURNING id")).rows[0]!
    await blocker.query('BEGIN')
    await blocker.query('SELECT FROM held WHERE id = $1 FOR UPDATE', [id])
    const client = await scene.session()
    client.send(queryMessage(`UPDATE held SET who = '${scene.mark}' WHERE id = ${id}`), queryMessage(scene.insert('pipelined')))
    await scene.until('it waits', "wait_event_type = 'Lock'")
    await scene.change({ sessions: 1, statements: 1 })
    expect(await after(client, queryMessage(scene.insert('late')))).toEqual(told)
    await scene.nothingCommitted() // and no backend waits any more, though the lock is still held
    await blocker.query('ROLLBACK')
    expect((await blocker.query('SELECT who FROM held WHERE id = $1', [id])).rows).toEqual([{ who: 'nobody' }])
    await blocker.end()
  },

  'during login, before the proof': async (verb) => {
    const scene = await begin(verb)
    expect(await scene.loginInterruptedAt('offered', () => scene.change({ sessions: 0 }))).toBe('28P01')
    await scene.nothingCommitted()
  },

  'during login, while the database is being connected to': async (verb) => {
    const way = await HeldWay.to(stack.upstream)
    const { name, username, password } = stack.upstream
    const scene = await begin(verb, await stack.createProject({ host: '127.0.0.1', port: way.port, name, username, password }))
    way.hold()
    const code = await scene.loginInterruptedAt('proof sent', async (client) => {
      client.send(queryMessage(scene.insert('sent ahead')))
      await waitUntil('the database is being connected to', () => way.connections > 0, { timeoutMs: 30_000, everyMs: 10 })
      await scene.change({ sessions: 0 })
      way.release()
    })
    expect(code).toBe('57P01')
    await scene.nothingCommitted()
    await way.stop()
  },

  'during SCRAM': async (verb) => {
    const scene = await begin(verb)
    expect(await scene.loginInterruptedAt('challenged', () => scene.change({ sessions: 0 }))).toBe('28P01')
    await scene.nothingCommitted()
  },

  'during the TLS handshake': async (verb) => {
    const scene = await begin(verb)
    const client = await RawClient.connect(stack.proxy.port)
    client.send(SSL_REQUEST)
    expect((await client.bytes(1)).toString()).toBe('S')
    await scene.change({ sessions: 0 })
    await client.tls({ ca: stack.ca })
    const { user, password, project } = scene.credential
    const { error } = await scramLogin(client, { user, database: project.databaseName, application_name: scene.mark }, { password })
    expect(error?.C).toBe(verb.login)
    client.destroy()
    await scene.nothingCommitted()
  },

  'in cancel': async (verb) => {
    const scene = await begin(verb)
    const { client, transcript } = await rawLogin(stack, scene.credential, { parameters: { application_name: scene.mark } })
    const { body: key } = transcript.frames.find(({ type }) => type === 'K')!
    client.send(queryMessage('SELECT pg_sleep(600)'), queryMessage(scene.insert('behind what is cancelled')))
    await scene.sleeps()
    const others = bystander.query('SELECT pg_sleep(1), 7 AS seven')
    const lines = await Promise.all(stack.proxies.map((proxy) => RawClient.connect(proxy.port)))
    await scene.change({ sessions: 1, statements: 1 })
    for (const line of lines) line.send(cancelRequest(key.readInt32BE(0), key.subarray(4)))
    for (const line of lines) expect((await line.untilClosed()).length).toBe(0)
    expect(await after(client, queryMessage(scene.insert('late')))).toMatchObject({ code: '57P01' })
    await scene.nothingCommitted()
    expect((await others).rows).toMatchObject([{ seven: 7 }])
  },

  'a client that reads nothing': async (verb) => {
    const scene = await begin(verb)
    const client = await scene.session()
    client.socket.pause()
    client.send(queryMessage("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)"), queryMessage(scene.insert('pipelined')))
    await scene.until('the database cannot write any more', "wait_event = 'ClientWrite'")
    await scene.change({ sessions: 1, statements: 1 })
    client.socket.resume()
    const { types } = await after(client, queryMessage(scene.insert('late')))
    expect(types).toMatch(/^T?D*$/)
    expect(types.length).toBeLessThan(1_000_000)
    await scene.nothingCommitted()
  },

  'a database that reads nothing': async (verb) => {
    let jammed: { receivedBytes: number; readonly socket: Socket; readonly over: Promise<string> } | undefined
    const fake = await fakePostgres(Buffer.from('N'), async (peer) => {
      const { socket } = peer
      if (peer.startup.readUInt32BE(4) === CANCEL_REQUEST) {
        socket.end()
        return
      }
      const over = new Promise<string>((resolve) => socket.once('end', () => resolve('end')).once('error', (error: NodeJS.ErrnoException) => resolve(error.code!)))
      const one = (jammed = { receivedBytes: 0, socket, over })
      socket.on('data', (chunk) => (one.receivedBytes += chunk.length))
      peer.send(welcome())
      socket.pause()
    })
    const scene = await begin(verb, await stack.createProject({ host: '127.0.0.1', port: fake.port, name: 'x', username: 'x', password: 'x', ssl_mode: 'disable' }))
    const client = await scene.session()
    const statement = queryMessage(`INSERT INTO witness VALUES ('${'x'.repeat(1_000_000)}')`)
    let sentBytes = 0
    // Until nothing moves any more: everything between here and there is full.
    for (let moved = true; moved; sentBytes += statement.length) {
      moved = await new Promise<boolean>((resolve) => {
        const stuck = setTimeout(() => resolve(false), 500)
        client.socket.write(statement, () => {
          clearTimeout(stuck)
          resolve(true)
        })
      })
    }
    const reachableBytes = jammed!.receivedBytes + jammed!.socket.readableLength + receiveQueueBytes(jammed!.socket)
    await scene.change({ sessions: 1, statements: 1 })
    jammed!.socket.resume()
    expect(await jammed!.over).toBe('ECONNRESET') // behind a FIN the database would read, and run, what was on its way
    expect(jammed!.receivedBytes).toBeLessThanOrEqual(reachableBytes)
    expect(jammed!.receivedBytes).toBeLessThan(sentBytes)
    expect(await after(client)).toEqual(told)
    await fake.stop()
  },
}

it('every state of the table in docs/in-flight.md is tested, and no other', () => {
  const document = readFileSync(fileURLToPath(new URL('../docs/in-flight.md', import.meta.url)), 'utf8')
  const states = [...document.matchAll(/^\| (.+?) \|/gm)].map(([, state]) => state).filter((state) => state !== 'state' && state !== '---')
  expect(states).toEqual(Object.keys(rows))
})

describe.each(Object.keys(verbs))('%s stops a session', (verb) => {
  it.each(Object.keys(rows))('%s', async (state) => {
    await rows[state]!(verbs[verb]!)
    expect((await bystander.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})
