/** The worlds in which schedules are drawn. */
import type { Budget, Kind } from './moves.js'
import type { WorldSize } from './world.js'

/** How far the speed of a clock may be off: the tenth of a lease that is not used covers two machines that are off in opposite ways. */
const SPEEDS = [0.95, 1, 1.05]
/** Less, where suspends that are too short to be noticed (100 ms) take their share of that tenth. */
const STEADY_SPEEDS = [0.975, 1, 1.025]
const TICKS_MS = [1, 40, 95, 300, 900, 1_500, 2_850]

/** Any size, from a number. */
export function sizeFrom(random: number): WorldSize {
  const digit = (at: number, base: number): number => Math.floor(random / 2 ** at) % base
  const shortSuspends = digit(0, 2) === 1
  const speeds = shortSuspends ? STEADY_SPEEDS : SPEEDS
  const speedsFrom = (at: number): number[] => [speeds[digit(at, 3)] as number, speeds[digit(at + 2, 3)] as number]
  return {
    proxies: pick([1, 1, 2, 3], digit(1, 4)),
    replicas: 1 + digit(3, 2),
    credentials: 1 + digit(4, 2),
    publishers: 1 + digit(5, 2),
    proxyRates: speedsFrom(6),
    replicaRates: speedsFrom(10),
    leaseMs: digit(14, 4) === 0 ? [3_000, 4_000] : [3_000],
    ticksMs: TICKS_MS,
    shortSuspends,
    quickClocks: digit(16, 2) === 1,
    onTheWireMax: 20,
    warm: digit(17, 4) !== 0,
  }
}

/** What a schedule can do without. Each does without some: what is left comes together more often. */
const OPTIONAL: readonly Kind[] = [
  'deliverAndKeep', 'lose', 'alter', 'alterAll', 'resume', 'callAgain', 'rewindPublisher', 'queue', 'pipeline', 'suspend', 'stopProcess', 'sayGoodbye', 'crash',
  'startProcess', 'restartReplica', 'freezeReplica', 'failOver', 'stepWallClock', 'truncateLog',
]

/** Nothing but messages that arrive, calls that go on, and what is named. */
export function only(budget: Budget): Budget {
  const nothing: readonly Kind[] = [...OPTIONAL, 'tick', 'revoke', 'publish', 'renew', 'login', 'drain', 'statementEnds', 'replicate', 'settle']
  return { ...Object.fromEntries(nothing.map((kind) => [kind, 0])), ...budget }
}

/** What takes no part in a schedule, from a number. */
export function leftOutFrom(random: number): Budget {
  return Object.fromEntries(OPTIONAL.filter((_, i) => (random >>> i) % 2 === 1).map((kind) => [kind, 0]))
}

function pick<T>(values: readonly T[], i: number): T {
  return values[i] as T
}
