/** Wires the proxy: configuration, NATS, enrolment, the two doors, and the way down. */
import { once } from 'node:events'
import type { Server } from 'node:net'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { subjects } from '@pgbeam/contracts'
import { loadParser } from '@pgbeam/policy'
import { ProjectHosts } from './auth/named-project.js'
import { Strangers } from './auth/strangers.js'
import { askControlPlane, Budgets } from './budget/budgets.js'
import { Canceller } from './connect/canceller.js'
import { Connector } from './connect/connector.js'
import { BackendReport } from './control/backend-report.js'
import { Bus } from './control/bus.js'
import { answerCanary, Canary } from './control/canary.js'
import { CancelBus } from './control/cancel-bus.js'
import { ControlLoss } from './control/control-loss.js'
import { ControlClock } from './control/control-clock.js'
import { ControlPlane } from './control/control-plane.js'
import { enrol } from './control/enrolment.js'
import { answerEvaluations } from './control/evaluator.js'
import { Enforcer } from './control/enforcer.js'
import { Heartbeat } from './control/heartbeat.js'
import { createIdentity } from './control/identity.js'
import { LeaseWatch } from './control/lease-watch.js'
import { FreshRequests } from './control/fresh-requests.js'
import { answerProbes } from './control/probe.js'
import { createResolver } from './control/resolver.js'
import { answerTerminations } from './control/terminator.js'
import { reportStaleSecrets, StaleSecrets } from './control/stale-secrets.js'
import { UsageLog } from './control/usage-log.js'
import { CredentialStore } from './credentials/credential-store.js'
import { Catalogs } from './gate/catalogs.js'
import { LargeTextJudge } from './gate/large-texts.js'
import { VerdictTables } from './gate/verdict-tables.js'
import { loadServerCertificate } from './listen/server-certificate.js'
import { createMcpDoor } from './mcp/mcp-door.js'
import { createAdmin } from './platform/admin.js'
import { ConfigError, readConfig, type Config } from './platform/config.js'
import { createLog, type Log } from './platform/log.js'
import { startMetrics } from './platform/metrics.js'
import { startTracing } from './platform/tracing.js'
import { coarseClock } from './relay/clock.js'
import { LEASE_LOST } from './relay/lease-hold.js'
import { SessionRegistry } from './relay/session-registry.js'
import { WireDoor } from './wire-door.js'

const VERSION = '0.1.0'
const ASK_TIMEOUT_MS = 5000
const ASK_AGAIN_MS = 1000
/**
 * A NATS server that is silent for three of these is given up, and so is an attempt to reach one that takes longer than this:
 * TCP by itself waits longer and longer before it tries again, which would keep a proxy fenced long after the network is back.
 */
