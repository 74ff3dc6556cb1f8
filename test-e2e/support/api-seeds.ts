/**
 * What makes a made-up request meaningful: ids of things that are there, tokens that open something, a signature of
 * GitHub's. schemathesis asks here, over HTTP, before each of its calls. Only parts that are valid already are replaced.
 *
 *   POST /session → the cookie of somebody who has just signed in
 *   POST / {operation: 'DELETE /v1/…', phase: 'fuzzing', path: {…}, query: {…}, body: …, text: '…'} → the same, with what is to be sent
 */
import { execFile } from 'node:child_process'
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FakeOpenId } from '@pgbeam/api-testing'
import type { Api } from './api.js'
import { enforcementHeader } from './api.js'
import type { Project, Stack } from './stack.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const PASSWORD = randomBytes(12).toString('base64url')
const OWNER = 'owner@example.org'
const TRIES_MAX = 50
const GITHUB_KEY_ID = 'key-1'
/** As the document names it: what a control plane behind TLS gives out. */
const COOKIE = '__Host-pgbeam_session'
const OIDC_COOKIE = 'pgbeam_oidc'
/** What a browser says of a request from a page of ours. */
const ON_PAGE = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }

type Values = Record<string, unknown>
export interface Asked {
  readonly operation: string
  readonly phase: string
  readonly path: Values
  readonly query: Values
  readonly body?: unknown
  /** The body as it is sent. */
  readonly text?: string
}
interface Sent {
  path?: Values
  query?: Values
  body?: unknown
  headers?: Record<string, string>
}

/** What outside of PgBeam takes part: an OpenID provider, and the address where GitHub publishes its keys. */
export class Outside {
  private constructor(
    readonly provider: FakeOpenId,
    private readonly github: Server,
    private readonly key: KeyObject,
  ) {}

  static async start(): Promise<Outside> {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const published = JSON.stringify({ public_keys: [{ key_identifier: GITHUB_KEY_ID, key: pair.publicKey.export({ type: 'spki', format: 'pem' }), is_current: true }] })
    const github = await listening(createServer((_request, response) => void response.setHeader('content-type', 'application/json').end(published)))
    return new Outside(await FakeOpenId.start(), github, pair.privateKey)
  }

  /** For the control planes. */
  get env(): Record<string, string> {
    const { id, secret } = FakeOpenId.client
    return { PGBEAM_OIDC_ISSUER: this.provider.issuer, PGBEAM_OIDC_CLIENT_ID: id, PGBEAM_OIDC_CLIENT_SECRET: secret, PGBEAM_OIDC_NAME: 'Example', PGBEAM_PUBLIC_URL: 'https://localhost:7400', PGBEAM_GITHUB_KEYS_URL: `${addressOf(this.github)}/` }
  }

  signed(text: string): Record<string, string> {
    return { 'Github-Public-Key-Identifier': GITHUB_KEY_ID, 'Github-Public-Key-Signature': sign('sha256', Buffer.from(text), this.key).toString('base64') }
  }

  async stop(): Promise<void> {
    this.github.close()
    await this.provider.stop()
  }
}

export class ApiSeeds {
  readonly #counts = new Map<string, number>()
  #ids!: Record<string, string | number>
  private project!: Project
  #spare = 0
  #visitor!: { id: string; email: string }
  #tries = 0

  private constructor(
    private readonly stack: Stack,
    /** On a control plane of its own: what limits tries of passwords counts by control plane. */
    private readonly own: Api,
    private readonly outside: Outside,
    private readonly server: Server,
  ) {}

  static async start(stack: Stack, own: Api, outside: Outside): Promise<ApiSeeds> {
    const server = createServer()
    const seeds = new ApiSeeds(stack, own, outside, server)
    await seeds.#plant()
    server.on('request', (request, response) => {
      let text = ''
      request.on('data', (chunk) => (text += String(chunk)))
      request.on('end', () => {
        const answer = request.url === '/session' ? seeds.#browser() : seeds.for(JSON.parse(text) as Asked)
        answer.then(
          (sent) => response.end(JSON.stringify(sent)),
          (error: Error) => response.writeHead(500).end(error.stack),
        )
      })
    })
    await listening(server)
    return seeds
  }

