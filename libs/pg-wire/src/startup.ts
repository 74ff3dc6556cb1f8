/**
 * The packets that open a connection and carry no tag: SSLRequest, GSSENCRequest, CancelRequest and StartupMessage
 * (Postgres manual, "Message Formats"; backend/tcop/backend_startup.c).
 */
import { ProtocolViolation } from './errors.js'

/** As Postgres: MAX_STARTUP_PACKET_LENGTH. */
export const STARTUP_BYTES_MAX = 10_000
const CANCEL_REQUEST = 80877102
const SSL_REQUEST = 80877103
const GSSENC_REQUEST = 80877104

export type StartupPacket =
  | { readonly type: 'ssl-request' }
  | { readonly type: 'gssenc-request' }
  | { readonly type: 'cancel'; readonly pid: number; readonly key: Buffer }
  | { readonly type: 'startup'; readonly minor: number; readonly parameters: ReadonlyMap<string, string> }
  | { readonly type: 'unsupported'; readonly major: number; readonly minor: number }

/** Where the packet ends, or undefined while bytes are missing; refused by its length word alone. @throws ProtocolViolation */
export function startupEnd(buffer: Buffer): number | undefined {
  if (buffer.length < 4) return undefined
  const length = buffer.readInt32BE(0)
  if (length < 8 || length > STARTUP_BYTES_MAX) throw new ProtocolViolation('invalid length of startup packet')
  return length <= buffer.length ? length : undefined
}

/** Reads one whole packet. @throws ProtocolViolation */
export function parseStartup(packet: Buffer): StartupPacket {
  const code = packet.readUInt32BE(4)
  if (code === SSL_REQUEST || code === GSSENC_REQUEST) {
    if (packet.length !== 8) throw new ProtocolViolation('invalid length of startup packet')
    return { type: code === SSL_REQUEST ? 'ssl-request' : 'gssenc-request' }
  }
  if (code === CANCEL_REQUEST) {
    // A cancel request is never answered, not even one with a key that nobody can have (a key has 4 to 256 bytes): it fits no session.
    return { type: 'cancel', pid: packet.length < 12 ? 0 : packet.readUInt32BE(8), key: packet.subarray(12) }
  }
  const major = code >>> 16
  const minor = code & 0xffff
  if (major !== 3) return { type: 'unsupported', major, minor }
  return { type: 'startup', minor, parameters: parseParameters(packet) }
}

function parseParameters(packet: Buffer): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  let at = 8
  const text = (): string => {
    const end = packet.indexOf(0, at)
    if (end < 0) throw new ProtocolViolation('invalid startup packet layout: expected terminator as last byte')
    const value = packet.toString('utf8', at, end)
    at = end + 1
    return value
  }
  for (;;) {
    const name = text()
    if (name === '') break
    parameters.set(name, text())
  }
  if (at !== packet.length) throw new ProtocolViolation('invalid startup packet layout: expected terminator as last byte')
  return parameters
}

/**
 * Splits the `options` parameter as Postgres does (pg_split_opts): words at spaces, a backslash keeps the next character.
 */
export function splitOptions(options: string): string[] {
  const words: string[] = []
  let word = ''
  let open = false
  for (let at = 0; at < options.length; at++) {
    const char = options.charAt(at)
    if (/\s/.test(char)) {
      if (open) words.push(word)
      word = ''
      open = false
      continue
    }
    open = true
    if (char === '\\') at++
    word += char === '\\' ? options.charAt(at) : char
  }
  if (open) words.push(word)
  return words
}

/**
 * Reads `-c name=value`, `-cname=value` and `--name=value`. Dashes in a `--` name become underscores, as Postgres does.
 * @throws ProtocolViolation for every other switch: dropping one in silence would be a wrong result later
 */
export function parseOptions(options: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  const words = splitOptions(options)
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    let setting: string
    if (word === '-c' || word === '--') setting = words[++at] ?? ''
    else if (word.startsWith('--')) setting = word.slice(2)
    else if (word.startsWith('-c')) setting = word.slice(2)
    else if (/^[a-z_]+=/.test(word)) setting = word // `auth=cleartext`, `project=<slug>`: ours, with no switch before them
    else throw new ProtocolViolation(`unsupported option in the startup packet: ${word}`, 'Use -c name=value.', '0A000')
    const equals = setting.indexOf('=')
    if (equals < 1) throw new ProtocolViolation(`the startup option "${setting}" needs a value`, 'Write it as -c name=value.')
    settings.set(setting.slice(0, equals).replaceAll('-', '_'), setting.slice(equals + 1))
  }
  return settings
}
