/** What was decided while somebody was away takes effect when they return; what nobody decided never does. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { connect as connectNats, type NatsConnection } from '@nats-io/transport-node'
import { seal, signerOf, subjects, type EnforcementEvent } from '@pgbeam/contracts'
import { enforcementHeader } from './support/api.js'
import { connect, loginError } from './support/connect.js'
import { count } from './support/measure.js'
import { credentialOf, startStack, type Credential, type Stack } from './support/stack.js'

const OUTAGE_MS = count(6000, 60_000)
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) // the length of the outage is what is tested

async function eventually(what: string, check: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const until = performance.now() + timeoutMs
  while (!(await check())) {
    if (performance.now() > until) throw new Error(`within ${timeoutMs} ms it never came to be that ${what}`)
    await wait(50)
  }
}

let stack: Stack
const pids = () => stack.proxies.map((proxy) => proxy.pid)

/** One credential for each verb, with an open session on every proxy. */
async function scene() {
  const make = async () => {
    const credential = await stack.createCredential()
    const sessions = await Promise.all(stack.proxies.map((proxy) => connect(stack, credential, { proxy })))
    return { credential, sessions }
  }
  const [revoked, killed, rotated, untouched] = await Promise.all([make(), make(), make(), make()])
  return { revoked, killed, rotated, untouched }
}
type Scene = Awaited<ReturnType<typeof scene>>

/** Asks for all three changes at once: each is enforced within a lease, and says which proxies it took that for. */
async function change({ revoked, killed, rotated }: Scene, fenced: number): Promise<Credential> {
  const [revoke, kill, rotate] = await Promise.all([
    stack.api.call('DELETE', revoked.credential.path),
    stack.api.call('PATCH', killed.credential.path, { body: { status: 'killed' } }),
    stack.api.call('POST', `${rotated.credential.path}/rotate`, { body: {} }),
  ])
  expect([revoke.status, kill.status, rotate.status]).toEqual([204, 200, 200])
  for (const answer of [revoke, kill, rotate]) expect(enforcementHeader(answer)).toMatchObject({ enforced: true, proxies: 3, fenced })
  return credentialOf(rotate.body, rotated.credential.project, rotated.credential.policyId)
}

/** @param sessions of the credential that nobody touched: a session waits for as long as a lease and a grace last */
async function tookEffect({ revoked, killed, rotated, untouched }: Scene, renewed: Credential | undefined, sessions: 'went on' | 'ended' | 'either' = 'went on'): Promise<void> {
  await Promise.all([revoked, killed, rotated].flatMap(({ sessions }) => sessions.map((session) => session.ended)))
  await Promise.all(stack.proxies.map((proxy) => eventually('a proxy serves again', async () => (await fetch(proxy.readyUrl)).ok)))
  for (const proxy of stack.proxies) {
    expect(await loginError(stack, revoked.credential, { proxy })).toMatchObject({ code: '28P01' })
    expect(await loginError(stack, killed.credential, { proxy })).toMatchObject({ code: '28000' })
    expect(await loginError(stack, rotated.credential, { proxy })).toMatchObject({ code: '28P01' })
    if (renewed) expect(await loginError(stack, renewed, { proxy })).toBeUndefined()
    expect(await loginError(stack, untouched.credential, { proxy })).toBeUndefined()
  }
  for (const session of untouched.sessions) {
    const seen = await session.query('SELECT 1 AS one').then(() => 'went on', () => 'ended')
    expect(sessions === 'either' ? ['went on', 'ended'] : [sessions]).toContain(seen)
    if (seen === 'ended') expect((await session.ended).error).toMatchObject({ code: '57P01' })
    await session.end().catch(() => undefined)
  }
}

