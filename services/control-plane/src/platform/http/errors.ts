/** What can go wrong for a caller of the API: one class per code of the public list, each with its HTTP status. */
export interface FieldError {
  readonly field: string
  readonly code: string
  readonly detail: string
}

/** An error whose message may be shown to the caller. */
export abstract class ApiError extends Error {
  abstract readonly status: number
  abstract readonly code: string
  readonly errors: readonly FieldError[] = []
  readonly headers: Readonly<Record<string, string>> = {}
}

export class InvalidInput extends ApiError {
  readonly status = 400
  readonly code = 'INVALID_INPUT'
  constructor(
    detail: string,
    override readonly errors: readonly FieldError[] = [],
  ) {
    super(detail)
  }
}

export class Unauthorized extends ApiError {
  readonly status = 401
  readonly code = 'UNAUTHORIZED'
  override readonly headers = { 'WWW-Authenticate': 'Bearer realm="pgbeam"' }
}

export class Forbidden extends ApiError {
  readonly status = 403
  readonly code = 'FORBIDDEN'
}

/** Also for what belongs to somebody else: that it exists is none of the caller's business. */
export class NotFound extends ApiError {
  readonly status = 404
  readonly code = 'NOT_FOUND'
  constructor(
    what: string,
    override readonly errors: readonly FieldError[] = [],
  ) {
    super(`no such ${what}`)
  }
}

export class MethodNotAllowed extends ApiError {
  readonly status = 405
  readonly code = 'METHOD_NOT_ALLOWED'
  override readonly headers: Readonly<Record<string, string>>
  constructor(allowed: readonly string[]) {
    super(`this address takes ${allowed.join(', ')}`)
    this.headers = { Allow: allowed.join(', ') }
  }
}

export class InvalidState extends ApiError {
  readonly status = 409
  readonly code = 'INVALID_STATE'
}

export class ResourceExists extends ApiError {
  readonly status = 409
  readonly code = 'RESOURCE_EXISTS'
}

export class Conflict extends ApiError {
  readonly status = 409
  readonly code = 'CONFLICT'
}

/** Somebody else is at it now; a little later there is an answer. */
export class Busy extends Conflict {
  override readonly headers: Readonly<Record<string, string>>
  constructor(detail: string, retryAfterSeconds: number) {
    super(detail)
    this.headers = { 'Retry-After': String(retryAfterSeconds) }
  }
}

export class IdempotencyKeyReused extends ApiError {
  readonly status = 409
  readonly code = 'IDEMPOTENCY_KEY_REUSED'
}

/** A problem that was answered before and is answered again, word for word. */
export class KeptProblem extends Error {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
  ) {
    super('kept')
  }
}

export class PreconditionFailed extends ApiError {
  readonly status = 412
  readonly code = 'PRECONDITION_FAILED'
}

export class PayloadTooLarge extends ApiError {
  readonly status = 413
  readonly code = 'PAYLOAD_TOO_LARGE'
}

export class UnsupportedMediaType extends ApiError {
  readonly status = 415
  readonly code = 'UNSUPPORTED_MEDIA_TYPE'
}

export class RateLimited extends ApiError {
  readonly status = 429
  readonly code = 'RATE_LIMITED'
  override readonly headers: Readonly<Record<string, string>>
  constructor(detail: string, retryAfterSeconds: number) {
    super(detail)
    this.headers = { 'Retry-After': String(retryAfterSeconds) }
  }
}

export class BadGateway extends ApiError {
  readonly status = 502
  readonly code = 'BAD_GATEWAY'
}

export class ServiceUnavailable extends ApiError {
  readonly status = 503
  readonly code = 'SERVICE_UNAVAILABLE'
}

export class GatewayTimeout extends ApiError {
  readonly status = 504
  readonly code = 'TIMEOUT'
}
