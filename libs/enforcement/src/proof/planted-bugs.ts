/**
 * Machines with one thing wrong. Each is the right ones with a method or an order replaced at a single seam: a model that
 * does not find them would not find much else either.
 */
import { LogFollower, type FollowerVerdict, type Position } from '../follower.js'
import type { ClockReading } from '../lease.js'
import { RecentEvents } from '../recent-events.js'
import { ReceiptWait, type Fenced } from '../receipt-wait.js'
import type { IncarnationView } from '../receipt.js'
import { Standing, type Asked, type Grant } from '../standing.js'
import { RIGHT_MACHINES, type ChangeEvent, type Machines, type Rules } from './machines.js'
import type { SmallWorld } from './explore.js'
import { FENCED_LATER, IN_FLIGHT, LAPSED, LATE_ANSWERS, LATE_SNAPSHOTS, LEASES_LOST, LOST_BATCHES, NUMBERS_AGAIN, TWINS, TWO_PUBLISHERS } from './small-worlds.js'

export interface PlantedBug {
  readonly name: string
  readonly machines: Machines
  /** Where it shows within few schedules. */
  readonly world: SmallWorld
  /** Where the seam lies inside a machine: puts the bug there. @returns what takes it out again */
  readonly plant?: () => () => void
}

class CountsFromReceipt extends Standing<ChangeEvent> {
  override granted(asked: Asked, grant: Grant, now: ClockReading): void {
    super.granted({ ...asked, at: now }, grant, now)
  }
}

class TakesEffectAtOnce extends Standing<ChangeEvent> {
  override granted(asked: Asked, grant: Grant, now: ClockReading): void {
    super.granted(asked, grant, now)
    if (grant.epoch === this.position.epoch) super.granted(asked, { ...grant, seq: Math.min(grant.seq, this.position.seq) }, now)
  }
}

class OutdatesNothing extends RecentEvents<ChangeEvent> {
  override outdates(): boolean {
    return false
  }
}

class ComparesNoEpochs extends ReceiptWait {
  constructor(
    private readonly position: Position,
    views: readonly IncarnationView[],
    readAtMs: number,
    earlierLivesOverAtMs: number,
  ) {
    super(position, views, readAtMs, earlierLivesOverAtMs)
  }

  override hear(incarnation: string, _epoch: string, appliedSeq: number): void {
    super.hear(incarnation, this.position.epoch, appliedSeq)
  }
}

/** A receipt that takes the lease of a process that was fenced by a later event for one that is over. */
class LapsesLiveLeases extends ReceiptWait {
  readonly #grants: ReadonlyMap<string, number>

  constructor(position: Position, views: readonly IncarnationView[], readAtMs: number, earlierLivesOverAtMs: number) {
    super(position, views, readAtMs, earlierLivesOverAtMs)
    this.#grants = new Map(views.map(({ incarnation, grant }) => [incarnation, grant]))
  }

