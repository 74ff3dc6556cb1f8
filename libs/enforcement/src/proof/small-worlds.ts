/** Worlds that are small enough to try every schedule, each made around something that can go wrong. */
import type { SmallWorld } from './explore.js'
import { only } from './sizes.js'
import type { WorldSize } from './world.js'

/** The clocks at the worst that is allowed: the proxy's is slow, the replica's is fast. Time goes on by a part of a lease. */
const SIZE: WorldSize = {
  proxies: 1, replicas: 1, credentials: 1, publishers: 1, proxyRates: [0.95], replicaRates: [1.05], leaseMs: [3_000], ticksMs: [1_450],
  shortSuspends: false, quickClocks: false, onTheWireMax: 40, warm: true,
}

export const LATE_ANSWERS: SmallWorld = { name: 'answers to renewals that come late', size: SIZE, budget: only({ tick: 3, renew: 2, alter: 1 }) }
export const LATE_SNAPSHOTS: SmallWorld = { name: 'look-ups that events overtake', size: SIZE, budget: only({ alter: 2, publish: 2, login: 2 }) }
export const LOST_BATCHES: SmallWorld = { name: 'batches that are lost', size: { ...SIZE, credentials: 2 }, budget: only({ alter: 2, publish: 2, login: 1 }) }
export const TWO_PUBLISHERS: SmallWorld = { name: 'two publishers', size: { ...SIZE, publishers: 2 }, budget: only({ alter: 2, publish: 3, login: 1 }) }
export const LAPSED: SmallWorld = { name: 'a lease that lapses and is granted again', size: { ...SIZE, warm: false }, budget: only({ tick: 2, alter: 2, renew: 1, login: 1 }) }
export const FENCED_LATER: SmallWorld = { name: 'receipts out of order', size: { ...SIZE, warm: false }, budget: only({ alter: 3, renew: 1, login: 1 }) }
export const RENEWED_MEANWHILE: SmallWorld = {
  name: 'renewals that another replica answers while one waits', size: { ...SIZE, replicas: 2 }, budget: only({ tick: 2, alter: 2, renew: 1, readRows: 2 }),
}
export const NUMBERS_AGAIN: SmallWorld = {
  name: 'numbers that are used again', size: { ...SIZE, copyBehind: 2, ticksMs: [2_900] }, budget: only({ tick: 1, alter: 1, resume: 1, renew: 1, login: 1, failOver: 1, readRows: 2 }),
}
export const LEASES_LOST: SmallWorld = { name: 'a failover that loses leases', size: { ...SIZE, warm: false }, budget: only({ tick: 2, alter: 1, renew: 1, login: 1, failOver: 1 }) }
export const SUSPENDED: SmallWorld = { name: 'a proxy that sleeps', size: SIZE, budget: only({ tick: 4, alter: 1, publish: 1, renew: 1, suspend: 1, queue: 1 }) }
export const STOPPED: SmallWorld = { name: 'a proxy that is stopped', size: SIZE, budget: only({ tick: 3, alter: 1, publish: 1, renew: 1, stopProcess: 1, queue: 1, drain: 1 }) }
export const TWINS: SmallWorld = { name: 'a proxy that was started again while it still ran', size: SIZE, budget: only({ tick: 2, alter: 1, publish: 1, startProcess: 1, renew: 1, login: 1, readRows: 1 }) }
export const IN_FLIGHT: SmallWorld = {
  name: 'statements in flight', size: SIZE, budget: only({ tick: 2, revoke: 1, callAgain: 1, publish: 1, queue: 1, drain: 1, pipeline: 1, statementEnds: 2 }),
}

export const LATE_LOGS: SmallWorld = {
  name: 'answers from the log that come late', size: SIZE, budget: only({ alter: 2, publish: 1, renew: 1, login: 1, truncateLog: 1, readRows: 1 }),
}

export const SMALL_WORLDS: readonly SmallWorld[] = [
  LATE_ANSWERS, LATE_SNAPSHOTS, LOST_BATCHES, TWO_PUBLISHERS, LAPSED, FENCED_LATER, RENEWED_MEANWHILE, NUMBERS_AGAIN, LEASES_LOST, SUSPENDED, STOPPED, TWINS, IN_FLIGHT, LATE_LOGS,
]
