/** The headers in the OpenAPI document. A route that may answer 202 is one whose change proxies enforce. */
import { z } from 'zod'
import { namePattern } from '../../idempotency/asked.js'
import { tagsPattern } from './conditional.js'

interface Header {
  readonly description: string
  readonly schema: object
}
const text = (description: string, schema: object = {}): Header => ({ description, schema: { type: 'string', ...schema } })

const requestId = text('names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:-')

/** Headers of answers, by the name that operations refer to them by. */
export const sentHeaders = {
  'X-Request-Id': requestId,
  'PgBeam-Key-Expires-At': text('when the key of this request ends, RFC 3339; absent for one that does not', { format: 'date-time' }),
  'PgBeam-Enforcement': text('what is known of the enforcement, e.g. `seq=41, enforced, elapsed-ms=9, proxies=3, fenced=0, sessions=42, statements=1`, and of fenced proxies `backends=3, backends-ended=2`: their sessions at databases, as far as somebody has looked. Absent where proxies have nothing to enforce'),
  Location: text('where what was made, or the receipt, can be read, or where the browser goes on'),
  'Preference-Applied': text('the preference of `Prefer` that was followed'),
  Link: text('`<address>; rel="next"` of the next page, where there is one'),
  'Idempotency-Replayed': text('`true` on an answer that was given before to the same Idempotency-Key', { enum: ['true'] }),
  RateLimit: text('what is left: `"key";r=5999;t=60`, r calls for the next t seconds'),
  'RateLimit-Policy': text('what the key may do: `"key";q=6000;w=60`, q calls in w seconds'),
  'Retry-After': text('after how many seconds to try again', { pattern: '^[0-9]+$' }),
  ETag: text('changes with the resource, whoever changes it, but not with its use: for `If-Match` and `If-None-Match`'),
} satisfies Record<string, Header>
type SentHeader = keyof typeof sentHeaders

const asked = (name: string, description: string, schema: object = {}): object => ({ name, in: 'header', required: false, ...text(description, schema) })

const tags = { anyOf: [{ const: '*' }, { pattern: tagsPattern }] }

/** Headers of requests, by the name that operations refer to them by. */
export const readHeaders = {
  RequestId: asked('X-Request-Id', requestId.description),
  IdempotencyKey: asked('Idempotency-Key', 'a name of your choosing for this request: repeated within 24 hours, it has its effect once and the same answer each time', { pattern: namePattern }),
  IfMatch: asked('If-Match', 'ETag of what is to be changed, as it was read: 412 if it was changed since', { ...tags, examples: ['*'] }),
  IfNoneMatch: asked('If-None-Match', 'ETag of what is known already: 304 if it is the same still', { ...tags, examples: ['"hYnGq2pBvW0xkY3sQ1mZlA"'] }),
  Prefer: asked('Prefer', '`respond-async`: 202 at once, without waiting for the proxies'),
  PreferReceipt: asked('Prefer', '`respond-async`: 202 at once, without waiting for the proxies; `return=representation`: 200 with the receipt instead of 204'),
}
type ReadHeader = keyof typeof readHeaders

/** What of a route its headers follow from. */
export interface Shape {
  readonly method: string
  /** Of all its answers that are no problems. */
  readonly statuses: readonly string[]
  readonly query: z.ZodType | undefined
  readonly isPublic: boolean
  readonly isConditional: boolean
  /** Its path ends with an id. */
  readonly isOne: boolean
  /** What it makes can be read at an address of its own. */
  readonly makesReadable: boolean
}

const isKept = ({ method, isPublic }: Shape): boolean => !isPublic && (method === 'POST' || method === 'PATCH')
const enforces = ({ statuses }: Shape): boolean => statuses.includes('202')
/** Answers 204, and on request 200 with the receipt. */
const represents = (shape: Shape): boolean => enforces(shape) && shape.statuses.includes('204')
/** Answers with one resource that has an ETag. */
const isTagged = ({ method, isOne, isConditional }: Shape): boolean => isOne && (method === 'GET' || (isConditional && method !== 'DELETE'))
export const mayBeUnchanged = (shape: Shape): boolean => shape.method === 'GET' && isTagged(shape)

/** Headers that a route reads, besides those that carry keys. */
export function headersRead(shape: Shape): object[] {
  const names: ReadHeader[] = [
    'RequestId',
    ...(isKept(shape) ? (['IdempotencyKey'] as const) : []),
    ...(shape.isConditional ? (['IfMatch'] as const) : []),
    ...(mayBeUnchanged(shape) ? (['IfNoneMatch'] as const) : []),
    ...(represents(shape) ? (['PreferReceipt'] as const) : enforces(shape) ? (['Prefer'] as const) : []),
  ]
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

/** Headers of one answer that is no problem. */
export function headersSent(status: string, shape: Shape): Record<string, object> {
  const enforced = enforces(shape)
  return referring([
    ...everywhere(shape.isPublic),
    ...(isKept(shape) ? (['Idempotency-Replayed'] as const) : []),
    ...(enforced && status !== '304' ? (['PgBeam-Enforcement'] as const) : []),
    ...(status === '202' || status === '303' || (status === '201' && shape.makesReadable) ? (['Location'] as const) : []),
    ...(status === '202' || (status === '200' && represents(shape)) ? (['Preference-Applied'] as const) : []),
    ...(shape.query instanceof z.ZodObject && 'page_token' in shape.query.shape ? (['Link'] as const) : []),
    ...((status === '201' && shape.makesReadable) || (isTagged(shape) && (status === '200' || status === '304')) ? (['ETag'] as const) : []),
  ])
}

/** Headers of every answer, problems included. */
const everywhere = (isPublic: boolean): SentHeader[] => ['X-Request-Id', ...(isPublic ? [] : (['PgBeam-Key-Expires-At', 'RateLimit', 'RateLimit-Policy'] as const))]

export const problemHeaders: readonly SentHeader[] = [...everywhere(false), 'Idempotency-Replayed', 'Retry-After']

export const referring = (names: readonly SentHeader[]): Record<string, object> => Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
