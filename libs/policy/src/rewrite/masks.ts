/** What a client sees instead of a masked value, as an expression over the column. */
import type { AttributeEntry, Catalog, TypeEntry } from '../catalog.js'
import type { MaskKind } from '../types.js'
import { columnType, quoteText } from './sql.js'

/** Settings of the upstream session with the two halves of the project's key for `hash`, padded as HMAC wants them, in hex. */
export const HASH_SETTINGS = { inner: 'pgbeam.mask_inner', outer: 'pgbeam.mask_outer' } as const

const HMAC_BLOCK_BYTES = 64

/** The settings that `hash` needs in the upstream session; none of them can be read by a statement that passed the gate. */
export function hashSettings(key: Buffer): Readonly<Record<string, string>> {
  const padded = Buffer.concat([key], HMAC_BLOCK_BYTES)
  const half = (pad: number) => Buffer.from(padded.map((byte) => byte ^ pad)).toString('hex')
  return { [HASH_SETTINGS.inner]: half(0x36), [HASH_SETTINGS.outer]: half(0x5c) }
}

const TEXTS = new Set(['text', 'varchar', 'bpchar'])

/** One constant per type, which says nothing of the value, not even whether there is one. */
const REDACTED: Readonly<Record<string, string>> = {
  text: '[redacted]', varchar: '[redacted]', bpchar: '[redacted]', name: '[redacted]',
  int2: '0', int4: '0', int8: '0', float4: '0', float8: '0', numeric: '0', oid: '0', money: '0',
  bool: 'false', date: '1970-01-01', timestamp: '1970-01-01 00:00:00', timestamptz: '1970-01-01 00:00:00+00', time: '00:00:00', timetz: '00:00:00+00', interval: '0',
  uuid: '00000000-0000-0000-0000-000000000000', json: '"[redacted]"', jsonb: '"[redacted]"', bytea: '', inet: '0.0.0.0', cidr: '0.0.0.0/32',
  macaddr: '00:00:00:00:00:00', macaddr8: '00:00:00:00:00:00:00:00',
}

/**
 * The expression that stands in for a column.
 * @param value the column as SQL
 * @returns undefined where the kind does not fit the column's type
 */
export function maskExpression(catalog: Catalog, column: AttributeEntry, kind: MaskKind, value: string): string | undefined {
  const type = baseType(catalog, column.type)
  if (type === undefined) return undefined
  const as = (expression: string) => `CAST(${expression} AS ${columnType(catalog, column)})`
  switch (kind) {
    case 'null':
      return as('NULL')
    case 'redact': {
      if (type.builtin && type.inner !== 0 && type.name.startsWith('_')) return as("'{}'")
      const constant = type.builtin ? REDACTED[type.name] : undefined
      return constant === undefined ? undefined : as(quoteText(constant))
    }
    case 'partial':
      return type.builtin && TEXTS.has(type.name) ? as(lastFour(value)) : undefined
    case 'hash':
      if (!type.builtin) return undefined
      if (TEXTS.has(type.name)) return as(`pg_catalog.encode(${hmac(value)}, 'hex')`)
      if (type.name === 'uuid') return as(`pg_catalog.substr(pg_catalog.encode(${hmac(value)}, 'hex'), 1, 32)`)
      if (type.name === 'int8') return as(`CAST('x' OPERATOR(pg_catalog.||) pg_catalog.substr(pg_catalog.encode(${hmac(value)}, 'hex'), 1, 16) AS pg_catalog.bit(64))`)
      return undefined
  }
}

/** Which kinds fit a column; the hint of a refusal names them. */
export function fittingKinds(catalog: Catalog, column: AttributeEntry): readonly MaskKind[] {
  return (['redact', 'null', 'hash', 'partial'] as const).filter((kind) => maskExpression(catalog, column, kind, 'x') !== undefined)
}

function baseType(catalog: Catalog, oid: number): TypeEntry | undefined {
  const type = catalog.typesByOid.get(oid)
  return type?.kind === 'd' ? baseType(catalog, type.inner) : type
}

/** The last four characters of eight or more; of shorter values nothing. The length does not show. */
function lastFour(value: string): string {
  const text = `CAST(${value} AS pg_catalog.text)`
  return (
    `CASE WHEN ${value} IS NULL THEN NULL WHEN pg_catalog.length(${text}) OPERATOR(pg_catalog.>=) 8` +
    ` THEN '****' OPERATOR(pg_catalog.||) pg_catalog."right"(${text}, 4) ELSE '****' END`
  )
}

/** HMAC-SHA-256 (RFC 2104) of the value's text, made of what every server since 11 has. */
function hmac(value: string): string {
  const half = (setting: string) => `pg_catalog.decode(pg_catalog.current_setting('${setting}'), 'hex')`
  const text = `pg_catalog.convert_to(CAST(${value} AS pg_catalog.text), 'UTF8')`
  return `pg_catalog.sha256(${half(HASH_SETTINGS.outer)} OPERATOR(pg_catalog.||) pg_catalog.sha256(${half(HASH_SETTINGS.inner)} OPERATOR(pg_catalog.||) ${text}))`
}
