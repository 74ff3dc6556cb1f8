/**
 * Credentials, pulled on first use and kept until an event is about them. One resolve is in flight per credential; a reply
 * that an event has overtaken is asked for again, so nothing older than what this proxy has applied is ever used.
 */
import type { EnforcementEvent, PassthroughName, ResolveReply } from '@pgbeam/contracts'
import { RecentEvents } from '@pgbeam/enforcement'
import { PgBeamError } from '@pgbeam/kernel'
import { LRUCache } from 'lru-cache'
import { TooManyLogins } from '../auth/errors.js'
import { Turns } from '../platform/turns.js'
import { concerns, overtakes } from './concerns.js'
import { passthroughKey, type Credential } from './credential.js'

/** Asks the control plane. `epoch` and `asOfSeq` say what the answer is worth; `credential` is undefined for unknown and revoked. */
export type Resolver = (by: ResolveKey) => Promise<Resolved>
export type ResolveKey = { readonly credentialId: string } | { readonly mcpTokenSha256: string } | { readonly passthrough: PassthroughName }
export interface Resolved {
  readonly reply: Pick<ResolveReply, 'epoch' | 'as_of_seq'>
  readonly credential: Credential | undefined
}

export class ControlPlaneUnreachable extends PgBeamError {
  readonly code = 'ERR_CONTROL_PLANE_UNREACHABLE'
  readonly fault = 'control-plane'
  readonly sqlState = '57P03'
  constructor(cause?: unknown) {
    super('this proxy cannot reach its control plane, which this login would have to be checked with', 'Try again in a few seconds.', cause)
  }
}

/** Look-ups for whoever logs in: so many at once, the others wait, fairly among those who ask. */
const LOOKUPS = { atOnce: 64, waitingMax: 1024, ownerWaitingMax: 256, waitMs: 3000 }
/** How often an overtaken reply is asked for again; each time something really changed in between. */
const ATTEMPTS = 8
/** Names that nobody has: kept so that they cost, and take, no more than known ones. */
const UNKNOWN_MAX = 20_000
const UNKNOWN_TTL_MS = 30_000
const TOKENS_MAX = 50_000

