/** A proxy that cannot hear its control plane serves nobody, says so, and goes on by itself when it hears again. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { enforcementHeader } from './support/api.js'
import { connect, loginError } from './support/connect.js'
import { report } from './support/measure.js'
import { startStack, type Credential, type Proxy, type Stack } from './support/stack.js'

const LEASE_MS = 3_000
let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ proxies: 2, schema: 'CREATE TABLE note (body text)' })
  credential = await stack.createCredential()
}, 180_000)
afterAll(() => stack?.stop())

const notes = async () => (await stack.onUpstream<{ body: string }>('SELECT body FROM note ORDER BY body')).map(({ body }) => body)

async function eventually<T>(what: string, check: () => Promise<T | undefined | false>, timeoutMs = 20_000): Promise<T> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const found = await check()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endMs) throw new Error(`within ${timeoutMs} ms it never came to be that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const ready = async (proxy: Proxy) => (await fetch(proxy.readyUrl)).ok
const fenced = (proxy: Proxy) => eventually('the proxy is fenced', async () => !(await ready(proxy)) || undefined)
const serving = (proxy: Proxy) => eventually('the proxy serves', async () => (await ready(proxy)) || undefined)

describe('when NATS is away for longer than a lease', () => {
  it('sessions wait on the same sockets, what they send is run once it is back, and new logins are told why not', async () => {
    const [idle, asking] = await Promise.all([connect(stack, credential), connect(stack, credential, { proxy: stack.proxies[1]! })])
    const pids = await Promise.all([idle, asking].map(async (one) => (await one.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number))
    await stack.stopNats()
    await Promise.all(stack.proxies.map(fenced))
    const late = asking.query("INSERT INTO note VALUES ('sent while fenced')")
    expect(await loginError(stack, credential)).toMatchObject({ code: '57P03' })
    expect(await notes()).toEqual([])
    await stack.startNats()
    const backAtMs = performance.now()
    await late
    report('lease: a statement sent while fenced is answered after the network is back', Math.round(performance.now() - backAtMs), 'ms')
    expect(await notes()).toEqual(['sent while fenced'])
    await Promise.all(stack.proxies.map(serving))
    expect(await Promise.all([idle, asking].map(async (one) => (await one.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number))).toEqual(pids)
    for (const one of [idle, asking]) await one.end()
    expect(await loginError(stack, credential)).toBeUndefined()
  }, 60_000)

  it('a revoke is enforced within the lease, and no statement that waited is ever run', async () => {
    const doomed = await stack.createCredential()
    const sessions = await Promise.all(stack.proxies.map((proxy) => connect(stack, doomed, { proxy })))
    await stack.stopNats()
    const answer = await stack.api.call('DELETE', doomed.path)
    expect([answer.status, enforcementHeader(answer)]).toEqual([204, expect.objectContaining({ enforced: true, proxies: 2, fenced: 2 })])
    report('lease: a revoke while NATS is away, call to answer', Math.round(answer.elapsedMs), 'ms')
    const sent = sessions.map((session) => session.query("INSERT INTO note VALUES ('never')").then(() => 'run', (error: { code?: string }) => error.code))
    await stack.startNats()
    expect(await Promise.all(sent)).toEqual(['57P01', '57P01'])
    for (const session of sessions) await session.ended
    await Promise.all(stack.proxies.map(serving))
    for (const proxy of stack.proxies) expect(await loginError(stack, doomed, { proxy })).toMatchObject({ code: '28P01' })
    expect(await notes()).not.toContain('never')
  }, 60_000)

  it('after a grace what runs is cancelled, what is in a transaction or asks is told, and who is idle stays on the same sockets', async () => {
    const [idle, asking, open, running] = await Promise.all([1, 2, 3, 4].map(() => connect(stack, credential)))
    const pid = (await idle!.query('SELECT pg_backend_pid() AS pid')).rows[0].pid as number
    await open!.query('BEGIN')
    const sleep = running!.query("SELECT pg_sleep(600) AS fenced_sleep").catch((error: Error & { code?: string }) => error.code)
    await stack.stopNats()
    expect(await sleep).toBe('57P01')
    expect((await open!.ended).error).toMatchObject({ code: '57P01', message: expect.stringContaining('lost its control plane') })
    expect(await asking!.query("INSERT INTO note VALUES ('long after')").catch((error: Error & { code?: string }) => error.code)).toBe('57P01')
    await eventually('the statement is gone from the database', async () => (await stack.onUpstream("SELECT FROM pg_stat_activity WHERE query LIKE '%fenced_sleep%' AND state = 'active' AND pid <> pg_backend_pid()")).length === 0 || undefined)
    await stack.startNats()
    await Promise.all(stack.proxies.map(serving))
    expect((await idle!.query('SELECT pg_backend_pid() AS pid')).rows[0].pid).toBe(pid)
    expect(await notes()).not.toContain('long after')
    await idle!.end()
    expect(await loginError(stack, credential)).toBeUndefined()
  }, 60_000)

  it('a credential that is killed during a long outage ends its idle sessions when the proxy hears of it, before anything of theirs is run', async () => {
    const doomed = await stack.createCredential()
    const idle = await connect(stack, doomed)
    const running = connect(stack, credential).then((session) => session.query('SELECT pg_sleep(600)').catch((error: Error & { code?: string }) => error.code))
    await stack.stopNats()
    expect(await running).toBe('57P01')
    expect(enforcementHeader(await stack.api.call('PATCH', doomed.path, { body: { status: 'killed' } }))).toMatchObject({ enforced: true, fenced: 2 })
    await stack.startNats()
    expect((await idle.ended).error).toMatchObject({ code: '57P01', message: expect.stringContaining('paused') })
    await Promise.all(stack.proxies.map(serving))
  }, 60_000)
})

describe('a proxy that stood still', () => {
  it('for longer than a lease comes back fenced: what its clients had sent meanwhile under a revoked credential is not run', async () => {
    const doomed = await stack.createCredential()
    const proxy = stack.proxies[1]!
    const session = await connect(stack, doomed, { proxy })
    const bystander = await connect(stack, credential, { proxy })
    proxy.freeze()
    const sent = session.query("INSERT INTO note VALUES ('while frozen')").then(() => 'run', () => 'refused')
    const others = bystander.query('SELECT 7 AS seven')
    const answer = await stack.api.call('DELETE', doomed.path)
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true, proxies: 2, fenced: 1 })
    expect(answer.elapsedMs).toBeGreaterThan(LEASE_MS - 300)
    proxy.thaw()
    expect(await sent).toBe('refused')
    expect((await others).rows).toEqual([{ seven: 7 }])
    expect(await notes()).not.toContain('while frozen')
    await bystander.end()
  }, 60_000)
})