  get url(): string {
    return addressOf(this.server)
  }
  stop(): void {
    this.server.close()
  }

  /** What to send for one call. About every third call of an operation keeps the ids that were made up. */
  async for(asked: Asked): Promise<Sent> {
    const { operation, phase, path, query, body } = asked
    const count = this.#counts.get(operation) ?? 0
    this.#counts.set(operation, count + 1)
    const keptAsMade = phase === 'stateful' || count % 3 === 2
    const sent: Sent = { query, path: keptAsMade ? await this.#harmless(operation, path) : await this.#known(operation, path) }
    const elsewhere = sent.path?.['organization'] !== undefined && sent.path['organization'] !== this.#ids['organization']
    sent.body = this.#meaningful(body, elsewhere)
    if (typeof query['page_token'] === 'string') sent.query = { ...query, page_token: this.#pageToken(operation) }
    return { ...sent, ...(await this.#special[operation]?.(asked, sent)) }
  }

  async #plant(): Promise<void> {
    const { stack, own } = this
    const { org_id, user_id } = stack.bootstrap
    this.project = await stack.createProject()
    const credential = await stack.createCredential({ project: this.project })
    const killed = await own.call('PATCH', credential.path, { body: { status: 'killed' } })
    const key = { name: 'seed', expires_in_days: 30 }
    this.#visitor = await this.#member()
    const person = await this.#member()
    this.#ids = {
      organization: org_id, user: person.id, project: this.project.id, database: this.project.databaseId, policy: await stack.policy('read_only', this.project), agent: credential.id,
      seq: Number(enforcementHeader(killed)['seq']), session: await this.#ownersSession(), invitation: (await this.#invitation()).id,
      personalSeq: await this.#endOfKey('/v1/api-keys'), organizationSeq: await this.#endOfKey(`/v1/organizations/${org_id}/api-keys`),
      personalKey: (await own.post('/v1/api-keys', key)).api_key.id, organizationKey: (await own.post(`/v1/organizations/${org_id}/api-keys`, key)).api_key.id, owner: user_id,
    }
  }

  /** Where the access log has the end of a key. */
  async #endOfKey(keys: string): Promise<number> {
    const { id } = (await this.own.post(keys, { name: 'ended', expires_in_days: 30 })).api_key
    return Number(enforcementHeader(await this.own.call('DELETE', `${keys}/${id}`))['seq'])
  }

  /** No two seeds share a name, of whichever header they are. */
  #name = (): string => `spare-${this.project.slug}-${++this.#spare}`
  #email = (): string => `${this.#name()}@example.org`

  async #invitation(email = this.#email(), organization = this.stack.bootstrap.org_id): Promise<{ id: string; token: string }> {
    const { invitation, token } = await this.own.post(`/v1/organizations/${organization}/invitations`, { email })
    return { id: invitation.id, token }
  }

