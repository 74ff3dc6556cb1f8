/**
 * A Postgres client that sends exactly the bytes it is told to, and shows exactly the frames it gets. It is written from
 * the protocol's documentation and shares no code with the product, so it may disagree with it.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

export interface Frame {
  /** One character: `R`, `Z`, `E`, … */
  readonly type: string
  readonly body: Buffer
}
export const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex')
export const GSSENC_REQUEST = Buffer.from('0000000804d21630', 'hex')

export const cstring = (text: string): Buffer => Buffer.from(`${text}\0`)
export const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
export const int16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16BE(value & 0xffff) // signed in the manual, and unsigned where the server counts parameters
  return buffer
}
/** A typed message with its length. */
export function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}
export function startupMessage(parameters: Record<string, string>, { major = 3, minor = 0 } = {}): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [cstring(name), cstring(value)])
  const body = Buffer.concat([int16(major), int16(minor), ...pairs, Buffer.from([0])])
  return Buffer.concat([int32(body.length + 4), body])
}
export const queryMessage = (sql: string): Buffer => message('Q', cstring(sql))
export const parseMessage = (sql: string, name = '', types: readonly number[] = []): Buffer =>
  message('P', cstring(name), cstring(sql), int16(types.length), Buffer.concat(types.map(int32)))
export const bindMessage = (values: readonly (string | null)[] = [], { portal = '', statement = '', resultFormat = 0 } = {}): Buffer =>
  message('B', cstring(portal), cstring(statement), int16(0), int16(values.length),
    Buffer.concat(values.flatMap((value) => (value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)]))), int16(1), int16(resultFormat))
export const describeMessage = (kind: 'S' | 'P', name = ''): Buffer => message('D', Buffer.from(kind), cstring(name))
export const executeMessage = (portal = '', rows = 0): Buffer => message('E', cstring(portal), int32(rows))
export const closeMessage = (kind: 'S' | 'P', name = ''): Buffer => message('C', Buffer.from(kind), cstring(name))
export const syncMessage = (): Buffer => message('S')
export const flushMessage = (): Buffer => message('H')
export const terminateMessage = (): Buffer => message('X')
export const cancelRequest = (pid: number, key: Buffer): Buffer => Buffer.concat([int32(12 + key.length), int32(80877102), int32(pid), key])

/** The fields of an ErrorResponse or NoticeResponse: `{ S: 'FATAL', C: '28P01', M: '…' }`. */
export function errorFields(frame: Frame): Record<string, string> {
  const fields: Record<string, string> = {}
  let at = 0
  while (frame.body[at] !== 0 && at < frame.body.length) {
    const end = frame.body.indexOf(0, at + 1)
    fields[String.fromCharCode(frame.body[at]!)] = frame.body.toString('utf8', at + 1, end)
    at = end + 1
  }
  return fields
}

export class ConnectionClosed extends Error {
  constructor(readonly unread: Buffer) {
    super(`the server closed the connection${unread.length > 0 ? ` after ${unread.length} bytes that are no whole frame` : ''}`)
  }
}

