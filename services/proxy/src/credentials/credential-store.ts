/**
 * Credentials, pulled on first use and kept until an event is about them. One resolve is in flight per credential; a reply
 * that an event has overtaken is asked for again, so nothing older than what this proxy has applied is ever used.
 */
import type { EnforcementEvent, ResolveReply } from '@pgbeam/contracts'
import { RecentEvents } from '@pgbeam/enforcement'
import { PgBeamError } from '@pgbeam/kernel'
import { LRUCache } from 'lru-cache'
import { concerns, overtakes } from './concerns.js'
import type { Credential } from './credential.js'

/** Asks the control plane. `epoch` and `asOfSeq` say what the answer is worth; `credential` is undefined for unknown and revoked. */
export type Resolver = (by: ResolveKey) => Promise<Resolved>
export type ResolveKey = { readonly credentialId: string } | { readonly mcpTokenSha256: string }
export interface Resolved {
  readonly reply: Pick<ResolveReply, 'epoch' | 'as_of_seq'>
  readonly credential: Credential | undefined
}

export class ControlPlaneUnreachable extends PgBeamError {
  readonly code = 'ERR_CONTROL_PLANE_UNREACHABLE'
  readonly fault = 'control-plane'
  readonly sqlState = '57P03'
  constructor(cause?: unknown) {
    super('this proxy cannot reach its control plane and does not know this credential yet', 'Try again in a few seconds.', cause)
  }
}

/** How often an overtaken reply is asked for again; each time something really changed in between. */
const ATTEMPTS = 8
/** Names that nobody has: kept so that they cost, and take, no more than known ones. */
const UNKNOWN_MAX = 20_000
const UNKNOWN_TTL_MS = 30_000

export class CredentialStore {
  private readonly known: LRUCache<string, Credential>
  private readonly unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX, ttl: UNKNOWN_TTL_MS })
  private readonly pending = new Map<string, Promise<Credential | undefined>>()
  private readonly recent: RecentEvents<EnforcementEvent>

  constructor(
    private readonly resolve: Resolver,
    private epoch: string,
    startSeq: number,
    max = 200_000,
  ) {
    this.known = new LRUCache({
      max,
      // A login that still holds what was evicted would not hear of events: it has to start again.
      dispose: (credential, _id, reason) => {
        if (reason === 'evict') credential.stale = true
      },
    })
    this.recent = new RecentEvents(startSeq)
  }

  get size(): number {
    return this.known.size
  }

  /** The credential, or undefined for one that is unknown or revoked. @throws ControlPlaneUnreachable */
  get(credentialId: string): Credential | undefined | Promise<Credential | undefined> {
    const known = this.known.get(credentialId)
    if (known) return known
    if (this.unknown.has(credentialId)) return undefined
    const pending = this.pending.get(credentialId)
    if (pending) return pending
    const started = this.ask({ credentialId }, (event) => event.credential_id === credentialId, (credential) => {
      if (credential) this.known.set(credentialId, credential)
      else this.unknown.set(credentialId, true)
    }).finally(() => this.pending.delete(credentialId))
    this.pending.set(credentialId, started)
    return started
  }

  /** The credential behind an MCP token; asked for each time, cached under its id. */
  byMcpToken(mcpTokenSha256: string): Promise<Credential | undefined> {
    return this.ask({ mcpTokenSha256 }, () => true, () => undefined)
  }

  /** Takes an event into account: what it is about is forgotten here, and what is in flight will be asked for again. */
  apply(event: EnforcementEvent): void {
    this.recent.add(event)
    if (event.credential_id !== undefined) {
      this.unknown.delete(event.credential_id)
      const credential = this.known.peek(event.credential_id)
      if (credential && overtakes(event, credential)) this.forget(credential)
      return
    }
    for (const credential of this.known.values()) if (overtakes(event, credential)) this.forget(credential)
  }

  /** Another epoch, or a log that no longer reaches back: nothing that is cached counts any more. */
  restart(epoch: string, seq: number): void {
    for (const credential of this.known.values()) credential.stale = true
    this.known.clear()
    this.unknown.clear()
    this.epoch = epoch
    this.recent.restart(seq)
  }

  private forget(credential: Credential): void {
    credential.stale = true
    this.known.delete(credential.id)
  }

  /** @param keep called in the very turn in which the answer was found fresh: an event after it will find what was kept */
  private async ask(
    by: ResolveKey,
    aboutUnknown: (event: EnforcementEvent) => boolean,
    keep: (credential: Credential | undefined) => void,
  ): Promise<Credential | undefined> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { reply, credential } = await this.resolve(by)
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
