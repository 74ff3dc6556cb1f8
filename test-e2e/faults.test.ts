/**
 * Whatever breaks, and whenever: once a change was answered as enforced, nothing of the old state arrives at the database. The
 * witness is the database's own clock beside the statements that arrived, on the machine where the answer was read.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Cuttable } from '@pgbeam/api-testing'
import { enforcementHeader } from './support/api.js'
import { connect, loginError } from './support/connect.js'
import { count, report } from './support/measure.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const SEED = Number(process.env['PGBEAM_FAULT_SEED'] ?? Date.now() % 1_000_000)
/** A statement that the proxy's kernel had before the answer may be stamped a little later: the server has to be woken up. */
const WAKE_MS = 250
/** How long the clients go on trying behind the answer. */
const BEHIND_MS = 1_500
const LEASE_MS = 3_000

let stack: Stack
let random: () => number
const ways = { proxy: [] as Cuttable[], control: [] as Cuttable[] }
const through = (kept: Cuttable[]) => async (index: number, natsUrl: string) => {
  kept[index] = await Cuttable.to(natsUrl)
  return { NATS_URL: kept[index].url }
}
beforeAll(async () => {
  process.stdout.write(`faults: PGBEAM_FAULT_SEED=${SEED}\n`)
  random = mulberry32(SEED)
  stack = await startStack({
    controlPlanes: 2, proxies: 2, schema: 'CREATE TABLE arrived (who text, proxy int, at timestamptz DEFAULT statement_timestamp())',
    env: { proxy: through(ways.proxy), controlPlane: through(ways.control) },
  })
}, 180_000)
afterAll(async () => {
  await stack?.stop()
  await Promise.all([...ways.proxy, ...ways.control].map((way) => way.stop()))
}, 60_000)

/** What breaks, and how it is made whole again. */
interface Fault {
  readonly name: string
  /** Whether it can keep a proxy from hearing and from being heard: then the answer may have to wait for a lease. */
  begin(): Promise<void> | void
  end(): Promise<void> | void
}
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!

function onLine(name: string, kept: Cuttable[], breakIt: (way: Cuttable) => void): Fault {
  const at = Math.floor(random() * kept.length)
  return { name: `${name} (${at})`, begin: () => breakIt(kept[at]!), end: () => kept[at]!.mend() }
}
const faults: (() => Fault)[] = [
  () => onLine('a proxy is cut off from NATS', ways.proxy, (way) => way.cut()),
  () => onLine('a proxy and NATS do not hear each other', ways.proxy, (way) => void (way.lost.there = way.lost.back = true)),
  () => onLine('a proxy hears and is not heard', ways.proxy, (way) => void (way.lost.there = true)),
  () => onLine('a proxy is heard and does not hear', ways.proxy, (way) => void (way.lost.back = true)),
  () => onLine('half a second on the way to a proxy', ways.proxy, (way) => void (way.delayMs = 500)),
  () => onLine('a control plane is cut off from NATS', ways.control, (way) => way.cut()),
  () => onLine('a control plane and NATS do not hear each other', ways.control, (way) => void (way.lost.there = way.lost.back = true)),
  () => {
    const proxy = pick(stack.proxies)
    return { name: `${proxy.name} stands still`, begin: () => proxy.freeze(), end: () => proxy.thaw() }
  },
  () => {
    const proxy = pick(stack.proxies)
    return { name: `${proxy.name} dies`, begin: () => proxy.crash(), end: async () => void (await proxy.start()) }
  },
  () => ({ name: 'the other control plane dies', begin: () => stack.controlPlanes[1]!.crash(), end: async () => void (await stack.controlPlanes[1]!.start()) }),
  () => ({ name: 'NATS dies', begin: () => stack.stopNats(), end: () => stack.startNats() }),
]
const verbs = {
  revoke: (credential: Credential) => stack.api.call('DELETE', credential.path),
  kill: (credential: Credential) => stack.api.call('PATCH', credential.path, { body: { status: 'killed' } }),
  rotate: (credential: Credential) => stack.api.call('POST', `${credential.path}/rotate`, { body: {} }),
}