  override get fenced(): readonly Fenced[] {
    return super.fenced.map(({ incarnation }) => ({ incarnation, grant: this.#grants.get(incarnation) as number }))
  }
}

/** What the wrong methods of `LogFollower` see of it. */
interface FollowerInside {
  at: Position
}
type Offer = LogFollower<ChangeEvent>['offer']

/** Replaces `LogFollower.offer` wherever it is used, until undone. */
function plantOffer(offer: (inside: FollowerInside, epoch: string, prevSeq: number, events: readonly ChangeEvent[]) => FollowerVerdict<ChangeEvent>): () => void {
  const right = LogFollower.prototype.offer
  const wrong: Offer = function (this: FollowerInside, epoch, prevSeq, events) {
    return epoch === this.at.epoch ? offer(this, epoch, prevSeq, events) : { do: 'start-over' }
  }
  LogFollower.prototype.offer = wrong as typeof right
  return () => {
    LogFollower.prototype.offer = right
  }
}

function takeAll(inside: FollowerInside, epoch: string, events: readonly ChangeEvent[]): FollowerVerdict<ChangeEvent> {
  const last = events.at(-1)
  if (!last) return { do: 'nothing' }
  inside.at = { epoch, seq: last.seq }
  return { do: 'apply', events }
}

const withRules = (rules: Partial<Rules>): Machines => ({ ...RIGHT_MACHINES, rules: { ...RIGHT_MACHINES.rules, ...rules } })

/** Those that were asked for. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  { name: 'a lease counted from its receipt', world: LATE_ANSWERS, machines: { ...RIGHT_MACHINES, standing: (start, effects) => new CountsFromReceipt(start, effects) } },
  { name: 'an acknowledgement before the effect', world: LATE_ANSWERS, machines: withRules({ applyBeforeAck: false }) },
  { name: 'a stale snapshot taken after an event', world: LATE_SNAPSHOTS, machines: { ...RIGHT_MACHINES, recentEvents: (startSeq) => new OutdatesNothing(startSeq) } },
  {
    name: 'a gap that nobody notices', world: LOST_BATCHES,
    machines: RIGHT_MACHINES,
    plant: () => plantOffer((inside, epoch, _prevSeq, events) => takeAll(inside, epoch, events.filter(({ seq }) => seq > inside.at.seq))),
  },
  {
    name: 'two publishers, and no guard against what was applied before', world: TWO_PUBLISHERS,
    machines: RIGHT_MACHINES,
    plant: () => plantOffer((inside, epoch, prevSeq, events) => (prevSeq > inside.at.seq ? { do: 'catch-up' } : takeAll(inside, epoch, events))),
  },
  { name: 'a lapsed lease granted again between commit and event: the head is read before the lease is stored', world: LAPSED, machines: withRules({ grantStoredBeforeHead: false }) },
  { name: 'a renewal by another replica during the wait, marked as lapsed', world: LAPSED, machines: withRules({ lapsedOnlyIfUnchanged: false }) },
  { name: 'a lease that takes effect at a proxy that lags behind', world: LATE_ANSWERS, machines: { ...RIGHT_MACHINES, standing: (start, effects) => new TakesEffectAtOnce(start, effects) } },
  { name: 'two incarnations of one proxy in one row', world: TWINS, machines: withRules({ rowPerProcess: false }) },
  {
    name: 'a number used again after a failover, its epoch ignored', world: NUMBERS_AGAIN,
    machines: {
      ...withRules({ epochsCompared: false }),
      receiptWait: (event, views, _committedAtMs, readAtMs, earlierLivesOverAtMs) => new ComparesNoEpochs(event, views, readAtMs, earlierLivesOverAtMs),
    },
  },
  { name: 'a repeated revoke that answers at once', world: IN_FLIGHT, machines: withRules({ repeatedCallWaits: false }) },
  { name: 'a login that takes the position of its end', world: LATE_SNAPSHOTS, machines: withRules({ loginKeepsItsSnapshot: false }) },
  { name: 'a cancel before the reset', world: IN_FLIGHT, machines: withRules({ resetBeforeCancel: false }) },
  { name: 'a check before the queue and none behind it', world: IN_FLIGHT, machines: withRules({ checkedAtHandOver: false }) },
]

/** Those that the model found in the machines as they were first built. */
export const FOUND_BUGS: readonly PlantedBug[] = [
  { name: 'a failover that lost leases, and receipts that believe the rows it left', world: LEASES_LOST, machines: withRules({ newLifeOutwaitsLeases: false }) },
  {
    name: 'a live lease taken for one that is over, since a later event had fenced its process', world: FENCED_LATER,
    machines: {
      ...RIGHT_MACHINES,
      receiptWait: (event, views, _committedAtMs, readAtMs, earlierLivesOverAtMs) => new LapsesLiveLeases(event, views, readAtMs, earlierLivesOverAtMs),
    },
  },
  {
    name: 'a lease stored after the commit and outwaited from the commit', world: LAPSED,
    machines: {
      ...RIGHT_MACHINES,
      receiptWait: (event, views, committedAtMs, _readAtMs, earlierLivesOverAtMs) => new ReceiptWait(event, views, committedAtMs, earlierLivesOverAtMs),
    },
  },
]
