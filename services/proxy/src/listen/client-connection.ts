/** A client that is inside TLS and not yet in the relay: frames in, frames out, and one way to be told no. */
import type { TLSSocket } from 'node:tls'
import { errorResponse, frameEnd, HEADER_BYTES, type Frame } from '@pgbeam/pg-wire'
import type { PgBeamError } from '@pgbeam/kernel'
import type { ByteSource } from './byte-source.js'

export class ClientConnection {
  constructor(
    readonly stream: TLSSocket,
    private readonly source: ByteSource,
    /** The address that the connection came from. */
    readonly address: string,
    /** Channel-binding data of the certificate that this client was served. */
    readonly endPoint: Buffer | undefined,
  ) {}

  /** The next message, or the error that its header alone deserves. @throws ProtocolViolation, PeerGone */
  async read(bodyBytesMax: number): Promise<Frame> {
    const unit = await this.source.take((held) => frameEnd(held, 0, bodyBytesMax))
    return { tag: unit[0] as number, body: unit.subarray(HEADER_BYTES) }
  }

  write(...messages: Buffer[]): void {
    this.stream.write(messages.length === 1 ? (messages[0] as Buffer) : Buffer.concat(messages))
  }

  /** Tells the client why, and closes. */
  refuse(error: PgBeamError, detail?: string): void {
    refuse(this.stream, error, detail)
  }

  /** Hands the stream on, with what was read and not taken. */
  release(): Buffer {
    return this.source.release()
  }
}

/** How long a client that was told no may take to read it. */
const LINGER_MS = 1000

/** FATAL and an orderly close; the socket is destroyed if the other side does not follow. */
export function refuse(stream: { end(data: Buffer): unknown; destroy(): unknown; on(event: 'error', listener: () => void): unknown }, error: PgBeamError, detail?: string): void {
  stream.on('error', () => undefined)
  stream.end(errorResponse({ severity: 'FATAL', sqlState: error.sqlState, message: error.message, hint: error.hint, detail }))
  setTimeout(() => stream.destroy(), LINGER_MS).unref()
}
