/** Three proxies and what they stand between: a scripted database for those who only stand there, and a real one. */
import { Cuttable } from '@pgbeam/api-testing'
import { freePorts } from '../../scripts/lib/ports.mjs'
import { startBackbone } from '../backbone.mjs'
import { createProject, startControlPlane, startProxy } from '../services.mjs'
import { startScriptedDatabase, startSessionHolder } from './helpers.mjs'

export const PROXIES = 3
const BACKENDS_MAX = 2300

export function startFleet(dir) {
  // What is promised is durable: the control plane's database writes to disk, as it would in production.
  const servers = { upstreamFlags: [`max_connections=${BACKENDS_MAX}`, 'shared_buffers=128MB'], controlFlags: ['fsync=on', 'full_page_writes=on'] }
  return startBackbone(dir, servers, async ({ keep, stop, tls, password, upstream: real, controlUrl, natsUrl }) => {
    const scripted = keep(await startScriptedDatabase())
    const ports = await freePorts(Array.from({ length: 3 * PROXIES }, () => 0))
    const controlPlane = keep(await startControlPlane({ dir, databaseUrl: controlUrl, natsUrl, proxyPort: ports[0], mcpPort: ports[1] }))
    const { api, bootstrap } = controlPlane
    const cuttable = keep(await Cuttable.to(natsUrl))
    const proxies = []
    for (let i = 0; i < PROXIES; i++) {
      proxies.push(keep(await startProxy({ dir, name: `proxy-${i}`, natsUrl: i === PROXIES - 1 ? cuttable.url : natsUrl, joinToken: bootstrap.join_token, tls, ports: ports.slice(3 * i, 3 * i + 3) })))
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
  })
}
