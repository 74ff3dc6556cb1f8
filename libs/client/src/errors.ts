/** What goes wrong between a caller and the API: the API said no, or nothing could be heard from it. */
import type { components } from './generated/api.js'

export type Problem = components['schemas']['Problem']
export interface FieldProblem {
  readonly field: string
  readonly code: string
  readonly detail: string
}

/** The API answered with a problem document; the message is its own words. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  constructor(
    readonly status: number,
    /** Stable: INVALID_INPUT, UNAUTHORIZED, … */
    readonly code: string,
    detail: string,
    readonly requestId: string | undefined,
    readonly fields: readonly FieldProblem[] = [],
    readonly retryAfterSeconds?: number,
  ) {
    super(detail)
  }
}

export type Unreachable = 'refused' | 'dns' | 'timeout' | 'certificate' | 'reset' | 'redirected' | 'not-the-api' | 'other'

/** No answer of the API arrived; `reason` says what stood in the way. */
export class ConnectionProblem extends Error {
  override readonly name = 'ConnectionProblem'
  constructor(
    readonly reason: Unreachable,
    readonly url: string,
    message: string,
    /** Whether the request can have reached the API. */
    readonly maybeReceived: boolean,
    cause?: unknown,
  ) {
    super(message, { cause })
  }
}

const REFUSED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])
const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'])
const TIMEOUT = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** Words for what `fetch` threw. */
export function connectionProblem(thrown: unknown, url: string, timeoutMs: number): ConnectionProblem {
  const { host, hostname } = new URL(url)
  const cause = rootCause(thrown)
  const code = codeOf(cause) ?? ''
  const problem = (reason: Unreachable, message: string, maybeReceived: boolean): ConnectionProblem =>
    new ConnectionProblem(reason, url, message, maybeReceived, thrown)
  if (nameOf(thrown) === 'TimeoutError' || TIMEOUT.has(code)) return problem('timeout', `${host} did not answer within ${timeoutMs / 1000} s`, code !== 'UND_ERR_CONNECT_TIMEOUT')
  if (DNS.has(code)) return problem('dns', `there is no host ${hostname} (${code})`, false)
  if (REFUSED.has(code)) return problem('refused', `nothing listens at ${host} (${code})`, false)
  if (code === 'CERT_HAS_EXPIRED') return problem('certificate', `the certificate of ${host} has expired`, false)
  if (/^(ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_SSL_|EPROTO)/.test(code)) return problem('certificate', `the certificate of ${host} is not trusted: ${messageOf(cause)}`, false)
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE') return problem('reset', `${host} closed the connection without an answer`, true)
  return problem('other', `no answer from ${host}: ${messageOf(cause)}`, true)
}

/** `fetch` wraps what happened, and an attempt at several addresses wraps one more time. */
function rootCause(thrown: unknown): unknown {
  let at = thrown
  for (let depth = 0; depth < 5; depth++) {
    const { cause, errors } = partsOf(at)
    const inner = errors?.[0] ?? cause
    if (typeof inner !== 'object' || inner === null) return at
    at = inner
  }
  return at
}
/** By their fields, not by `instanceof`: what fetch throws may come from another realm. */
const partsOf = (error: unknown): { cause?: unknown; errors?: unknown[]; code?: unknown; name?: unknown; message?: unknown } =>
  typeof error === 'object' && error !== null ? error : {}
const codeOf = (error: unknown): string | undefined => {
  const { code } = partsOf(error)
  return typeof code === 'string' ? code : undefined
}
const nameOf = (error: unknown): unknown => partsOf(error).name
const messageOf = (error: unknown): string => {
  const { message } = partsOf(error)
  return typeof message === 'string' && message !== '' ? message : codeOf(error) ?? 'no reason given'
}
