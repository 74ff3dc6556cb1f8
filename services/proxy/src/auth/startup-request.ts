/** What a client asked for in its StartupMessage, sorted: what is ours, what goes upstream, what is refused. */
import { parseOptions, ProtocolViolation } from '@pgbeam/pg-wire'

/** The newest minor version of protocol 3 that is spoken here. 3.1 is reserved: nobody speaks it. */
const NEWEST_MINOR = 2

export interface StartupRequest {
  readonly user: string
  readonly database: string
  readonly minor: 0 | 2
  /** Set where the client has to be told that something was not understood (NegotiateProtocolVersion). */
  readonly negotiate: { readonly unknownOptions: readonly string[] } | undefined
  /** Run-time settings for the upstream session, by lower-case name. */
  readonly settings: ReadonlyMap<string, string>
  readonly cleartextAsked: boolean
  /** The project that the client names in its options. */
  readonly project: string | undefined
}

/**
 * Names that a startup packet gives a meaning of their own. None may arrive as a setting, in whatever case or through
 * `options`: passed on, `database` would be another database, and `replication` another protocol.
 */
const RESERVED = new Set(['user', 'database', 'options', 'replication'])

/** @throws ProtocolViolation (0A000 for replication and unknown switches, 28000 without a user) */
export function readStartupRequest(packet: { minor: number; parameters: ReadonlyMap<string, string> }): StartupRequest {
  const { parameters } = packet
  const user = parameters.get('user') ?? ''
  if (user === '') throw new ProtocolViolation('no PostgreSQL user name specified in startup packet', 'Name the user: agent_….', '28000')
  const replication = parameters.get('replication')
  if (replication !== undefined && !/^(false|off|no|0|f|n)$/i.test(replication))
    throw new ProtocolViolation('replication connections are not supported', 'Connect without the replication parameter.', '0A000')
  const settings = new Map<string, string>()
  const set = (name: string, value: string) => {
    const lower = name.toLowerCase()
    if (RESERVED.has(lower) || lower.startsWith('_pq_.'))
      throw new ProtocolViolation(`"${name}" is not a setting`, 'Name user and database as parameters of their own, in lower case.', '0A000')
    settings.set(lower, value)
  }
  let cleartextAsked = false
  let project: string | undefined
  for (const [name, value] of parseOptions(parameters.get('options') ?? '')) {
    if (name === 'auth') {
      if (value !== 'cleartext') throw new ProtocolViolation(`unsupported startup option auth=${value}`, 'The only value is auth=cleartext.', '0A000')
      cleartextAsked = true
    } else if (name === 'project') {
      project = value
    } else set(name, value)
  }
  const unknownOptions: string[] = []
  for (const [name, value] of parameters) {
    if (name === 'user' || name === 'database' || name === 'options' || name === 'replication') continue
    if (name.startsWith('_pq_.')) unknownOptions.push(name)
    else set(name, value)
  }
  const minor = packet.minor >= NEWEST_MINOR ? 2 : 0
  const negotiate = packet.minor !== minor || unknownOptions.length > 0 ? { unknownOptions } : undefined
  return { user, database: parameters.get('database') ?? user, minor, negotiate, settings, cleartextAsked, project }
}
