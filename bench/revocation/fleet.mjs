/** Three proxies and what they stand between: a scripted database for those who only stand there, and a real one. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { Cuttable } from '@pgbeam/api-testing'
import { localCertificates } from '../../scripts/lib/certificates.mjs'
import { startNats } from '../../scripts/lib/nats.mjs'
import { freePorts } from '../../scripts/lib/ports.mjs'
import { startPostgres } from '../../scripts/lib/postgres.mjs'
import { createProject, startControlPlane, startProxy } from '../services.mjs'
import { startScriptedDatabase, startSessionHolder } from './helpers.mjs'

export const PROXIES = 3
const BACKENDS_MAX = 2300

async function onServer(connectionString, statement) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(statement)
  await client.end()
}

export async function startFleet(dir) {
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
    const real = keep(await startPostgres({ dir: join(dir, 'upstream'), password, flags: [`max_connections=${BACKENDS_MAX}`, 'shared_buffers=128MB'] }))
    // What is promised is durable: the control plane's database writes to disk, as it would in production.
    const control = keep(await startPostgres({ dir: join(dir, 'control'), password, flags: ['fsync=on', 'full_page_writes=on'] }))
    await onServer(control.url, 'CREATE DATABASE pgbeam')
    const controlUrl = control.url.replace(/\/postgres$/, '/pgbeam')
    const nats = keep(await startNats({ dir: join(dir, 'nats'), own: true }))
    const scripted = keep(await startScriptedDatabase())
    const ports = await freePorts(Array.from({ length: 3 * PROXIES }, () => 0))
    const controlPlane = keep(await startControlPlane({ dir, databaseUrl: controlUrl, natsUrl: nats.url, proxyPort: ports[0], mcpPort: ports[1] }))
    const { api, bootstrap } = controlPlane
    const cuttable = keep(await Cuttable.to(nats.url))
    const proxies = []
    for (let i = 0; i < PROXIES; i++) {
      proxies.push(keep(await startProxy({ dir, name: `proxy-${i}`, natsUrl: i === PROXIES - 1 ? cuttable.url : nats.url, joinToken: bootstrap.join_token, tls, ports: ports.slice(3 * i, 3 * i + 3) })))
    }
    const target = (port, username) => ({ host: '127.0.0.1', port, name: 'postgres', username, password })
    const project = (name, database) => createProject(api, bootstrap.org_id, { name, database, mode: 'read_write' })
    return {
      api, url: controlPlane.url, key: bootstrap.api_key, controlUrl, controlPlane, proxies, stop,
      /** The last proxy's way to NATS. */
      cuttable,
      ports: proxies.map(({ port }) => port),
      mcpPorts: proxies.map((_, i) => ports[3 * i + 1]),
      idle: await project('idle', target(scripted.port, 'scripted')),
      real: await project('real', target(real.port, 'postgres')),
      noise: await project('noise', target(real.port, 'postgres')),
      idleHolder: keep(await startSessionHolder(tls.caFile)),
      busyHolder: keep(await startSessionHolder(tls.caFile, { first: true })),
    }
  } catch (error) {
    await stop()
    throw error
  }
}
