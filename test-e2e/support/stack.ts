/**
 * A whole PgBeam for one test file: n control planes, n proxies, NATS, its own databases, on free ports, from outside.
 *
 *   const stack = await startStack({ proxies: 3 })
 *   const credential = await stack.createCredential({ accessMode: 'read_only' })
 *   const client = await connect(stack, credential)
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createAuthority, LOCAL_NAMES } from '../../scripts/lib/certificates.mjs'
import { freePorts } from '../../scripts/lib/ports.mjs'
import { Api } from './api.js'
import { infrastructure, shared, type NatsServer, type SharedServer } from './infrastructure.js'
import { startNatsCluster, type ClusterMember } from './nats-cluster.js'
import { OwnPostgres } from './own-postgres.js'
import { ServiceProcess } from './service.js'

/** The same for all of a kind, or for each its own; NATS and the databases run by then. */
type Settings = Record<string, string> | ((index: number, stack: Stack) => Promise<Record<string, string>>)
export interface StackOptions {
  readonly controlPlanes?: number
  readonly proxies?: number
  /** More than one form a cluster. */
  readonly natsServers?: number
  /** Postgres servers that a test may stop; otherwise those that all files share. */
  readonly ownServers?: boolean
  readonly env?: { readonly controlPlane?: Settings; readonly proxy?: Settings }
  /** SQL for the upstream database, run as its owner. */
  readonly schema?: string
}
export interface Upstream {
  readonly host: string
  readonly port: number
  readonly name: string
  /** The stored user: owns the database, is no superuser. */
  readonly username: string
  readonly password: string
  readonly superuserUrl: string
}
export interface Proxy extends ServiceProcess {
  readonly host: string
  readonly port: number
  readonly mcpPort: number
  readonly adminPort: number
}
export interface Project {
  readonly id: string
  readonly databaseId: string
  readonly slug: string
  readonly databaseName: string
}
export interface Credential {
  readonly id: string
  readonly user: string
  readonly password: string
  readonly mcpToken: string
  readonly connectionString: string
  readonly project: Project
  readonly policyId: string
  /** The path of its REST resource. */
  readonly path: string
}
export interface CredentialOptions {
  readonly project?: Project
  readonly accessMode?: 'read_only' | 'read_write'
  readonly policyId?: string
  readonly name?: string
  readonly extra?: Record<string, unknown>
}
interface Bootstrap {
  readonly org_id: string
  readonly user_id: string
  readonly api_key: string
  readonly personal_key: string
  readonly join_token: string
}
const newPassword = (): string => randomBytes(15).toString('base64url')

export class Stack {
  readonly controlPlanes: ServiceProcess[] = []
  readonly proxies: Proxy[] = []
  natsServers: NatsServer[] = []
  /** Those of `natsServers`, where they are more than one. */
  cluster: ClusterMember[] = []
  servers!: { readonly control: SharedServer; readonly upstream: SharedServer }
  /** Those of `ownServers`. */
  own: { control: OwnPostgres; upstream: OwnPostgres } | undefined
  upstream!: Upstream
  controlDatabaseUrl!: string
  bootstrap!: Bootstrap
  apis: Api[] = []
  project!: Project
  readonly authority!: Awaited<ReturnType<typeof createAuthority>>
  private readonly policies = new Map<string, string>()

  constructor(readonly dir: string, readonly options: StackOptions) {}

  /** With the organization's key, on the first control plane. */
  get api(): Api {
    return this.apis[0]!
  }
  /** As a service is told of it: all servers. */
  get natsUrl(): string {
    return this.natsServers.map(({ url }) => url).join(',')
  }
  get nats(): NatsServer {
    return this.natsServers[0]!
  }
  get caFile(): string {
    return join(this.dir, 'ca.pem')
  }
  get ca(): string {
    return readFileSync(this.caFile, 'utf8')
  }
  get proxy(): Proxy {
    return this.proxies[0]!
  }

