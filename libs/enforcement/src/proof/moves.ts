/** What can happen next in a world, as numbers: so that schedules can be drawn, repeated, told apart and made shorter. */
import { EVERYONE } from './machines.js'
import type { ProxyProcess, Session } from './proxy-process.js'
import type { Replica } from './replica.js'
import type { World } from './world.js'

/** Looked up once: inside jest each look at a global takes its time. */
const { imul } = Math

type Add = (a: number, b?: number) => void

interface MoveKind {
  /** How often it is drawn against the others. */
  readonly weight: number
  /** Where it can happen now. */
  where(world: World, add: Add): void
  make(world: World, a: number, b: number): void
}

const HOUR_MS = 3_600_000
const CALLS_MAX = 4
const EVER_STARTED_MAX = 12
const EPOCHS_MAX = 5
const SESSIONS_MAX = 3
const LOGINS_MAX = 2
const COPIES_MAX = 2
/** Kinds of which nothing can happen are passed over, so often; then all kinds are looked at. */
const DRAWS_MAX = 40

function awakeProxies(world: World, visit: (process: ProxyProcess, p: number) => void): void {
  for (let p = 0; p < world.processes.length; p++) if (world.process(p).awake) visit(world.process(p), p)
}

function awakeReplicas(world: World, visit: (replica: Replica) => void): void {
  for (const replica of world.replicas) if (!replica.frozen) visit(replica)
}

const eachAwakeProxy = (world: World, add: Add): void => awakeProxies(world, (_, p) => add(p))

function sessions(world: World, add: Add, which: (session: Session) => boolean, awake = true): void {
  for (let p = 0; p < world.processes.length; p++) {
    const process = world.process(p)
    if (awake && !process.awake) continue
    for (let s = 0; s < process.sessions.length; s++) if (which(world.session(p, s))) add(p, s)
  }
}

/** A call about each credential that is as it must be for it. */
function calls(world: World, add: Add, which: (state: { active: boolean; paused: boolean; seq: number }) => boolean): void {
  awakeReplicas(world, ({ index, calls }) => {
    if (calls.length >= CALLS_MAX) return
    for (let subject = 0; subject < world.size.credentials; subject++) if (which(world.database.credential(subject))) add(index, subject)
  })
}

function deliverable(world: World, add: Add, copiesMax = Infinity): void {
  world.wire.forEach((message, i) => {
    if (message.copies < copiesMax && (message.proxy ? message.proxy.awake : !message.replica.frozen)) add(i)
  })
}

