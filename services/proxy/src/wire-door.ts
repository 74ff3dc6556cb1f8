/** The Postgres door: accept → preface → authenticate → admit → connect → relay. One login is one run of `serve`. */
import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import {
  authenticationOk,
  backendKeyData,
  negotiateProtocolVersion,
  readyForQuery,
} from '@pgbeam/pg-wire'
import { makeId, PgBeamError, type Secret } from '@pgbeam/kernel'
import { sessionGuards, type CompiledPolicy } from '@pgbeam/policy'
import { admit } from './auth/admission.js'
import { Guesses } from './auth/guesses.js'
import { namedProject, type ProjectHosts } from './auth/named-project.js'
import { LoginCheck, type ControlPlaneState } from './auth/login-check.js'
import { CredentialChanged, ProxyFenced, ShuttingDown } from './auth/errors.js'
import { PasswordKeys } from './auth/password-keys.js'
import { readStartupRequest, type StartupRequest } from './auth/startup-request.js'
import type { Strangers } from './auth/strangers.js'
import type { Budgets } from './budget/budgets.js'
import type { Canceller } from './connect/canceller.js'
import type { Connector, Upstream } from './connect/connector.js'
import { UpstreamUnavailable } from './connect/errors.js'
import type { Credential, DatabaseTarget } from './credentials/credential.js'
import type { CredentialStore } from './credentials/credential-store.js'
import type { Catalogs } from './gate/catalogs.js'
import type { LargeTextJudge } from './gate/large-texts.js'
import { maskKeySettings } from './gate/mask-key.js'
import { openGate } from './gate/open-gate.js'
import { compile, needsCatalog, PolicyGate, refusedSetting } from './gate/policy-gate.js'
import type { VerdictTables } from './gate/verdict-tables.js'
import { ClientConnection, refuse } from './listen/client-connection.js'
import { PeerGone } from './listen/byte-source.js'
import { PrefaceRefused, runPreface } from './listen/preface.js'
import type { ServerCertificate } from './listen/server-certificate.js'
import { WaitingRoom } from './listen/waiting-room.js'
import type { Log } from './platform/log.js'
import { inSpan } from './platform/tracing.js'
import { logins } from './platform/login-counts.js'
import { Session } from './relay/session.js'
import type { SessionOwner, SessionRegistry } from './relay/session-registry.js'

export interface WireDoorParts {
  readonly certificate: ServerCertificate
  readonly hosts: ProjectHosts
  readonly store: CredentialStore
  readonly sessions: SessionRegistry
  readonly connector: Connector
  readonly canceller: Canceller
  readonly catalogs: Catalogs
  readonly verdicts: VerdictTables
  readonly largeTexts: LargeTextJudge
  readonly budgets: Budgets
  readonly strangers: Strangers
  readonly controlPlane: () => ControlPlaneState
  /** Whether the proxy's lease holds, by clocks that are read for this very question. */
  readonly serves: () => boolean
  /** Whether applications whose project asks for it are served without a lease: not for ever. */
  readonly servesWithoutLease: () => boolean
  readonly saltSecret: Secret<Buffer>
  readonly cancel: (pid: number, key: Buffer) => Promise<void>
  readonly nowMs: () => number
  readonly noteLogin: (credentialId: string) => void
  /** Told of every session that opens, and of every one that is over. */
  readonly backends: { opened(session: Session, owner: SessionOwner): void; closed(session: Session): void }
  readonly noteStaleSecret: (credentialId: string, address: string) => void
  readonly log: Log
  readonly loginDeadlineMs: number
  readonly waitingRoomSeats: number
}

class Unexpected extends PgBeamError {
  readonly code = 'ERR_UNEXPECTED'
  readonly fault = 'proxy'
  readonly sqlState = 'XX000'
  constructor(cause: unknown) {
    super('the proxy failed to set up this session', 'Try again; the operator finds the reason in the log.', cause)
  }
}

/** A setting at startup that the policy refuses. */
class SettingRefused extends PgBeamError {
  readonly code = 'ERR_SETTING_REFUSED'
  readonly fault = 'policy'
  constructor(
    message: string,
    hint: string,
    readonly sqlState: string,
  ) {
    super(message, hint)
  }
}

interface Served {
  readonly passthrough: { readonly onControlLoss: 'serve' | 'refuse' } | undefined
}

const NO_GUARDS = { startup: {}, watched: {} } as const
const never = (): boolean => false

export class WireDoor {
  readonly server: Server
  readonly waiting: WaitingRoom
  private readonly check: LoginCheck
  private closing = false