const NATS_PING_MS = 600
const NATS_CONNECT_MS = 1000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.PGBEAM_LOG_LEVEL)
  crashLoudly(log)
  const stopTracing = startTracing(config.PGBEAM_OTLP_ENDPOINT)
  const certificate = loadServerCertificate(config.PGBEAM_TLS_CERT_FILE, config.PGBEAM_TLS_KEY_FILE)
  const [identity] = await Promise.all([createIdentity(), loadParser()])
  const nats = await connect({
    servers: config.NATS_URL.split(','), name: 'pgbeam-proxy', waitOnFirstConnect: true, maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitterTLS: 100,
    pingInterval: NATS_PING_MS, maxPingOut: 2, timeout: NATS_CONNECT_MS,
  })
  let askNow = () => {}
  const bus = new Bus(nats, (connected) => {
    if (connected) {
      log.info('NATS is back')
      askNow()
    } else log.warn('the connection to NATS is lost; nothing is served when the lease is over')
  })

  const sessions = new SessionRegistry()
  const connector = new Connector()
  const controlPlane = await untilAnswered(log, () =>
    ControlPlane.find(bus, identity.signer, config.PGBEAM_JOIN_TOKEN.controlKeyThumbprint, ASK_TIMEOUT_MS),
  )
  const join = () => {
    const sentMs = performance.now()
    return enrol(controlPlane, identity, config.PGBEAM_JOIN_TOKEN, { version: VERSION, address: config.PGBEAM_PUBLIC_ADDRESS }, ASK_TIMEOUT_MS).then(
      (membership) => ({ ...membership, sentMs }),
    )
  }
  const membership = await untilAnswered(log, join)
  const clock = new ControlClock(membership.dbTime, membership.sentMs)
  const start = { epoch: membership.epoch, seq: membership.headSeq }
  const store = new CredentialStore(createResolver(controlPlane, identity, membership.saltSecret), start.epoch, start.seq)
  const enforcer = new Enforcer(controlPlane, identity.incarnation, store, sessions, log, start)
  enforcer.listen()
  const backends = new BackendReport(controlPlane, identity.incarnation, clock, log)
  const usage = new UsageLog()
  const rejoin = async () => {
    const asked = enforcer.position
    const again = await join()
    enforcer.startOver({ epoch: again.epoch, seq: again.headSeq }, asked)
    backends.startOver()
  }
  const heartbeat = new Heartbeat(controlPlane, identity.incarnation, enforcer, sessions, usage, clock, rejoin, log)
  askNow = () => {
    heartbeat.askNow()
  }
  await heartbeat.start() // events between enrolment and `listen` are caught up with before anybody is let in
  const lease = new LeaseWatch(enforcer.servesForSure, sessions, config.PGBEAM_FENCED_GRACE_MS, log)
  enforcer.onStanding = () => {
    lease.look()
  }
  const loss = new ControlLoss(() => heartbeat.answeredAt, config.PGBEAM_CONTROL_LOSS_MAX_MS)
  coarseClock.onTick((tickMs) => {
    lease.look(tickMs)
    if ((lease.fenced || loss.tooLong) && loss.look()) endApplications(sessions, log)
  })
  const fresh = new FreshRequests(() => clock.nowMs())
  answerProbes(controlPlane, identity, connector, fresh, log)
  answerTerminations(controlPlane, identity, connector, clock, fresh, log)
  const cancels = new CancelBus(bus, membership.fleetKey, sessions, clock)

  const nowMs = () => clock.nowMs()
  const strangers = new Strangers()
  const staleSecrets = new StaleSecrets()
  const stopReporting = reportStaleSecrets(staleSecrets, controlPlane, identity.incarnation, log)
  const catalogs = new Catalogs(connector, (database, error) => {
    log.warn({ database, err: error }, "a database's catalog could not be read again; the last one stays in force")
  })
  const largeTexts = new LargeTextJudge()
  const verdicts = new VerdictTables(config.PGBEAM_VERDICT_CACHE_MB * 1024 * 1024)
  answerEvaluations({ controlPlane, identity, connector, catalogs, largeTexts, fresh, log })
  const budgets = new Budgets(askControlPlane(controlPlane, identity.incarnation), nowMs)
  const door = new WireDoor({
    certificate,
    hosts: new ProjectHosts(config.PGBEAM_PROXY_HOST),
    store,
    sessions,
    connector,
    canceller: new Canceller(),
    catalogs,
    verdicts,
    largeTexts,
    budgets,
    strangers,
    controlPlane: () => (!bus.connected ? 'away' : heartbeat.answered ? 'answers' : 'silent'),
    serves: enforcer.serves,
    servesWithoutLease: () => !loss.tooLong,
    saltSecret: membership.saltSecret,
    cancel: (pid, key) => cancels.cancel(pid, key),
    nowMs,
    backends,
    noteLogin: (credentialId) => {
      usage.note(credentialId, nowMs())
    },
    noteStaleSecret: (credentialId, address) => {
      staleSecrets.note(credentialId, address, nowMs())
    },
    log,
    loginDeadlineMs: config.PGBEAM_LOGIN_DEADLINE_MS,
    waitingRoomSeats: config.PGBEAM_WAITING_ROOM,
  })
  answerCanary(controlPlane, identity.incarnation, new Canary(store, door, sessions), fresh, log)
  let ready = false
  const metrics = startMetrics({
    sessions: () => sessions.size,
    waiting: () => door.waiting.size,
    evicted: () => door.waiting.evicted,
    strangers: () => strangers.refused,
    staleSecrets: () => staleSecrets.total,
    budgets: () => budgets.size,
    credentials: () => store.size,
    verdicts: verdicts.cache,
    appliedSeq: () => enforcer.position.seq,
    eventsApplied: () => enforcer.applied,
    untrusted: () => enforcer.untrusted,
    fenced: () => lease.fenced,
    leaseLosses: () => lease.losses,
    secondsSinceControlPlane: () => (performance.now() - heartbeat.lastAnswerMs) / 1000,
  })
  const mcp = createMcpDoor(certificate, store, strangers, nowMs, enforcer.serves)
  const admin = createAdmin({ ready: () => ready && enforcer.serves(), metrics })
  await Promise.all([
    listen(door.server, config.PGBEAM_LISTEN, log),
    listen(mcp, config.PGBEAM_MCP_LISTEN, log),
    listen(admin, config.PGBEAM_ADMIN_LISTEN, log),
  ])
  ready = true
  log.info({ incarnation: identity.incarnation, proxy: membership.proxyId, address: config.PGBEAM_PUBLIC_ADDRESS, seq: start.seq }, 'ready')

  const goodbye = { sqlState: '57P01', message: 'this proxy is shutting down', hint: 'Connect again: another one answers.' }
  let stopping = false
  const stop = (signal: string) => {
    const finish = async () => {
      heartbeat.stop()
      stopReporting()
      await budgets.stop()
      enforcer.stop()
      await leave(nats, controlPlane, identity.incarnation)
      await stopTracing().catch(() => undefined)
      log.info('stopped')
      process.exit(0)
    }
    if (stopping) {
      log.info({ signal }, 'stopping at once')
      sessions.drop(() => true, goodbye)
      sessions.whenClosed(() => void finish())
      return
    }
    stopping = true
    ready = false
    log.info({ signal, sessions: sessions.size }, 'draining')
    void drain(config, sessions, door, goodbye).then(finish)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** They were served without a lease for as long as anybody may be. */
function endApplications(sessions: SessionRegistry, log: Log): void {
  const { sessions: ended } = sessions.drop(({ passthrough }) => passthrough !== undefined, LEASE_LOST)
  log.warn({ sessions: ended }, 'no word from the control plane for too long: applications are not served any more either')
}

/** Idle sessions go now, busy ones when their transaction ends, and all when the time is up. */
async function drain(config: Config, sessions: SessionRegistry, door: WireDoor, goodbye: { sqlState: string; message: string; hint: string }): Promise<void> {
  door.close()
  sessions.each((session) => {
    session.leaveWhenIdle(goodbye)
  })
  const endMs = performance.now() + config.PGBEAM_DRAIN_MS
  while (sessions.size > 0 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 50))
  await new Promise<void>((resolve) => {
    sessions.drop(() => true, goodbye)
    sessions.whenClosed(resolve)
  })
}

