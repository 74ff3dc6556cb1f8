/** One request, with a time limit, and tried again where that cannot do anything twice. */
import { connectionProblem, ConnectionProblem } from './errors.js'

export interface TransportOptions {
  readonly timeoutMs: number
  readonly retries: number
  readonly fetch: (request: Request, init?: RequestInit) => Promise<Response>
  readonly sleep: (ms: number) => Promise<void>
  /** 0 to 1. */
  readonly chance: () => number
}

/** Doing it twice leaves what doing it once does. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
/** The API did not do it, or cannot say whether it did. */
const UNDECIDED = new Set([502, 503, 504])
const BACKOFF_MS = 200
const WAIT_MS_MAX = 5_000

export function transport(options: TransportOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= options.retries
      const outcome = await once(last ? request : request.clone(), options)
      const waitMs = last ? undefined : retryAfterMs(request, outcome, attempt, options.chance)
      if (waitMs === undefined) {
        if (outcome instanceof ConnectionProblem) throw outcome
        return outcome
      }
      if (!(outcome instanceof ConnectionProblem)) await outcome.body?.cancel()
      await options.sleep(waitMs)
    }
  }
}

async function once(request: Request, { fetch, timeoutMs }: TransportOptions): Promise<Response | ConnectionProblem> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    return connectionProblem(error, request.url, timeoutMs)
  }
}

/** How long to wait before the next try, or undefined where this outcome stands. */
export function retryAfterMs(request: Pick<Request, 'method' | 'headers'>, outcome: Response | ConnectionProblem, attempt: number, chance: () => number): number | undefined {
  const backoffMs = BACKOFF_MS * 2 ** attempt * (0.5 + chance())
  const idempotent = IDEMPOTENT.has(request.method)
  if (outcome instanceof ConnectionProblem) {
    // Neither a wrong name nor a certificate gets better within a second, and a timeout was long enough.
    const passing = outcome.reason === 'reset' || outcome.reason === 'refused'
    // Under an Idempotency-Key the API answers the second time what it answered, or would have answered, the first.
    return passing && (idempotent || !outcome.maybeReceived || request.headers.has('idempotency-key')) ? backoffMs : undefined
  }
  // 429 is said before anything is done, so any call may be made again.
  if (outcome.status !== 429 && !(idempotent && UNDECIDED.has(outcome.status))) return undefined
  const asked = retryAfterSeconds(outcome)
  if (asked === undefined) return backoffMs
  return asked * 1000 <= WAIT_MS_MAX ? Math.max(asked * 1000, backoffMs) : undefined
}

/** The Retry-After header in seconds. */
export function retryAfterSeconds(response: Response): number | undefined {
  const text = response.headers.get('retry-after')
  if (text === null) return undefined
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}