  async start(): Promise<this> {
    const { controlPlanes = 1, proxies = 1, natsServers = 1, ownServers = false } = this.options
    const authority = await createAuthority('PgBeam test CA')
    Object.assign(this, { authority })
    const leaf = await authority.issue({ names: LOCAL_NAMES })
    writeFileSync(this.caFile, authority.certPem)
    writeFileSync(join(this.dir, 'server.pem'), leaf.certPem)
    writeFileSync(join(this.dir, 'server.key'), leaf.keyPem, { mode: 0o600 })
    const ports = await freePorts(Array.from({ length: controlPlanes + 3 * proxies + 1 }, () => 0))
    const natsPort = ports.pop()!
    if (ownServers) {
      const [control, own] = await Promise.all([OwnPostgres.start(join(this.dir, 'control')), OwnPostgres.start(join(this.dir, 'upstream'), ['client_connection_check_interval=1s'])])
      this.own = { control, upstream: own }
    }
    this.servers = this.own ?? shared()
    const [nats, upstream, controlDatabaseUrl] = await Promise.all([
      natsServers === 1 ? (await infrastructure()).startNats({ dir: join(this.dir, 'nats'), port: natsPort }) : startNatsCluster(join(this.dir, 'nats'), natsServers),
      createUpstream(this.servers.upstream, this.options.schema),
      createDatabase(this.servers.control, 'control').then(({ url }) => url),
    ])
    if (Array.isArray(nats)) this.cluster = nats
    this.natsServers = Array.isArray(nats) ? [...nats] : [nats]
    this.upstream = upstream
    this.controlDatabaseUrl = controlDatabaseUrl
    const httpPorts = ports.splice(0, controlPlanes)
    const firstProxy = { listen: ports[0]!, mcp: ports[1]! }
    const encryptionKeys = `v1:${randomBytes(32).toString('base64url')}`
    for (const [index, port] of httpPorts.entries()) await this.addControlPlane(index, port, encryptionKeys, firstProxy)
    this.bootstrap = JSON.parse(readFileSync(join(this.dir, 'bootstrap.json'), 'utf8')) as Bootstrap
    this.apis = httpPorts.map((port) => new Api(`http://127.0.0.1:${port}`, this.bootstrap.api_key))
    const starting: Promise<unknown>[] = []
    for (let index = 0; index < proxies; index++) starting.push(this.addProxy(index, ports.slice(index * 3, index * 3 + 3)))
    await Promise.all(starting)
    this.project = await this.createProject()
    return this
  }

  private async addControlPlane(index: number, port: number, encryptionKeys: string, firstProxy: { listen: number; mcp: number }): Promise<void> {
    const url = `http://127.0.0.1:${port}`
    const service = new ServiceProcess('control-plane', `control-plane-${index}`, {
      PGBEAM_DATABASE_URL: this.controlDatabaseUrl, NATS_URL: this.natsUrl, PGBEAM_ENCRYPTION_KEYS: encryptionKeys, PGBEAM_HTTP_HOST: '127.0.0.1',
      PGBEAM_HTTP_PORT: String(port), PGBEAM_PROXY_HOST: 'localhost', PGBEAM_PROXY_PORT: String(firstProxy.listen), PGBEAM_MCP_PORT: String(firstProxy.mcp),
      PGBEAM_BOOTSTRAP_FILE: join(this.dir, 'bootstrap.json'), PGBEAM_LOG_LEVEL: 'debug',
      PGBEAM_RATE_LIMIT_PER_MINUTE: '0', PGBEAM_FAILED_AUTH_LIMIT_PER_MINUTE: '0',
      PGBEAM_CANARY_INTERVAL_MS: '0', // tests count events
      ...(await this.settings(this.options.env?.controlPlane, index)),
    }, join(this.dir, `control-plane-${index}.log`), `${url}/v1/health`)
    this.controlPlanes.push(service)
    await service.start()
  }

  private async addProxy(index: number, [listen = 0, mcp = 0, admin = 0]: number[]): Promise<void> {
    const service = new ServiceProcess('proxy', `proxy-${index}`, {
      NATS_URL: this.natsUrl, PGBEAM_JOIN_TOKEN: this.bootstrap.join_token, PGBEAM_LISTEN: `127.0.0.1:${listen}`, PGBEAM_MCP_LISTEN: `127.0.0.1:${mcp}`,
      PGBEAM_ADMIN_LISTEN: `127.0.0.1:${admin}`, PGBEAM_TLS_CERT_FILE: join(this.dir, 'server.pem'), PGBEAM_TLS_KEY_FILE: join(this.dir, 'server.key'),
      PGBEAM_PUBLIC_ADDRESS: `localhost:${listen}`, PGBEAM_LOG_LEVEL: 'debug', PGBEAM_DRAIN_MS: '2000', ...(await this.settings(this.options.env?.proxy, index)),
    }, join(this.dir, `proxy-${index}.log`), `http://127.0.0.1:${admin}/readyz`)
    this.proxies[index] = Object.assign(service, { host: 'localhost', port: listen, mcpPort: mcp, adminPort: admin })
    await service.start()
  }

  private async settings(settings: Settings | undefined, index: number): Promise<Record<string, string>> {
    return typeof settings === 'function' ? settings(index, this) : (settings ?? {})
  }

