import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, expect, it } from '@jest/globals'
import type { Canceller } from '../connect/canceller.js'
import type { Upstream } from '../connect/connector.js'
import type { RelayGate } from './gate.js'
import { Session } from './session.js'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
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
  reads: false, textBytesMax: 1, watched: new Map(),
  judge: () => undefined,
  tooLong: () => { throw new Error('not asked') },
  functionCall: () => { throw new Error('not asked') },
}
const statement = (text: string) => {
  const body = Buffer.from(`${text}\0`)
  const frame = Buffer.alloc(5 + body.length)
  frame.write('Q')
  frame.writeInt32BE(4 + body.length, 1)
  body.copy(frame, 5)
  return frame
}

async function session(): Promise<{ client: Socket; database: Socket; upstream: Socket; session: Session }> {
  const [toClient, toDatabase] = [await pair(), await pair()]
  const upstream = {
    raw: toDatabase.near, stream: toDatabase.near, encrypted: false,
    listen: (sink: (chunk: Buffer, borrowed: boolean) => void) => { toDatabase.near.on('data', (chunk: Buffer) => { sink(chunk, false) }) },
  } as unknown as Upstream
  const made = new Session({
    id: 'ses_1', client: toClient.near as TLSSocket, upstream, gate, statementTimeoutMs: 0,
    canceller: { cancel: () => Promise.resolve(true) } as unknown as Canceller,
    expired: () => false, onExpired: () => undefined, onFailure: (error) => { throw error }, onClosed: () => undefined,
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
