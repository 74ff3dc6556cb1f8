/** The three ways to the same database: direct, through PgBouncer, through the proxy; TLS on the client side of each. */
import { spawn } from 'node:child_process'
import { chmodSync, chownSync, closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { freePorts } from '../scripts/lib/ports.mjs'
import { endProcess, tail, waitUntil } from '../scripts/lib/processes.mjs'
import { onServer, startBackbone } from './backbone.mjs'
import { createCredential, createProject, startControlPlane, startProxy } from './services.mjs'

const DATABASE = 'bench'
const ROLE = 'bench'

/** The servers and the three targets: `{ name, host, port, user, password, pid? }`, and `stop()`. */
export function startTargets({ dir, tools, copyMb, mode, profile }) {
  const servers = { upstreamFlags: ['shared_buffers=512MB'], upstreamTls: true }
  return startBackbone(dir, servers, async ({ keep, stop, tls, password, upstream, control, controlUrl, natsUrl }) => {
    const [listen, mcp, admin, bouncer] = await freePorts([0, 0, 0, 0])
    await fill(upstream, password, copyMb)
    const direct = { name: 'direct', host: 'localhost', port: upstream.port, user: ROLE, password, database: DATABASE }
    const pgbouncer = keep(await startPgBouncer({ dir: join(dir, 'pgbouncer'), tools, tls, port: bouncer, upstream, password }))
    const controlPlane = keep(await startControlPlane({ dir, databaseUrl: controlUrl, natsUrl, proxyPort: listen, mcpPort: mcp }))
    const { api, bootstrap } = controlPlane
    const proxy = keep(await startProxy({ dir, natsUrl, joinToken: bootstrap.join_token, tls, ports: [listen, mcp, admin], profile }))
    const database = { host: '127.0.0.1', port: upstream.port, name: DATABASE, username: ROLE, password }
    const credential = await createCredential(api, await createProject(api, bootstrap.org_id, { name: 'bench', database, mode }), 'bench')
    return {
      /** The environment of a control plane on an empty database of its own. */
      async anotherControlPlane() {
        await onServer(control.url, 'DROP DATABASE IF EXISTS keys', 'CREATE DATABASE keys')
        return {
          PGBEAM_DATABASE_URL: control.url.replace(/\/postgres$/, '/keys'), NATS_URL: natsUrl, PGBEAM_ENCRYPTION_KEYS: `v1:${randomBytes(32).toString('base64url')}`,
          PGBEAM_BOOTSTRAP_FILE: join(dir, 'keys.json'),
        }
      },
      tls, stop, upstreamPid: upstream.pid,
      targets: [
        direct,
        { ...direct, name: 'pgbouncer', port: bouncer, pid: pgbouncer.pid },
        { ...direct, name: 'proxy', port: listen, pid: proxy.pid, user: credential.user, password: credential.password },
      ],
    }
  })
}

async function fill(upstream, password, copyMb) {
  await onServer(upstream.url, `CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}'`, `CREATE DATABASE ${DATABASE} OWNER ${ROLE}`)
  const rows = copyMb * 1024 // a row is about 1 KiB as text
  await onServer(
    `postgresql://${ROLE}:${password}@127.0.0.1:${upstream.port}/${DATABASE}`,
    'CREATE TABLE item (id int PRIMARY KEY, label text NOT NULL, amount numeric NOT NULL)',
    "INSERT INTO item SELECT n, 'item ' || n, n * 1.25 FROM generate_series(1, 100000) AS n",
    'CREATE TABLE wide (id int, text text)',
    `INSERT INTO wide SELECT n, repeat(md5(n::text), 31) || ' row' FROM generate_series(1, ${rows}) AS n`,
    'VACUUM ANALYZE',
  )
}

/** Session pooling, SCRAM and TLS to the client, plain to the upstream: what the proxy does. */
async function startPgBouncer({ dir, tools, tls, port, upstream, password }) {
  mkdirSync(dir, { recursive: true })
  // PgBouncer does not run as root.
  const user = process.getuid() === 0 ? userOf('postgres') : undefined
  for (const [from, name] of [[tls.certFile, 'server.pem'], [tls.keyFile, 'server.key']]) copyFileSync(from, join(dir, name))
  // The server's own verifier: with it PgBouncer derives no keys, and can pass the client's on to the server.
  const [{ rolpassword: verifier }] = await onServer(upstream.url, `SELECT rolpassword FROM pg_authid WHERE rolname = '${ROLE}'`)
  writeFileSync(join(dir, 'users.txt'), `"${ROLE}" "${verifier}"\n`)
  writeFileSync(join(dir, 'pgbouncer.ini'), `[databases]
${DATABASE} = host=127.0.0.1 port=${upstream.port} dbname=${DATABASE}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(dir, 'users.txt')}
pool_mode = session
default_pool_size = 400
max_client_conn = 1000
server_tls_sslmode = disable
client_tls_sslmode = require
client_tls_cert_file = ${join(dir, 'server.pem')}
client_tls_key_file = ${join(dir, 'server.key')}
ignore_startup_parameters = extra_float_digits
logfile =
`)
  for (const name of ['.', 'server.pem', 'server.key', 'users.txt', 'pgbouncer.ini']) {
    if (user) chownSync(join(dir, name), user.uid, user.gid)
    chmodSync(join(dir, name), name === '.' ? 0o700 : 0o600)
  }
  chmodSync(join(dir, '..'), 0o755)
  const log = join(dir, '..', 'pgbouncer.log')
  const fd = openSync(log, 'a')
  const child = spawn(tools.pgbouncer, ['-q', join(dir, 'pgbouncer.ini')], { ...user, cwd: dir, stdio: ['ignore', fd, fd], detached: true })
  closeSync(fd)
  let exit
  child.once('exit', (code, signal) => (exit = { code, signal }))
  const stop = () => endProcess(child.pid, { signal: 'SIGTERM', graceMs: 3_000 })
  const ready = async () => {
    if (exit) throw new Error(`PgBouncer did not start:\n${tail(log)}`)
    const client = new pg.Client({ host: '127.0.0.1', port, user: ROLE, password, database: DATABASE, ssl: { rejectUnauthorized: false } })
    return client.connect().then(() => client.end().then(() => true), () => false)
  }
  // Nobody else knows of it until it is ready.
  await waitUntil('PgBouncer ready', ready).catch((error) => stop().finally(() => { throw error }))
  return { pid: child.pid, stop }
}

function userOf(name) {
  const [, , uid, gid] = readFileSync('/etc/passwd', 'utf8').split('\n').find((line) => line.startsWith(`${name}:`)).split(':')
  return { uid: Number(uid), gid: Number(gid) }
}