export class RawClient {
  private buffered = Buffer.alloc(0)
  /** Behind `buffered`: put together only when a whole unit is there, or a long one would be copied for each piece of it. */
  private later: Buffer[] = []
  private laterBytes = 0
  private chunks: Buffer[] = []
  private ended = false
  private wake: (() => void) | undefined
  socket!: Socket | TLSSocket
  /** The TCP socket below TLS, which alone can be reset. */
  private plain: Socket | undefined
  /** Settles when the connection is closed, cleanly or not. */
  closed!: Promise<void>

  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const client = new RawClient()
    const socket = connectTcp({ port, host, noDelay: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve())
      socket.once('error', reject)
    })
    client.adopt(socket)
    return client
  }

  private adopt(socket: Socket | TLSSocket): void {
    this.socket = socket
    socket.removeAllListeners('data')
    socket.on('data', (chunk: Buffer) => {
      this.later.push(chunk)
      this.laterBytes += chunk.length
      this.chunks.push(chunk)
      this.wake?.()
    })
    socket.on('error', () => undefined) // a reset is a close for these tests
    this.closed = new Promise((resolve) => socket.once('close', () => {
      this.ended = true
      this.wake?.()
      resolve()
    }))
    socket.once('end', () => {
      this.ended = true
      this.wake?.()
    })
  }

  /** Every byte received since the connection (and, for TLS, inside it). */
  get received(): Buffer {
    return Buffer.concat(this.chunks)
  }
  private gathered(): Buffer {
    if (this.laterBytes > 0) this.buffered = Buffer.concat([this.buffered, ...this.later])
    this.later = []
    this.laterBytes = 0
    return this.buffered
  }

  send(...bytes: Buffer[]): void {
    this.socket.write(Buffer.concat(bytes))
  }

  private async more(timeoutMs: number): Promise<void> {
    if (this.ended) throw new ConnectionClosed(this.gathered())
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing more came within ${timeoutMs} ms; buffered: ${this.gathered().toString('latin1').slice(0, 200)}`)), timeoutMs)
      this.wake = () => {
        clearTimeout(timer)
        this.wake = undefined
        resolve()
      }
    })
  }

  async bytes(count: number, timeoutMs = 15_000): Promise<Buffer> {
    while (this.buffered.length + this.laterBytes < count) await this.more(timeoutMs)
    if (this.buffered.length < count) this.gathered()
    const taken = this.buffered.subarray(0, count)
    this.buffered = this.buffered.subarray(count)
    return taken
  }

  async frame(timeoutMs = 15_000): Promise<Frame> {
    while (this.buffered.length + this.laterBytes < 5) await this.more(timeoutMs)
    const length = (this.buffered.length < 5 ? this.gathered() : this.buffered).readInt32BE(1)
    const whole = await this.bytes(length + 1, timeoutMs)
    return { type: String.fromCharCode(whole[0]!), body: whole.subarray(5) }
  }

  /** Frames up to and including the first of this type (or a FATAL error, which ends everything). */
  async framesUntil(type: string, timeoutMs = 15_000): Promise<Frame[]> {
    const frames: Frame[] = []
    for (;;) {
      const frame = await this.frame(timeoutMs)
      frames.push(frame)
      if (frame.type === type) return frames
      if (frame.type === 'E' && errorFields(frame).S === 'FATAL') return frames
    }
  }

  /** Waits for the close and returns the bytes that came before it. */
  async untilClosed(timeoutMs = 15_000): Promise<Buffer> {
    try {
      for (;;) await this.more(timeoutMs)
    } catch (error) {
      if (error instanceof ConnectionClosed) return this.gathered()
      throw error
    }
  }

  /** SSLRequest, the one byte of the answer, and TLS. */
  async upgrade({ ca, servername = 'localhost', alpn }: { ca: string; servername?: string; alpn?: string[] }): Promise<TLSSocket> {
    this.send(SSL_REQUEST)
    const answer = (await this.bytes(1)).toString()
    if (answer !== 'S') throw new Error(`the server answered ${answer} to SSLRequest`)
    return this.tls({ ca, servername, ...(alpn ? { alpn } : {}) })
  }

  /** TLS at once on this connection, as `sslnegotiation=direct` does when `alpn` is `['postgresql']`. */
  async tls({ ca, servername = 'localhost', alpn }: { ca: string; servername?: string; alpn?: string[] }): Promise<TLSSocket> {
    const plain = this.socket
    this.plain = plain
    plain.removeAllListeners()
    plain.on('error', () => undefined)
    const secure = connectTls({ socket: plain, ca, servername, ...(alpn ? { ALPNProtocols: alpn } : {}) })
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', () => resolve())
      secure.once('error', reject)
      secure.once('close', () => reject(new Error('the connection was closed during the TLS handshake')))
    })
    this.gathered()
    this.buffered = Buffer.alloc(0)
    this.chunks = []
    this.adopt(secure)
    return secure
  }

  /** Closes without a word. */
  destroy(): void {
    this.socket.destroy()
  }
  /** Closes with RST. */
  reset(): void {
    (this.plain ?? this.socket).resetAndDestroy()
  }
}
