/** A storm of events: a thousand a second, a hundred commits. Nothing is lost, nothing comes out of order, and what is called `enforced` meanwhile is. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { subjects } from '@pgbeam/contracts'
import { startEventStorm } from '../scripts/lib/event-storm.mjs'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { enforcementHeader } from './support/api.js'
import { connect, loginError } from './support/connect.js'
import { count, FULL, report } from './support/measure.js'
import { NatsTap } from './support/nats-tap.js'
import { startStack, type Proxy, type Stack } from './support/stack.js'

const SECONDS = count(4, 60)
const PER_SECOND = 1000
const PER_TRANSACTION = 10

let stack: Stack
let tap: NatsTap
beforeAll(async () => {
  stack = await startStack({ proxies: 2, env: { proxy: { PGBEAM_LOG_LEVEL: 'warn' }, controlPlane: { PGBEAM_LOG_LEVEL: 'warn' } } })
  tap = await NatsTap.open(stack)
})
afterAll(async () => {
  await tap?.close()
  await stack?.stop()
})

interface Batch {
  readonly prev_seq: number
  readonly events: readonly { readonly seq: number }[]
}
const batches = (): Batch[] => tap.on(subjects.enforcement).map(({ data }) => JSON.parse(Buffer.from(data.split('.')[1]!, 'base64url').toString()))

async function metric(proxy: Proxy, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${proxy.adminPort}/metrics`)).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1] ?? 'NaN')
}
const applied = () => Promise.all(stack.proxies.map((proxy) => metric(proxy, 'pgbeam_enforcement_events_total')))
/** Creating a credential is an event too, and nobody waits for that one. */
async function atTheHead(): Promise<number> {
  const wanted = await head()
  await waitUntil('every proxy at the head of the log', async () => (await Promise.all(stack.proxies.map((proxy) => metric(proxy, 'pgbeam_enforcement_applied_seq')))).every((seq) => seq === wanted), { timeoutMs: 60_000 })
  return wanted
}
const head = async () => Number((await stack.onControlDatabase('SELECT seq FROM enforcement_head'))[0].seq)

it('loses nothing, keeps the order, and holds what calls answer meanwhile', async () => {
  const elsewhere = await stack.createProject()
  const subject = await stack.createCredential({ project: elsewhere })
  const credential = await stack.createCredential()
  const headBefore = await atTheHead()
  const appliedBefore = await applied()
  const heardBefore = batches().length
  const storm = await startEventStorm({ controlUrl: stack.controlDatabaseUrl, projectId: elsewhere.id, credentialIds: [subject.id], perSecond: PER_SECOND, perTransaction: PER_TRANSACTION })
  const until = performance.now() + SECONDS * 1000
  let turns = 0
  do {
    const clients = await Promise.all(stack.proxies.map((proxy) => connect(stack, credential, { proxy })))
    const killed = await stack.api.call('PATCH', credential.path, { body: { status: 'killed' } })
    expect(enforcementHeader(killed)).toMatchObject({ enforced: true, proxies: 2, sessions: 2 })
    for (const client of clients) await expect(client.query('SELECT 1')).rejects.toThrow()
    for (const proxy of stack.proxies) expect(await loginError(stack, credential, { proxy })).toMatchObject({ code: '28000' })
    const resumed = await stack.api.call('PATCH', credential.path, { body: { status: 'active' } })
    expect(enforcementHeader(resumed)).toMatchObject({ enforced: true })
    turns++
  } while (performance.now() < until)
  const { events, transactions, seconds } = await storm.stop()
  const headAfter = await atTheHead()

  report('an event storm', `${events} events in ${transactions} transactions within ${seconds.toFixed(1)} s, ${turns} kills and resumes meanwhile`)
  expect(events + 2 * turns).toBe(headAfter - headBefore)
  // Each event once, at each proxy: none was dropped, none applied twice, and no proxy started over.
  expect((await applied()).map((sum, at) => sum - appliedBefore[at]!)).toEqual(stack.proxies.map(() => headAfter - headBefore))
  const seqs = batches().slice(heardBefore).flatMap((batch) => {
    expect(batch.events[0]?.seq).toBe(batch.prev_seq + 1)
    return batch.events.map(({ seq }) => seq)
  })
  expect(seqs).toEqual(Array.from({ length: headAfter - headBefore }, (_, i) => headBefore + 1 + i))
  // A storm it has to be; the small one of a busy machine may be slower.
  expect(events).toBeGreaterThanOrEqual(SECONDS * (FULL ? 0.95 * PER_SECOND : 50))
  expect(turns).toBeGreaterThanOrEqual(1)
}, (SECONDS + 120) * 1000)
