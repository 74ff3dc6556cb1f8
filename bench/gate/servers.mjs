/** One proxy before one database, with a session for each policy and one without any. */
import { readFileSync } from 'node:fs'
import { freePorts } from '../../scripts/lib/ports.mjs'
import { onServer, startBackbone } from '../backbone.mjs'
import { createCredential, createProject, startControlPlane, startProxy } from '../services.mjs'
import { LEASED, OPEN, OPEN_AGAIN, POLICIES } from './policies.mjs'

const DATABASE = 'bench'
const ROLE = 'bench'

/** @returns `{ ways, databaseUrl, proxy, upstreamPid, stop() }`; `ways` by the name of the policy: what to connect with */
export function startGateServers({ dir, profile }) {
  return startBackbone(dir, { upstreamFlags: ['shared_buffers=128MB'] }, async ({ keep, stop, tls, password, upstream, controlUrl, natsUrl }) => {
    await onServer(upstream.url, `CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}'`, `CREATE DATABASE ${DATABASE} OWNER ${ROLE}`)
    const databaseUrl = `postgresql://${ROLE}:${password}@127.0.0.1:${upstream.port}/${DATABASE}`
    await onServer(
      databaseUrl,
      // Room in each page, so that updates need no new ones.
      'CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL, amount numeric NOT NULL) WITH (fillfactor = 50)',
      "INSERT INTO item SELECT n, 'item ' || n, n * 1.25 FROM generate_series(1, 10000) AS n",
      'CREATE TABLE orders (id int PRIMARY KEY, item_id int NOT NULL REFERENCES item, region text NOT NULL, placed_at timestamptz NOT NULL, quantity int NOT NULL)',
      "INSERT INTO orders SELECT n, n, 'eu', now(), n % 7 FROM generate_series(1, 100) AS n",
      'VACUUM ANALYZE',
    )
    const [listen, mcp, admin] = await freePorts([0, 0, 0])
    const { api, bootstrap } = keep(await startControlPlane({ dir, databaseUrl: controlUrl, natsUrl, proxyPort: listen, mcpPort: mcp }))
    const proxy = keep(await startProxy({ dir, natsUrl, joinToken: bootstrap.join_token, tls, ports: [listen, mcp, admin], profile }))
    const database = { host: '127.0.0.1', port: upstream.port, name: DATABASE, username: ROLE, password }
    const project = await createProject(api, bootstrap.org_id, { name: 'bench', database, mode: 'read_only' })
    const way = { host: 'localhost', port: listen, database: DATABASE, ssl: { ca: readFileSync(tls.caFile, 'utf8') } }
    const application = { ...way, user: ROLE, password, options: `project=${project.slug}` }
    const leased = await createProject(api, bootstrap.org_id, { name: 'leased', database, mode: 'read_only' })
    await api.patch(`/v1/projects/${leased.id}`, { on_control_loss: 'refuse' })
    const ways = { [OPEN]: application, [OPEN_AGAIN]: application, [LEASED]: { ...application, options: `project=${leased.slug}` } }
    for (const [name, rules] of Object.entries(POLICIES)) {
      const policy = await api.post(`/v1/projects/${project.id}/policies`, { name, ...rules })
      const credential = await createCredential(api, { ...project, policyId: policy.id }, name)
      ways[name] = { ...way, user: credential.user, password: credential.password }
    }
    return { ways, databaseUrl, proxy, upstreamPid: upstream.pid, stop }
  })
}
