/**
 * A REST client that hides nothing: status, headers, body and time of each answer. Every answer is held against
 * docs/openapi.json, so that each test is one of the document too.
 */
import { AnswerChecker, committedDocument } from '@pgbeam/api-testing'

const checker = new AnswerChecker(committedDocument())

export interface Answer<Body = any> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
  readonly text: string
  readonly elapsedMs: number
}
export interface CallOptions {
  readonly body?: unknown
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string | Buffer
  readonly headers?: Record<string, string>
  /** null sends no key. */
  readonly key?: string | null
  readonly timeoutMs?: number
}

export class Api {
  constructor(readonly baseUrl: string, readonly key: string | null) {}

  as(key: string | null): Api {
    return new Api(this.baseUrl, key)
  }

  /** Any answer is returned, 500 included. */
  async call(method: string, path: string, { body, rawBody, headers = {}, key = this.key, timeoutMs = 90_000 }: CallOptions = {}): Promise<Answer> {
    const startedAt = performance.now()
    const payload = rawBody === undefined ? (body === undefined ? undefined : JSON.stringify(body)) : typeof rawBody === 'string' ? rawBody : new Uint8Array(rawBody)
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(payload === undefined ? {} : { body: payload }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    const elapsedMs = performance.now() - startedAt
    checker.mustBeDescribed({ method, path, status: response.status, headers: response.headers, text })
    let parsed: unknown
    try {
      parsed = text === '' ? undefined : JSON.parse(text)
    } catch {
      parsed = undefined
    }
    return { status: response.status, headers: response.headers, body: parsed, text, elapsedMs }
  }

  /** Like `call`, but an answer outside 2xx fails the test with the server's own words. */
  private async ok(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<any> {
    const answer = await this.call(method, path, { ...options, body })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`)
    return answer.body
  }

  get(path: string): Promise<any> {
    return this.ok('GET', path)
  }
  post(path: string, body?: unknown): Promise<any> {
    return this.ok('POST', path, body ?? {})
  }
  patch(path: string, body: unknown): Promise<any> {
    return this.ok('PATCH', path, body)
  }
  put(path: string, body: unknown): Promise<any> {
    return this.ok('PUT', path, body)
  }
  delete(path: string): Promise<any> {
    return this.ok('DELETE', path)
  }
}

/** What the header says about an enforcing answer: `seq=41, enforced, elapsed-ms=9, proxies=3, …` */
export function enforcementHeader(answer: Answer): { enforced: boolean; [name: string]: number | boolean } {
  const text = answer.headers.get('pgbeam-enforcement')
  if (text === null) throw new Error(`no PgBeam-Enforcement header in a ${answer.status} answer: ${answer.text.slice(0, 300)}`)
  const values: { enforced: boolean; [name: string]: number | boolean } = { enforced: false }
  for (const part of text.split(',')) {
    const [name = '', value] = part.trim().split('=')
    values[name] = value === undefined ? true : Number(value)
  }
  return values
}
