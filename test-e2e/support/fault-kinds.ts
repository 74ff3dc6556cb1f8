/** What can break around a PgBeam: every pair of parts that talk to each other, and every part. */
import type { Fault, FaultBench } from './fault-bench.js'
import type { Line } from './line.js'
import type { ServiceProcess } from './service.js'

export type FaultKind = (bench: FaultBench) => Fault

const THERE = { there: true, back: false }
const BACK = { there: false, back: true }
const BOTH = { there: true, back: true }
const HALF_A_SECOND_MS = 500
const TEN_SECONDS_MS = 10_000

/** The ways in which one line breaks: gone, silent, in one direction, slow. */
function onLine(between: readonly [string, string], choose: (bench: FaultBench) => readonly Line[]): FaultKind[] {
  const [a, b] = between
  const ways: readonly [string, (line: Line) => void][] = [
    [`${a} is cut off from ${b}`, (line) => line.cut()],
    [`${a} and ${b} do not hear each other`, (line) => line.lose(BOTH)],
    [`${a} hears ${b} and is not heard`, (line) => line.lose(THERE)],
    [`${a} is heard by ${b} and does not hear`, (line) => line.lose(BACK)],
    [`half a second between ${a} and ${b}`, (line) => line.delay(HALF_A_SECOND_MS)],
  ]
  return ways.map(([name, breakIt]) => (bench) => {
    const lines = choose(bench)
    const at = Math.floor(bench.random.next() * lines.length)
    return { name: `${name} (${at})`, touches: `${a} ${b}`, kind: 'line', begin: () => breakIt(lines[at]!), end: () => lines[at]!.mend() }
  })
}

const dies = (process: ServiceProcess, what = process.name): Fault => ({
  name: `${what} dies`, touches: process.name, kind: 'process', begin: () => process.crash(), end: async () => void (await process.start()),
})

/** Which replica has the log to publish, by what they said last. */
function publisher({ stack }: FaultBench): ServiceProcess {
  const since = stack.controlPlanes.map((one) => {
    const said = one.log().split('\n').findLast((line) => line.includes('this replica publishes the enforcement log'))
    return { one, at: said === undefined ? '' : String((JSON.parse(said) as { time: unknown }).time) }
  })
  return since.sort((a, b) => (a.at < b.at ? 1 : -1))[0]!.one
}

function restarts(name: string, which: 'control' | 'upstream', mode: 'fast' | 'immediate'): FaultKind {
  return ({ stack }) => ({ name, touches: which, kind: 'server', begin: () => stack.own![which].down(mode), end: () => stack.own![which].up() })
}

export const faultKinds: readonly FaultKind[] = [
  ...onLine(['a proxy', 'NATS'], ({ lines }) => lines.proxyNats),
  ...onLine(['a control plane', 'NATS'], ({ lines }) => lines.controlNats),
  ...onLine(['a control plane', 'its database'], ({ lines }) => lines.controlDatabase),
  ...onLine(['the proxies', 'the database'], ({ lines }) => [lines.upstream]).slice(0, -1), // slow bytes are forwarded bytes
  ({ stack, random }) => {
    const proxy = random.pick(stack.proxies)
    return { name: `${proxy.name} stands still`, touches: proxy.name, kind: 'process', begin: () => proxy.freeze(), end: () => proxy.thaw() }
  },
  ({ stack, random }) => {
    const proxy = random.pick(stack.proxies)
    let sinceMs = 0
    return {
      name: `${proxy.name} stands still for ten seconds`, touches: proxy.name, kind: 'process',
      begin: () => {
        proxy.markLog()
        sinceMs = performance.now()
        proxy.freeze()
      },
      end: async () => {
        await new Promise((resolve) => setTimeout(resolve, TEN_SECONDS_MS - (performance.now() - sinceMs)))
        proxy.thaw()
        await proxy.waitForLog(/the lease is over/) // it came back fenced
      },
    }
  },
  ({ stack, random }) => {
    const replica = random.pick(stack.controlPlanes)
    return { name: `${replica.name} stands still`, touches: replica.name, kind: 'process', begin: () => replica.freeze(), end: () => replica.thaw() }
  },
  ({ stack, random }) => dies(random.pick(stack.proxies)),
  ({ stack, random }) => dies(random.pick(stack.controlPlanes)),
  (bench) => dies(publisher(bench), 'the publisher'),
  ({ stack }) => ({
    name: 'all NATS servers die', touches: 'NATS servers', kind: 'server',
    begin: async () => void (await Promise.all(stack.cluster.map((one) => one.stop({ signal: 'SIGKILL' })))),
    end: async () => void (await Promise.all(stack.cluster.map((one) => one.start()))),
  }),
  ({ stack, random }) => {
    const at = Math.floor(random.next() * stack.cluster.length)
    return { name: `NATS server ${at} of the cluster dies`, touches: 'NATS servers', kind: 'server', begin: () => stack.cluster[at]!.stop({ signal: 'SIGKILL' }), end: () => stack.cluster[at]!.start() }
  },
  restarts('the control plane\'s database restarts', 'control', 'fast'),
  restarts('the control plane\'s database crashes', 'control', 'immediate'),
  restarts('the database behind the proxies crashes', 'upstream', 'immediate'),
]