const TABLE = {
  tick: {
    weight: 9,
    where: ({ size }, add) => size.ticksMs.forEach((_, i) => add(i)),
    make: (world, a) => world.tick(world.size.ticksMs[a] as number),
  },
  deliver: { weight: 40, where: (world, add) => deliverable(world, add), make: (world, a) => world.deliver(world.take(a)) },
  deliverAndKeep: { weight: 4, where: (world, add) => deliverable(world, add, COPIES_MAX), make: (world, a) => world.deliver(world.copy(a)) },
  lose: { weight: 4, where: ({ wire }, add) => wire.forEach((_, i) => add(i)), make: (world, a) => void world.take(a) },
  revoke: {
    weight: 4,
    where: (world, add) => calls(world, add, ({ active }) => active),
    make: (world, a, b) => world.change(world.replica(a), b, false),
  },
  alter: { weight: 4, where: (world, add) => calls(world, add, () => true), make: (world, a, b) => world.change(world.replica(a), b, null) },
  resume: {
    weight: 1.5,
    where: (world, add) => calls(world, add, ({ active, paused }) => !active || paused),
    make: (world, a, b) => world.change(world.replica(a), b, true),
  },
  alterAll: {
    weight: 1,
    where: (world, add) => awakeReplicas(world, ({ index, calls }) => calls.length < CALLS_MAX && add(index)),
    make: (world, a) => world.change(world.replica(a), EVERYONE, null),
  },
  callAgain: {
    weight: 3,
    where: (world, add) => calls(world, add, ({ active, seq }) => !active && seq > 0),
    make: (world, a, b) => world.changeAgain(world.replica(a), b),
  },
  readRows: {
    weight: 16,
    where: (world, add) => awakeReplicas(world, ({ index, calls }) => calls.forEach((_, i) => add(index, i))),
    make: (world, a, b) => world.replica(a).readRows(b, world.trueMs),
  },
  poll: {
    weight: 12,
    where: (world, add) => awakeReplicas(world, ({ index, calls }) => calls.some(({ wait }) => wait) && add(index)),
    make: (world, a) => world.poll(world.replica(a)),
  },
  publish: {
    weight: 6,
    where: ({ publishers, database }, add) =>
      publishers.forEach(({ epochNumber, seq }, i) => (epochNumber !== database.epochNumber || seq < database.seq) && add(i)),
    make: (world, a) => world.publish(a),
  },
  rewindPublisher: { weight: 1, where: ({ publishers }, add) => publishers.forEach(({ seq }, i) => seq > 0 && add(i)), make: (world, a) => world.rewindPublisher(a) },
  renew: {
    weight: 9,
    where: (world, add) => awakeProxies(world, (_, p) => world.replicas.forEach((_replica, r) => add(p, r))),
    make: (world, a, b) => world.renew(world.process(a), world.replica(b)),
  },
  finishRenewal: {
    weight: 12,
    where: (world, add) => awakeReplicas(world, ({ index, renewals }) => renewals.forEach((_, i) => add(index, i))),
    make: (world, a, b) => world.finishRenewal(world.replica(a), b),
  },
  login: {
    weight: 6,
    where: (world, add) =>
      awakeProxies(world, ({ logins }, p) => {
        if (logins.length < LOGINS_MAX) for (let subject = 0; subject < world.size.credentials; subject++) add(p, subject)
      }),
    make: (world, a, b) => world.process(a).login(b),
  },
  finishLogin: {
    weight: 6,
    where: (world, add) =>
      awakeProxies(world, ({ logins, sessions }, p) => {
        if (sessions.length < SESSIONS_MAX) logins.forEach(({ credential }, i) => credential && add(p, i))
      }),
    make: (world, a, b) => world.process(a).finishLogin(b),
  },
  queue: {
    weight: 4,
    where: (world, add) => sessions(world, add, ({ over, queued }) => !over && !queued),
    make: (world, a, b) => {
      world.session(a, b).queued = world.forwards(world.process(a), world.session(a, b))
    },
  },
  drain: { weight: 2, where: (world, add) => sessions(world, add, ({ over, queued }) => !over && queued), make: (world, a, b) => world.drain(a, b) },
  pipeline: {
    weight: 4,
    where: (world, add) => sessions(world, add, ({ over, pipelined }) => !over && !pipelined),
    make: (world, a, b) => {
      const session = world.session(a, b)
      session.running = session.pipelined = world.forwards(world.process(a), session)
    },
  },
  statementEnds: {
    weight: 3,
    where: (world, add) => sessions(world, add, ({ running, over }) => running && !over, false),
    make: (world, a, b) => world.statementEnded(world.process(a), world.session(a, b)),
  },
  cancelArrives: {
    weight: 4,
    where: (world, add) => sessions(world, add, ({ cancelOnTheWay }) => cancelOnTheWay, false),
    make: (world, a, b) => world.cancelled(a, b),
  },
  laterTurn: {
    weight: 4,
    where: (world, add) => awakeProxies(world, ({ deferred }, p) => deferred.length > 0 && add(p)),
    make: (world, a) => world.process(a).laterTurn(),
  },
  suspend: { weight: 2, where: eachAwakeProxy, make: (world, a) => world.process(a).freeze('suspended') },
  stopProcess: { weight: 2, where: eachAwakeProxy, make: (world, a) => world.process(a).freeze('stopped') },
  thaw: {
    weight: 4,
    where: (world, add) => world.processes.forEach((process, p) => process.alive && process.frozen !== 'no' && world.mayThaw(process) && add(p)),
    make: (world, a) => world.process(a).freeze('no'),
  },
  sayGoodbye: { weight: 0.3, where: eachAwakeProxy, make: (world, a) => world.stop(world.process(a)) },
  crash: {
    weight: 0.3,
    where: eachAwakeProxy,
    make: (world, a) => {
      world.process(a).alive = false
    },
  },
  startProcess: {
    weight: 1,
    where: ({ processes, size }, add) => {
      const running = processes.filter(({ alive }) => alive).length
      if (running <= size.proxies && processes.length < EVER_STARTED_MAX) for (let i = 0; i < size.proxies; i++) add(i)
    },
    make: (world, a) => world.startProcess(a),
  },
  restartReplica: { weight: 0.4, where: (world, add) => world.replicas.forEach((_, r) => add(r)), make: (world, a) => world.replica(a).restart() },
  freezeReplica: {
    weight: 0.6,
    where: (world, add) => awakeReplicas(world, ({ index }) => add(index)),
    make: (world, a) => {
      world.replica(a).frozen = true
    },
  },
  thawReplica: {
    weight: 2,
    where: ({ replicas }, add) => replicas.forEach(({ frozen }, r) => frozen && add(r)),
    make: (world, a) => {
      world.replica(a).frozen = false
    },
  },
  replicate: { weight: 1.5, where: (_, add) => add(0), make: ({ database }) => database.replicate() },
  failOver: { weight: 0.7, where: ({ database }, add) => database.epochNumber < EPOCHS_MAX && add(0), make: ({ database }) => database.failOver() },
  settle: {
    weight: 2,
    where: (world, add) => awakeReplicas(world, ({ index }) => !world.database.settled && add(index)),
    make: (world, a) => world.settle(world.replica(a)),
  },
  stepWallClock: {
    weight: 0.3,
    where: eachAwakeProxy,
    make: (world, a) => {
      const { clock } = world.process(a)
      clock.wallStepMs += clock.wallStepMs > 0 ? -HOUR_MS : HOUR_MS
    },
  },
  truncateLog: {
    weight: 0.6,
    where: ({ database }, add) => database.truncatedAt < database.seq && add(0),
    make: ({ database }) => {
      database.truncatedAt = database.seq
    },
  },
} satisfies Record<string, MoveKind>

