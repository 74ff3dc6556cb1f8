/** `npm run bench -- --only gate`: what the gate costs a session, against one of the same proxy in the same moment without it. */
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { root, say } from '../../scripts/lib/bootstrap.mjs'
import { compare, inTurns, shuffled } from './bursts.mjs'
import { measureLiterals } from './literals.mjs'
import { FLOORS, GATE, LEASED, OPEN, OPEN_AGAIN, POLICIES, WRITES } from './policies.mjs'
import { startGateServers } from './servers.mjs'
import { execute, prepare, query, Sessions } from './sessions.mjs'
import { COLD_500, COLD_SMALL, LITERAL_INTEGER, SMALL, SMALL_PREPARED, textOf, WRITE, WRITE_PREPARED } from './statements.mjs'

const BURST_MS = 100
/** Before what counts: the compiler and the cache have work to do. */
const WARM_UP_ROUNDS = 10
/** Two sets of sessions that are alike still differ, for as long as they live: they are opened anew for so many rounds. */
const ROUNDS_IN_A_BLOCK = 20
const WARM_UP_OF_A_BLOCK = 3
const DECIDE = 'libs/policy/bench/decide.mjs'
const LOOK_UP = 'services/proxy/bench/look-up.mjs'

export async function measureGate({ dir, options, profile }) {
  mkdirSync(dir, { recursive: true })
  say('bench: starting Postgres, the control plane and a proxy')
  const servers = await startGateServers({ dir, profile })
  const stopEarly = () => void servers.stop().then(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopEarly)
  const opened = {}
  try {
    for (const [name, way] of Object.entries(servers.ways)) {
      opened[name] = await openPrepared(way, options.clients)
      if (name === OPEN || name === FLOORS || name === WRITES) await opened[name].each(prepare('write', WRITE_PREPARED))
    }
    const turns = (ways, rounds) => inTurns({ ways, rounds, burstMs: BURST_MS, proxyPid: servers.proxy.pid, databasePid: servers.upstreamPid })
    /** The same bytes by each of the policies, counted once and then for good: what is cold is not measured here. */
    const compared = async (title, bytes, names, bases, rounds) => {
      say(`bench: ${title}`)
      const ways = names.map((name) => ({ name, sessions: opened[name], make: () => bytes }))
      await turns(ways, Math.min(WARM_UP_ROUNDS, rounds))
      const rows = await turns(ways, rounds)
      return { title, rows: differences(rows, names, bases) }
    }
    /** The same, with sessions that are opened anew, in another order, for each block of rounds. */
    const comparedInBlocks = async (title, bytes, names, bases, rounds) => {
      const blocks = Math.ceil(rounds / ROUNDS_IN_A_BLOCK)
      const rows = []
      for (let block = 0; block < blocks; block++) {
        say(`bench: ${title}, block ${block + 1} of ${blocks}`)
        const ways = []
        for (const name of shuffled(names)) ways.push({ name, sessions: await openPrepared(servers.ways[name], options.clients), make: () => bytes })
        await turns(ways, WARM_UP_OF_A_BLOCK)
        rows.push(...(await turns(ways, Math.min(rounds, ROUNDS_IN_A_BLOCK))).map((row) => ({ ...row, block })))
        await Promise.all(ways.map(({ sessions }) => sessions.close()))
      }
      return { title, rows: differences(rows, names, bases) }
    }
    const simple = query(SMALL)
    const prepared = execute('small', '4711')
    const fewer = Math.ceil(options.gateRounds / 3)
    const judged = [OPEN, OPEN_AGAIN, LEASED, FLOORS, GATE]
    const parts = {
      warm: async () => ({
        simple: await comparedInBlocks('warm gate, simple protocol', simple, judged, [OPEN, LEASED, FLOORS], options.gateRounds),
        prepared: await comparedInBlocks('warm gate, prepared', prepared, judged, [OPEN, LEASED, FLOORS], options.gateRounds),
      }),
      rules: async () => {
        const readers = Object.keys(POLICIES).filter((name) => name !== FLOORS && name !== WRITES)
        return [
          await compared('rules of a policy, simple protocol', simple, readers, [GATE], fewer),
          await compared('rules of a policy, prepared', prepared, readers, [GATE], fewer),
          await compared('an UPDATE of one row, simple protocol', query(WRITE), [OPEN, FLOORS, WRITES], [FLOORS], fewer),
          await compared('an UPDATE of one row, prepared', execute('write', '4711'), [OPEN, FLOORS, WRITES], [FLOORS], fewer),
        ]
      },
      cold: async () => ({ decide: await measureDecide(servers.databaseUrl), wire: await measureCold(opened[GATE], turns, fewer) }),
      literals: async () => {
        const measured = {}
        for (const [name, shape] of [['integers', LITERAL_INTEGER], ['quoted texts', COLD_SMALL]]) {
          say(`bench: ${options.literals} statements that differ in ${name}, twice`)
          measured[name] = await measureLiterals({ sessions: opened[GATE], proxy: servers.proxy, shape, count: options.literals })
        }
        return measured
      },
    }
    const figures = { lookUp: await measureLookUp() }
    for (const part of options.gateParts) figures[part] = await parts[part]()
    return figures
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stopEarly)
    await Promise.all(Object.values(opened).map((sessions) => sessions.close()))
    await servers.stop()
  }
}

async function openPrepared(way, count) {
  const sessions = await Sessions.open(way, count)
  await sessions.each(prepare('small', SMALL_PREPARED))
  return sessions
}

/** Compared with each other, and not with what has a policy. */
const WITHOUT_POLICY = new Set([OPEN, OPEN_AGAIN, LEASED])

function differences(rows, names, bases) {
  return bases.flatMap((base) => names.filter((name) => name !== base && (base === OPEN || !WITHOUT_POLICY.has(name))).map((name) => compare(rows, name, base)))
}

async function figuresOf(script, settings) {
  const env = { PATH: process.env.PATH, ...settings }
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: root, env, timeout: 120_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

/** What is added to a warm statement, by itself: too little to be seen among what else a statement costs. */
function measureLookUp() {
  say('bench: looking up remembered verdicts')
  return figuresOf(LOOK_UP, { BENCH_TEXTS: JSON.stringify({ small: SMALL, long: textOf(COLD_500, 0) }) })
}

/** The pure function, in a process of its own. */
function measureDecide(databaseUrl) {
  say('bench: deciding statements that were never seen')
  const { access_mode: accessMode, statement_rules: statementRules } = POLICIES[GATE]
  return figuresOf(DECIDE, {
    BENCH_DATABASE_URL: databaseUrl, BENCH_POLICY: JSON.stringify({ accessMode, statementRules }), BENCH_SHAPES: JSON.stringify({ small: COLD_SMALL, long: COLD_500 }),
  })
}

/** The same through the proxy: texts that are new each time against one that is not. */
async function measureCold(sessions, turns, rounds) {
  const measured = {}
  // None of the literals that are counted later.
  let n = 5_000_000
  for (const [name, shape] of [['small', COLD_SMALL], ['long', COLD_500]]) {
    say(`bench: never-seen statements through the proxy (${name})`)
    const known = query(textOf(shape, 0))
    const ways = [{ name: 'seen', sessions, make: () => known }, { name: 'never seen', sessions, make: () => query(textOf(shape, n++)) }]
    await turns(ways, Math.min(WARM_UP_ROUNDS, rounds))
    measured[name] = compare(await turns(ways, rounds), 'never seen', 'seen')
  }
  return measured
}
