import { AnswerChecker, committedDocument } from '@pgbeam/api-testing'

const checker = new AnswerChecker(committedDocument())

/** A browser in as much as signing in needs one: it keeps cookies, and says which page it is on. */
export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly body: any
  readonly cookies: readonly string[]
}

export class Browser {
  readonly cookies = new Map<string, string>()

  constructor(readonly baseUrl: string) {}

  /** The same browser at another replica: the cookies go along. */
  at(baseUrl: string): Browser {
    const other = new Browser(baseUrl)
    for (const [name, value] of this.cookies) other.cookies.set(name, value)
    return other
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Seen> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(method !== 'GET' && { origin: this.baseUrl, 'content-type': 'application/json' }),
        ...(this.cookies.size > 0 && { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const cookies = response.headers.getSetCookie()
    for (const cookie of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (/Expires=Thu, 01 Jan 1970/.test(cookie)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const text = await response.text()
    checker.mustBeDescribed({ method, path, status: response.status, headers: response.headers, text })
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text, cookies }
  }

  get(path: string, headers?: Record<string, string>): Promise<Seen> {
    return this.call('GET', path, undefined, headers)
  }
  post(path: string, body: unknown = {}, headers?: Record<string, string>): Promise<Seen> {
    return this.call('POST', path, body, headers)
  }
  delete(path: string): Promise<Seen> {
    return this.call('DELETE', path)
  }
}
