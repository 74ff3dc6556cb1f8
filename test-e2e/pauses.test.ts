/**
 * Proxies stand still at random moments, for moments and for longer than a lease, while credentials are killed and resumed. Within
 * each span from the answer of a kill to the call that resumes, nothing may arrive at the database, and no client may read a row.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { enforcementHeader } from './support/api.js'
import { connect } from './support/connect.js'
import { count, report } from './support/measure.js'
import { seeded } from './support/seeded.js'
import { startStack, type Credential, type Proxy, type Stack } from './support/stack.js'

const STOPS = count(20, 500)
const STOP_MS = { least: 50, most: 5_000, beyondLease: 3_200 }
/** So many of them last longer than a lease: then a kill is answered while the proxy stands still. */
const LONG = 0.3
const CREDENTIALS = 4
/** What a proxy's kernel had before the answer may be stamped, or read, a little later: somebody has to be woken up. */
const WAKE_MS = 250
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const random = seeded('pauses')
let stack: Stack
beforeAll(async () => {
  stack = await startStack({ controlPlanes: 2, proxies: 3, schema: 'CREATE TABLE arrived (who text, at timestamptz DEFAULT statement_timestamp()); CREATE INDEX ON arrived (who, at)' })
}, 180_000)
afterAll(() => stack?.stop(), 60_000)

/** From the answer of a kill to the call that resumes, in milliseconds since 1970. */
interface Span {
  readonly who: string
  readonly fromMs: number
  readonly toMs: number
}

it('nothing passes between a kill and a resume, whichever proxy stands still when', async () => {
  let left = STOPS
  const stopped = { ms: 0, beyondLease: 0 }
  const spans: Span[] = []
  const slowest = { ms: 0 }
  const readAtMs = new Map<string, number[]>()
  const over = () => left <= 0

  const pausing = async (proxy: Proxy) => {
    while (left-- > 0) {
      await sleep(random.between(0, 800))
      // Otherwise of any length, short ones as often as long ones.
      const ms = random.next() < LONG ? random.between(STOP_MS.beyondLease, STOP_MS.most) : STOP_MS.least * (STOP_MS.beyondLease / STOP_MS.least) ** random.next()
      proxy.freeze()
      try {
        await sleep(ms)
      } finally {
        proxy.thaw()
      }
      stopped.ms += ms
      if (ms >= STOP_MS.beyondLease) stopped.beyondLease++
    }
  }
  const killing = async (credential: Credential) => {
    const patch = async (status: string) => {
      const answer = await stack.api.call('PATCH', credential.path, { body: { status } })
      expect([answer.status, enforcementHeader(answer).enforced]).toEqual([200, true])
      return answer.elapsedMs
    }
    while (!over()) {
      slowest.ms = Math.max(slowest.ms, await patch('killed'))
      const fromMs = Date.now()
      await sleep(random.between(WAKE_MS, 3_000)) // so long that what stood still wakes up within it
      spans.push({ who: credential.id, fromMs, toMs: Date.now() })
      await patch('active')
      await sleep(random.between(0, 500))
    }
  }
  const writing = async (credential: Credential, proxy: Proxy) => {
    const reads = readAtMs.get(credential.id)!
    while (!over()) {
      try {
        const client = await connect(stack, credential, { proxy, config: { connectionTimeoutMillis: 3_000, query_timeout: 20_000 } })
        try {
          while (!over()) {
            await client.query('INSERT INTO arrived (who) VALUES ($1) RETURNING 1', [credential.id])
            reads.push(Date.now())
            await sleep(5)
          }
        } finally {
          client.end().catch(() => undefined)
        }
      } catch {
        await sleep(50)
      }
    }
  }

  const credentials = await Promise.all(Array.from({ length: CREDENTIALS }, () => stack.createCredential()))
  for (const { id } of credentials) readAtMs.set(id, [])
  const writers = credentials.flatMap((credential) => stack.proxies.map((proxy) => writing(credential, proxy)))
  try {
    await Promise.all([...stack.proxies.map(pausing), ...credentials.map(killing)])
  } finally {
    left = 0
    for (const proxy of stack.proxies) proxy.thaw()
    await Promise.all(writers)
  }

  const arrived = await stack.onUpstream<{ who: string; n: number; at: string }>(
    `SELECT s.who, count(*)::int AS n, extract(epoch FROM max(a.at)) * 1000 - s."toMs" AS at FROM jsonb_to_recordset($1::jsonb) AS s (who text, "fromMs" float8, "toMs" float8)
     JOIN arrived a ON a.who = s.who AND a.at > to_timestamp((s."fromMs" + ${WAKE_MS}) / 1000) AND a.at < to_timestamp(s."toMs" / 1000) GROUP BY s.who, s."toMs"`,
    [JSON.stringify(spans)],
  )
  const read = spans.filter(({ who, fromMs, toMs }) => readAtMs.get(who)!.some((ms) => ms > fromMs + WAKE_MS && ms < toMs))
  const [all] = await stack.onUpstream<{ n: number }>('SELECT count(*)::int AS n FROM arrived')
  report('pauses: SIGSTOPs', STOPS, `for ${Math.round(stopped.ms / 1_000)} s together, ${stopped.beyondLease} of them longer than a lease, seed ${random.seed}`)
  report('pauses: kills, each followed by a resume', spans.length, `beside ${all!.n} statements`)
  report('pauses: slowest answer to a kill', Math.round(slowest.ms), 'ms')
  expect(spans.length).toBeGreaterThan(CREDENTIALS)
  expect(all!.n).toBeGreaterThan(100)
  expect([random.seed, arrived, read]).toEqual([random.seed, [], []])
}, 3_600_000)
