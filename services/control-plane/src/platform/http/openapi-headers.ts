/** The headers in the OpenAPI document. A route that may answer 202 is one whose change proxies enforce. */
import { z } from 'zod'

interface Header {
  readonly description: string
  readonly schema: object
}
const text = (description: string): Header => ({ description, schema: { type: 'string' } })

export const REQUEST_ID = text('names the request in logs and problems; the one that was sent, if it is up to 128 letters, digits or _.:-')
const ENFORCEMENT = text('what is known of the enforcement, e.g. `seq=41, enforced, elapsed-ms=9, proxies=3, fenced=0, sessions=42, statements=1`. Absent where proxies have nothing to enforce')
const LOCATION = text('where the receipt can be asked for later')
const APPLIED = text('the preference of `Prefer` that was followed')
const KEY_EXPIRES = text('when the key of this request ends, RFC 3339; absent for one that does not')
const LINK = text('`<address>; rel="next"` of the next page, where there is one')
const PREFER = {
  name: 'Prefer',
  in: 'header',
  required: false,
  description: '`respond-async`: 202 at once, without waiting for the proxies',
  schema: { type: 'string' },
}

const enforces = (statuses: readonly string[]): boolean => statuses.includes('202')
/** Answers 204, and on request 200 with the receipt. */
const represents = (statuses: readonly string[]): boolean => enforces(statuses) && statuses.includes('204')

/** Headers that a route with these answers reads, besides those that carry keys. */
export function headersRead(statuses: readonly string[]): object[] {
  const prefer = represents(statuses) ? { ...PREFER, description: `${PREFER.description}; \`return=representation\`: 200 with the receipt instead of 204` } : PREFER
  return [{ $ref: '#/components/parameters/RequestId' }, ...(enforces(statuses) ? [prefer] : [])]
}

const requestIdHeader = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } }

/** Of every problem. A key that expires may be what the request carried. */
export const problemHeaders = { ...requestIdHeader, 'PgBeam-Key-Expires-At': KEY_EXPIRES }

/**
 * Headers of one answer that is no problem.
 * @param statuses of all such answers of the route
 */
export function headersSent(status: string, statuses: readonly string[], query: z.ZodType | undefined, isPublic: boolean): Record<string, object> {
  return {
    ...requestIdHeader,
    ...(!isPublic && { 'PgBeam-Key-Expires-At': KEY_EXPIRES }),
    ...(enforces(statuses) && { 'PgBeam-Enforcement': ENFORCEMENT }),
    ...(status === '202' && { Location: LOCATION }),
    ...((status === '202' || (status === '200' && represents(statuses))) && { 'Preference-Applied': APPLIED }),
    ...(query instanceof z.ZodObject && 'page_token' in query.shape && { Link: LINK }),
  }
}
