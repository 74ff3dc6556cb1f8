/**
 * The simulated world: databases, replicas, proxies and the bus, with everything that may happen to them as a numbered move.
 * After each move every session that could forward something is asked to, and what comes through is held against what has
 * been answered: nothing may be forwarded, in either direction, under a state whose change has been answered `enforced`.
 */
import type { Position } from '../follower.js'
import { SimulatedClock } from './clock.js'
import { Database } from './database.js'
import { EVERYONE, type Machines } from './machines.js'
import { ProxyProcess, type Credential, type Session, type Wishes } from './proxy-process.js'
import { Replica, type Renewal } from './replica.js'
import type { Message, ToProxy, ToReplica } from './wire.js'

export interface WorldSize {
  readonly proxies: number
  readonly replicas: number
  readonly credentials: number
  readonly publishers: number
  /** Speeds of the clocks of proxies and replicas, in turn. */
  readonly proxyRates: readonly number[]
  readonly replicaRates: readonly number[]
  /** What each replica grants, in turn. */
  readonly leaseMs: readonly number[]
  /** How far time goes on at once. */
  readonly ticksMs: readonly number[]
  /** Suspends too short to be noticed take place as well. */
  readonly shortSuspends: boolean
  /** The gate reads the clocks of the hot path. */
  readonly quickClocks: boolean
  readonly onTheWireMax: number
  /** Each process starts with a lease, and with a session of each credential. */
  readonly warm?: boolean
  /** So many changes have been applied everywhere that the database's copy does not have. */
  readonly copyBehind?: number
}

const BATCH_EVENTS_MAX = 3
/** No date decides anything here. */
const LONG_AGO = new Date(0)

interface Publisher {
  epochNumber: number
  seq: number
}

/** A suspend longer than this is noticed, whatever the speed of the clock. */
const NOTICED_SUSPEND_MS = 110

export class World implements Wishes {
  trueMs = 1_000
  readonly database: Database
  readonly replicas: Replica[]
  /** All that ever ran. */
  readonly processes: ProxyProcess[] = []
  readonly publishers: Publisher[]
  wire: Message[] = []
  /** By credential and life of the log, the last change that was answered `enforced`. */
  readonly answered: number[][]
  answers = 0
  /** What was forwarded that should not have been. */
  violation: string | undefined
  /** Attempts to forward under a state that an answer had ended: each was refused, or there is a violation. */
  refused = 0

  constructor(
    readonly size: WorldSize,
    readonly machines: Machines,
  ) {
    this.database = new Database(size.credentials)
    const longestLeaseMs = Math.max(...size.leaseMs)
    this.replicas = Array.from({ length: size.replicas }, (_, i) => {
      return new Replica(i, new SimulatedClock(pick(size.replicaRates, i), 500 * i), pick(size.leaseMs, i), longestLeaseMs, this.database, machines)
    })
    this.publishers = Array.from({ length: size.publishers }, () => ({ epochNumber: 1, seq: 0 }))
    this.answered = Array.from({ length: size.credentials }, () => [])
    for (let i = 0; i < size.proxies; i++) this.startProcess(i)
    if (size.warm) for (const process of this.processes) this.#warm(process)
    this.database.replicate()
    for (let i = 0; i < (size.copyBehind ?? 0); i++) this.database.change(0, null)
    if (size.copyBehind) this.publish(0)
    while (size.copyBehind && this.wire.length > 0) this.deliver(this.take(0))
  }

  process(index: number): ProxyProcess {
    return this.processes[index] as ProxyProcess
  }

  session(process: number, index: number): Session {
    return this.process(process).sessions[index] as Session
  }

  replica(index: number): Replica {
    return this.replicas[index] as Replica
  }

  /** A message leaves the wire. */
  take(index: number): Message {
    return this.wire.splice(index, 1)[0] as Message
  }

  /** A message that will come again. */
  copy(index: number): Message {
    const message = this.wire[index] as Message
    message.copies++
    return message
  }