describe('changes made while', () => {
  beforeAll(async () => {
    stack = await startStack({ controlPlanes: 2, proxies: 3 })
  }, 180_000)
  afterAll(() => stack?.stop())

  it('NATS is down take effect when it is back', async () => {
    const before = pids()
    const all = await scene()
    await stack.stopNats()
    const renewed = await change(all, 3)
    for (const proxy of stack.proxies) expect(await loginError(stack, all.untouched.credential, { proxy })).toMatchObject({ code: '57P03' })
    await wait(OUTAGE_MS)
    await stack.startNats()
    await tookEffect(all, renewed, 'went on')
    expect(pids()).toEqual(before)
  })

  it('a proxy is stopped take effect there when it goes on', async () => {
    const before = pids()
    const all = await scene()
    stack.proxies[1]!.freeze()
    const renewed = await change(all, 1)
    stack.proxies[1]!.thaw()
    await tookEffect(all, renewed)
    expect(pids()).toEqual(before)
  })

  it('the publisher is killed between commit and publish are published by who comes after', async () => {
    const before = pids()
    const all = await scene()
    await stack.stopNats()
    // Committed and not published: NATS is away. Then both replicas die without a word.
    const changing = Promise.allSettled([
      stack.api.call('DELETE', all.revoked.credential.path),
      stack.api.call('PATCH', all.killed.credential.path, { body: { status: 'killed' } }),
      stack.api.call('POST', `${all.rotated.credential.path}/rotate`, { body: {} }),
    ])
    await eventually('all three changes are committed', async () => {
      const rows = await stack.onControlDatabase('SELECT status, version FROM agent_credential WHERE id = ANY($1)', [
        [all.revoked.credential.id, all.killed.credential.id, all.rotated.credential.id],
      ])
      const events = await stack.onControlDatabase<{ n: string }>("SELECT count(*) AS n FROM enforcement_event WHERE kind = 'credential.rotated' AND body LIKE $1", [`%${all.rotated.credential.id}%`])
      return rows.filter((row) => row.status === 'revoked').length === 1 && rows.filter((row) => row.status === 'killed').length === 1 && events[0]!.n === '1'
    })
    await Promise.all(stack.controlPlanes.map((one) => one.crash()))
    await changing
    await stack.startNats()
    await stack.controlPlanes[1]!.start()
    await tookEffect(all, undefined, 'either')
    await stack.controlPlanes[0]!.start()
    expect(pids()).toEqual(before)
  })

  it('a proxy was killed outright are in force when another one takes its place', async () => {
    const all = await scene()
    await stack.proxies[2]!.crash()
    await Promise.all([all.revoked, all.killed, all.rotated, all.untouched].map(({ sessions }) => sessions[2]!.ended))
    await stack.api.call('DELETE', all.revoked.credential.path)
    await stack.proxies[2]!.start()
    expect(await loginError(stack, all.revoked.credential, { proxy: stack.proxies[2]! })).toMatchObject({ code: '28P01' })
    expect(await loginError(stack, all.untouched.credential, { proxy: stack.proxies[2]! })).toBeUndefined()
  })
})

