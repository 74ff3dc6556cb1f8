/**
 * One simulated proxy process around the real `Standing` and `RecentEvents`: a cache of credentials, logins in flight,
 * sessions with what is queued towards the database and what the database has at hand.
 */
import type { Position } from '../follower.js'
import type { RecentEvents } from '../recent-events.js'
import type { Asked, Grant, Standing } from '../standing.js'
import type { SimulatedClock } from './clock.js'
import { concernsSubject, type ChangeEvent, type Machines } from './machines.js'

export interface Credential {
  readonly subject: number
  readonly active: boolean
  readonly asOfSeq: number
  stale: boolean
  /** What was truly read, whatever the proxy makes of it. */
  readonly readEpoch: number
  readonly readSeq: number
}

export interface Session {
  readonly credential: Credential
  over: boolean
  /** Its socket to the database is gone, with what was queued on it. */
  reset: boolean
  /** A message was accepted that the database's side does not take yet. */
  queued: boolean
  /** The database runs a statement. */
  running: boolean
  /** Another one stands behind it, pipelined. */
  pipelined: boolean
  cancelOnTheWay: boolean
}

export interface Login {
  readonly subject: number
  credential: Credential | undefined
}

export interface Snapshot {
  readonly epoch: string
  readonly asOfSeq: number
  readonly active: boolean
  readonly readEpoch: number
}

/** What a process asks its surroundings for. */
export interface Wishes {
  acknowledge(process: ProxyProcess, position: Position): void
  catchUp(process: ProxyProcess): void
  resolve(process: ProxyProcess, subject: number, token: number): void
}

/** How often a look-up that was overtaken is made again. */
const ATTEMPTS_MAX = 3

export type Frozen = 'no' | 'suspended' | 'stopped'

export class ProxyProcess {
  readonly standing: Standing<ChangeEvent>
  alive = true
  frozen: Frozen = 'no'
  /** True milliseconds of the suspend that is going on. */
  suspendedMs = 0
  renewals = 0
  acknowledged: Position
  readonly cache: (Credential | undefined)[] = []
  /** The look-up in flight for each credential; 0 for none. */
  readonly pending: number[] = []
  readonly #attempts: number[] = []
  logins: Login[] = []
  sessions: Session[] = []
  /** Events that wait for a later turn: only where effects come after acknowledgements. */
  deferred: ChangeEvent[] = []
  recentFrom: number
  /** A mirror of what `Standing` keeps to itself, and how long the machine had slept each time that it was told something: for telling states apart. */
  waiting: { readonly asked: Asked; readonly grant: Grant }[] = []
  sleeps = ''
  readonly #recent: RecentEvents<ChangeEvent>
  #epoch: string
  #tokens = 0

  constructor(
    readonly incarnation: string,
    readonly proxyId: string,
    start: Position,
    readonly clock: SimulatedClock,
    private readonly machines: Machines,
    private readonly wishes: Wishes,
  ) {
    this.acknowledged = start
    this.#epoch = start.epoch
    this.recentFrom = start.seq
    this.#recent = machines.recentEvents(start.seq)
    this.standing = machines.standing(start, {
      apply: (event) => {
        if (machines.rules.applyBeforeAck) this.#apply(event)
        else this.deferred.push(event)
      },
      startOver: (position) => this.#startOver(position),
      acknowledge: (position) => {
        this.acknowledged = position
        wishes.acknowledge(this, position)
      },
      catchUp: () => wishes.catchUp(this),
    })
  }

  /** For telling states apart. */
  get lookUps(): string {
    return `${this.pending.join()} ${this.#attempts.join()}`
  }

  get awake(): boolean {
    return this.alive && this.frozen === 'no'
  }

  freeze(how: Frozen): void {
    this.frozen = how
    this.suspendedMs = 0
  }

  /** Whether the gate lets a message of this session through, in either direction. */
  forwards(session: Session, trueMs: number, quick: boolean): boolean {
    return this.awake && !session.over && !session.credential.stale && this.standing.serves(this.clock.read(trueMs, quick))
  }