/** A client that sends one statement after the other for as long as anybody takes them, connecting anew where it must. */
function writer(credential: Credential, proxyIndex: number, stopped: () => boolean): Promise<void> {
  const proxy = stack.proxies[proxyIndex]!
  return (async () => {
    while (!stopped()) {
      try {
        const client = await connect(stack, credential, { proxy, config: { connectionTimeoutMillis: 2_000 } })
        try {
          while (!stopped()) await client.query('INSERT INTO arrived (who, proxy) VALUES ($1, $2)', [credential.id, proxyIndex])
        } finally {
          client.end().catch(() => undefined)
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  })()
}

const slowest = new Map<string, number>()
const RUNS = count(faults.length, 200)

it.each(Array.from({ length: RUNS }, (_, run) => [run]))('nothing arrives after the answer: run %i', async (run) => {
  const fault = faults[run % faults.length]!()
  const verb = pick(Object.keys(verbs) as (keyof typeof verbs)[])
  const [beforeMs, afterMs] = [random() * 300, random() * 1_200]
  const label = `seed ${SEED}, run ${run}: ${fault.name} ${Math.round(beforeMs)} ms in, ${verb} ${Math.round(afterMs)} ms later`
  const credential = await stack.createCredential()
  let over = false
  const writers = [0, 1].flatMap((proxy) => [writer(credential, proxy, () => over), writer(credential, proxy, () => over)])
  const arrivals = async () => (await stack.onUpstream<{ n: number; last: string | null }>('SELECT count(*)::int AS n, extract(epoch FROM max(at)) * 1000 AS last FROM arrived WHERE who = $1', [credential.id]))[0]!
  while ((await arrivals()).n < 4) await new Promise((resolve) => setTimeout(resolve, 20)) // under way
  await new Promise((resolve) => setTimeout(resolve, beforeMs))
  await fault.begin()
  let answeredAtMs: number
  try {
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    const answer = await verbs[verb](credential)
    answeredAtMs = Date.now()
    expect([label, answer.status < 300 && answer.status !== 202, enforcementHeader(answer).enforced]).toEqual([label, true, true])
    slowest.set(fault.name, Math.max(slowest.get(fault.name) ?? 0, answer.elapsedMs))
    await new Promise((resolve) => setTimeout(resolve, BEHIND_MS / 2))
  } finally {
    await fault.end()
  }
  // Clients keep trying while things come back, which is when what was held would slip out.
  await new Promise((resolve) => setTimeout(resolve, BEHIND_MS / 2))
  for (const service of [...stack.proxies, ...stack.controlPlanes]) while (!(await fetch(service.readyUrl).then(({ ok }) => ok, () => false))) await new Promise((resolve) => setTimeout(resolve, 50))
  const { n, last } = await arrivals()
  over = true
  await Promise.all(writers)
  expect(n).toBeGreaterThan(0)
  expect(`${label}: ${Math.max(0, Math.round(Number(last) - answeredAtMs - WAKE_MS))} ms too late`).toBe(`${label}: 0 ms too late`)
  // And what nobody touched is served again.
  const other = await stack.createCredential()
  for (const proxy of stack.proxies) expect([label, await loginError(stack, other, { proxy })]).toEqual([label, undefined])
}, 90_000)

it('an answer waited no longer than a lease and half a second', () => {
  const worst = [...slowest].sort(([, a], [, b]) => b - a)[0]
  report('faults: runs', RUNS)
  report(`faults: slowest answer (${worst?.[0]})`, Math.round(worst?.[1] ?? 0), `ms; the target is ${LEASE_MS + 500}`)
  expect(slowest.size).toBeGreaterThan(0)
})

/** Small, fast, and the same for one seed everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
