/** Which problems an operation may answer with. `default` stands for those that come from outside it, such as those of a gateway. */
import { z } from 'zod'

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ field: z.string(), code: z.string(), detail: z.string() })),
    error: z.object({ code: z.string(), message: z.string() }).describe('for older clients'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457: what went wrong, and in which field' })

export const problemDescriptions = {
  400: 'INVALID_INPUT: the request is malformed, or a value is out of range or unknown',
  401: 'UNAUTHORIZED: there is no key, or none that is valid',
  403: 'FORBIDDEN: the key, or the role of its owner, does not permit this',
  404: 'NOT_FOUND: there is no such thing among what the key opens',
  409: 'INVALID_STATE, RESOURCE_EXISTS, CONFLICT or IDEMPOTENCY_KEY_REUSED: this does not go with what is there, or with what was sent before',
  412: 'PRECONDITION_FAILED: it was changed since the ETag of If-Match was read',
  413: 'PAYLOAD_TOO_LARGE: the body is larger than 2 MB, or than 16 kB where anybody may call',
  415: 'UNSUPPORTED_MEDIA_TYPE: the body is not JSON',
  429: 'RATE_LIMITED: too many calls with this key, or without a valid one from this address; Retry-After says when to come back',
  500: 'INTERNAL_ERROR: something went wrong here',
  502: 'BAD_GATEWAY: another service did not answer as it should',
  503: 'SERVICE_UNAVAILABLE: a part that this needs cannot be reached, or is busy',
  504: 'TIMEOUT: a proxy did not answer in time',
} as const
type ProblemStatus = keyof typeof problemDescriptions

export interface Asked {
  readonly method: string
  readonly isPublic: boolean
  readonly hasPath: boolean
  readonly hasBody: boolean
  readonly isConditional: boolean
  /** Others that the route says it may answer with. */
  readonly more: readonly number[]
}

export function problemStatuses({ method, isPublic, hasPath, hasBody, isConditional, more }: Asked): ProblemStatus[] {
  const changes = method !== 'GET'
  const statuses = [
    400,
    ...(isPublic ? [] : [401, 403, 429]),
    ...(hasPath ? [404] : []),
    ...(changes && !isPublic ? [409] : []),
    ...(isConditional ? [412] : []),
    ...(hasBody ? [413, 415] : []),
    500,
    503,
    ...more,
  ]
  return (Object.keys(problemDescriptions).map(Number) as ProblemStatus[]).filter((status) => statuses.includes(status))
}
