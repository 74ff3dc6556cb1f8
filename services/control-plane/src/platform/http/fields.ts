/** Kinds of fields that several requests share, each with the error that a wrong value deserves. */
import { isIP } from 'node:net'
import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { idPattern, idPrefixes, type IdKind } from '@pgbeam/kernel'
import { asJson, jsonSchema } from './openapi-schemas.js'

/** Text for people. Postgres cannot store NUL, and a lone surrogate is no character. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\u0000]*$/, { error: 'contains a character that is not allowed' })
    .refine((value) => value.isWellFormed(), { error: 'contains a character that is not allowed' })

export const id = <Kind extends IdKind>(kind: Kind) => z.string().regex(idPattern(kind), { error: `is not an id of this kind, which begins with ${idPrefixes[kind]}_` })

/** In lower case, so that one person's address is written in one way. */
export const email = z
  .string()
  .max(254)
  .regex(z.regexes.email, { error: 'is not an e-mail address' })
  .transform((value) => value.toLowerCase())

/** A name or address that a socket can be opened to; a path (a Unix socket) is none. */
export const host = text(255).refine((value) => isIP(value) !== 0 || /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(value), {
  error: 'is neither a host name nor an IP address',
}).meta(asJson({ anyOf: [{ type: 'string', minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$' }, { type: 'string', format: 'ipv6' }] }))

const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
/** For the document: the addresses in all their forms are for `isIP`. */
const IPV4_CIDR = `^${BYTE}(\\.${BYTE}){3}(/(3[0-2]|[12]?[0-9]))?$`
const IPV6_CIDR = '^(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,6}:|::)(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?$'

/** `10.0.0.0/8` or `2001:db8::/32`; a bare address means that address alone. */
export const cidr = z
  .string()
  .max(64)
  .refine(isCidr, { error: 'is not a CIDR such as 10.0.0.0/8 or 2001:db8::/32' })
  .transform((value) => (value.includes('/') ? value : `${value}/${isIP(value) === 4 ? 32 : 128}`))
  .meta(asJson({ anyOf: [{ type: 'string', pattern: IPV4_CIDR, examples: ['10.0.0.0/8'] }, { type: 'string', pattern: IPV6_CIDR, examples: ['2001:db8::/32'] }] }))

export function isCidr(value: string): boolean {
  const [address = '', bits, more] = value.split('/')
  const family = isIP(address)
  if (family === 0 || more !== undefined || address.includes('%')) return false
  return bits === undefined || (/^(0|[1-9][0-9]{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** One or more PEM certificates. */
export const certificates = z
  .string()
  .max(100_000)
  .refine(
    (value) => {
      const found = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
      try {
        return found.length > 0 && found.every((pem) => new X509Certificate(pem).subject !== undefined)
      } catch {
        return false
      }
    },
    { error: 'is not a PEM certificate' },
  )

const dateTime = z.iso.datetime({ offset: true, error: 'is not an instant such as 2030-01-31T12:00:00Z', abort: true })

/** Any instant. Nothing happened here before 1970 or will after 9998, and Postgres does not read every year beyond. */
export const instant = dateTime.transform((value) => new Date(Math.min(Math.max(Date.parse(value), 0), Date.UTC(9999, 0))))

/** An instant that lies ahead. */
export const future = dateTime
  .refine((value) => Date.parse(value) > Date.now(), { error: 'lies in the past' })
  .refine((value) => Date.parse(value) < Date.UTC(9999, 0), { error: 'lies too far ahead' })
  .transform((value) => new Date(value))

/** For a field of the public vocabulary that only its neutral value is accepted for, until it works. The document says so too. */
export function notYet<Neutral extends z.ZodType>(neutral: Neutral) {
  const { $schema: _, ...json } = jsonSchema(neutral, 'input')
  return z
    .custom<z.output<Neutral>>((value) => neutral.safeParse(value).success, {
      error: 'is not available yet',
      params: { code: 'not_available' },
      abort: true,
    })
    .meta({ ...asJson(json), description: 'not available yet: takes nothing else so far' })
}

/** Query of a list. */
export const page = {
  page_size: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/, { error: 'must be a number from 1 to 100' })
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20)
    .meta(asJson({ type: 'integer', minimum: 1, maximum: 100, default: 20 })),
  page_token: z.string().regex(/^[\w-]+$/, { error: 'is not a token of this list' }).max(200).optional().describe('`next_page_token` of the page before'),
}
