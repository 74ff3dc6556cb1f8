import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { Secret } from '@pgbeam/kernel'
import type { DatabaseTarget } from '../credentials/credential.js'
import { Canceller } from './canceller.js'

const servers: { server: Server; sockets: Set<Socket> }[] = []
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
})

/** A server that takes cancel requests, and closes each connection after one, or never. */
async function listening(closes: boolean): Promise<{ target: DatabaseTarget; requests: number; sockets: Set<Socket>; server: Server }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', () => {
      made.requests++
      server.emit('cancelled')
      if (closes) socket.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target: DatabaseTarget = {
    id: 'db', host: '127.0.0.1', port: (server.address() as AddressInfo).port, name: 'x', username: 'x', password: new Secret('x'),
    sslMode: 'disable', sslCa: undefined, role: 'primary', queryTimeoutMs: 0,
  }
  const made = { target, requests: 0, sockets, server }
  servers.push(made)
  return made
}
const sessionOn = (target: DatabaseTarget) => ({ target, encrypted: false, pid: 1, cancelKey: Buffer.alloc(4) })

describe('cancel requests', () => {
  it('to a server that never closes do not hold up those to another', async () => {
    const [silent, good] = [await listening(false), await listening(true)]
    const canceller = new Canceller()
    for (let i = 0; i < 200; i++) void canceller.cancel(sessionOn(silent.target))
    await once(silent.server, 'cancelled')
    const startedMs = performance.now()
    expect(await canceller.cancel(sessionOn(good.target))).toBe(true)
    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(good.requests).toBe(1)
    expect(silent.sockets.size).toBeLessThanOrEqual(8)
  })

  it('of one session wait once, however often they are asked for, and go again after that', async () => {
    const made = await listening(true)
    const canceller = new Canceller()
    const session = sessionOn(made.target)
    await Promise.all(Array.from({ length: 500 }, () => canceller.cancel(session)))
    expect(made.requests).toBeLessThanOrEqual(9)
    const before = made.requests
    await canceller.cancel(session)
    expect(made.requests).toBe(before + 1)
  })
})
