/**
 * A PgBeam in which everything can break, clients that never stop writing, and a witness: the database's own clock beside the
 * statements that arrived, and the instants at which clients read an answer, on the machine where the API's answer was read.
 * The proxies' own logs count for nothing.
 */
import { enforcementHeader, type Answer } from './api.js'
import { connect, loginError } from './connect.js'
import { Line } from './line.js'
import type { Seeded } from './seeded.js'
import { startStack, type Credential, type Proxy, type Stack } from './stack.js'

/** What a proxy's kernel had before the answer may be stamped, or read, a little later: somebody has to be woken up. */
const WAKE_MS = 250
/** How long the clients go on trying behind the answer. */
const BEHIND_MS = 1_500
/** Longer than a lease and a grace. What keeps a call from being answered ends then. */
const FAULT_MS_MAX = 7_000
const CALL_MS_MAX = 8_000
const ANSWER_MS_MAX = 60_000
const LETS_IN_MS = 10_000

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What breaks, and how it is made whole again. */
export interface Fault {
  readonly name: string
  /** What it takes hold of: faults of one run take hold of different things. */
  readonly touches: string
  /** Servers are mended before lines, and lines before processes, which start only if they find both. */
  readonly kind: 'server' | 'line' | 'process'
  begin(): Promise<void> | void
  end(): Promise<void> | void
}
const MENDED = ['server', 'line', 'process'] as const

/** When the last one came, on this machine's wall clock, and by which proxy. */
interface Witness {
  lastMs: number
  proxy: number
}

const verbs = ['revoke', 'kill', 'rotate'] as const
type Verb = (typeof verbs)[number]

export interface Verdict {
  /** The seed, and what was done when. */
  readonly label: string
  readonly names: readonly string[]
  /** How long the call took that was answered as enforced. */
  readonly answerMs: number
  /** How many calls were not: they ended with an error, or without proof, and were made again. */
  readonly unanswered: number
  readonly arrived: number
  /** How long after the answer the last statement arrived, or the last row was read; 0 for what was in time. */
  readonly lateMs: number
  /** Proxies that did not serve again afterwards. */
  readonly notServing: readonly string[]
}

export class FaultBench {
  stack!: Stack
  readonly lines = { proxyNats: [] as Line[], controlNats: [] as Line[], controlDatabase: [] as Line[], upstream: undefined as unknown as Line }

  private constructor(readonly random: Seeded) {}

  /** @param proxyEnv of each proxy, besides what it needs */
  static async start(random: Seeded, proxyEnv: (index: number) => Record<string, string> = () => ({})): Promise<FaultBench> {
    const bench = new FaultBench(random)
    const { lines } = bench
    bench.stack = await startStack({
      controlPlanes: 2, proxies: 2, natsServers: 2, ownServers: true,
      schema: 'CREATE TABLE arrived (who text, proxy int, at timestamptz DEFAULT statement_timestamp())',
      env: {
        proxy: async (index, { natsUrl }) => {
          lines.proxyNats[index] = await Line.to(natsUrl)
          return { NATS_URL: lines.proxyNats[index].url, ...proxyEnv(index) }
        },
        controlPlane: async (index, { natsUrl, controlDatabaseUrl }) => {
          lines.controlNats[index] = await Line.to(natsUrl)
          lines.controlDatabase[index] = await Line.to(controlDatabaseUrl)
          return { NATS_URL: lines.controlNats[index].url, PGBEAM_DATABASE_URL: lines.controlDatabase[index].url }
        },
      },
    })
    lines.upstream = await Line.to(`tcp://127.0.0.1:${bench.stack.upstream.port}`)
    bench.stack.project = await bench.stack.createProject({ port: Number(new URL(lines.upstream.url).port) })
    return bench
  }

  async stop(): Promise<void> {
    await this.stack.stop()
    const { proxyNats, controlNats, controlDatabase, upstream } = this.lines
    await Promise.all([...proxyNats, ...controlNats, ...controlDatabase, upstream].map((line) => line?.stop()))
  }

  /** One change of a credential that four clients are writing with, while things break around it. */
  async run(faults: readonly Fault[], name: string): Promise<Verdict> {
    const { random } = this
    const verb = random.pick(verbs)
    const replica = random.pick([0, 1])
    const beforeMs = random.between(0, 300)
    // Mostly before the call, now and then within it.
    const plans = faults.map((fault) => ({ fault, leadMs: random.between(-150, 1_200) }))
    const label = `seed ${random.seed}, ${name}: ${verb} at control-plane-${replica}, ${plans.map(({ fault, leadMs }) => `${fault.name} ${Math.round(leadMs)} ms before`).join(', ')}`
    const credential = await this.credential()
    let over = false
    const read: Witness = { lastMs: 0, proxy: -1 }
    const writers = [0, 1].flatMap((proxy) => [0, 1].map(() => this.write(credential, proxy, read, () => over)))
    try {
      await this.eventually(`${label}: clients write`, async () => (await this.arrivals(credential)).n >= 4)
      await sleep(beforeMs)
      const longestMs = Math.max(0, ...plans.map(({ leadMs }) => leadMs))
      const breaking = plans.map(({ fault, leadMs }) => sleep(longestMs - leadMs).then(() => fault.begin()))
      await sleep(longestMs)
      const asking = this.ask(verb, credential, replica)
      asking.catch(() => undefined)
      try {
        await Promise.race([asking.then(() => sleep(BEHIND_MS / 2)), sleep(FAULT_MS_MAX)])
        await Promise.all(breaking)
      } finally {
        for (const kind of MENDED) for (const { fault } of plans) if (fault.kind === kind) await fault.end()
      }
      const { answeredAtMs, answerMs, unanswered } = await asking
      // Clients keep trying while things come back, which is when what was held would slip out.
      await sleep(BEHIND_MS / 2)
      await this.serving(label)
      const { n, last } = await this.arrivals(credential)
      const late = Math.max(last.lastMs, read.lastMs) - answeredAtMs - WAKE_MS
      const after = ({ lastMs, proxy }: Witness): string => `${Math.round(lastMs - answeredAtMs)} ms after the answer by proxy-${proxy}`
      const seen = `${label}; the last statement arrived ${after(last)}, the last row was read ${after(read)}`
      over = true
      const other = await this.credential()
      const notServing = (await Promise.all(this.stack.proxies.map(async (proxy) => ((await this.letsIn(other, proxy)) ? [] : [proxy.name])))).flat()
      return { label: seen, names: faults.map((fault) => fault.name), answerMs, unanswered, arrived: n, lateMs: Math.max(0, Math.round(late)), notServing }
    } finally {
      over = true
      await Promise.all(writers)
    }
  }