  /** A process of this proxy starts; another of the same proxy may still run. */
  startProcess(proxy: number): void {
    const { machines, processes } = this
    const number = processes.length
    const proxyId = `p${proxy}`
    const process = new ProxyProcess(`i${number}`, proxyId, this.#enrol(`i${number}`, proxyId), new SimulatedClock(pick(this.size.proxyRates, number), 1_000 * number), machines, this)
    processes.push(process)
  }

  tick(ms: number): void {
    this.trueMs += ms
    for (const process of this.processes) {
      if (process.frozen !== 'suspended') continue
      process.clock.asleepMs += ms
      process.suspendedMs += ms
    }
    for (const replica of this.replicas) if (replica.frozen) replica.clock.asleepMs += ms
  }

  mayThaw(process: ProxyProcess): boolean {
    return process.frozen === 'stopped' || this.size.shortSuspends || process.suspendedMs > NOTICED_SUSPEND_MS
  }

  /** A call that changes something. @param subject a credential, or `EVERYONE` */
  change(replica: Replica, subject: number, active: boolean | null): void {
    replica.call(subject, this.database.change(subject, active), this.trueMs)
  }

  /** A call that finds things as it wants them. */
  changeAgain(replica: Replica, subject: number): void {
    const call = replica.call(subject, this.database.credential(subject).seq, this.trueMs)
    if (this.machines.rules.repeatedCallWaits) return
    replica.calls = replica.calls.filter((one) => one !== call)
    this.#answer(subject, call.epochNumber, call.event.seq)
  }

  poll(replica: Replica): void {
    for (const call of [...replica.calls]) if (replica.answers(call, this.trueMs)) this.#answer(call.subject, call.epochNumber, call.event.seq)
  }

  publish(index: number): void {
    const { database } = this
    const publisher = this.publishers[index] as Publisher
    if (publisher.epochNumber !== database.epochNumber) Object.assign(publisher, { epochNumber: database.epochNumber, seq: database.beganAt[database.epochNumber] })
    const events = database.log.slice(publisher.seq, publisher.seq + BATCH_EVENTS_MAX)
    for (const proxy of this.processes) if (proxy.alive) this.#toProxy(proxy, { kind: 'batch', epoch: database.epoch, prevSeq: publisher.seq, events })
    publisher.seq += events.length
  }

  /** A publisher that knows less than was published, as one that takes over does. */
  rewindPublisher(index: number): void {
    const publisher = this.publishers[index] as Publisher
    publisher.seq = Math.max(0, publisher.seq - 2)
  }

  renew(process: ProxyProcess, replica: Replica): void {
    const asked = { at: process.clock.read(this.trueMs), position: process.standing.position }
    this.#toReplica(replica, { kind: 'renew', process, n: ++process.renewals, asked })
  }

  /** The second step of a renewal: the head is read, in a snapshot that contains the lease, and the answer leaves. */
  finishRenewal(replica: Replica, index: number): void {
    const { database, machines } = this
    const renewal = replica.renewals.splice(index, 1)[0] as Renewal
    replica.look(this.trueMs)
    if (renewal.epochNumber !== database.epochNumber) return // the connection broke in between
    if (!machines.rules.grantStoredBeforeHead && !this.#storeGrant(replica, renewal)) return
    const seq = machines.rules.grantStoredBeforeHead ? database.seq : renewal.headSeq
    this.#toProxy(renewal.process, { kind: 'granted', asked: renewal.asked, grant: { epoch: database.epoch, seq, lengthMs: replica.leaseMs } })
  }

  /** The process says goodbye: it has stopped serving before. */
  stop(process: ProxyProcess): void {
    process.alive = false
    this.#toReplica(this.replicas[0] as Replica, { kind: 'goodbye', process })
  }

  /** A replica that has known this life of the log for longer than any lease puts that on record. */
  settle(replica: Replica): void {
    if (replica.clock.monotonicMs(this.trueMs) >= replica.look(this.trueMs)) this.database.settled = true
  }

  deliver(message: Message): void {
    if (message.proxy) this.#atProxy(message.proxy, message.body)
    else this.#atReplica(message.replica, message.body)
  }

  /** The statement that the database runs has ended, or was cancelled. */
  statementEnded(process: ProxyProcess, session: Session): void {
    session.running = false
    if (!session.pipelined) return
    session.pipelined = false
    session.running = true
    if (this.#outdatedAsAcknowledged(process, session.credential)) this.violation = `${process.incarnation}: the database began a pipelined statement of a session that ended before`
  }

  cancelled(p: number, s: number): void {
    const process = this.process(p)
    const session = this.session(p, s)
    session.cancelOnTheWay = false
    if (session.running) this.statementEnded(process, session)
    session.reset = true
    session.pipelined = false
  }

  /** The database's side takes what is queued: looked at once more, and reset if it may not go. */
  drain(p: number, s: number): void {
    const session = this.session(p, s)
    session.queued = false
    if (this.machines.rules.checkedAtHandOver && !this.forwards(this.process(p), session)) session.over = session.reset = true
  }

  /** Whether the gate lets a message of this session through now, in either direction. */
  forwards(process: ProxyProcess, session: Session): boolean {
    return process.forwards(session, this.trueMs, this.size.quickClocks)
  }

  /** Every session tries to forward, in both directions. */
  afterMove(): void {
    for (const process of this.processes) process.forgetFinished()
    if (this.answers === 0 || this.violation !== undefined) return
    for (const process of this.processes) {
      if (!process.awake) continue
      for (const session of process.sessions) {
        if (session.reset || !this.#outdated(session.credential)) continue
        if (session.queued && !this.machines.rules.checkedAtHandOver) this.violation = `${process.incarnation}: what was queued was handed over`
        else if (this.forwards(process, session)) this.violation = `${process.incarnation}: a message went through`
        else this.refused++
      }
    }
  }

  acknowledge(process: ProxyProcess, position: Position): void {
    for (const replica of this.replicas) this.#toReplica(replica, { kind: 'ack', process, position })
  }

  catchUp(process: ProxyProcess): void {
    if (this.wire.some(({ body }) => body.kind === 'since' && body.process === process)) return
    this.#toReplica(this.#someReplica(process), { kind: 'since', process, asked: process.standing.position })
  }

  resolve(process: ProxyProcess, subject: number, token: number): void {
    this.#toReplica(this.#someReplica(process), { kind: 'resolve', process, subject, token })
  }

  #someReplica(process: ProxyProcess): Replica {
    return this.replicas[(process.renewals + this.database.seq) % this.replicas.length] as Replica
  }

  #atProxy(process: ProxyProcess, body: ToProxy): void {
    const { standing } = process
    switch (body.kind) {
      case 'batch':
        process.offered(body.epoch, body.prevSeq, body.events, this.trueMs)
        return
      case 'granted':
        process.granted(body.asked, body.grant, this.trueMs)
        return
      case 'log':
        if (!body.complete || body.head.epoch !== body.asked.epoch) standing.startOver(body.head, body.asked)
        else process.offered(body.head.epoch, body.asked.seq, body.events, this.trueMs)
        return
      case 'snapshot':
        process.resolved(body.subject, body.token, body.snapshot)
        return
      case 'unknown':
        this.#toReplica(this.#someReplica(process), { kind: 'enrol', process, asked: standing.position })
        return
      case 'enrolled':
        standing.startOver(body.start, body.asked)
    }
  }

  #atReplica(replica: Replica, body: ToReplica): void {
    const { database, machines } = this
    const { process } = body
    replica.look(this.trueMs)
    switch (body.kind) {
      case 'ack':
        this.#applied(replica, process, body.position)
        return
      case 'renew': {
        const renewal = { process, n: body.n, asked: body.asked, epochNumber: database.epochNumber, headSeq: database.seq }
        if (machines.rules.grantStoredBeforeHead && !this.#storeGrant(replica, renewal)) return
        this.#applied(replica, process, body.asked.position)
        replica.renewals.push(renewal)
        return
      }
      case 'since': {
        const complete = body.asked.seq >= database.truncatedAt && body.asked.seq <= database.seq
        const events = database.log.slice(body.asked.seq, body.asked.seq + BATCH_EVENTS_MAX)
        this.#toProxy(process, { kind: 'log', asked: body.asked, head: { epoch: database.epoch, seq: database.seq }, complete, events })
        return
      }
      case 'resolve': {
        const { active, paused } = database.credential(body.subject)
        const snapshot = { epoch: database.epoch, asOfSeq: database.seq, active: active && !paused, readEpoch: database.epochNumber }
        this.#toProxy(process, { kind: 'snapshot', subject: body.subject, token: body.token, snapshot })
        return
      }
      case 'enrol': {
        const key = machines.rules.rowPerProcess ? process.incarnation : process.proxyId
        if (!database.rows.has(key)) this.#toProxy(process, { kind: 'enrolled', asked: body.asked, start: this.#enrol(process.incarnation, process.proxyId) })
        return
      }
      case 'goodbye': {
        const row = this.#rowOf(process)
        if (row) row.endedAt = LONG_AGO
        for (const one of this.replicas) one.left(process.incarnation)
      }
    }
  }

  #enrol(incarnation: string, proxyId: string): Position {
    const { database } = this
    const { epoch, seq } = database
    const key = this.machines.rules.rowPerProcess ? incarnation : proxyId
    database.rows.set(key, { incarnation, proxyId, enrolledSeq: seq, appliedSeq: seq, fencedSeq: 0, grant: 0, lapsedGrant: 0, leaseMs: 0, heardAt: LONG_AGO, endedAt: null })
    return { epoch, seq }
  }

  #rowOf(process: ProxyProcess) {
    return this.database.rows.get(this.machines.rules.rowPerProcess ? process.incarnation : process.proxyId)
  }