export class CredentialStore {
  private readonly cache: LRUCache<string, Credential>
  private readonly unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX, ttl: UNKNOWN_TTL_MS })
  /** The same of applications. Each change of a project or database may give such a name to somebody. */
  private readonly unknownApplications = new LRUCache<string, true>({ max: UNKNOWN_MAX, ttl: UNKNOWN_TTL_MS })
  private readonly pending = new Map<string, Promise<Credential | undefined>>()
  private readonly recent: RecentEvents<EnforcementEvent>
  private readonly turns = new Turns({ ...LOOKUPS, refusal: () => new TooManyLogins() })
  /** Credentials by MCP token; one that is stale counts for nothing. */
  private readonly byToken = new LRUCache<string, Credential>({ max: TOKENS_MAX })

  constructor(
    private readonly resolve: Resolver,
    private epoch: string,
    startSeq: number,
    max = 200_000,
  ) {
    this.cache = new LRUCache({
      max,
      // A login that still holds what was evicted would not hear of events: it has to start again.
      dispose: (credential, _id, reason) => {
        if (reason === 'evict') credential.stale = true
      },
    })
    this.recent = new RecentEvents(startSeq)
  }

  get size(): number {
    return this.cache.size
  }

  /** The credential, where it is known without asking. */
  known(credentialId: string): Credential | undefined {
    return this.cache.get(credentialId)
  }

  /** Whether a look-up for this asker would be refused now. */
  crowded(from: string): boolean {
    return this.turns.crowded(from)
  }

  /**
   * The credential, or undefined for one that is unknown or revoked.
   * @param from who asks: askers take turns
   * @throws ControlPlaneUnreachable, TooManyLogins
   */
  get(credentialId: string, from: string): Credential | undefined | Promise<Credential | undefined> {
    return this.pull(credentialId, { credentialId }, from, this.unknown, (event) => event.credential_id === credentialId)
  }

  /** The application behind what it names, where it is known without asking. */
  knownApplication(name: PassthroughName): Credential | undefined {
    return this.cache.get(passthroughKey(name))
  }

  /** The application behind what it names, or undefined where nobody has it. @throws ControlPlaneUnreachable, TooManyLogins */
  application(name: PassthroughName, from: string): Credential | undefined | Promise<Credential | undefined> {
    return this.pull(passthroughKey(name), { passthrough: name }, from, this.unknownApplications, ({ credential_id: id }) => id === undefined)
  }

  private pull(
    key: string,
    by: ResolveKey,
    from: string,
    unknown: LRUCache<string, true>,
    aboutUnknown: (event: EnforcementEvent) => boolean,
  ): Credential | undefined | Promise<Credential | undefined> {
    const known = this.cache.get(key)
    if (known) return known
    if (unknown.has(key)) return undefined
    const pending = this.pending.get(key)
    if (pending) return pending
    const started = this.ask(by, from, aboutUnknown, (credential) => {
      if (credential) this.cache.set(key, credential)
      else unknown.set(key, true)
    }).finally(() => this.pending.delete(key))
    this.pending.set(key, started)
    return started
  }

  /** The credential behind an MCP token, where it is known without asking. */
  knownByMcpToken(mcpTokenSha256: string): Credential | undefined {
    const credential = this.byToken.get(mcpTokenSha256)
    return credential?.stale === false ? credential : undefined
  }

  /** The credential behind an MCP token. @throws ControlPlaneUnreachable, TooManyLogins */
  byMcpToken(mcpTokenSha256: string, from: string): Promise<Credential | undefined> {
    return this.ask({ mcpTokenSha256 }, from, () => true, (credential) => {
      if (!credential) return
      // The one that logins hold is kept: an event marks only what stands in the cache.
      const kept = this.cache.get(credential.id) ?? credential
      this.cache.set(kept.id, kept)
      this.byToken.set(mcpTokenSha256, kept)
    })
  }

  /** Takes an event into account: what it is about is forgotten here, and what is in flight will be asked for again. */
  apply(event: EnforcementEvent): void {
    this.recent.add(event)
    if (event.credential_id !== undefined) {
      this.unknown.delete(event.credential_id)
      const credential = this.cache.peek(event.credential_id)
      if (credential && overtakes(event, credential)) this.forget(credential)
      return
    }
    this.unknownApplications.clear()
    for (const credential of this.cache.values()) if (overtakes(event, credential) || renames(event, credential)) this.forget(credential)
  }

  /** Another epoch, or a log that no longer reaches back: nothing that is cached counts any more. */
  restart(epoch: string, seq: number): void {
    for (const credential of this.cache.values()) credential.stale = true
    this.cache.clear()
    this.unknown.clear()
    this.unknownApplications.clear()
    this.epoch = epoch
    this.recent.restart(seq)
  }

  private forget(credential: Credential): void {
    credential.stale = true
    this.cache.delete(credential.key)
  }

  /** @param keep called in the very turn in which the answer was found fresh: an event after it will find what was kept */
  private async ask(
    by: ResolveKey,
    from: string,
    aboutUnknown: (event: EnforcementEvent) => boolean,
    keep: (credential: Credential | undefined) => void,
  ): Promise<Credential | undefined> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { reply, credential } = await this.turns.run(from, () => this.resolve(by))
      const overtaken =
        reply.epoch !== this.epoch ||
        this.recent.outdates(reply.as_of_seq, credential ? (event) => concerns(event, credential) : aboutUnknown)
      if (!overtaken) {
        keep(credential)
        return credential
      }
      await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt)) // the control plane's replica may lag behind the event
    }
    throw new ControlPlaneUnreachable()
  }
}

/** Another database of the project may have taken the name that an application uses: who logs in next is looked up anew. */
const renames = (event: EnforcementEvent, { passthrough, projectId, asOfSeq }: Credential): boolean =>
  passthrough !== undefined && event.database_id !== undefined && event.project_id === projectId && event.seq > asOfSeq
