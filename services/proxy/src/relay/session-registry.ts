/** Every open session of this proxy, found by what an event or a cancel request names. */
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { coarseClock } from './clock.js'
import type { Session } from './session.js'
import type { EndReason } from './session-options.js'

/** What a session was opened under. */
export interface SessionOwner {
  readonly id: string
  readonly projectId: string
  readonly policyId: string | undefined
  /** Set for an application with a stored user; an event may change whether it is served without a lease. */
  readonly passthrough: { readonly policyFrom: 'database' | 'project' | undefined; onControlLoss: 'serve' | 'refuse' } | undefined
  readonly databases: readonly { readonly id: string }[]
  readonly address: string
  /** The state of the enforcement log that the session's snapshot shows: only later events act on it. */
  readonly asOfSeq: number
  expiresAtMs: number
}

/** Ours, not the database's: it means nothing to anybody but this proxy. */
export interface CancelKey {
  readonly pid: number
  readonly key: Buffer
}

export interface DropResult {
  readonly sessions: number
  readonly statements: number
}

/** What events, cancel requests and the lease do to a session. */
export type Listed = Pick<Session, 'over' | 'end' | 'silence' | 'hold' | 'goOn' | 'restsWithoutLease' | 'tick' | 'cancel' | 'leaveWhenIdle'>

interface Entry {
  readonly session: Listed
  readonly owner: SessionOwner
  readonly cancelKey: CancelKey
}

/** Sessions that go on again in one turn. */
const GOING_ON_PER_TURN = 50
/**
 * Closing a client costs a TLS record and a system call or two: this many in a turn, some 3 ms of work, and then a rest, so that
 * other sessions, the next events, and the answer to whoever asked for this do not wait. (By the clock it would be one in each turn
 * of a machine that is at its limit, and take seconds.)
 */
const CLOSES_PER_TURN = 20
const REST_MS = 2
/** Where more than one turn's worth is to be closed, the answer to whoever asked for it goes first: the same cores carry it. */
const HEAD_START_MS = 15

export class SessionRegistry {
  private readonly entries = new Set<Entry>()
  private readonly byPid = new Map<number, Entry>()
  private readonly byOwner = new Map<string, Set<Entry>>()
  private readonly closing: (() => void)[] = []
  private draining = false
  private goingOn: Listed[] = []
  private readonly closedWaiters: (() => void)[] = []
  private uncounted = 0
  /** Called when a session finds that the proxy may not forward any more. */
  onFenced: () => void = () => undefined

  constructor() {
    coarseClock.onTick((nowMs) => {
      for (const { session } of this.entries) session.tick(nowMs)
    })
  }

  get size(): number {
    return this.entries.size - this.uncounted
  }

  /** A cancel key that no open session has. Protocol 3.0 has room for 4 bytes; 3.2 gets 32. */
  newCancelKey(minor: 0 | 2): CancelKey {
    let pid: number
    do pid = randomInt(1, 2 ** 31 - 1)
    while (this.byPid.has(pid))
    return { pid, key: randomBytes(minor === 2 ? 32 : 4) }
  }

  /** @param counted false for one that is nobody's, and is only there to see whether it is ended */
  add(session: Listed, owner: SessionOwner, cancelKey: CancelKey, counted = true): () => void {
    const entry = { session, owner, cancelKey }
    this.entries.add(entry)
    this.byPid.set(cancelKey.pid, entry)
    const siblings = this.byOwner.get(owner.id) ?? new Set()
    this.byOwner.set(owner.id, siblings.add(entry))
    if (!counted) this.uncounted++
    return () => {
      if (this.entries.delete(entry) && !counted) this.uncounted--
      this.byPid.delete(cancelKey.pid)
      siblings.delete(entry)
      if (siblings.size === 0 && this.byOwner.get(owner.id) === siblings) this.byOwner.delete(owner.id)
    }
  }

  /** The sessions to look at: one owner's, or all. */
  private among(ownerId: string | undefined): Iterable<Entry> {
    return ownerId === undefined ? this.entries : (this.byOwner.get(ownerId) ?? [])
  }

  /** @returns whether the key was one of ours */
  cancel(pid: number, key: Buffer): boolean {
    const entry = this.byPid.get(pid)
    if (!entry || entry.cancelKey.key.length !== key.length || !timingSafeEqual(entry.cancelKey.key, key)) return false
    entry.session.cancel()
    return true
  }

  /**
   * Ends every session that matches: when this returns none of them forwards anything any more. Their clients are told,
   * and their statements cancelled, over the following turns.
   * @param ownerId where it is known whose sessions they can only be
   * @returns how many they were: nothing that follows changes that
   */
  drop(matches: (owner: SessionOwner) => boolean, reason: EndReason | ((owner: SessionOwner) => EndReason), ownerId?: string): DropResult {
    let sessions = 0
    let statements = 0
    for (const { session, owner } of this.among(ownerId)) {
      if (!matches(owner)) continue
      if (session.over) {
        session.silence()
        continue
      }
      sessions++
      if (session.end(typeof reason === 'function' ? reason(owner) : reason, { defer: (close) => this.closing.push(close) })) statements++
    }
    this.closeSome()
    return { sessions, statements }
  }

  /** Calls `then` once the clients of all that was ended until now have been told. */
  whenClosed(then: () => void): void {
    this.closedWaiters.push(then)
    this.closeSome()
  }

  /** The proxy may not forward: no session reads any more, in either direction. */
  hold(): void {
    this.goingOn = []
    for (const { session } of this.entries) session.hold()
  }

  /**
   * It could not for longer than anybody should wait: sessions that are at something end, and the others stay.
   * @returns how many ended
   */
  endWaiting(reason: EndReason): number {
    let ended = 0
    for (const { session } of this.entries) {
      if (session.over || session.restsWithoutLease()) continue
      ended++
      session.end(reason, { defer: (close) => this.closing.push(close) })
    }
    this.closeSome()
    return ended
  }

  /** It may again: sessions go on with what they held, over the following turns. */
  goOn(): void {
    this.goingOn = [...this.entries].map(({ session }) => session)
    const turn = () => {
      for (const session of this.goingOn.splice(0, GOING_ON_PER_TURN)) session.goOn()
      if (this.goingOn.length > 0) setImmediate(turn)
    }
    turn()
  }

  /** Changes what open sessions of matching owners are held to. */
  amend(matches: (owner: SessionOwner) => boolean, change: (owner: SessionOwner) => void, ownerId?: string): void {
    for (const { owner } of this.among(ownerId)) if (matches(owner)) change(owner)
  }

  each(visit: (session: Listed, owner: SessionOwner) => void): void {
    for (const { session, owner } of this.entries) visit(session, owner)
  }

  /** Open sessions by project. */
  countByProject(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { owner, session } of this.entries) if (!session.over) counts[owner.projectId] = (counts[owner.projectId] ?? 0) + 1
    return counts
  }

  private closeSome(): void {
    if (this.draining || (this.closing.length === 0 && this.closedWaiters.length === 0)) return
    this.draining = true
    const turn = () => {
      for (const close of this.closing.splice(0, CLOSES_PER_TURN)) close()
      if (this.closing.length > 0) {
        setTimeout(turn, REST_MS)
        return
      }
      this.draining = false
      for (const then of this.closedWaiters.splice(0)) then()
    }
    if (this.closing.length > CLOSES_PER_TURN) setTimeout(turn, HEAD_START_MS)
    else setImmediate(turn)
  }
}