  /** Waits until every process serves again. */
  async serving(label = 'after it all'): Promise<void> {
    for (const service of [...this.stack.proxies, ...this.stack.controlPlanes]) {
      await this.eventually(`${label}: ${service.name} serves`, () => fetch(service.readyUrl, { signal: AbortSignal.timeout(2_000) }).then(({ ok }) => ok))
    }
  }

  /** A credential, by whichever replica can make one. */
  async credential(): Promise<Credential> {
    let made: Credential | undefined
    await this.eventually('a credential can be made', async () => Boolean((made = await this.stack.createCredential())))
    return made!
  }

  /** Calls until a call is answered as enforced: what ended with an error may have been done or not, and is asked for again. */
  private async ask(verb: Verb, credential: Credential, firstReplica: number): Promise<{ answeredAtMs: number; answerMs: number; unanswered: number }> {
    const endMs = performance.now() + ANSWER_MS_MAX
    for (let attempt = 0; ; attempt++) {
      const api = this.stack.apis[(firstReplica + attempt) % this.stack.apis.length]!
      const call = (method: string, path: string, body?: unknown) => api.call(method, path, { ...(body === undefined ? {} : { body }), timeoutMs: CALL_MS_MAX })
      const calls: Record<Verb, () => Promise<Answer>> = {
        revoke: () => call('DELETE', credential.path),
        kill: () => call('PATCH', credential.path, { status: 'killed' }),
        rotate: () => call('POST', `${credential.path}/rotate`, {}),
      }
      const answer = await calls[verb]().catch(() => undefined)
      const answeredAtMs = Date.now()
      if (answer && answer.status < 300 && answer.status !== 202 && enforcementHeader(answer).enforced) return { answeredAtMs, answerMs: answer.elapsedMs, unanswered: attempt }
      if (answer && answer.status < 500 && answer.status !== 202) throw new Error(`${verb}: ${answer.status} ${answer.text.slice(0, 300)}`)
      if (performance.now() > endMs) throw new Error(`${verb} was never answered as enforced; last: ${answer?.status} ${answer?.text.slice(0, 300)}`)
      await sleep(100)
    }
  }

  /** A client that sends one statement after the other for as long as anybody takes them, connecting anew where it must. */
  private async write(credential: Credential, proxyIndex: number, read: Witness, stopped: () => boolean): Promise<void> {
    const proxy = this.stack.proxies[proxyIndex]!
    while (!stopped()) {
      try {
        const client = await connect(this.stack, credential, { proxy, config: { connectionTimeoutMillis: 2_000, query_timeout: 20_000 } })
        try {
          while (!stopped()) {
            await client.query('INSERT INTO arrived (who, proxy) VALUES ($1, $2) RETURNING proxy', [credential.id, proxyIndex])
            Object.assign(read, { lastMs: Date.now(), proxy: proxyIndex })
          }
        } finally {
          client.end().catch(() => undefined)
        }
      } catch {
        await sleep(50)
      }
    }
  }

  /** A clock that was set right again is noticed within a second or two, and costs a lease once more. */
  private async letsIn(credential: Credential, proxy: Proxy): Promise<boolean> {
    for (const endMs = performance.now() + LETS_IN_MS; performance.now() < endMs; await sleep(100)) {
      if ((await loginError(this.stack, credential, { proxy })) === undefined) return true
    }
    return false
  }

  private async arrivals(credential: Credential): Promise<{ n: number; last: Witness }> {
    const [row] = await this.stack.onUpstream<{ n: number; last: string | null; proxy: number | null }>(
      'SELECT count(*)::int AS n, extract(epoch FROM max(at)) * 1000 AS last, (array_agg(proxy ORDER BY at DESC))[1] AS proxy FROM arrived WHERE who = $1', [credential.id])
    return { n: row!.n, last: { lastMs: Number(row!.last), proxy: row!.proxy ?? -1 } }
  }

  private async eventually(what: string, check: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
    const endMs = performance.now() + timeoutMs
    while (!(await check().catch(() => false))) {
      if (performance.now() > endMs) throw new Error(`within ${timeoutMs} ms it never came to be that ${what}`)
      await sleep(50)
    }
  }
}
