/**
 * The typed client: one method per HTTP method, paths and bodies checked against docs/openapi.json.
 *
 *   const api = createPgBeam({ baseUrl: 'https://api.example', key })
 *   const { data } = await api.get('/v1/projects/{project}', { params: { path: { project } } })
 *   for await (const agent of items(api.pages(...), 'agents')) …
 */
import createFetchClient, { type ClientPathsWithMethod, type Client, type MaybeOptionalInit } from 'openapi-fetch'
import { parseEnforcement, type Enforcement } from './enforcement.js'
import { ApiProblem, connectionProblem, ConnectionProblem, type Problem } from './errors.js'
import type { paths } from './generated/api.js'
import { retryAfterSeconds, transport, type TransportOptions } from './transport.js'

export interface PgBeamOptions extends Partial<TransportOptions> {
  readonly baseUrl: string
  readonly key?: string
  readonly userAgent?: string
  /** One per request; it names the request in the server's log. */
  readonly requestId?: () => string
}

export interface Answer<Data> {
  readonly data: Data
  readonly status: number
  readonly requestId: string | undefined
  /** What the proxies have done about it, where it is a change that they enforce. */
  readonly enforcement: Enforcement | undefined
  readonly keyExpiresAt: Date | undefined
  readonly etag: string | undefined
  /** The server's clock when it answered. */
  readonly date: Date | undefined
}

type Json = 'application/json'
type Successful = 200 | 201 | 202 | 204
type Methods = 'get' | 'post' | 'put' | 'patch' | 'delete'
export type PathOf<Method extends Methods> = ClientPathsWithMethod<Client<paths>, Method>
type InitOf<Path extends keyof paths, Method extends Methods> = MaybeOptionalInit<paths[Path], Method>
type Init<Given> = undefined extends Given ? [init?: Given] : [init: Given]
type Body<Response> = Response extends { content: { [type in Json]: infer Content } } ? Content : undefined
/** What the successful answers of an operation have as their body; undefined is one of them where it may answer 204. */
type DataOf<Path extends keyof paths, Method extends Methods> =
  NonNullable<paths[Path][Method]> extends { responses: infer Responses } ? { [Status in keyof Responses & Successful]: Body<Responses[Status]> }[keyof Responses & Successful] : never
export type Call<Method extends Methods> = <Path extends PathOf<Method>>(path: Path, ...init: Init<InitOf<Path, Method>>) => Promise<Answer<DataOf<Path, Method>>>

export interface PgBeam {
  readonly get: Call<'get'>
  readonly post: Call<'post'>
  readonly put: Call<'put'>
  readonly patch: Call<'patch'>
  readonly delete: Call<'delete'>
  /** Any request, path as it stands; the answer's body unread. @throws as the others do */
  readonly raw: (method: string, path: string, init?: { body?: string; headers?: Record<string, string> }) => Promise<Response>
  /** The pages of a list, fetched as they are asked for. */
  readonly pages: <Path extends PathOf<'get'>>(path: Path, ...init: Init<InitOf<Path, 'get'>>) => AsyncGenerator<DataOf<Path, 'get'>>
}

const TIMEOUT_MS = 30_000
const RETRIES = 2
const NO_CONTENT = 204

