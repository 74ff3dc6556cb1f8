/** The two services as the bench runs them: quiet, on free ports, the real built code. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiClient } from '../scripts/lib/api.mjs'
import { freePorts } from '../scripts/lib/ports.mjs'
import { startService } from '../scripts/lib/service.mjs'

const LOG = { PGBEAM_LOG_LEVEL: 'warn' }

/** @returns the service, with `api` (the organization's key), `url`, `bootstrap`, and the ports that its connection strings name */
export async function startControlPlane({ dir, databaseUrl, natsUrl, proxyPort, mcpPort, env = {} }) {
  const [port] = await freePorts([0])
  const url = `http://127.0.0.1:${port}`
  const bootstrapFile = join(dir, 'bootstrap.json')
  const settings = {
    ...LOG, PGBEAM_DATABASE_URL: databaseUrl, NATS_URL: natsUrl, PGBEAM_ENCRYPTION_KEYS: `v1:${randomBytes(32).toString('base64url')}`,
    PGBEAM_HTTP_HOST: '127.0.0.1', PGBEAM_HTTP_PORT: String(port), PGBEAM_PROXY_HOST: 'localhost', PGBEAM_PROXY_PORT: String(proxyPort), PGBEAM_MCP_PORT: String(mcpPort),
    PGBEAM_BOOTSTRAP_FILE: bootstrapFile, PGBEAM_RATE_LIMIT_PER_MINUTE: '0', ...env,
  }
  const service = await startService({ kind: 'control-plane', name: 'control plane', logFile: join(dir, 'control-plane.log'), readyUrl: `${url}/v1/health`, env: settings })
  const bootstrap = JSON.parse(readFileSync(bootstrapFile, 'utf8'))
  return { ...service, url, env: settings, bootstrap, api: apiClient(url, bootstrap.api_key) }
}

/** @returns the service, with its `port` and `adminUrl` */
export async function startProxy({ dir, name = 'proxy', natsUrl, joinToken, tls, ports, profile }) {
  const [port, mcp, admin] = ports ?? (await freePorts([0, 0, 0]))
  const adminUrl = `http://127.0.0.1:${admin}`
  const service = await startService({
    kind: 'proxy', name, logFile: join(dir, `${name}.log`), readyUrl: `${adminUrl}/readyz`,
    env: {
      ...LOG, NATS_URL: natsUrl, PGBEAM_JOIN_TOKEN: joinToken, PGBEAM_LISTEN: `127.0.0.1:${port}`, PGBEAM_MCP_LISTEN: `127.0.0.1:${mcp}`,
      PGBEAM_ADMIN_LISTEN: `127.0.0.1:${admin}`, PGBEAM_TLS_CERT_FILE: tls.certFile, PGBEAM_TLS_KEY_FILE: tls.keyFile, PGBEAM_PUBLIC_ADDRESS: `localhost:${port}`,
      ...(profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` } : {}),
    },
  })
  return { ...service, port, adminUrl }
}

/** A project with one database, and a policy. `database` as in the request, without its TLS mode. */
export async function createProject(api, orgId, { name, database, mode }) {
  const { project } = await api.post('/v1/projects', { name, org_id: orgId, database: { ...database, ssl_mode: 'disable' } })
  const policy = await api.post(`/v1/projects/${project.id}/policies`, { name, access_mode: mode })
  return { id: project.id, slug: project.slug, policyId: policy.id, database: database.name }
}

export async function createCredential(api, project, name) {
  const made = await api.post(`/v1/projects/${project.id}/agents`, { name, policy_profile_id: project.policyId })
  return {
    path: `/v1/projects/${project.id}/agents/${made.credential.id}`,
    user: made.credential.pg_username,
    password: made.password ?? decodeURIComponent(new URL(made.connection_string).password),
    database: project.database,
  }
}
