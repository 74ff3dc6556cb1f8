/** Query and Parse with another text. */
import { HEADER_BYTES, MessageWriter } from '@pgbeam/pg-wire'
import type { Replacement } from './gate.js'

const NOTHING = Buffer.alloc(0)

/** The text of a Query. */
export const textOf = (message: Buffer): string => message.toString('utf8', HEADER_BYTES, message.length - 1)

/** The message with another text. A Parse keeps its name before it and its parameter types behind. */
export function replaced(chunk: Buffer, at: number, next: number, simple: boolean, { replacement = NOTHING, after, tailBytes = 0 }: Replacement): Buffer {
  const writer = new MessageWriter(chunk[at] as number)
  let start = at + HEADER_BYTES
  if (!simple) {
    start = chunk.indexOf(0, start) + 1
    writer.bytes(chunk.subarray(at + HEADER_BYTES, start))
  }
  const end = chunk.indexOf(0, start)
  writer.bytes(replacement)
  if (after !== undefined) writer.bytes(chunk.subarray(start, end - tailBytes)).bytes(after)
  return writer.bytes(chunk.subarray(end, next)).build()
}
