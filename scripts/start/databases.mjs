/** The two embedded servers of a development machine: PgBeam's own database, and a shop to try it on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../lib/postgres.mjs'

export const SAMPLE_NAME = 'shop'
const SAMPLE_ROLE = 'shop_app'
const CONTROL_NAME = 'pgbeam'

const quote = (text) => `'${text.replaceAll("'", "''")}'`

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Role and database, made if missing; the role owns the database and is no superuser. @returns true if it was made */
async function ensureDatabase(server, name, role, password) {
  return withClient(server.url, async (client) => {
    const { rowCount: roles } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
    await client.query(`${roles ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${quote(password)}`)
    const { rowCount: databases } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (databases) return false
    await client.query(`CREATE DATABASE ${name} OWNER ${role}`)
    return true
  })
}

const at = (server, name, user = server.superuser, password = server.password) =>
  `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${name}`

/** @returns the server, with `controlUrl` for the control plane's own role */
export async function startControlDatabase({ dir, port, secrets }) {
  const server = await startPostgres({ dir, port, password: secrets.control_superuser, persistent: true })
  await ensureDatabase(server, CONTROL_NAME, CONTROL_NAME, secrets.control_role)
  return Object.assign(server, { controlUrl: at(server, CONTROL_NAME, CONTROL_NAME, secrets.control_role) })
}

/** @returns the server, with `superuserUrl` of the sample and `database` as the REST API takes it */
export async function startSampleDatabase({ dir, port, secrets, root }) {
  const server = await startPostgres({ dir, port, password: secrets.sample_superuser, persistent: true })
  const superuserUrl = at(server, SAMPLE_NAME)
  await ensureDatabase(server, SAMPLE_NAME, SAMPLE_ROLE, secrets.sample_role)
  // One transaction fills it, so a start that was interrupted leaves it empty and the next one fills it.
  await withClient(at(server, SAMPLE_NAME, SAMPLE_ROLE, secrets.sample_role), async (client) => {
    const { rows } = await client.query("SELECT to_regclass('public.revenue_by_month') IS NOT NULL AS filled")
    if (!rows[0].filled) await client.query(readFileSync(join(root, 'deploy/sample/shop.sql'), 'utf8'))
  })
  return Object.assign(server, {
    superuserUrl,
    database: { host: '127.0.0.1', port: server.port, name: SAMPLE_NAME, username: SAMPLE_ROLE, password: secrets.sample_role, ssl_mode: 'disable' },
  })
}