  constructor(private readonly parts: WireDoorParts) {
    this.check = new LoginCheck({ ...parts, passwords: new PasswordKeys(), guesses: new Guesses() })
    this.waiting = new WaitingRoom(parts.waitingRoomSeats, parts.loginDeadlineMs)
    this.server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000, pauseOnConnect: true }, (socket) => {
      void this.accept(socket)
    })
  }

  /** Takes no new connections; those that are logging in are told to try elsewhere. */
  close(): void {
    this.closing = true
    this.server.close()
  }

  /** Whether a credential whose secret was proven may come in now, and to which database. @throws ShuttingDown, ProxyFenced, LoginNotAllowed, NoSuchDatabase */
  admit(credential: Credential, databaseName: string, address: string): DatabaseTarget {
    if (this.closing) throw new ShuttingDown()
    if (!this.serves(credential)) throw new ProxyFenced()
    return admit({ credential, databaseName, address, nowMs: this.parts.nowMs() })
  }

  /** Applications whose project asks for it go on being served when the control plane is lost. */
  private serves(whom: Served): boolean {
    return this.needsNoLease(whom) || this.parts.serves()
  }

  private needsNoLease({ passthrough }: Served): boolean {
    return passthrough?.onControlLoss === 'serve' && this.parts.servesWithoutLease()
  }

  private async accept(socket: Socket): Promise<void> {
    const { log } = this.parts
    socket.on('error', () => undefined)
    this.waiting.enter(socket)
    const address = socket.remoteAddress ?? ''
    try {
      const preface = await runPreface(socket, this.parts.certificate)
      switch (preface.type) {
        case 'cancel':
          // Never answered, whatever becomes of it: Postgres does the same.
          await this.parts.cancel(preface.pid, preface.key)
          socket.end()
          socket.destroySoon()
          return
        case 'unsupported':
          // Protocol 2 reads a bare text after the tag; every client understands the connection's end.
          preface.stream.on('error', () => undefined)
          preface.stream.end(`Eunsupported frontend protocol ${preface.major}.${preface.minor}: server supports 3.0 to 3.2\n\0`)
          return
        case 'startup': {
          preface.stream.on('error', () => undefined)
          const client = new ClientConnection(preface.stream, preface.source, address, this.parts.certificate.endPoint)
          await inSpan('login', { 'client.address': address }, () => this.login(socket, client, preface.packet))
          return
        }
      }
    } catch (error) {
      if (error instanceof PrefaceRefused) refuse(error.stream, error.reason)
      else socket.destroy()
      if (!(error instanceof PeerGone)) log.debug({ address, err: error }, 'connection refused before login')
    }
  }

  private async login(socket: Socket, client: ClientConnection, packet: Parameters<typeof readStartupRequest>[0]): Promise<void> {
    const { log } = this.parts
    let user = ''
    try {
      const request = readStartupRequest(packet)
      user = request.user
      if (request.negotiate) client.write(negotiateProtocolVersion(request.minor, request.negotiate.unknownOptions))
      const project = namedProject(this.parts.hosts.slugOf(client.stream.servername), request.project)
      const credential = await this.check.run(client, { ...request, project }) // and nothing else: whether its owner may come in is decided after
      await this.open(socket, client, request, credential)
    } catch (error) {
      const told = error instanceof PgBeamError ? error : new Unexpected(error)
      logins.failed(told.code)
      if (told instanceof PeerGone) {
        client.stream.destroy()
        return
      }
      client.refuse(told, told instanceof SettingRefused ? 'rule: session_guard' : undefined)
      const line = { user, address: client.address, code: told.code, err: told.cause ?? told }
      if (told.fault === 'client' || told.fault === 'policy') log.info(line, 'login refused')
      else log.error(line, 'login failed')
    }
  }

  private async open(socket: Socket, client: ClientConnection, request: StartupRequest, credential: Credential): Promise<void> {
    const { parts } = this
    const target = this.admit(credential, request.database, client.address)
    const policy = credential.policy && compile(credential.policy, target.queryTimeoutMs)
    const denial = policy && refusedSetting(policy, request.settings)
    if (denial) throw new SettingRefused(denial.message, denial.hint ?? 'Leave this setting out.', denial.sqlState)
    client.write(authenticationOk())
    const guards = policy ? sessionGuards(policy) : NO_GUARDS
    const catalog = policy && needsCatalog(policy) ? await parts.catalogs.acquire(target) : undefined
    let upstream: Upstream
    try {
      const settings = { ...Object.fromEntries(request.settings), ...statementTimeout(policy, target, request), ...guards.startup, ...(policy ? maskKeySettings(policy, parts.saltSecret, credential.projectId) : {}) }
      upstream = await parts.connector.connect(target, settings, parts.loginDeadlineMs)
    } catch (error) {
      catalog?.release()
      throw error
    }
    const obstacle = this.obstacle(client, credential, guards.watched, upstream)
    if (obstacle) {
      upstream.raw.destroy()
      catalog?.release()
      throw obstacle
    }
    // From here to `start` nothing is awaited: an event either found the credential stale above, or finds the session.
    this.waiting.leave(socket)
    const who = credential.passthrough ? { application: credential.id } : { credential: credential.id }
    const gate = policy ? new PolicyGate(policy, catalog?.view, parts.verdicts, parts.largeTexts, credential.id) : openGate
    const budget = credential.policy && parts.budgets.open(credential.id, credential.policy)
    const cancelKey = parts.sessions.newCancelKey(request.minor)
    const owner: SessionOwner = {
      id: credential.id,
      projectId: credential.projectId,
      policyId: credential.policyId,
      passthrough: credential.passthrough && { ...credential.passthrough },
      databases: [{ id: target.id }],
      address: client.address,
      asOfSeq: credential.asOfSeq,
      expiresAtMs: credential.expiresAtMs,
    }
    let remove: () => void = () => undefined
    const session: Session = new Session({
      id: makeId('SessionId', Date.now(), randomBytes(10)),
      client: client.stream,
      upstream,
      gate,
      budget,
      canceller: parts.canceller,
      statementTimeoutMs: policy ? (policy.statementTimeoutMsMax ?? 0) : target.queryTimeoutMs,
      ...(owner.passthrough ? { serves: () => this.serves(owner), needsNoLease: () => this.needsNoLease(owner) } : { serves: parts.serves, needsNoLease: never }),
      onFenced: () => {
        parts.sessions.onFenced()
      },
      expired: () => owner.expiresAtMs !== Infinity && parts.nowMs() >= owner.expiresAtMs,
      onExpired: () => {
        session.end({ sqlState: '57P01', message: 'this credential has expired', hint: 'Ask its owner for a later expiry or a new credential.' })
      },
      onFailure: (error) => {
        parts.log.error({ session: session.id, ...who, err: error }, 'a session failed')
      },
      onLimit: (event) => {
        parts.log.info({ session: session.id, ...who, ...event }, event.event === 'truncated' ? 'an answer was cut' : 'a write was rolled back')
      },
      onClosed: () => {
        remove()
        parts.backends.closed(session)
        catalog?.release()
        if (budget) parts.budgets.close(budget)
        parts.log.info({ session: session.id, ...who }, 'session closed')
      },
      onDefined: () => {
        parts.catalogs.changed(target.id)
      },
    })
    remove = parts.sessions.add(session, owner, cancelKey)
    parts.backends.opened(session, owner)
    logins.succeeded()
    if (!credential.passthrough) parts.noteLogin(credential.id)
    parts.log.info({ session: session.id, ...who, database: target.id, address: client.address }, 'session opened')
    const early = client.release()
    client.write(upstream.greeting, backendKeyData(cancelKey.pid, cancelKey.key), readyForQuery('I'))
    session.start(early, upstream.early)
  }

  /** What came up while the database was being connected to. */
  private obstacle(client: ClientConnection, credential: Credential, watched: Readonly<Record<string, string>>, upstream: Upstream): PgBeamError | undefined {
    if (client.stream.destroyed) return new PeerGone()
    if (credential.stale) return new CredentialChanged()
    // The drain has told the sessions that there were: one that opens now would not be told, and soon hear of no event.
    if (this.closing) return new ShuttingDown()
    if (!this.serves(credential)) return new ProxyFenced()
    // Something before the database drops startup settings: the gate would read texts differently from the server.
    for (const [name, wanted] of Object.entries(watched)) {
      const reported = upstream.parameters.get(name)
      if (reported !== undefined && reported !== wanted)
        return new UpstreamUnavailable(`the database reports ${name}=${reported}, and this policy pins it to ${wanted}`, undefined, '42501', 'Ask the operator: a pooler may drop startup settings.')
    }
    return undefined
  }
}

/** The time limit as the session's own setting too, so that the server ends a statement by itself. */
function statementTimeout(policy: CompiledPolicy | undefined, target: DatabaseTarget, request: StartupRequest): Record<string, string> {
  const ms = policy ? policy.statementTimeoutMsMax : target.queryTimeoutMs || undefined
  return ms === undefined || request.settings.has('statement_timeout') ? {} : { statement_timeout: String(ms) }
}