async function leave(nats: NatsConnection, controlPlane: ControlPlane, incarnation: string): Promise<void> {
  try {
    controlPlane.publish(subjects.leave, 'leave', { incarnation })
    await Promise.race([nats.drain(), new Promise((resolve) => setTimeout(resolve, 2000))])
  } catch {
    // NATS is gone: the control plane will notice by the silence.
  }
}

async function listen(server: Server, address: { host: string; port: number }, log: Log): Promise<void> {
  server.listen({ ...address, backlog: 4096 })
  await once(server, 'listening')
  // A connection that could not be accepted (no file descriptor left, say) is the loss of that one.
  server.on('error', (error) => {
    log.error({ err: error, ...address }, 'a connection could not be accepted')
  })
}

/**
 * What a session throws ends that session (see relay/session.ts). What nobody caught has left state behind that nobody
 * knows, perhaps an event half applied: the process says why and goes, which its supervisor and the fleet notice at once.
 */
function crashLoudly(log: Log): void {
  const crash = (kind: string) => (error: unknown) => {
    log.fatal({ err: error, kind }, 'the proxy failed and ends itself')
    process.exit(70)
  }
  process.on('uncaughtException', crash('uncaughtException'))
  process.on('unhandledRejection', crash('unhandledRejection'))
}

/** Asks until there is an answer: the control plane may start after the proxy. */
async function untilAnswered<T>(log: Log, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === 1 || attempt % 30 === 0) log.warn({ err: error, attempt }, 'waiting for the control plane')
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
    }
  }
}

main().catch((error: unknown) => {
  const text = error instanceof ConfigError ? `configuration: ${error.message}` : `cannot start: ${error instanceof Error ? error.message : String(error)}`
  process.stderr.write(`pgbeam proxy: ${text}\n`)
  process.exit(1)
})
