import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Canceller } from '../connect/canceller.js'
import type { Upstream } from '../connect/connector.js'
import type { RelayGate } from './gate.js'
import { Session } from './session.js'

let cancels = 0
/** Whether the proxy's lease holds. */
let serves = true
/** After so many more looks at the lease it is over. */
let looksLeft = Infinity
let fenced = 0
let defined = 0
let expired = false
/** Whether the session is of an application that is served whatever becomes of the lease. */
let needsNoLease = false
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
  serves = true
  looksLeft = Infinity
  expired = false
  needsNoLease = false
})

/** Two ends of a TCP connection; the far one reads nothing until it is resumed. */
async function pair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  const [far] = (await once(server, 'connection')) as [Socket]
  if (near.connecting) await once(near, 'connect')
  for (const socket of [near, far]) socket.on('error', () => undefined)
  closers.push(() => {
    near.destroy()
    far.destroy()
    server.close()
  })
  return { near, far }
}

const gate: RelayGate = {
  answers: undefined, limits: undefined,
  reads: true, textBytesMax: 1_000_000, watched: new Map(),
  judge: () => undefined,
  tooLong: () => { throw new Error('not asked') },
  functionCall: () => { throw new Error('not asked') },
}
const gateThatWaits: { -readonly [Key in keyof RelayGate]: RelayGate[Key] } = { ...gate, textBytesMax: 1000 }
function frameOf(type: string, text: string): Buffer {
  const body = Buffer.from(text)
  const frame = Buffer.alloc(5 + body.length)
  frame.write(type)
  frame.writeInt32BE(4 + body.length, 1)
  body.copy(frame, 5)
  return frame
}
const statement = (text: string) => frameOf('Q', `${text}\0`)

async function session(gated = gate): Promise<{ client: Socket; database: Socket; upstream: Socket; session: Session }> {
  const [toClient, toDatabase] = [await pair(), await pair()]
  const upstream = {
    raw: toDatabase.near, stream: toDatabase.near, encrypted: false,
    listen: (sink: (chunk: Buffer, borrowed: boolean) => void) => { toDatabase.near.on('data', (chunk: Buffer) => { sink(chunk, false) }) },
  } as unknown as Upstream
  const made: Session = new Session({
    id: 'ses_1', client: toClient.near as TLSSocket, upstream, gate: gated, statementTimeoutMs: 0,
    canceller: { cancel: () => { cancels++; return Promise.resolve(true) } } as unknown as Canceller,
    serves: () => needsNoLease || (looksLeft-- > 0 && serves), needsNoLease: () => needsNoLease, onFenced: () => { fenced++ },
    expired: () => expired, onExpired: () => { made.end({ sqlState: '57P01', message: 'this credential has expired' }) }, onFailure: (error) => { throw error }, onClosed: () => undefined, onLimit: () => undefined, onDefined: () => { defined++ },
  })
  made.start(Buffer.alloc(0), Buffer.alloc(0))
  return { client: toClient.far, database: toDatabase.far, upstream: toDatabase.near, session: made }
}

it('a session that is ended with bytes still queued for its database is reset: what was queued is never written', async () => {
  const { client, database, upstream, session: ended } = await session()
  const big = statement(`INSERT ${'x'.repeat(1_000_000)}`)
  // Until the kernel takes no more: what comes on top is queued in the proxy.
  while (upstream.writableLength === 0) {
    client.write(big)
    await new Promise((resolve) => setImmediate(resolve))
  }
  client.write(statement('INSERT the last one'))
  const handed = upstream.bytesWritten - upstream.writableLength // what the kernel has; bytesWritten counts what is queued as well
  expect(upstream.writableLength).toBeGreaterThan(0)
  ended.end({ sqlState: '57P01', message: 'this credential was revoked' })
  expect(upstream.destroyed).toBe(true)
  let received = 0
  let how = 'end'
  database.on('data', (chunk: Buffer) => { received += chunk.length })
  database.on('error', (error: Error & { code?: string }) => { how = error.code ?? 'error' })
  const over = new Promise((resolve) => database.once('close', resolve))
  database.once('end', () => database.end())
  database.resume()
  await over
  expect(how).toBe('ECONNRESET') // a FIN would let a server read, and run, what it has
  expect(received).toBeLessThanOrEqual(handed)
})

