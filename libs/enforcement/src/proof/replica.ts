/** One simulated control-plane replica around the real `ReceiptWait`. */
import type { Position } from '../follower.js'
import type { ReceiptWait } from '../receipt-wait.js'
import type { Asked } from '../standing.js'
import type { SimulatedClock } from './clock.js'
import type { Database, Row } from './database.js'
import type { Machines } from './machines.js'
import type { ProxyProcess } from './proxy-process.js'

/** A call that was made and is not answered yet. */
export interface Call {
  readonly subject: number
  readonly epochNumber: number
  readonly event: Position
  readonly committedAtMs: number
  /** Once the rows are read. */
  wait: ReceiptWait | undefined
  /** When they were read, and the leases in them: for telling states apart. */
  readAtMs: number
  grantsRead: readonly number[]
}

/** A renewal between its two steps. */
export interface Renewal {
  readonly process: ProxyProcess
  readonly n: number
  readonly asked: Asked
  readonly epochNumber: number
  /** Read in the first step, where the order is wrong. */
  readonly headSeq: number
}

export class Replica {
  calls: Call[] = []
  renewals: Renewal[] = []
  heard = new Map<string, Position>()
  frozen = false
  /** The life of the log that it knows, and since when. */
  #knownEpoch = 0
  #knownSinceMs = 0

  constructor(
    readonly index: number,
    readonly clock: SimulatedClock,
    readonly leaseMs: number,
    private readonly longestLeaseMs: number,
    private readonly database: Database,
    private readonly machines: Machines,
  ) {}

  restart(): void {
    this.calls = []
    this.renewals = []
    this.heard = new Map()
    this.#knownEpoch = 0
  }

  /** Every look at the database shows which life of the log it is. @returns when leases of earlier ones are over */
  look(trueMs: number): number {
    if (this.#knownEpoch !== this.database.epochNumber) {
      this.#knownEpoch = this.database.epochNumber
      this.#knownSinceMs = this.clock.monotonicMs(trueMs)
    }
    return this.database.settled || !this.machines.rules.newLifeOutwaitsLeases ? -Infinity : this.#knownSinceMs + this.longestLeaseMs
  }

  /** How long ago it first saw this life of the log, for telling states apart. */
  knownForMs(trueMs: number): number {
    return this.#knownEpoch === this.database.epochNumber ? this.clock.monotonicMs(trueMs) - this.#knownSinceMs : -1
  }

  call(subject: number, seq: number, trueMs: number): Call {
    this.look(trueMs)
    const { epoch, epochNumber } = this.database
    const call: Call = { subject, epochNumber, event: { epoch, seq }, committedAtMs: this.clock.monotonicMs(trueMs), wait: undefined, readAtMs: 0, grantsRead: [] }
    this.calls.push(call)
    return call
  }

  /** Reads the rows: at first to learn for whom to wait, then for what other replicas have heard. */
  readRows(index: number, trueMs: number): void {
    const call = this.calls[index] as Call
    const earlierLivesOverAtMs = this.look(trueMs)
    if (call.epochNumber !== this.database.epochNumber) {
      // The connection broke: nobody knows what became of the change, and the call fails. A wait goes on with what it knows.
      if (!call.wait) this.#drop(call)
      return
    }
    const views = this.database.views()
    if (call.wait) {
      for (const view of views) {
        if (view.appliedSeq >= call.event.seq) call.wait.hear(view.incarnation, call.event.epoch, view.appliedSeq)
        if (view.endedAt) call.wait.left(view.incarnation)
      }
      return
    }
    call.readAtMs = this.clock.monotonicMs(trueMs)
    call.grantsRead = views.map(({ grant }) => grant)
    call.wait = this.machines.receiptWait(call.event, views, call.committedAtMs, call.readAtMs, earlierLivesOverAtMs)
    for (const [incarnation, position] of this.heard) this.#tell(call, incarnation, position)
  }

  /** @returns whether the call is answered `enforced` now */
  answers(call: Call, trueMs: number): boolean {
    const { wait } = call
    if (!wait?.enforced(this.clock.monotonicMs(trueMs))) return false
    if (call.epochNumber === this.database.epochNumber) {
      const fenced = new Map(wait.fenced.map((one) => [one.incarnation, one.grant]))
      for (const row of this.database.rows.values()) this.#recordFenced(row, fenced.get(row.incarnation), call.event.seq)
    }
    this.#drop(call)
    return true
  }

  acknowledged(incarnation: string, position: Position): void {
    const known = this.heard.get(incarnation)
    if (!known || known.epoch !== position.epoch || known.seq < position.seq) this.heard.set(incarnation, position)
    for (const call of this.calls) this.#tell(call, incarnation, position)
  }

  left(incarnation: string): void {
    for (const call of this.calls) call.wait?.left(incarnation)
  }

  #tell(call: Call, incarnation: string, { epoch, seq }: Position): void {
    call.wait?.hear(incarnation, this.machines.rules.epochsCompared ? epoch : call.event.epoch, seq)
  }

  #recordFenced(row: Row, grant: number | undefined, seq: number): void {
    if (grant === undefined) return
    row.fencedSeq = Math.max(row.fencedSeq, seq)
    if (!this.machines.rules.lapsedOnlyIfUnchanged) row.lapsedGrant = row.grant
    else if (row.grant === grant) row.lapsedGrant = Math.max(row.lapsedGrant, grant)
  }

  #drop(call: Call): void {
    this.calls = this.calls.filter((one) => one !== call)
  }
}
