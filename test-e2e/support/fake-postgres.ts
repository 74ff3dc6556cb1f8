/** A database server made of a script, for what a real one never does. */
import { createHmac, createHash, pbkdf2Sync } from 'node:crypto'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { cstring, int32, message } from './raw-client.js'

export interface FakePostgres {
  readonly port: number
  /** Types of the messages that clients sent after their startup, in order. */
  readonly received: string[]
  stop(): Promise<void>
}

/** Answers SSLRequest with these bytes, or goes on without TLS after `N`; then `script` plays the server's part. */
export async function fakePostgres(sslAnswer: Buffer, script: (peer: Peer) => Promise<void>): Promise<FakePostgres> {
  const received: string[] = []
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    const peer = new Peer(socket, received)
    void (async () => {
      let packet = await peer.packet()
      if (packet.readUInt32BE(4) === 80877103) {
        socket.write(sslAnswer)
        packet = await peer.packet()
      }
      peer.startup = packet
      await script(peer)
    })().catch(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    received,
    stop: () => new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
    }),
  }
}

export class Peer {
  private buffer = Buffer.alloc(0)
  private wake: (() => void) | undefined
  /** The StartupMessage, once it has come. */
  startup: Buffer = Buffer.alloc(0)
  constructor(readonly socket: Socket, private readonly received: string[]) {
    socket.on('data', (chunk: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, chunk])
      this.wake?.()
    })
  }
  private async until(count: number): Promise<void> {
    while (this.buffer.length < count) await new Promise<void>((resolve) => (this.wake = resolve))
  }
  async packet(): Promise<Buffer> {
    await this.until(4)
    const length = this.buffer.readInt32BE(0)
    await this.until(length)
    const packet = this.buffer.subarray(0, length)
    this.buffer = this.buffer.subarray(length)
    return packet
  }
  async frame(): Promise<{ type: string; body: Buffer }> {
    await this.until(5)
    const length = this.buffer.readInt32BE(1)
    await this.until(length + 1)
    const type = String.fromCharCode(this.buffer[0]!)
    const body = this.buffer.subarray(5, length + 1)
    this.buffer = this.buffer.subarray(length + 1)
    this.received.push(type)
    return { type, body }
  }
  send(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames))
  }
}

export const authentication = (kind: number, data: Buffer = Buffer.alloc(0)): Buffer => message('R', int32(kind), data)
export const welcome = (): Buffer =>
  Buffer.concat([authentication(0), message('S', cstring('server_version'), cstring('18.4')), message('K', int32(1), int32(2)), message('Z', Buffer.from('I'))])

/** Plays SCRAM as a server that has the password, or (with `signWith` set to another one) as one that only pretends. */
export async function scramServer(peer: Peer, password: string, { signWith = password, iterations = 4096 } = {}): Promise<boolean> {
  peer.send(authentication(10, Buffer.concat([cstring('SCRAM-SHA-256'), Buffer.from([0])])))
  const initial = (await peer.frame()).body
  const bare = initial.toString('utf8', initial.indexOf(0) + 5).replace(/^[^,]*,[^,]*,/, '')
  const salt = Buffer.alloc(16, 3)
  const serverFirst = `${/r=.*/.exec(bare)![0]}server,s=${salt.toString('base64')},i=${iterations}`
  peer.send(authentication(11, Buffer.from(serverFirst)))
  const final = (await peer.frame()).body.toString()
  const keys = (text: string, name: string) => createHmac('sha256', pbkdf2Sync(text, salt, 4096, 32, 'sha256')).update(name).digest()
  const withoutProof = final.replace(/,p=.*/, '')
  const authMessage = `${bare},${serverFirst},${withoutProof}`
  const clientKey = keys(password, 'Client Key')
  const signature = createHmac('sha256', createHash('sha256').update(clientKey).digest()).update(authMessage).digest()
  const proof = Buffer.from(/p=(.*)/.exec(final)![1]!, 'base64')
  peer.send(authentication(12, Buffer.from(`v=${createHmac('sha256', keys(signWith, 'Server Key')).update(authMessage).digest('base64')}`)))
  return proof.equals(Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)))
}
