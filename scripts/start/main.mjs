/** Starts the parts in order, prints the first screen, and stops them in the opposite order. */
import { apiClient } from '../lib/api.mjs'
import { root, say } from '../lib/bootstrap.mjs'
import { localCertificates } from '../lib/certificates.mjs'
import { startNats } from '../lib/nats.mjs'
import { freePorts } from '../lib/ports.mjs'
import { tail } from '../lib/processes.mjs'
import { startService } from '../lib/service.mjs'
import { ensureCredential, targetKey } from './credential.mjs'
import { startControlDatabase, startSampleDatabase } from './databases.mjs'
import { HELP, parseOptions } from './options.mjs'
import { writeProfile } from './profile.mjs'
import { firstScreen } from './screen.mjs'
import { openState } from './state.mjs'

const HOST = 'localhost'

export async function main(args) {
  let options
  try {
    options = parseOptions(args)
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`)
    process.exitCode = 2
    return
  }
  if (options.help) {
    console.log(HELP)
    return
  }
  const machine = new Machine(options)
  machine.stopOnSignals()
  try {
    await machine.start()
  } catch (error) {
    if (machine.stopping) return
    say(error.message)
    process.exitCode = 1
    await machine.stop()
  }
}

class Machine {
  parts = [] // in the order of their start: { name, stop, exited? }
  stopping = undefined

  constructor(options) {
    this.options = options
    this.state = openState(root)
  }

  stopOnSignals() {
    let firstAt
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        // The terminal and the parent may both deliver the same Ctrl-C; a later one is impatience.
        if (firstAt !== undefined && Date.now() - firstAt > 1_000) process.exit(130)
        firstAt ??= Date.now()
        if (!this.stopping) say('stopping; the data stays')
        void this.stop()
      })
    }
  }

  /** Notes a part, so that it is stopped later and its unexpected end is told in one line. */
  add(name, part) {
    this.parts.push({ ...part, name })
    this.state.savePids(this.pids())
    void part.exited?.then(({ code, signal }) => {
      if (this.stopping) return
      const last = part.logFile ?? part.log ? tail(part.logFile ?? part.log, 600).split('\n').at(-1) : ''
      say(`${name} ended with ${signal ?? `code ${code}`}${last ? `; its last words: ${last.slice(0, 300)}` : ''}`)
    })
    return part
  }

  async start() {
    const { state, options } = this
    await state.clearLeftovers()
    if (options.reset) state.reset()
    const previous = state.previous()
    const secrets = state.secrets()
    const tls = await localCertificates(state.path('tls'))
    const ports = await this.choosePorts(previous, secrets)
    say('starting Postgres and NATS')
    const [control, nats, sample] = await this.startServers(ports, secrets)
    say('starting the control plane')
    const api_url = `http://${HOST}:${ports.api}`
    await this.startControlPlane({ ports, control, nats, secrets, api_url })
    const bootstrap = state.bootstrap()
    if (!bootstrap) throw new Error('the control plane did not write its first keys: run npm start -- --reset')
    say(options.proxies === 1 ? 'starting the proxy' : `starting ${options.proxies} proxies`)
    const api = apiClient(api_url, bootstrap.api_key)
    const proxies = await this.startProxies({ ports, nats, tls, bootstrap })
    const database = options.upstream ?? sample.database
    const key = options.upstream ? targetKey(options.upstream) : 'sample'
    const { notes, ...made } = await ensureCredential({
      api, orgId: bootstrap.org_id, database, kept: secrets.targets[key], key, proxy: proxies[0], caFile: tls.caFile,
    })
    secrets.targets[key] = made
    state.saveSecrets(secrets)
    const dev = {
      api_url, dashboard_url: null, mcp_url: `https://${HOST}:${ports.proxies[0].mcp}/mcp`,
      proxy: { host: HOST, port: proxies[0].port }, proxies: await withIds(api, proxies), ca_file: tls.caFile,
      org_id: bootstrap.org_id, project_id: made.project_id, project_slug: made.project_slug, database_id: made.database_id,
      policy_id: made.policy_id, agent_id: made.agent_id, api_key: bootstrap.api_key, personal_key: bootstrap.personal_key,
      owner_link: state.firstStartIsRecent() ? (bootstrap.owner_link ?? null) : null,
      connection_string: made.connection_string, mcp_token: made.mcp_token,
      upstream_url: sample?.superuserUrl ?? upstreamUrl(options.upstream),
      control_database_url: control.controlUrl, nats_url: nats.url, pids: this.pids(),
    }
    state.saveDev(dev)
    if (this.stopping) return
    const { prefix, note } = writeProfile({ dev, folder: root })
    console.log(firstScreen(dev, note ? [...notes, note] : notes, { sample: !options.upstream, pgbeam: prefix }))
  }

  /** The ports of the last start if they are free, so that printed lines go on working. */
  async choosePorts(previous, secrets) {
    const { options } = this
    const portOf = (url) => (url ? Number(new URL(url).port) : 0)
    const keptPorts = secrets.ports ?? {}
    const fixed = await freePorts([
      portOf(previous.api_url) || 7400, keptPorts.control || 7432, keptPorts.sample || 7433, keptPorts.nats || 7422,
      ...Array.from({ length: options.proxies }, (_, index) => [
        previous.proxies?.[index]?.port || 6432 + index, keptPorts.proxies?.[index]?.mcp || 6443 + index, keptPorts.proxies?.[index]?.admin || 6480 + index,
      ]).flat(),
    ])
    const [api, control, sample, nats, ...rest] = fixed
    const proxies = Array.from({ length: options.proxies }, (_, index) => {
      const [listen, mcp, admin] = rest.slice(index * 3)
      return { listen, mcp, admin }
    })
    const ports = { api, control, sample, nats, proxies }
    secrets.ports = ports
    this.state.saveSecrets(secrets)
    return ports
  }

  startServers(ports, secrets) {
    const { state, options } = this
    return all([
      startControlDatabase({ dir: state.path('control'), port: ports.control, secrets }).then((one) => this.add('control_postgres', one)),
      startNats({ dir: state.path('nats'), port: ports.nats, say }).then((one) => this.add('nats', one)),
      options.upstream
        ? undefined
        : startSampleDatabase({ dir: state.path('sample'), port: ports.sample, secrets, root }).then((one) => this.add('sample_postgres', one)),
    ])
  }

  async startControlPlane({ ports, control, nats, secrets, api_url }) {
    this.add('control_plane', await startService({
      kind: 'control-plane', name: 'control plane', logFile: this.state.path('logs', 'control-plane.log'), readyUrl: `${api_url}/v1/health`,
      env: {
        PGBEAM_DATABASE_URL: control.controlUrl, NATS_URL: nats.url, PGBEAM_ENCRYPTION_KEYS: secrets.encryption_keys,
        PGBEAM_HTTP_HOST: '127.0.0.1', PGBEAM_HTTP_PORT: String(ports.api), PGBEAM_PUBLIC_URL: api_url, PGBEAM_PROXY_HOST: HOST,
        PGBEAM_PROXY_PORT: String(ports.proxies[0].listen), PGBEAM_MCP_PORT: String(ports.proxies[0].mcp),
        PGBEAM_BOOTSTRAP_FILE: this.state.bootstrapFile, PGBEAM_LOG_LEVEL: process.env.PGBEAM_LOG_LEVEL ?? 'info',
      },
    }))
  }

  startProxies({ ports, nats, tls, bootstrap }) {
    return all(ports.proxies.map(async ({ listen, mcp, admin }, index) => {
      const name = `proxy_${index + 1}`
      const service = this.add(name, await startService({
        kind: 'proxy', name: `proxy ${index + 1}`, logFile: this.state.path('logs', `proxy-${index + 1}.log`), readyUrl: `http://127.0.0.1:${admin}/readyz`,
        env: {
          NATS_URL: nats.url, PGBEAM_JOIN_TOKEN: bootstrap.join_token, PGBEAM_LISTEN: `127.0.0.1:${listen}`, PGBEAM_MCP_LISTEN: `127.0.0.1:${mcp}`,
          PGBEAM_ADMIN_LISTEN: `127.0.0.1:${admin}`, PGBEAM_TLS_CERT_FILE: tls.certFile, PGBEAM_TLS_KEY_FILE: tls.keyFile,
          PGBEAM_PUBLIC_ADDRESS: `${HOST}:${listen}`, PGBEAM_LOG_LEVEL: process.env.PGBEAM_LOG_LEVEL ?? 'info', PGBEAM_DRAIN_MS: '1000',
        },
      }))
      return { host: HOST, port: listen, pid: service.pid }
    }))
  }

  pids() {
    return { start: process.pid, ...Object.fromEntries(this.parts.filter((part) => part.pid).map((part) => [part.name, part.pid])) }
  }

  /** Proxies first, so that they drain; then what they stand on. */
  stop() {
    this.stopping ??= (async () => {
      const proxies = this.parts.filter((part) => part.name.startsWith('proxy_'))
      const rest = this.parts.filter((part) => !proxies.includes(part))
      await Promise.all(proxies.map((part) => part.stop()))
      for (const part of rest.reverse()) await part.stop()
      const dev = this.state.previous()
      if (dev.pids?.start === process.pid) this.state.saveDev({ ...dev, pids: {} })
      this.state.savePids({})
      process.exit()
    })()
    return this.stopping
  }
}

/** Like Promise.all, but settles only when all have: what did start must be known, to be stopped. */
async function all(promises) {
  const results = await Promise.allSettled(promises)
  const failed = results.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return results.map((one) => one.value)
}

/** Each proxy with the id that the control plane knows it by. */
async function withIds(api, proxies) {
  const fleet = await api.get('/v1/proxies').catch(() => ({ proxies: [] }))
  return proxies.map((proxy) => ({ id: fleet.proxies.find((one) => one.address === `${proxy.host}:${proxy.port}`)?.id ?? null, ...proxy }))
}

function upstreamUrl({ host, port, name, username, password, ssl_mode }) {
  const url = new URL(`postgresql://${host.includes(':') ? `[${host}]` : host}:${port}/${encodeURIComponent(name)}?sslmode=${ssl_mode}`)
  url.username = username
  url.password = password
  return url.toString()
}