  #storeGrant(replica: Replica, { process, n }: Renewal): boolean {
    const row = this.#rowOf(process)
    if (!row) this.#toProxy(process, { kind: 'unknown' })
    if (!row || row.endedAt || row.grant >= n) return false
    row.grant = n
    row.leaseMs = Math.max(row.leaseMs, replica.leaseMs)
    return true
  }

  #applied(replica: Replica, process: ProxyProcess, position: Position): void {
    const row = this.#rowOf(process)
    if (row && (position.epoch === this.database.epoch || !this.machines.rules.epochsCompared)) row.appliedSeq = Math.max(row.appliedSeq, position.seq)
    replica.acknowledged(process.incarnation, position)
  }

  #toProxy(proxy: ProxyProcess, body: ToProxy): void {
    this.#send({ proxy, body, copies: 0 })
  }

  #toReplica(replica: Replica, body: ToReplica): void {
    this.#send({ replica, body, copies: 0 })
  }

  #send(message: Message): void {
    this.wire.push(message)
    if (this.wire.length > this.size.onTheWireMax) this.wire.shift()
  }

  #answer(subject: number, epochNumber: number, seq: number): void {
    this.answers++
    this.answered.forEach((bySubject, one) => {
      if (subject === one || subject === EVERYONE) bySubject[epochNumber] = Math.max(bySubject[epochNumber] ?? 0, seq)
    })
  }

  /** Whether a change of it that it does not contain has been answered. @param upTo only changes up to here in their life of the log */
  #outdated({ subject, readEpoch, readSeq }: Credential, upTo?: Position): boolean {
    const answered = this.answered[subject] as number[]
    for (let life = readEpoch; life < answered.length; life++) {
      const seq = answered[life]
      if (seq === undefined || (upTo && (upTo.epoch !== `e${life}` || upTo.seq < seq))) continue
      if (!this.database.includes(readEpoch, readSeq, life, seq)) return true
    }
    return false
  }

  #outdatedAsAcknowledged(process: ProxyProcess, credential: Credential): boolean {
    return this.#outdated(credential, process.acknowledged)
  }

  #warm(process: ProxyProcess): void {
    const replica = this.replicas[0] as Replica
    this.renew(process, replica)
    for (let subject = 0; subject < this.size.credentials; subject++) process.login(subject)
    while (this.wire.length > 0 || replica.renewals.length > 0) {
      while (replica.renewals.length > 0) this.finishRenewal(replica, 0)
      for (const message of this.wire.splice(0)) this.deliver(message)
    }
    while (process.logins.length > 0) process.finishLogin(0)
  }
}

function pick<T>(values: readonly T[], i: number): T {
  return values[i % values.length] as T
}
