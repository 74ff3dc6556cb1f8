/** One proxy before one database, with a session for each policy and one without any. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { localCertificates } from '../../scripts/lib/certificates.mjs'
import { startNats } from '../../scripts/lib/nats.mjs'
import { freePorts } from '../../scripts/lib/ports.mjs'
import { startPostgres } from '../../scripts/lib/postgres.mjs'
import { createCredential, createProject, startControlPlane, startProxy } from '../services.mjs'
import { OPEN, OPEN_AGAIN, POLICIES } from './policies.mjs'

const DATABASE = 'bench'
const ROLE = 'bench'

async function run(connectionString, ...statements) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  for (const one of statements) await client.query(one)
  await client.end()
}

/** @returns `{ ways, databaseUrl, proxy, upstreamPid, stop() }`; `ways` by the name of the policy: what to connect with */
export async function startGateServers({ dir, profile }) {
  const started = []
  const keep = (one) => {
    started.push(one)
    return one
  }
  const stop = async () => {
    for (const one of started.reverse()) await one.stop()
  }
  try {
    const tls = await localCertificates(join(dir, 'tls'))
    const password = randomBytes(18).toString('base64url')
    const upstream = keep(await startPostgres({ dir: join(dir, 'upstream'), password, flags: ['shared_buffers=128MB'] }))
    const control = keep(await startPostgres({ dir: join(dir, 'control'), password }))
    const nats = keep(await startNats({ dir: join(dir, 'nats'), own: true }))
    await run(control.url, 'CREATE DATABASE pgbeam')
    await run(upstream.url, `CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}'`, `CREATE DATABASE ${DATABASE} OWNER ${ROLE}`)
    const databaseUrl = `postgresql://${ROLE}:${password}@127.0.0.1:${upstream.port}/${DATABASE}`
    await run(
      databaseUrl,
      // Room in each page, so that updates need no new ones.
      'CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL, amount numeric NOT NULL) WITH (fillfactor = 50)',
      "INSERT INTO item SELECT n, 'item ' || n, n * 1.25 FROM generate_series(1, 10000) AS n",
      'CREATE TABLE orders (id int PRIMARY KEY, item_id int NOT NULL REFERENCES item, region text NOT NULL, placed_at timestamptz NOT NULL, quantity int NOT NULL)',
      "INSERT INTO orders SELECT n, n, 'eu', now(), n % 7 FROM generate_series(1, 100) AS n",
      'VACUUM ANALYZE',
    )
    const [listen, mcp, admin] = await freePorts([0, 0, 0])
    const { api, bootstrap } = keep(await startControlPlane({ dir, databaseUrl: control.url.replace(/\/postgres$/, '/pgbeam'), natsUrl: nats.url, proxyPort: listen, mcpPort: mcp }))
    const proxy = keep(await startProxy({ dir, natsUrl: nats.url, joinToken: bootstrap.join_token, tls, ports: [listen, mcp, admin], profile }))
    const project = await createProject(api, bootstrap.org_id, { name: 'bench', database: { host: '127.0.0.1', port: upstream.port, name: DATABASE, username: ROLE, password }, mode: 'read_only' })
    const way = { host: 'localhost', port: listen, database: DATABASE, ssl: { ca: readFileSync(tls.caFile, 'utf8') } }
    const application = { ...way, user: ROLE, password, options: `project=${project.slug}` }
    const ways = { [OPEN]: application, [OPEN_AGAIN]: application }
    for (const [name, rules] of Object.entries(POLICIES)) {
      const policy = await api.post(`/v1/projects/${project.id}/policies`, { name, ...rules })
      const credential = await createCredential(api, { ...project, policyId: policy.id }, name)
      ways[name] = { ...way, user: credential.user, password: credential.password }
    }
    return { ways, databaseUrl, proxy, upstreamPid: upstream.pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
