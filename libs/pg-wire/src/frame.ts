/**
 * Framing of protocol 3 (Postgres manual, "Message Formats"): tag (1 byte), length (4 bytes, counts itself but not the
 * tag), body. Only for the phases where messages are few and small; the relay walks headers itself and copies nothing.
 */
import { ProtocolViolation } from './errors.js'

export const HEADER_BYTES = 5
/** Postgres takes no message above 1 GiB less 2 bytes (MaxAllocSize). */
export const MESSAGE_BYTES_MAX = 0x3ffffffe

export interface Frame {
  /** ASCII code of the tag. */
  readonly tag: number
  readonly body: Buffer
}

/**
 * Where the frame at `at` ends, or undefined while bytes are missing. An oversized frame is refused by its header alone.
 * @param bodyBytesMax what the body may have at most
 */
export function frameEnd(buffer: Buffer, at: number, bodyBytesMax: number): number | undefined {
  if (buffer.length - at < HEADER_BYTES) return undefined
  const length = buffer.readInt32BE(at + 1)
  if (length < 4) throw new ProtocolViolation(`invalid message length ${length}`)
  if (length - 4 > bodyBytesMax) throw new ProtocolViolation(`a message of ${length} bytes is too long here`)
  const end = at + 1 + length
  return end <= buffer.length ? end : undefined
}

/** Cuts a stream of chunks into frames. Holds at most one incomplete frame of `bodyBytesMax` bytes and the chunk that came last. */
export class FrameReader {
  private held: Buffer = Buffer.alloc(0)
  constructor(private bodyBytesMax: number) {}

  /** From the next frame on, bodies may be this long. */
  limit(bodyBytesMax: number): void {
    this.bodyBytesMax = bodyBytesMax
  }

  push(chunk: Buffer): void {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
  }

  /** The next whole frame, or undefined while bytes are missing. @throws ProtocolViolation */
  next(): Frame | undefined {
    const end = frameEnd(this.held, 0, this.bodyBytesMax)
    if (end === undefined) return undefined
    const frame = { tag: this.held[0] as number, body: this.held.subarray(HEADER_BYTES, end) }
    this.held = this.held.subarray(end)
    return frame
  }

  /** What was read and not yet taken. */
  rest(): Buffer {
    return this.held
  }
}