  /** A project with one database, by default the stack's own upstream. */
  async createProject(database: Record<string, unknown> = {}, name = `project-${randomBytes(4).toString('hex')}`): Promise<Project> {
    const { host, port, name: databaseName, username, password } = this.upstream
    const target = { host, port, name: databaseName, username, password, ssl_mode: 'disable', ...database }
    const made = await this.api.post('/v1/projects', { name, org_id: this.bootstrap.org_id, database: target })
    return {
      id: made.project.id, databaseId: made.database.id, databaseName: String(target.name),
      slug: made.project.slug ?? String(made.project.proxy_host).split('.')[0],
    }
  }

  /** One policy per project and access mode, made on first use. */
  async policy(accessMode: 'read_only' | 'read_write', project = this.project): Promise<string> {
    const key = `${project.id} ${accessMode}`
    const known = this.policies.get(key)
    if (known) return known
    const { id } = await this.api.post(`/v1/projects/${project.id}/policies`, { name: accessMode.replace('_', '-'), access_mode: accessMode })
    this.policies.set(key, id)
    return id
  }

  /** A new credential, read_write unless asked otherwise. */
  async createCredential({ project = this.project, accessMode = 'read_write', policyId, name, extra = {} }: CredentialOptions = {}): Promise<Credential> {
    const policy = policyId ?? (await this.policy(accessMode, project))
    const made = await this.api.post(`/v1/projects/${project.id}/agents`, {
      name: name ?? `agent-${randomBytes(4).toString('hex')}`, policy_profile_id: policy, ...extra,
    })
    return credentialOf(made, project, policy)
  }

  /** Statements on the upstream as its superuser, around the proxy. */
  async onUpstream<Row extends pg.QueryResultRow = any>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return query<Row>(this.upstream.superuserUrl, sql, values)
  }
  async onControlDatabase<Row extends pg.QueryResultRow = any>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return query<Row>(this.controlDatabaseUrl, sql, values)
  }

  /** NATS goes away and comes back on the same port. */
  async stopNats(): Promise<void> {
    await this.nats.stop()
  }
  async startNats(): Promise<void> {
    this.natsServers[0] = await (await infrastructure()).startNats({ dir: join(this.dir, 'nats'), port: this.nats.port })
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map((one) => one.stop()))
    await Promise.all(this.controlPlanes.map((one) => one.stop()))
    await Promise.all(this.natsServers.map((one) => one.stop()))
    if (this.own) {
      await Promise.all([this.own.control.stop(), this.own.upstream.stop()])
    } else {
      if (this.upstream) await dropDatabase(shared().upstream.url, this.upstream.name, this.upstream.username)
      if (this.controlDatabaseUrl) await dropDatabase(shared().control.url, new URL(this.controlDatabaseUrl).pathname.slice(1), new URL(this.controlDatabaseUrl).username)
    }
    if (!process.env.PGBEAM_E2E_KEEP) rmSync(this.dir, { recursive: true, force: true })
  }
}

export function credentialOf(made: any, project: Project, policyId: string): Credential {
  const { id, pg_username } = made.credential
  const url = new URL(made.connection_string)
  return {
    id, user: pg_username, password: made.password ?? decodeURIComponent(url.password), mcpToken: made.mcp_token, connectionString: made.connection_string,
    project, policyId, path: `/v1/projects/${project.id}/agents/${id}`,
  }
}

async function query<Row extends pg.QueryResultRow>(connectionString: string, sql: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

async function createDatabase(server: { url: string; port: number }, prefix: string): Promise<{ name: string; role: string; password: string; url: string }> {
  const name = `${prefix}_${randomBytes(5).toString('hex')}`
  const password = newPassword()
  await query(server.url, `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`, [])
  await query(server.url, `CREATE DATABASE ${name} OWNER ${name}`, [])
  return { name, role: name, password, url: `postgresql://${name}:${password}@127.0.0.1:${server.port}/${name}` }
}

async function createUpstream(server: SharedServer, schema?: string): Promise<Upstream> {
  const made = await createDatabase(server, 'shop')
  if (schema) await query(made.url, schema, [])
  const superuser = new URL(server.url)
  superuser.pathname = `/${made.name}`
  return { host: '127.0.0.1', port: server.port, name: made.name, username: made.role, password: made.password, superuserUrl: superuser.toString() }
}

async function dropDatabase(url: string, name: string, role: string): Promise<void> {
  await query(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, [])
  await query(url, `DROP OWNED BY ${role}`, []).catch(() => undefined)
  await query(url, `DROP ROLE IF EXISTS ${role}`, [])
}

/** Starts a stack; whatever goes wrong on the way, nothing is left running. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dir = mkdtempSync(join(tmpdir(), 'pgbeam-stack-'))
  mkdirSync(dir, { recursive: true })
  const stack = new Stack(dir, options)
  try {
    return await stack.start()
  } catch (error) {
    await stack.stop().catch(() => undefined)
    throw error
  }
}
