/** Sessions that ask as soon as they are answered, in bursts: the messages are made before, answers are only looked at. */
import pg from 'pg'
import { once } from 'node:events'

const HEADER_BYTES = 5
const READY = 'Z'.charCodeAt(0)
const ERROR = 'E'.charCodeAt(0)

function message(tag, ...parts) {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)))
  const head = Buffer.alloc(5)
  head.write(tag)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const int16 = (value) => Buffer.from([value >> 8, value & 255])
const int32 = (value) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

const SYNC = message('S')
export const query = (text) => message('Q', text)
export const prepare = (name, text) => Buffer.concat([message('P', name, text, int16(0)), SYNC])
/** As pgbench and libpq send it: in one piece, with a Describe. */
export function execute(name, ...parameters) {
  const values = parameters.flatMap((one) => [int32(Buffer.byteLength(one)), Buffer.from(one)])
  return Buffer.concat([message('B', '', name, int16(0), int16(parameters.length), ...values, int16(0)), message('D', Buffer.from('P\0')), message('E', '', int32(0)), SYNC])
}

class RawSession {
  #client
  #stream
  /** A message that is not all there yet. */
  #rest = Buffer.alloc(0)
  #next = () => undefined

  async open(way) {
    this.#client = new pg.Client(way)
    this.#client.on('error', () => undefined)
    await this.#client.connect()
    this.#stream = this.#client.connection.stream
    // From here on nobody parses what comes.
    this.#stream.removeAllListeners('data')
    this.#stream.on('data', (chunk) => this.#onData(chunk))
    return this
  }

  #onData(chunk) {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    let ready = false
    while (bytes.length - at >= HEADER_BYTES) {
      const next = at + 1 + bytes.readInt32BE(at + 1)
      if (next > bytes.length) break
      if (bytes[at] === ERROR) throw new Error(`a statement of the bench failed: ${bytes.toString('latin1', at + HEADER_BYTES, next).replaceAll('\0', ' ')}`)
      ready = bytes[at] === READY
      at = next
    }
    this.#rest = bytes.subarray(at)
    if (ready) this.#next()
  }

  /** Sends what `make` gives, one after the other, until it gives nothing. @returns how many were answered */
  ask(make) {
    return new Promise((resolve) => {
      let answered = -1
      this.#next = () => {
        answered++
        const bytes = make()
        if (bytes === undefined) resolve(answered)
        else this.#stream.write(bytes)
      }
      this.#next()
    })
  }

  async close() {
    const closed = once(this.#stream, 'close')
    this.#stream.end(message('X'))
    await closed
  }
}

/** Sessions of one credential. */
export class Sessions {
  #sessions = []

  static async open(way, count) {
    const made = new Sessions()
    made.#sessions = await Promise.all(Array.from({ length: count }, () => new RawSession().open(way)))
    return made
  }

  /** The same in each, once. */
  async each(bytes) {
    await Promise.all(this.#sessions.map((session) => {
      let sent = false
      return session.ask(() => (sent ? undefined : ((sent = true), bytes)))
    }))
  }

  /** All of them until `make` gives nothing more. @returns how many statements were answered */
  async all(make) {
    const counts = await Promise.all(this.#sessions.map((session) => session.ask(make)))
    return counts.reduce((sum, one) => sum + one, 0)
  }

  async close() {
    await Promise.all(this.#sessions.map((session) => session.close()))
  }
}
