/**
 * A REST client that hides nothing, and makes what most specs begin with. Every answer is held against docs/openapi.json, so
 * that each spec is a test of the document too.
 */
import { AnswerChecker, committedDocument } from '@pgbeam/api-testing'

const checker = new AnswerChecker(committedDocument())

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: any
  readonly elapsedMs: number
}

export interface Made {
  readonly projectId: string
  readonly databaseId: string
  readonly policyId: string
  /** `/v1/projects/{id}` */
  readonly path: string
}

export class Api {
  constructor(
    readonly baseUrl: string,
    readonly key: string | null,
  ) {}

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const startedAtMs = performance.now()
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { ...(this.key !== null && { authorization: `Bearer ${this.key}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    const text = await response.text()
    checker.mustBeDescribed({ method, path, status: response.status, headers: response.headers, text })
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown), elapsedMs: performance.now() - startedAtMs }
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call('GET', path, undefined, headers)
  }
  post(path: string, body: unknown = {}, headers?: Record<string, string>): Promise<Answer> {
    return this.call('POST', path, body, headers)
  }
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call('PATCH', path, body, headers)
  }
  put(path: string, body: unknown): Promise<Answer> {
    return this.call('PUT', path, body)
  }
  delete(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.call('DELETE', path, undefined, headers)
  }

  /** A project with a database and a policy. */
  async project(orgId: string, password = 'upstream-password'): Promise<Made> {
    const database = { host: 'db.example', port: 5432, name: 'shop', username: 'pgbeam', password, ssl_mode: 'verify-full' }
    const made = await this.post('/v1/projects', { name: 'Shop', org_id: orgId, database })
    if (made.status !== 201) throw new Error(JSON.stringify(made.body))
    const { project, database: first } = made.body as { project: { id: string }; database: { id: string } }
    const path = `/v1/projects/${project.id}`
    const policy = (await this.post(`${path}/policies`, { name: 'read-only', access_mode: 'read_only' })).body as { id: string }
    return { projectId: project.id, databaseId: first.id, policyId: policy.id, path }
  }

  /** A credential: the body of the 201. */
  async agent(made: Made, extra: Record<string, unknown> = {}): Promise<Answer['body']> {
    const answer = await this.post(`${made.path}/agents`, { name: 'bot', policy_profile_id: made.policyId, ...extra })
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body
  }
}