it('and what its client sends afterwards goes nowhere', async () => {
  const { client, database, upstream, session: ended } = await session()
  client.write(statement('SELECT 1'))
  database.resume()
  const [first] = (await once(database, 'data')) as [Buffer]
  expect(first.toString()).toContain('SELECT 1')
  ended.end({ sqlState: '57P01', message: 'this credential was revoked' })
  const written = upstream.bytesWritten
  client.write(statement('INSERT late'))
  client.resume()
  await once(client, 'end')
  expect(upstream.bytesWritten).toBe(written)
})

describe('one of many that end together', () => {
  const revoked = { sqlState: '57P01', message: 'this credential was revoked' }

  it.each([
    ['a statement runs', statement('SELECT 1'), undefined],
    ['a transaction is open', statement('BEGIN'), frameOf('Z', 'T')],
    ['a batch is open', frameOf('P', '\0SELECT 1\0\0\0'), undefined],
  ])('is reset at once where %s', async (_state, sent, answered) => {
    const { client, database, upstream, session: ended } = await session()
    client.write(sent)
    database.resume()
    await once(database, 'data')
    if (answered) {
      const read = once(client, 'data')
      client.resume()
      database.write(answered)
      await read
    }
    ended.end(revoked, { defer: () => undefined })
    expect(upstream.destroyed).toBe(true)
  })

  it('is reset in its turn where it rests, and nothing passes until then', async () => {
    const { client, database, upstream, session: ended } = await session()
    const closes: (() => void)[] = []
    ended.end(revoked, { defer: (close) => closes.push(close) })
    expect(upstream.destroyed).toBe(false)
    const written = upstream.bytesWritten
    const read: Buffer[] = []
    client.on('data', (chunk: Buffer) => read.push(chunk)).resume()
    client.write(statement('INSERT late'))
    database.write(frameOf('N', 'SNOTICE\0\0'))
    let how = 'end'
    database.on('error', (error: Error & { code?: string }) => { how = error.code ?? 'error' })
    database.resume()
    const toClient = ended.client
    while (toClient.bytesRead === 0 || upstream.bytesRead === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(upstream.bytesWritten).toBe(written)
    const over = Promise.all([new Promise((resolve) => database.once('close', resolve)), once(client, 'end')])
    for (const close of closes) close()
    await over
    expect(how).toBe('ECONNRESET')
    expect(Buffer.concat(read).toString()).toContain('this credential was revoked')
    expect(Buffer.concat(read).toString()).not.toContain('NOTICE')
  })
})

it('a cancel for a statement that is still being judged keeps it from the database, and is answered as the database would', async () => {
  let decide: (verdict: undefined) => void = () => undefined
  const judging = new Promise<void>((resolve) => {
    gateThatWaits.judge = (_buffer, _start, _end, _messageEnd, _simple, onDecided) => {
      decide = onDecided
      resolve()
      return 'later'
    }
  })
  const { client, database, session: open } = await session(gateThatWaits)
  client.write(statement('SELECT pg_sleep(60)'))
  client.resume()
  await judging
  const before = cancels
  open.cancel()
  decide(undefined)
  database.resume()
  const [sent] = (await once(database, 'data')) as [Buffer]
  expect(sent.toString()).not.toContain('pg_sleep')
  const word = /pgbeam_refused_[0-9a-f]+_\d+/.exec(sent.toString())?.[0] ?? ''
  // As little as a server may say: no severity, no SQLSTATE.
  database.write(frameOf('E', `MERROR at ${word}\0\0`))
  const [answer] = (await once(client, 'data')) as [Buffer]
  expect(answer.toString()).toContain('C57014\0Mcanceling statement due to user request\0')
  expect(cancels).toBe(before)
  // The next one is judged, and cancelled by the database, as ever.
  gateThatWaits.judge = () => undefined
  database.write(frameOf('Z', 'I'))
  client.write(statement('SELECT 2'))
  const [next] = (await once(database, 'data')) as [Buffer]
  expect(next.toString()).toContain('SELECT 2')
  open.cancel()
  expect(cancels).toBe(before + 1)
})

it('an error of the database with fields missing passes as it came', async () => {
  const { client, database } = await session()
  client.resume()
  for (const body of ['\0', 'MERROR without a code\0\0', 'SFATAL\0\0']) {
    const error = frameOf('E', body)
    database.write(error)
    const [seen] = (await once(client, 'data')) as [Buffer]
    expect(seen.equals(error)).toBe(true)
  }
})

describe('without a lease', () => {
  const bytes = (socket: Socket) => {
    const seen: Buffer[] = []
    socket.on('data', (chunk: Buffer) => seen.push(chunk)).resume()
    return () => Buffer.concat(seen).toString()
  }
  /** Until what was written before has gone through the kernel and the loop. */
  const settled = async () => { for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve)) }
  const until = async (what: string, holds: () => boolean) => {
    const endMs = performance.now() + 4_000
    while (!holds()) {
      if (performance.now() > endMs) throw new Error(`never came: ${what}`)
      await settled()
    }
  }

  it('no byte is handed on in either direction; with a new one all of it is, in its order, on the same sockets', async () => {
    const { client, database, session: open } = await session()
    const [toDatabase, toClient] = [bytes(database), bytes(client)]
    serves = false
    const before = fenced
    client.write(statement('INSERT one'))
    client.write(statement('INSERT two'))
    database.write(frameOf('N', 'notice\0'))
    await settled()
    expect([toDatabase(), toClient(), open.over]).toEqual(['', '', false])
    expect(fenced).toBeGreaterThan(before)
    client.write(statement('INSERT three'))
    open.goOn() // too early: it asks the lease itself
    await settled()
    expect(toDatabase()).toBe('')
    serves = true
    open.goOn()
    await until('what was held', () => toDatabase().includes('three') && toClient() !== '')
    expect(toDatabase().match(/one|two|three/g)).toEqual(['one', 'two', 'three'])
    expect([toClient().includes('notice'), open.over]).toEqual([true, false])
  })

  it('a session that needs none never notices, and the end of all patience does not end it', async () => {
    needsNoLease = true
    const { client, database, session: open } = await session()
    const [toDatabase, toClient] = [bytes(database), bytes(client)]
    serves = false
    open.hold()
    client.write(statement('INSERT one'))
    database.write(frameOf('N', 'notice\0'))
    await until('both ways', () => toDatabase().includes('one') && toClient().includes('notice'))
    expect([open.restsWithoutLease(), open.over]).toEqual([true, false])
    serves = true
    open.goOn()
    client.write(statement('INSERT two'))
    await until('on it goes', () => toDatabase().includes('two'))
  })

  it('a session that needed none and needs one now is held from its next message', async () => {
    needsNoLease = true
    const { client, database } = await session()
    const toDatabase = bytes(database)
    serves = false
    needsNoLease = false
    client.write(statement('INSERT one'))
    await settled()
    expect(toDatabase()).toBe('')
  })

  it('a lease that ends between the reading of a statement and its writing keeps it back', async () => {
    gateThatWaits.judge = () => {
      serves = false
      return undefined
    }
    const { client, database, session: open } = await session(gateThatWaits)
    const toDatabase = bytes(database)
    client.write(statement('INSERT late'))
    await until('the judgement', () => !serves)
    await settled()
    expect(toDatabase()).toBe('')
    serves = true
    open.goOn()
    await until('the statement', () => toDatabase().includes('late'))
  })

  it('a lease that ends between the reading of an answer and its writing keeps it back', async () => {
    const { client, database, session: open } = await session()
    const toClient = bytes(client)
    looksLeft = 1
    database.write(frameOf('N', 'notice\0'))
    await until('the second look', () => looksLeft < 0)
    await settled()
    expect([toClient(), open.over]).toEqual(['', false])
    looksLeft = Infinity
    open.goOn()
    await until('the answer', () => toClient().includes('notice'))
  })

  it.each(['is ended', 'loses its database'])('where a session %s while an answer is kept, nothing follows in the stream that lacks it', async (how) => {
    const { client, database, session: open } = await session()
    const toClient = bytes(client)
    database.resume()
    client.write(statement('SELECT 1'))
    await once(database, 'data')
    looksLeft = 1
    database.write(frameOf('N', 'notice\0'))
    await until('the second look', () => looksLeft < 0)
    const gone = new Promise((resolve) => client.once('close', resolve))
    client.once('end', () => client.end())
    if (how === 'is ended') open.end({ sqlState: '57P01', message: 'this credential was revoked' })
    else database.destroy()
    await gone
    expect([toClient(), open.over]).toEqual(['', true])
  })

  it('a statement that was decided before its credential expired is not written afterwards', async () => {
    gateThatWaits.judge = () => {
      serves = false
      return undefined
    }
    const { client, database, session: open } = await session(gateThatWaits)
    const toDatabase = bytes(database)
    client.write(statement('INSERT expired'))
    await until('the judgement', () => !serves)
    await settled()
    serves = true
    expired = true
    open.goOn()
    await settled()
    expect([toDatabase(), open.over]).toEqual(['', true])
  })

  it('an event that ends the session while it waits takes with it what was held', async () => {
    const { client, database, session: open } = await session()
    const toDatabase = bytes(database)
    serves = false
    client.write(statement('INSERT never'))
    await settled()
    open.end({ sqlState: '57P01', message: 'this credential was revoked' })
    serves = true
    open.goOn()
    client.resume()
    await once(client, 'end')
    expect(toDatabase()).toBe('')
  })

  it('a session with bytes that are queued already is ended: nobody would ask before they leave', async () => {
    const { client, upstream, session: open } = await session()
    const big = statement(`INSERT ${'x'.repeat(1_000_000)}`)
    while (upstream.writableLength === 0) {
      client.write(big)
      await new Promise((resolve) => setImmediate(resolve))
    }
    serves = false
    open.hold()
    expect([open.over, upstream.destroyed]).toEqual([true, true])
  })

  it('a database that goes on sending is not read for a client that is gone: nothing piles up', async () => {
    const { database, upstream, session: open } = await session()
    serves = false
    open.hold()
    expect(open.restsWithoutLease()).toBe(true)
    open.client.destroy()
    await once(open.client, 'close')
    const readBefore = upstream.bytesRead
    database.write(Buffer.alloc(4_000_000))
    await settled()
    await settled()
    expect(upstream.isPaused()).toBe(true)
    expect(upstream.bytesRead - readBefore).toBeLessThan(1_000_000) // a read that was under way
    await once(upstream, 'close') // all the same the session at the database does not stay
  })

  it('a cancel request does nothing', async () => {
    const { session: open } = await session()
    serves = false
    open.hold()
    const before = cancels
    open.cancel()
    expect(cancels).toBe(before)
  })
})

it.each([
  ['CREATE TABLE', 1], ['ALTER VIEW', 1], ['DROP TABLE', 1], ['DO', 1], ['CALL', 1], ['SELECT 7', 0], ['COPY 7', 0], ['COMMIT', 0], ['DELETE 1', 0], ['DISCARD ALL', 0],
])('a %s that was committed is told %d times, at the end of its transaction', async (tag, times) => {
  const { client, database } = await session()
  client.resume()
  const before = defined
  const said = async (text: string, ...frames: Buffer[]) => {
    client.write(statement(text))
    database.resume()
    await once(database, 'data')
    const heard = once(client, 'data')
    database.write(Buffer.concat(frames))
    await heard
  }
  await said('BEGIN', frameOf('C', 'BEGIN\0'), frameOf('Z', 'T'))
  await said('something', frameOf('C', `${tag}\0`), frameOf('Z', 'T'))
  expect(defined).toBe(before)
  await said('COMMIT', frameOf('C', 'COMMIT\0'), frameOf('Z', 'I'))
  expect(defined).toBe(before + times)
  await said('SELECT 1', frameOf('C', 'SELECT 1\0'), frameOf('Z', 'I'))
  expect(defined).toBe(before + times)
})
