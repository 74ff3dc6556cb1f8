/** What the proof puts into its world: the real machines, and the orders in which their surroundings do things. */
import type { Position } from '../follower.js'
import { RecentEvents } from '../recent-events.js'
import { ReceiptWait } from '../receipt-wait.js'
import type { IncarnationView } from '../receipt.js'
import { Standing, type Effects } from '../standing.js'

/** A change of one credential, or of all of them. */
export interface ChangeEvent {
  readonly seq: number
  readonly subject: number
  /** What it makes of the credential; null leaves that as it is (another policy, another secret). */
  readonly active: boolean | null
}

/** The subject of a change that concerns every credential. */
export const EVERYONE = -1

export const concernsSubject = (event: ChangeEvent, subject: number): boolean => event.subject === subject || event.subject === EVERYONE

/** Orders and comparisons that the services hold around the machines. All true is how it is built. */
export interface Rules {
  /** An event has its effect in the turn in which it arrives, and then it is acknowledged. */
  readonly applyBeforeAck: boolean
  /** The log's head is read for a lease after the lease is stored. */
  readonly grantStoredBeforeHead: boolean
  /** Leases are marked as over up to the number that was read, and only if it is still the latest. */
  readonly lapsedOnlyIfUnchanged: boolean
  /** Each process has a row of its own, rather than each proxy. */
  readonly rowPerProcess: boolean
  /** A call that changes nothing waits for the change that made things so. */
  readonly repeatedCallWaits: boolean
  /** Positions are compared within one epoch only. */
  readonly epochsCompared: boolean
  /** What a login found out belongs to the snapshot with which it began. */
  readonly loginKeepsItsSnapshot: boolean
  /** The database's socket is reset before the cancel request is sent. */
  readonly resetBeforeCancel: boolean
  /** Lease and credential are looked at when a message is handed to the kernel, not only when it is queued. */
  readonly checkedAtHandOver: boolean
  /** After the log began a new life, nothing is called enforced until leases of the earlier life are over. */
  readonly newLifeOutwaitsLeases: boolean
}

export interface Machines {
  standing(start: Position, effects: Effects<ChangeEvent>): Standing<ChangeEvent>
  recentEvents(startSeq: number): RecentEvents<ChangeEvent>
  /** @param committedAtMs is not used by the right machines: rows that are read count from then */
  receiptWait(event: Position, views: readonly IncarnationView[], committedAtMs: number, readAtMs: number, earlierLivesOverAtMs: number): ReceiptWait
  readonly rules: Rules
}

/** Few, so that schedules reach what lies beyond the window. */
const RECENT_EVENTS = 4

export const RIGHT_MACHINES: Machines = {
  standing: (start, effects) => new Standing(start, effects),
  recentEvents: (startSeq) => new RecentEvents(startSeq, RECENT_EVENTS),
  receiptWait: (event, views, _committedAtMs, readAtMs, earlierLivesOverAtMs) => new ReceiptWait(event, views, readAtMs, earlierLivesOverAtMs),
  rules: {
    applyBeforeAck: true,
    grantStoredBeforeHead: true,
    lapsedOnlyIfUnchanged: true,
    rowPerProcess: true,
    repeatedCallWaits: true,
    epochsCompared: true,
    loginKeepsItsSnapshot: true,
    resetBeforeCancel: true,
    checkedAtHandOver: true,
    newLifeOutwaitsLeases: true,
  },
}
