/**
 * A proxy that is cut off goes quiet within its lease, and is back by itself when the network is: it has applied what it missed, and
 * its sessions are the same sockets. Behind a relay that loses what is said, and behind a network that loses packets.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { enforcementHeader } from './support/api.js'
import { connect, loginError } from './support/connect.js'
import { Line } from './support/line.js'
import { count, report } from './support/measure.js'
import { canMakeNetworks, Network } from './support/network.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const LEASE_MS = 3_000
const WAKE_MS = 250
/** From a little more than a lease to where TCP by itself would wait for seconds. */
const OUTAGE_MS = { least: 3_300, most: 8_000 }
/** Sessions outlast the outage: how fast they go on is what is measured. */
const GRACE_MS = 30_000
const ROUNDS = count(1, 15)
/** The target is 2 s. TCP by itself takes more than 4 s after the longest outage; a busy machine has some room in between. */
const BACK_MS_MAX = 3_500
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

interface Way {
  readonly url: string
  lose(): void
  mend(): void
  stop(): Promise<void>
}
const ways: readonly (readonly [string, (target: string) => Promise<Way>])[] = [
  ['a relay that cuts connections', (target) => Line.to(target).then((line) => ({ url: line.url, lose: () => line.cut(), mend: () => line.mend(), stop: () => line.stop() }))],
  ['a relay that loses bytes', (target) => Line.to(target).then((line) => ({ url: line.url, lose: () => line.lose({ there: true, back: true }), mend: () => line.mend(), stop: () => line.stop() }))],
  // Namespaces take root on Linux; elsewhere the relays have to do.
  ...(canMakeNetworks() ? [['a network that loses packets', (target: string) => Network.to(target)] as const] : []),
]

describe.each(ways)('behind %s', (name, open) => {
  let stack: Stack
  let way: Way
  beforeAll(async () => {
    stack = await startStack({
      proxies: 2, schema: 'CREATE TABLE arrived (proxy int, at timestamptz DEFAULT statement_timestamp())',
      env: { proxy: async (index, { natsUrl }): Promise<Record<string, string>> => ({ PGBEAM_FENCED_GRACE_MS: String(GRACE_MS), ...(index === 1 && { NATS_URL: (way = await open(natsUrl)).url }) }) },
    })
  }, 180_000)
  afterAll(async () => {
    await stack?.stop()
    await way?.stop()
  }, 60_000)

  const login = async (credential: Credential) => (await loginError(stack, credential, { proxy: stack.proxies[1]! }))?.code ?? 'let in'
  const figures = { quiet: [] as number[], back: [] as number[] }
  /** In a row, so that an outage begins anywhere between two renewals. */
  it.each(Array.from({ length: ROUNDS }, (_, round) => [round]))('a proxy goes quiet, and is back with all that it missed: round %i', async (round) => {
    const outageMs = OUTAGE_MS.least + ((OUTAGE_MS.most - OUTAGE_MS.least) * (ROUNDS - round)) / ROUNDS
    const proxy = stack.proxies[1]!
    const [kept, revoked, killed, resumed] = await Promise.all([stack.createCredential(), stack.createCredential(), stack.createCredential(), stack.createCredential()])
    await stack.api.patch(resumed.path, { status: 'killed' })
    expect(await Promise.all([kept, revoked, killed, resumed].map(login))).toEqual(['let in', 'let in', 'let in', '28000'])
    const [idle, busy] = await Promise.all([connect(stack, kept, { proxy }), connect(stack, kept, { proxy })])
    const backend = async () => (await idle.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number
    const pid = await backend()
    await stack.onUpstream('TRUNCATE arrived')
    let over = false
    const writing = (async () => {
      while (!over) await busy.query('INSERT INTO arrived (proxy) VALUES (1)')
    })()
    writing.catch(() => undefined)

    await sleep(Math.random() * 1_000)
    const lostAtMs = Date.now()
    way.lose()
    const changes = await Promise.all([
      stack.api.call('DELETE', revoked.path), stack.api.call('PATCH', killed.path, { body: { status: 'killed' } }), stack.api.call('PATCH', resumed.path, { body: { status: 'active' } }),
    ])
    for (const answer of changes) expect(enforcementHeader(answer)).toMatchObject({ enforced: true, proxies: 2, fenced: 1 })
    await sleep(Math.max(0, lostAtMs + outageMs - Date.now()))
    const [before] = await stack.onUpstream<{ last: string }>('SELECT extract(epoch FROM max(at)) * 1000 AS last FROM arrived')
    const quietMs = Number(before!.last) - lostAtMs

    way.mend()
    const mendedAtMs = performance.now()
    const late = idle.query('SELECT pg_backend_pid() AS pid')
    expect((await late).rows).toEqual([{ pid }])
    figures.back.push(performance.now() - mendedAtMs)
    figures.quiet.push(quietMs)
    over = true
    await writing
    expect(quietMs).toBeLessThan(LEASE_MS + WAKE_MS)
    expect(await backend()).toBe(pid)
    expect(await Promise.all([kept, revoked, killed, resumed].map(login))).toEqual(['let in', '28P01', '28000', 'let in'])
    await Promise.all([idle.end(), busy.end()])
  }, 60_000)

  it('how fast that was is reported', () => {
    const figure = (all: number[]) => `${Math.round(Math.max(...all))} ms at most, ${Math.round(all.reduce((sum, one) => sum + one, 0) / all.length)} on average, in ${all.length} rounds`
    report(`recovery: behind ${name}, from the loss to the last statement`, figure(figures.quiet), `the target is ${LEASE_MS}`)
    report(`recovery: behind ${name}, from the return of the network to the answer of an idle session`, figure(figures.back), 'the target is 2000')
    expect(figures.back.length).toBe(ROUNDS)
    expect(Math.max(...figures.back)).toBeLessThan(BACK_MS_MAX)
  })
})
