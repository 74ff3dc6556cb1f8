import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { keepLastWords } from './last-words.js'

let server: Server
const open: Socket[] = []
afterEach(() => {
  server.close()
  for (const socket of open.splice(0)) socket.destroy()
})
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

/** Both ends of a connection, read as the relay reads: with `onread`, or with `data`. */
async function pair(how: 'onread' | 'data'): Promise<{ ours: Socket; theirs: Socket; heard: () => string }> {
  server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  let text = ''
  const buffer = Buffer.alloc(1024)
  const onread = { buffer, callback: (bytes: number) => { text += buffer.toString('latin1', 0, bytes); return true } }
  const [ours, [theirs]] = [connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true, ...(how === 'onread' ? { onread } : {}) }), (await once(server, 'connection')) as [Socket]]
  if (ours.connecting) await once(ours, 'connect')
  if (how === 'data') ours.on('data', (chunk: Buffer) => { text += chunk.toString('latin1') })
  ours.on('error', () => undefined)
  ours.resume()
  open.push(ours, theirs)
  return { ours, theirs, heard: () => text }
}

describe('what a database said before it went', () => {
  it.each(['onread', 'data'] as const)('is read although a write of ours failed first (%s)', async (how) => {
    const { ours, theirs, heard } = await pair(how)
    keepLastWords(ours)
    const words = 'terminating connection '.repeat(1000)
    theirs.write(words)
    theirs.resetAndDestroy()
    ours.write('another statement') // fails in this very turn, before anything was read
    await closed(ours)
    expect(heard() === words).toBe(true)
  })
  it('is read when the reader was paused meanwhile', async () => {
    const { ours, theirs, heard } = await pair('data')
    keepLastWords(ours)
    ours.pause()
    theirs.write('reason')
    theirs.resetAndDestroy()
    ours.write('another statement')
    setTimeout(() => ours.resume(), 60)
    await closed(ours)
    expect(heard()).toBe('reason')
  })
  it('is lost without that: this is what it is for', async () => {
    const { ours, theirs, heard } = await pair('onread')
    theirs.write('reason')
    theirs.resetAndDestroy()
    ours.write('another statement')
    await closed(ours)
    expect(heard()).toBe('')
  })
})
it('a socket that is ended by us is ended at once', async () => {
  const { ours } = await pair('data')
  keepLastWords(ours)
  ours.destroy()
  expect(ours.destroyed).toBe(true)
})