describe('what somebody else says on NATS changes nothing:', () => {
  let nats: NatsConnection
  let tapped: { subject: string; data: Uint8Array }[]
  beforeAll(async () => {
    stack = await startStack({ proxies: 2 })
  }, 180_000)
  afterAll(() => stack?.stop())
  beforeEach(async () => {
    nats = await connectNats({ servers: stack.nats.url })
    tapped = []
    nats.subscribe('pgbeam.>', { callback: (_error, message) => { tapped.push({ subject: message.subject, data: message.data.slice() }) } })
    await nats.flush()
  })
  afterEach(() => nats.close())

  const stranger = async (kid?: string) => {
    const signer = await signerOf(generateKeyPairSync('ed25519').privateKey)
    return kid === undefined ? signer : { ...signer, kid }
  }
  const lastEvents = async () => {
    await eventually('an enforcement batch was published', async () => tapped.some(({ subject }) => subject === subjects.enforcement))
    return JSON.parse(Buffer.from(Buffer.from(tapped.findLast(({ subject }) => subject === subjects.enforcement)!.data).toString().split('.')[1]!, 'base64url').toString()) as { epoch: string; prev_seq: number; events: EnforcementEvent[] }
  }
  const kidOf = (data: Uint8Array) => (JSON.parse(Buffer.from(Buffer.from(data).toString().split('.')[0]!, 'base64url').toString()) as { kid: string }).kid
  async function stillServed(credential: Credential): Promise<void> {
    for (const proxy of stack.proxies) expect(await loginError(stack, credential, { proxy })).toBeUndefined()
  }

  it('a forged event', async () => {
    const credential = await stack.createCredential()
    const sessions = await Promise.all(stack.proxies.map((proxy) => connect(stack, credential, { proxy })))
    await stack.api.patch((await stack.createCredential()).path, { status: 'killed' })
    const { epoch, events } = await lastEvents()
    const last = events.at(-1)!
    const forged = { epoch, prev_seq: last.seq, events: [{ ...last, seq: last.seq + 1, kind: 'credential.revoked', credential_id: credential.id }] }
    const kid = kidOf(tapped.find(({ subject }) => subject === subjects.enforcement)!.data)
    for (const text of [JSON.stringify(forged), seal('enforcement-batch', forged, await stranger()), seal('enforcement-batch', forged, await stranger(kid))])
      nats.publish(subjects.enforcement, text)
    await nats.flush()
    // A real event behind the forged ones: when it is acknowledged, they have been read.
    const answer = await stack.api.call('PATCH', (await stack.createCredential()).path, { body: { status: 'killed' } })
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true, proxies: 2 })
    for (const session of sessions) {
      expect((await session.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
      await session.end()
    }
    for (const proxy of stack.proxies) await proxy.waitForLog(/did not sign was ignored/)
    await stillServed(credential)
  })

  it('everything that was ever said, said again', async () => {
    const credential = await stack.createCredential()
    await stack.api.patch(credential.path, { status: 'killed' })
    await stack.api.patch(credential.path, { status: 'active' })
    await stillServed(credential)
    const session = await connect(stack, credential)
    const heard = [...tapped]
    expect(heard.some(({ subject }) => subject === subjects.enforcement)).toBe(true)
    expect(heard.some(({ subject }) => subject === subjects.ack)).toBe(true)
    expect(heard.some(({ subject }) => subject === subjects.resolve)).toBe(true)
    const logBefore = await stack.onControlDatabase('SELECT seq, hash FROM enforcement_event ORDER BY seq')
    for (const { subject, data } of heard) nats.publish(subject, data)
    await nats.flush()
    const answer = await stack.api.call('PATCH', (await stack.createCredential()).path, { body: { status: 'killed' } })
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true, proxies: 2 })
    expect((await session.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await session.end()
    await stillServed(credential)
    expect((await stack.onControlDatabase('SELECT seq, hash FROM enforcement_event ORDER BY seq')).slice(0, logBefore.length)).toEqual(logBefore)
  })

  it('acknowledgements by somebody else: a frozen proxy is fenced, and nothing else', async () => {
    const credential = await stack.createCredential()
    const session = await connect(stack, credential, { proxy: stack.proxies[1]! })
    await stack.api.patch((await stack.createCredential()).path, { status: 'killed' })
    await eventually('both proxies have acknowledged something', async () => new Set(tapped.filter(({ subject }) => subject === subjects.ack).map(({ data }) => kidOf(data))).size === 2)
    const acks = tapped.filter(({ subject }) => subject === subjects.ack)
    stack.proxies[1]!.freeze()
    const revoking = stack.api.call('DELETE', credential.path)
    await eventually('the revoke is in the log', async () => (await stack.onControlDatabase("SELECT 1 FROM enforcement_event WHERE kind = 'credential.revoked' AND body LIKE $1", [`%${credential.id}%`])).length === 1)
    for (const { data } of acks) {
      const body = JSON.parse(Buffer.from(Buffer.from(data).toString().split('.')[1]!, 'base64url').toString()) as Record<string, unknown>
      const more = { ...body, applied_seq: 1_000_000 }
      nats.publish(subjects.ack, data)
      nats.publish(subjects.ack, JSON.stringify(more))
      nats.publish(subjects.ack, seal('ack', more, await stranger(kidOf(data))))
      const renewal = { ...more, nonce: 'n'.repeat(16), n: 1_000_000, sessions: {}, used: [] }
      nats.publish(subjects.renew, seal('renew-request', renewal, await stranger(kidOf(data))))
    }
    await nats.flush()
    const answer = await revoking
    expect(answer.status).toBe(204)
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true, proxies: 2, fenced: 1 })
    stack.proxies[1]!.thaw()
    await session.ended
  })

  it('answers by somebody else: a login waits for the true one', async () => {
    const credential = await stack.createCredential()
    const kid = kidOf((await (async () => { await stack.api.patch(credential.path, { status: 'killed' }); await lastEvents(); return tapped.find(({ subject }) => subject === subjects.enforcement)! })()).data)
    await stack.api.patch(credential.path, { status: 'active' })
    const liar = await stranger(kid)
    let lies = 0
    const listening = nats.subscribe(subjects.resolve, {
      callback: (_error, message) => {
        const { nonce } = JSON.parse(Buffer.from(message.string().split('.')[1]!, 'base64url').toString()) as { nonce: string }
        lies++
        message.respond(seal('resolve-reply', { nonce, epoch: 'x', as_of_seq: 0, snapshot: null }, liar))
      },
    })
    await nats.flush()
    // A lie that comes first costs a login that asked, no more: it is refused as unreachable, never as unknown or let in.
    for (const proxy of stack.proxies) {
      const seen = await loginError(stack, credential, { proxy })
      if (seen) expect(seen).toMatchObject({ code: '57P03' })
    }
    expect(lies).toBeGreaterThan(0)
    listening.unsubscribe()
    await nats.flush()
    await stillServed(credential)
  })
})
