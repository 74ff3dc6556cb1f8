/** Messages that a client sends and that pg-protocol's serializer does not cover. */
import { frontend } from './tags.js'
import { MessageWriter } from './writer.js'

export function startupMessage(minor: number, parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [`${name}\0`, `${value}\0`])
  const body = Buffer.from(`${pairs.join('')}\0`)
  const head = Buffer.allocUnsafe(8)
  head.writeInt32BE(8 + body.length)
  head.writeInt32BE((3 << 16) | minor, 4)
  return Buffer.concat([head, body])
}

/** @param key as the server gave it: 4 bytes in protocol 3.0, up to 256 in 3.2 */
export function cancelRequest(pid: number, key: Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(12)
  head.writeInt32BE(12 + key.length)
  head.writeInt32BE(80877102, 4)
  head.writeInt32BE(pid | 0, 8)
  return Buffer.concat([head, key])
}

export const queryMessage = (sql: string): Buffer => new MessageWriter(frontend.query).cstring(sql).build()

/** Parse with no parameter types. */
export const parseMessage = (name: string, sql: string): Buffer =>
  new MessageWriter(frontend.parse).cstring(name).cstring(sql).int16(0).build()