  /** A control plane lets one address sign up and come from a provider only so many times in a quarter of an hour. */
  #mayTry(): boolean {
    return ++this.#tries <= TRIES_MAX
  }

  /** Somebody who belongs to the organization and may be removed from it. */
  async #member(): Promise<{ id: string; email: string }> {
    const email = this.#email()
    const { user } = await this.own.as(null).post('/v1/auth/sign-up', { token: (await this.#invitation(email)).token, name: 'Member', password: PASSWORD })
    return { id: user.id, email }
  }

  /** The session of a person without rights of note. */
  async #browser(): Promise<string> {
    const { headers } = await this.own.as(null).call('POST', '/v1/auth/sign-in', { body: { email: this.#visitor.email, password: PASSWORD } })
    return cookieNamed(COOKIE, headers)
  }

  /** For the owner, whose key makes the calls, unless it is for somebody else. */
  async #ownerLinkToken(user = this.stack.bootstrap.user_id): Promise<string> {
    const { env } = this.stack.controlPlanes[0]!
    const { stdout } = await run(process.execPath, [join(root, 'services/control-plane/dist/main.js'), 'owner-link', 'create', '--user', user], { env: { ...process.env, ...env, PGBEAM_LOG_LEVEL: 'silent' } })
    return stdout.trim().split('#')[1] ?? ''
  }

  async #ownersSession(): Promise<string> {
    const { body } = await this.own.as(null).call('POST', '/v1/auth/owner-link', { body: { token: await this.#ownerLinkToken(), email: OWNER, password: PASSWORD } })
    return body.session.id as string
  }

  /** Something new that the call may change or remove without hurting the others. */
  async #spareOf(operation: string, name: string): Promise<string | number | undefined> {
    const { own, stack } = this
    const [project, organization] = [`/v1/projects/${this.project.id}`, `/v1/organizations/${stack.bootstrap.org_id}`]
    switch (name) {
      case 'agent':
        return (await own.post(`${project}/agents`, { name: this.#name(), policy_profile_id: this.#ids['policy'] })).credential.id as string
      case 'policy':
        return (await own.post(`${project}/policies`, { name: this.#name() })).id as string
      case 'database':
        return (await own.post(`${project}/databases`, { host: 'db.example', name: this.#name(), username: 'u', password: 'p', role: 'replica' })).id as string
      case 'project':
        return (await own.post('/v1/projects', { name: this.#name(), org_id: stack.bootstrap.org_id, database: { host: 'db.example', name: 'shop', username: 'u', password: 'p' } })).project.id as string
      case 'key':
        return (await own.post(`${operation.includes('{organization}') ? organization : '/v1'}/api-keys`, { name: this.#name(), expires_in_days: 30 })).api_key.id as string
      case 'invitation':
        return (await this.#invitation()).id
      case 'user':
        return this.#mayTry() ? (await this.#member()).id : undefined
      case 'session':
        return (await own.as(null).post('/v1/auth/sign-in', { email: OWNER, password: PASSWORD })).session.id as string
      case 'organization':
        return (await own.post('/v1/organizations', { name: this.#name() })).id as string
    }
    return undefined
  }

  #knownId(operation: string, name: string): string | number | undefined {
    if (name === 'seq' && !operation.includes('{project}')) return this.#ids[operation.includes('{organization}') ? 'organizationSeq' : 'personalSeq']
    return name === 'key' ? this.#ids[operation.includes('{organization}') ? 'organizationKey' : 'personalKey'] : this.#ids[name]
  }

  /** The ids of things that are there; of something that this call alone is for, where it changes what it names. */
  async #known(operation: string, path: Values): Promise<Values> {
    const known = Object.fromEntries(Object.keys(path).map((name) => [name, this.#knownId(operation, name) ?? path[name]]))
    const changed = changedBy(operation)
    return changed === undefined ? known : { ...known, [changed]: (await this.#spareOf(operation, changed)) ?? known[changed] }
  }

  /** In a chain of calls the ids come from answers; those that every other call needs are not to be lost. */
  async #harmless(operation: string, path: Values): Promise<Values> {
    const changed = changedBy(operation)
    if (changed === undefined || (path[changed] !== this.#knownId(operation, changed) && path[changed] !== this.#ids['owner'])) return path
    return { ...path, [changed]: (await this.#spareOf(operation, changed)) ?? path[changed] }
  }

  /** A token that the list could have given out: of one that is made up only the looks are right. */
  #pageToken(operation: string): string {
    const list = operation.split('/').at(-1) ?? ''
    const names: Record<string, string> = { agents: 'agent', databases: 'database', policies: 'policy', projects: 'project', members: 'user', sessions: 'session', invitations: 'invitation', 'api-keys': 'organizationKey' }
    return Buffer.from(list.endsWith('events') ? '1' : String(this.#ids[names[list] ?? ''])).toString('base64url')
  }

  /** Names of things that are there, and values whose meaning no schema can describe. */
  #meaningful(body: unknown, elsewhere: boolean): unknown {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
    const { stack, project } = this
    const known: Values = { org_id: stack.bootstrap.org_id, policy_profile_id: this.#ids['policy'], policy_id: this.#ids['policy'], database_id: project.databaseId, expires_at: '2100-01-01T00:00:00Z', ssl_ca: stack.ca }
    return Object.fromEntries(
      Object.entries(body).map(([name, value]) => {
        if (typeof value === 'string' && name in known) return [name, known[name]]
        if (name === 'project_ids' && Array.isArray(value) && value.length > 0) return [name, elsewhere ? null : [project.id]]
        return [name, name === 'database' ? this.#meaningful(value, elsewhere) : value]
      }),
    )
  }

  /** What only certain people or companies can say. */
  readonly #special: Record<string, (asked: Asked, sent: Sent) => Promise<Sent>> = {
    'POST /v1/auth/sign-in': async () => ({ body: { email: this.#visitor.email, password: PASSWORD } }),
    'POST /v1/auth/sign-up': async (_asked, { body }) => ({ body: { ...(body as object), token: (await this.#invitation()).token } }),
    'POST /v1/auth/owner-link': async (_asked, { body }) => ({ body: { ...(body as object), token: await this.#ownerLinkToken(String(this.#ids['user'])), email: this.#email() } }),
    'POST /v1/auth/oidc/start': async () => ({ body: { invitation: (await this.#invitation()).token } }),
    'GET /v1/auth/oidc/callback': () => this.#backFromProvider(),
    'POST /v1/auth/password': async (_asked, { body }) => ({ headers: ON_PAGE, body: { ...(body as object), current_password: PASSWORD, new_password: PASSWORD } }),
    'POST /v1/auth/sign-out': async () => ({ headers: ON_PAGE }),
    'POST /v1/organizations/{organization}/restore:confirm': async () => ({ body: { log_epoch: (await this.own.get(`/v1/organizations/${this.stack.bootstrap.org_id}`)).restore.log_epoch } }),
    'POST /v1/invitations/accept': async () => ({ body: { token: await this.#invitationElsewhere() } }),
    'POST /v1/projects/{project}/agents:kill': async (_asked, { body }) => ({ body: await this.#spareAgents(body) }),
    'POST /v1/projects/{project}/agents:revoke': async (_asked, { body }) => ({ body: await this.#spareAgents(body) }),
    'POST /v1/github/secret-scanning': async ({ text }) => (text === undefined ? {} : { headers: this.outside.signed(text) }),
  }

  /** A credential that is there for this call alone. A filter is not to meet those that the other calls need. */
  async #spareAgents(body: unknown): Promise<unknown> {
    const { ids, filter } = (body ?? {}) as { ids?: unknown; filter?: unknown }
    if (Array.isArray(ids)) return { ...(body as object), ids: [await this.#spareOf('', 'agent')] }
    if (typeof filter !== 'object' || filter === null) return body
    return { ...(body as object), filter: { ...filter, ...('policy_profile_id' in filter && { policy_profile_id: this.#ids['policy'] }), created_before: '2020-01-01T00:00:00Z' } }
  }

  async #backFromProvider(): Promise<Sent> {
    if (!this.#mayTry()) return {}
    const { body, headers } = await this.own.as(null).call('POST', '/v1/auth/oidc/start', { body: { invitation: (await this.#invitation()).token } })
    const back = new URL(this.outside.provider.grant(body.authorization_url as string, this.#name()), this.own.baseUrl)
    return { query: Object.fromEntries(back.searchParams), headers: { cookie: `${OIDC_COOKIE}=${cookieNamed(OIDC_COOKIE, headers)}` } }
  }

  /** Into an organization that somebody else has made. */
  async #invitationElsewhere(): Promise<string> {
    const page = { ...ON_PAGE, cookie: `${COOKIE}=${await this.#browser()}` }
    const { body } = await this.own.as(null).call('POST', '/v1/organizations', { body: { name: this.#name() }, headers: page })
    return (await this.own.as(null).call('POST', `/v1/organizations/${body.id}/invitations`, { body: { email: this.#email() }, headers: page })).body.token as string
  }
}

/** The path parameter that names what a call changes, if it changes what its path names. */
function changedBy(operation: string): string | undefined {
  const [method, path = ''] = operation.split(' ')
  if (method === 'GET' || /\/(agents|databases|policies|api-keys|invitations|test-connection|scan-pii|policy-evaluations|agents:\w+)$/.test(path)) return undefined
  return [...path.matchAll(/\{(\w+)\}/g)].at(-1)?.[1]
}

function cookieNamed(name: string, headers: Headers): string {
  const found = headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`))
  if (found === undefined) throw new Error(`no cookie ${name} in the answer`)
  return found.slice(name.length + 1).split(';')[0] ?? ''
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