  /** The answer to a renewal. */
  granted(asked: Asked, grant: Grant, trueMs: number): void {
    const inTime = asked.position.epoch === this.standing.position.epoch
    this.standing.granted(asked, grant, this.clock.read(trueMs))
    if (inTime) this.waiting.push({ asked, grant })
    this.#told()
  }

  offered(epoch: string, prevSeq: number, events: readonly ChangeEvent[], trueMs: number): void {
    this.standing.offer(epoch, prevSeq, events, this.clock.read(trueMs))
    this.#told()
  }

  /** A client logs in: its credential is known, or asked for. */
  login(subject: number): void {
    const known = this.cache[subject]
    if (known?.active === false) return
    this.logins.push({ subject, credential: known })
    if (!known) this.#resolve(subject)
  }

  /** The answer to a look-up: kept if no event overtook it, else asked for again. */
  resolved(subject: number, token: number, snapshot: Snapshot): void {
    if (this.pending[subject] !== token) return
    this.pending[subject] = 0
    const attempts = this.#attempts[subject] ?? 0
    if (snapshot.epoch !== this.#epoch || this.#recent.outdates(snapshot.asOfSeq, (event) => concernsSubject(event, subject))) {
      if (attempts < ATTEMPTS_MAX && this.logins.some((login) => login.subject === subject)) this.#resolve(subject, attempts + 1)
      else this.logins = this.logins.filter((login) => login.subject !== subject || login.credential)
      return
    }
    const { active, asOfSeq, readEpoch } = snapshot
    const credential = { subject, active, asOfSeq, stale: false, readEpoch, readSeq: asOfSeq }
    this.cache[subject] = credential
    this.logins = this.logins.filter((login) => {
      if (login.subject !== subject || login.credential) return true
      login.credential = credential
      return active
    })
  }

  /** The client has proved its secret and the database is ready. */
  finishLogin(index: number): void {
    const login = this.logins.splice(index, 1)[0] as Login
    let credential = login.credential as Credential
    if (!this.machines.rules.loginKeepsItsSnapshot) credential = { ...credential, asOfSeq: this.standing.position.seq, stale: false }
    if (credential.stale) return
    this.sessions.push({ credential, over: false, reset: false, queued: false, running: false, pipelined: false, cancelOnTheWay: false })
  }

  /** What a turn that comes later does, where anything was put off. */
  laterTurn(): void {
    for (const event of this.deferred.splice(0)) this.#apply(event)
  }

  forgetFinished(): void {
    if (this.sessions.some((session) => session.over && !session.cancelOnTheWay && !session.pipelined))
      this.sessions = this.sessions.filter((session) => !session.over || session.cancelOnTheWay || session.pipelined)
  }

  #told(): void {
    const { epoch, seq } = this.standing.position
    this.waiting = this.waiting.filter(({ asked, grant }) => asked.position.epoch === epoch && (grant.epoch !== epoch || grant.seq > seq)).slice(-8)
    if (this.clock.asleepMs > 0) this.sleeps += ` ${this.clock.asleepMs}`
  }

  #resolve(subject: number, attempt = 1): void {
    this.#attempts[subject] = attempt
    this.pending[subject] = ++this.#tokens
    this.wishes.resolve(this, subject, this.#tokens)
  }

  #apply(event: ChangeEvent): void {
    this.#recent.add(event)
    for (const credential of this.cache) if (credential && concernsSubject(event, credential.subject) && event.seq > credential.asOfSeq) this.#forget(credential)
    for (const session of this.sessions) if (concernsSubject(event, session.credential.subject) && event.seq > session.credential.asOfSeq) this.#end(session)
  }

  #startOver(position: Position): void {
    for (const credential of this.cache) if (credential) this.#forget(credential)
    this.deferred = []
    this.waiting = []
    this.#epoch = position.epoch
    this.recentFrom = position.seq
    this.#recent.restart(position.seq)
    for (const session of this.sessions) this.#end(session)
  }

  #forget(credential: Credential): void {
    credential.stale = true
    this.cache[credential.subject] = undefined
  }

  #end(session: Session): void {
    if (session.over) return
    session.over = true
    session.queued = false
    if (this.machines.rules.resetBeforeCancel) {
      session.reset = true
      session.pipelined = false
    }
    session.cancelOnTheWay = session.running
  }
}
