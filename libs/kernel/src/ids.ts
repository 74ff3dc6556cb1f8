/** Prefixed, sortable identifiers: `agt_` + 26 characters of Crockford base32 (48 bits of time, 80 of chance), as ULID does it. */
import { PgBeamError } from './errors.js'
import type { Brand } from './brand.js'

/** Every kind of id and the prefix that marks it. */
export const idPrefixes = {
  OrganizationId: 'org',
  UserId: 'usr',
  ApiKeyId: 'key',
  ProjectId: 'prj',
  DatabaseId: 'db',
  PolicyId: 'pol',
  CredentialId: 'agt',
  SessionId: 'ses',
  AuditId: 'aud',
  IncarnationId: 'inc',
  JoinTokenId: 'jtk',
  RequestId: 'req',
  InvitationId: 'inv',
  SignInId: 'sgn',
} as const

export type IdKind = keyof typeof idPrefixes
export type Id<Kind extends IdKind> = Brand<string, Kind>
export type OrganizationId = Id<'OrganizationId'>
export type UserId = Id<'UserId'>
export type ApiKeyId = Id<'ApiKeyId'>
export type ProjectId = Id<'ProjectId'>
export type DatabaseId = Id<'DatabaseId'>
export type PolicyId = Id<'PolicyId'>
export type CredentialId = Id<'CredentialId'>
export type SessionId = Id<'SessionId'>
export type IncarnationId = Id<'IncarnationId'>

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARS = 10
const ENTROPY_CHARS = 16
const BODY = '[0-7][0-9a-hjkmnp-tv-z]{25}'

export class InvalidId extends PgBeamError {
  readonly code = 'ERR_INVALID_ID'
  readonly fault = 'client'
  readonly sqlState = '22023'
  constructor(readonly kind: IdKind) {
    super(`this is not a valid ${kind}`, `A ${kind} looks like ${idPrefixes[kind]}_01jd3v5k8q0000000000000000.`)
  }
}

const patterns = Object.fromEntries(Object.entries(idPrefixes).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_${BODY}$`)])) as Readonly<Record<IdKind, RegExp>>

/** What an id of this kind looks like. */
export const idPattern = (kind: IdKind): RegExp => patterns[kind]

/** Whether `text` is an id of this kind. */
export function isId<Kind extends IdKind>(kind: Kind, text: string): text is Id<Kind> {
  return patterns[kind].test(text)
}

/** The one door from text to an id. @throws InvalidId */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> {
  if (!isId(kind, text)) throw new InvalidId(kind)
  return text
}

/**
 * Makes an id that sorts by `timeMs`.
 * @param entropy at least 10 random bytes; two ids of one millisecond differ by these alone
 */
export function makeId<Kind extends IdKind>(kind: Kind, timeMs: number, entropy: Uint8Array): Id<Kind> {
  let time = ''
  for (let left = timeMs, i = 0; i < TIME_CHARS; i++) {
    time = ALPHABET.charAt(left % 32) + time
    left = Math.floor(left / 32)
  }
  let chance = ''
  let bits = 0
  let held = 0
  for (let at = 0; chance.length < ENTROPY_CHARS; at++) {
    const byte = entropy[at]
    if (byte === undefined) throw new RangeError('an id needs 10 bytes of entropy')
    held = ((held & 0xff) << 8) | byte
    bits += 8
    while (bits >= 5 && chance.length < ENTROPY_CHARS) {
      bits -= 5
      chance += ALPHABET.charAt((held >> bits) & 31)
    }
  }
  return `${idPrefixes[kind]}_${time}${chance}` as Id<Kind>
}

/** The Postgres user name of a credential: `agt_x` logs in as `agent_x`, so a proxy finds one from the other without a look-up. */
export function pgUserOf(credential: CredentialId): string {
  return `agent_${credential.slice('agt_'.length)}`
}

/** The credential behind a Postgres user name, or undefined where the name cannot be one of ours. */
export function credentialOfPgUser(user: string): CredentialId | undefined {
  if (!user.startsWith('agent_')) return undefined
  const id = `agt_${user.slice('agent_'.length)}`
  return isId('CredentialId', id) ? id : undefined
}