export type Kind = keyof typeof TABLE
/** How often each kind may still happen; without a number, as often as one likes. */
export type Budget = { readonly [K in Kind]?: number }

/** A kind and two operands, in one number. */
export type Move = number
const NAMES = Object.keys(TABLE) as Kind[]
const KINDS: readonly MoveKind[] = Object.values(TABLE)
/** Each operand has six bits. */
const BITS = 6
const MASK = 2 ** BITS - 1
const TOTAL_WEIGHT = KINDS.reduce((sum, { weight }) => sum + weight, 0)
/** Kinds by chance: each as often as it weighs. */
const LOTS = KINDS.flatMap(({ weight }, kind) => Array.from({ length: Math.round((weight / TOTAL_WEIGHT) * 2_048) }, () => kind))

/** What a world may still go through. */
export class Moves {
  readonly left: number[]
  #list: Move[] = []
  #base = 0
  readonly #add: Add = (a, b = 0) => {
    this.#list.push(this.#base | (a << BITS) | b)
  }

  constructor(
    readonly world: World,
    budget: Budget = {},
  ) {
    this.left = NAMES.map((name) => budget[name] ?? Infinity)
  }

  /** All that can happen next. */
  all(): Move[] {
    this.#list = []
    KINDS.forEach((_, kind) => this.#collect(kind))
    return this.#list
  }

  /**
   * One of them: first a kind by its weight, then one of that kind.
   * @param random from 0 to 2^30 - 1
   * @returns undefined where nothing can happen
   */
  draw(random: number): Move | undefined {
    this.#list = []
    let lot = random
    for (let tries = 0; tries < DRAWS_MAX && this.#list.length === 0; tries++) {
      this.#collect(LOTS[(lot >>> 9) % LOTS.length] as number)
      lot = (imul(lot, 1_103_515_245) + 12_345) & 0x3fffffff
    }
    if (this.#list.length === 0) this.all()
    return this.#list[(random >>> 3) % this.#list.length]
  }

  /** Makes a move, and has every session try to forward. */
  make(move: Move): void {
    const { world } = this
    const kind = move >> (2 * BITS)
    const left = this.left[kind] as number
    this.left[kind] = left - 1
    ;(KINDS[kind] as MoveKind).make(world, (move >> BITS) & MASK, move & MASK)
    world.afterMove()
  }

  #collect(kind: number): void {
    if ((this.left[kind] as number) <= 0) return
    this.#base = kind << (2 * BITS)
    ;(KINDS[kind] as MoveKind).where(this.world, this.#add)
  }
}

/** A move in words. */
export function describeMove(move: Move): string {
  return `${NAMES[move >> (2 * BITS)] ?? 'nothing'} ${(move >> BITS) & MASK} ${move & MASK}`
}
