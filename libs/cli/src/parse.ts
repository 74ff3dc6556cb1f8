/** Text of the command line into values, with words for what is wrong. */
import { isId, type IdKind } from '@pgbeam/kernel'
import { InvalidArgumentError } from 'commander'
import { usage } from './exit.js'

/** For an option that may be repeated, or hold several values with commas between. */
export const list = (value: string, before: readonly string[] = []): string[] => [...before, ...value.split(',').map((one) => one.trim()).filter((one) => one !== '')]

export const wholeNumber = (value: string): number => {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('It takes a whole number.')
  return Number(value)
}
export const seconds = (value: string): number => {
  const number = Number(value)
  if (!(number >= 0.1 && number <= 86_400)) throw new InvalidArgumentError('It takes seconds, from 0.1 to 86400.')
  return number
}
export const port = (value: string): number => {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1 || number > 65535) throw new InvalidArgumentError('It takes a port from 1 to 65535.')
  return number
}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
/** `90m`, `12h`, `30d` from now, or an instant; null for `never`. */
export function instant(value: string, now = Date.now()): string | null {
  if (value === 'never') return null
  const match = /^(\d{1,6})([mhd])$/.exec(value)
  if (match) return new Date(now + Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? 0)).toISOString()
  if (/^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString()
  throw new InvalidArgumentError('It takes a time from now (90m, 12h, 30d), an instant (2030-01-31T12:00:00Z) or never.')
}
/** `90m`, `12h`, `30d` ago, or an instant. */
export function before(value: string): string {
  const match = /^(\d{1,6})([mhd])$/.exec(value)
  const ago = match && Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? 0)
  if (ago !== null) return new Date(Math.max(0, Date.now() - ago)).toISOString()
  if (/^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString()
  throw new InvalidArgumentError('It takes how long ago (90m, 12h, 30d) or an instant (2030-01-31T12:00:00Z).')
}
export const expiry = (value: string): { at: string | null } => ({ at: instant(value) })

/** `users.email=hash` */
export function mask(value: string, before: readonly MaskRule[] = []): MaskRule[] {
  return [
    ...before,
    ...value.split(',').map((one) => {
      const match = /^\s*([^=]+)\.([^.=]+)=([a-z]+)\s*$/.exec(one)
      if (!match) throw new InvalidArgumentError('It takes table.column=kind, e.g. users.email=hash.')
      return { table: match[1] ?? '', column: match[2] ?? '', kind: match[3] ?? '' }
    }),
  ]
}
export interface MaskRule {
  readonly table: string
  readonly column: string
  readonly kind: string
}

const KINDS: Partial<Record<IdKind, readonly [what: string, prefix: string, shownBy: string]>> = {
  CredentialId: ['a credential', 'agt', 'pgbeam agents list'],
  PolicyId: ['a policy', 'pol', 'pgbeam policies list'],
  DatabaseId: ['a database', 'db', 'pgbeam db list'],
  ApiKeyId: ['an API key', 'key', 'pgbeam keys list'],
}
/** The id of a policy, or `none`. */
export const policyOrNone = (value: string): { id: string | null } => {
  if (value !== 'none' && !isId('PolicyId', value)) throw new InvalidArgumentError('It takes the id of a policy (pgbeam policies list) or none.')
  return { id: value === 'none' ? null : value }
}

/** @throws CliError 2 for what cannot be an id of this kind */
export function idOf(kind: keyof typeof KINDS, text: string): string {
  if (isId(kind, text)) return text
  const [what = 'a thing', prefix = '', shownBy = ''] = KINDS[kind] ?? []
  throw usage(`${text} is not the id of ${what}`, `Those begin with ${prefix}_; ${shownBy} shows them.`)
}