export function createPgBeam({ baseUrl, key, userAgent = 'pgbeam-client', requestId = () => crypto.randomUUID(), ...options }: PgBeamOptions): PgBeam {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const send = transport({
    retries: RETRIES,
    fetch: (request, init) => fetch(request, init),
    sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)),
    chance: Math.random,
    ...options,
    timeoutMs,
  })
  const base = baseUrl.replace(/\/+$/, '')
  const headers = (method: string): Record<string, string> => ({
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    'user-agent': userAgent,
    'x-request-id': requestId(),
    ...((method === 'POST' || method === 'PATCH') && { 'idempotency-key': crypto.randomUUID() }),
  })
  const inner = createFetchClient<paths>({ baseUrl: base, fetch: send, redirect: 'manual' })

  const call = (method: Uppercase<Methods>) => async (path: string, init: { headers?: object } = {}): Promise<Answer<never>> => {
    type Loose = (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>
    const { data, error, response } = await attempt(() => (inner[method] as unknown as Loose)(path, { ...init, headers: { ...headers(method), ...init.headers } }), base + path, timeoutMs)
    if (!response.ok) throw problemOf(response, error)
    if (data === undefined && response.status !== NO_CONTENT) throw notTheApi(base + path, 'an empty answer')
    return { data: data as never, ...facts(response) }
  }

  const get = call('GET') as unknown as Call<'get'>
  return {
    get,
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    delete: call('DELETE'),
    async raw(method, path, { body, headers: more = {} } = {}) {
      const url = new URL(base + path)
      // A path such as //elsewhere.example would carry the key there.
      if (url.origin !== new URL(base).origin) throw new TypeError(`${path} is no path of the API`)
      const response = await send(new Request(url, { method, redirect: 'manual', headers: { ...headers(method), ...more }, ...(body !== undefined && { body }) }))
      if (response.ok) return response
      const text = await attempt(() => response.text(), url.href, timeoutMs)
      throw problemOf(response, parsed(text))
    },
    async *pages(path, ...[init]) {
      let token: string | null | undefined
      do {
        const { params } = (init ?? {}) as { params?: { query?: object } }
        const page = await (get as unknown as (path: string, init: object) => Promise<Answer<{ next_page_token?: string | null }>>)(path, {
          ...init,
          params: { ...params, query: { page_size: 100, ...params?.query, ...(token != null && { page_token: token }) } },
        })
        yield page.data as never
        token = page.data.next_page_token
      } while (token != null)
    },
  }
}

/** The entries of a list, one by one. */
export async function* items<Page extends object, Key extends keyof Page>(pages: AsyncIterable<Page>, key: Key): AsyncGenerator<Page[Key] extends readonly (infer Item)[] ? Item : never> {
  for await (const page of pages) yield* page[key] as Iterable<never>
}

/** What goes wrong while an answer is read is no answer either. */
async function attempt<Result>(work: () => Promise<Result>, url: string, timeoutMs: number): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ConnectionProblem) throw error
    if ((error as Error).name === 'SyntaxError') throw notTheApi(url, 'something that is no JSON', error)
    throw connectionProblem(error, url, timeoutMs)
  }
}

const notTheApi = (url: string, what: string, cause?: unknown): ConnectionProblem =>
  new ConnectionProblem('not-the-api', url, `${new URL(url).host} answered with ${what}: is it the PgBeam API?`, true, cause)

const date = (text: string | null): Date | undefined => (text === null || Number.isNaN(Date.parse(text)) ? undefined : new Date(text))

function facts(response: Response): Omit<Answer<unknown>, 'data'> {
  const { headers } = response
  return {
    status: response.status,
    requestId: headers.get('x-request-id') ?? undefined,
    enforcement: parseEnforcement(headers.get('pgbeam-enforcement')),
    keyExpiresAt: date(headers.get('pgbeam-key-expires-at')),
    etag: headers.get('etag') ?? undefined,
    date: date(headers.get('date')),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function problemOf(response: Response, body: unknown): Error {
  const { status, headers, url } = response
  const host = url ? new URL(url).host : 'the address'
  if (status >= 300 && status < 400) return new ConnectionProblem('redirected', url, `${host} redirects to ${headers.get('location') ?? 'somewhere'}: use that address instead`, true)
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>
  if (typeof problem.code !== 'string') return new ConnectionProblem('not-the-api', url, `${host} answered ${status} without a problem document: is it the PgBeam API?`, true)
  return new ApiProblem(status, problem.code, problem.detail ?? '', problem.request_id ?? headers.get('x-request-id') ?? undefined, (problem.errors ?? []), retryAfterSeconds(response))
}
