/** From what a column's name, type and values say to a finding and the mask that fits it. */
import type { PiiCategory, PiiFinding } from '@pgbeam/contracts'
import { categoryByName, categoryByType } from './names.js'
import { sharesOf } from './values.js'

type MaskKind = PiiFinding['suggestion']['kind']

/** Fewer values than these show nothing. */
const VALUES_MIN = 3
/** Of the values of a column; texts inside JSON are rarely all there. */
const SHARE_MIN = { plain: 0.5, json: 0.2 }

/** What serves best, first: what still joins, what still lets people be asked for the last digits, what shows nothing. */
const PREFERRED: Readonly<Record<PiiCategory, readonly MaskKind[]>> = {
  email: ['hash', 'redact'],
  phone: ['partial', 'redact'],
  payment_card: ['partial', 'redact'],
  bank_account: ['partial', 'redact'],
  national_id: ['redact'],
  ip_address: ['redact'],
  person_name: ['redact'],
  postal_address: ['redact'],
  date_of_birth: ['null'],
  secret: ['redact'],
}
const TEXT = /^(?:text|character varying|character)(?:\(\d+\))?$/
const REDACTABLE = /^(?:smallint|integer|bigint|numeric|real|double precision|date|timestamp|json|jsonb|inet|cidr|uuid|bytea)\b/

const fits = (kind: MaskKind, type: string): boolean =>
  kind === 'null' || TEXT.test(type) || (kind === 'redact' && REDACTABLE.test(type)) || (kind === 'hash' && /^(?:bigint|uuid)$/.test(type))

export interface ScannedColumn {
  /** As `format_type` says it. */
  readonly type: string
  readonly name: string
  /** Those that are not null. */
  readonly values: readonly string[]
}

export interface Found {
  readonly category: PiiCategory
  readonly evidence: PiiFinding['evidence']
  readonly confidence: PiiFinding['confidence']
  /** Of the values that were looked at; null where there were too few, or none of the category can be told by its looks. */
  readonly share: number | null
  readonly kind: MaskKind
}

/** Whether values of this type are worth reading. */
export const showsItself = (type: string): boolean => TEXT.test(type) || /^(?:json|jsonb|inet|cidr|citext)$/.test(type)

export function findingOf({ name, type, values }: ScannedColumn): Found | undefined {
  const json = /^jsonb?$/.test(type)
  const shares = values.length >= VALUES_MIN ? sharesOf(values, json) : new Map<PiiCategory, number>()
  const named = type === 'boolean' ? undefined : categoryByName(name)
  const typed = type === 'boolean' ? undefined : categoryByType(type)
  const best = [...shares].sort((a, b) => b[1] - a[1])[0]
  const shown = best && best[1] >= (json ? SHARE_MIN.json : SHARE_MIN.plain) ? best[0] : undefined
  // What the values show is believed before what the name says.
  const category = shown ?? typed ?? named
  if (category === undefined) return undefined
  const evidence = [...(named === category ? ['name' as const] : []), ...(typed === category ? ['type' as const] : []), ...(shown === category ? ['sample' as const] : [])]
  const share = shares.get(category) ?? null
  return {
    category,
    evidence,
    confidence: evidence.length > 1 ? 'high' : shown !== undefined || typed !== undefined ? 'medium' : 'low',
    share: share === null ? null : Math.round(share * 100) / 100,
    kind: PREFERRED[category].find((kind) => fits(kind, type)) ?? 'null',
  }
}
