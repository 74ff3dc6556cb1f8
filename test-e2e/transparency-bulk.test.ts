/** Volume: whatever passes, the proxy holds little of it, and who waits for nobody goes on meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { connect } from './support/connect.js'
import { rawSession } from './support/login.js'
import { count, report } from './support/measure.js'
import { bindMessage, cstring, executeMessage, int16, int32, message, parseMessage, queryMessage, syncMessage, terminateMessage } from './support/raw-client.js'
import { bystander, Drain, growthMb, pour } from './support/record-flow.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const GROWTH_MB_MAX = 64
/** Towards the database each read is a buffer of its own, and V8 collects them when 64 MB of them have gathered. */
const GROWTH_IN_MB_MAX = 128
const BULK_MB = count(100, 1000)
const SILENT_MS = count(3_000, 10_000)
let stack: Stack
let credential: Credential
let other: pg.Client
beforeAll(async () => {
  stack = await startStack({ schema: 'CREATE TABLE loaded (label text)' })
  credential = await stack.createCredential()
  other = await connect(stack, credential)
  await other.query('SELECT 1')
})
afterAll(async () => {
  await other?.end()
  await stack?.stop()
})

/** COPY data of so many MB, a thousand bytes a row. */
const copyOut = (mb: number) => queryMessage(`COPY (SELECT repeat('x', 999) FROM generate_series(1, ${mb * 1000})) TO STDOUT`)
/** What the rows, each with five bytes of header, come to. */
const copyOutBytes = (mb: number) => mb * 1000 * 1005

async function measured(name: string, work: () => Promise<unknown>): Promise<{ mb: number; worstMs: number; answered: number }> {
  const watcher = bystander(other)
  const startedAt = performance.now()
  const mb = await growthMb(stack.proxy, work)
  const seconds = (performance.now() - startedAt) / 1000
  const { answered, medianMs, worstMs } = await watcher.stop()
  report(`${name}: growth of the proxy`, mb, 'MB')
  report(`${name}: time`, Math.round(seconds * 10) / 10, 's')
  report(`${name}: another session meanwhile`, `${answered} statements, median ${medianMs} ms, worst ${worstMs} ms`)
  return { mb, worstMs, answered }
}

describe(`${BULK_MB} MB`, () => {
  it('of COPY out', async () => {
    const client = await rawSession(stack, credential)
    const drain = new Drain(client)
    const { mb, worstMs, answered } = await measured(`COPY out of ${BULK_MB} MB`, async () => {
      client.send(copyOut(BULK_MB))
      await drain.ready(copyOutBytes(BULK_MB))
    })
    expect(drain.bytes).toBeGreaterThan(copyOutBytes(BULK_MB))
    expect(mb).toBeLessThan(GROWTH_MB_MAX)
    expect(answered).toBeGreaterThan(20) // one huge result does not starve the others
    expect(worstMs).toBeLessThan(2_000)
    client.send(terminateMessage())
    await client.closed
  })
  it('of COPY in', async () => {
    const client = await rawSession(stack, credential)
    client.send(queryMessage('COPY loaded FROM STDIN WHERE false'))
    await client.framesUntil('G')
    const drain = new Drain(client)
    const rows = message('d', Buffer.from(`${'x'.repeat(999)}\n`.repeat(64)))
    const { mb, worstMs } = await measured(`COPY in of ${BULK_MB} MB`, async () => {
      await pour(client.socket, rows, Math.ceil((BULK_MB * 1000) / 64))
      client.send(message('c'))
      expect((await drain.ready()).toString('latin1')).toContain('COPY 0')
    })
    expect(mb).toBeLessThan(GROWTH_IN_MB_MAX)
    expect(worstMs).toBeLessThan(2_000)
    client.destroy()
  })
})

it('a parameter of 200 MB passes in pieces', async () => {
  const client = await rawSession(stack, credential)
  const bytes = 200_000_000
  const head = Buffer.concat([cstring(''), cstring(''), int16(0), int16(1), int32(bytes)])
  const tail = Buffer.concat([int16(0), executeMessage(), syncMessage()])
  const piece = Buffer.alloc(50_000, 'y')
  const drain = new Drain(client)
  const { mb } = await measured('a parameter of 200 MB', async () => {
    client.send(parseMessage('SELECT length($1::text)'), Buffer.from('B'), int32(4 + head.length + bytes + 2), head)
    await pour(client.socket, piece, bytes / piece.length)
    client.send(tail)
    expect((await drain.ready()).toString('latin1')).toContain(String(bytes))
  })
  expect(mb).toBeLessThan(GROWTH_IN_MB_MAX)
  client.destroy()
})

it(`a client that stops reading for ${SILENT_MS / 1000} s costs little and delays nobody, and then gets the rest`, async () => {
  const client = await rawSession(stack, credential)
  const volumeMb = 300
  const drain = new Drain(client)
  const { mb, worstMs, answered } = await measured(`not reading for ${SILENT_MS / 1000} s`, async () => {
    client.send(copyOut(volumeMb))
    client.socket.pause()
    await wait(SILENT_MS)
  })
  expect(drain.bytes).toBeLessThan(copyOutBytes(volumeMb) / 10)
  expect(mb).toBeLessThan(GROWTH_MB_MAX)
  expect(worstMs).toBeLessThan(1_000)
  expect(answered).toBeGreaterThan(100)
  client.socket.resume()
  await drain.ready(copyOutBytes(volumeMb))
  client.destroy()
})

it('a pipeline whose sender does not read blocks both ways, holds little, and goes on when it reads', async () => {
  const client = await rawSession(stack, credential)
  const statements = 3_000
  const wide = 10_000
  const drain = new Drain(client)
  client.socket.pause()
  const one = Buffer.concat([parseMessage('SELECT $1::text || repeat($2, 1)'), bindMessage(['z'.repeat(wide), 'z'.repeat(wide)]), executeMessage()])
  let sent = false
  const pouring = (async () => {
    await pour(client.socket, one, statements)
    client.send(syncMessage())
    sent = true
  })()
  const { mb, worstMs } = await measured('a pipeline of 60 MB each way, unread', () => wait(count(2_000, 5_000)))
  expect(sent).toBe(false)
  expect(mb).toBeLessThan(GROWTH_MB_MAX)
  expect(worstMs).toBeLessThan(1_000)
  client.socket.resume()
  await pouring
  await drain.ready(statements * wide * 2)
  client.destroy()
})
