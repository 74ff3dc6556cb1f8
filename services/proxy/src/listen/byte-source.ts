/**
 * Pull-style reading for the phases before the relay, where messages are few and nobody is trusted yet: the stream flows
 * only while somebody waits for bytes, so a peer can make us hold one unit and one read's worth, and no more.
 */
import type { Duplex } from 'node:stream'
import { PgBeamError } from '@pgbeam/kernel'

/** The other side closed (or broke) the connection while something was awaited of it. */
export class PeerGone extends PgBeamError {
  readonly code = 'ERR_PEER_GONE'
  readonly fault = 'client'
  readonly sqlState = '08006'
  constructor(cause?: unknown) {
    super('the connection was closed by the other side', 'Connect again.', cause)
  }
}

export class ByteSource {
  private held: Buffer = Buffer.alloc(0)
  private waiter: { resolve: () => void; reject: (error: Error) => void } | undefined
  private ended: PeerGone | undefined

  constructor(readonly stream: Duplex) {
    stream.pause()
    stream.on('data', this.onData)
    stream.on('end', this.onEnd)
    stream.on('error', this.onEnd)
    stream.on('close', this.onEnd)
    stream.pause()
  }

  /**
   * Waits for one whole unit and takes it.
   * @param endOf where the unit at the start of the buffer ends, or undefined while bytes are missing; may throw
   */
  async take(endOf: (held: Buffer) => number | undefined): Promise<Buffer> {
    for (;;) {
      const end = endOf(this.held)
      if (end !== undefined) {
        const unit = this.held.subarray(0, end)
        this.held = this.held.subarray(end)
        return unit
      }
      await this.more()
    }
  }

  /** Waits until there is a byte, and looks at it. */
  async peek(): Promise<number> {
    while (this.held.length === 0) await this.more()
    return this.held[0] as number
  }

  /** Stops reading and hands over what was read and not taken. The stream stays paused. */
  release(): Buffer {
    this.stream.pause()
    this.stream.off('data', this.onData)
    this.stream.off('end', this.onEnd)
    this.stream.off('error', this.onEnd)
    this.stream.off('close', this.onEnd)
    this.waiter?.reject(new PeerGone())
    this.waiter = undefined
    return this.held
  }

  private more(): Promise<void> {
    if (this.ended) return Promise.reject(this.ended)
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject }
      this.stream.resume()
    })
  }

  private readonly onData = (chunk: Buffer): void => {
    this.stream.pause()
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    const waiter = this.waiter
    this.waiter = undefined
    waiter?.resolve()
  }

  private readonly onEnd = (cause?: unknown): void => {
    this.ended ??= new PeerGone(cause)
    this.waiter?.reject(this.ended)
    this.waiter = undefined
  }
}
