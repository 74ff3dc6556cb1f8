/** A credential that expires needs nobody to say so: the proxy ends its sessions by itself, cut off from everything as it may be. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect, loginError } from './support/connect.js'
import { startStack, type Stack } from './support/stack.js'

/** Long, so that a proxy that hears nothing is not fenced for it: what ends here ends by expiry alone. */
const LEASE_MS = 60_000
const EXPIRES_IN_MS = 8_000
let stack: Stack
beforeAll(async () => {
  stack = await startStack({ schema: 'CREATE TABLE late (body text)', env: { controlPlane: { PGBEAM_LEASE_MS: String(LEASE_MS), PGBEAM_LEASE_RENEW_MS: '1000' } } })
}, 180_000)
afterAll(() => stack?.stop())

/** NATS again, and both sides on it: who was never here before can log in. */
async function back(): Promise<void> {
  await stack.startNats()
  await waitUntil('a login of somebody new', async () => (await loginError(stack, await stack.createCredential())) === undefined, { timeoutMs: 60_000 })
}

it.each([
  ['NATS is gone since the login', true],
  ['nothing is said about it', false],
])('while %s, idle and running sessions end with 57P01, what runs stops, and a login is told 28000', async (_case, cutOff) => {
  const credential = await stack.createCredential({ extra: { expires_at: new Date(Date.now() + EXPIRES_IN_MS).toISOString() } })
  const eternal = await stack.createCredential()
  const [idle, inTransaction, running, other] = await Promise.all([connect(stack, credential), connect(stack, credential), connect(stack, credential), connect(stack, eternal)])
  await inTransaction.query("BEGIN; INSERT INTO late VALUES ('never committed')")
  const sleep = running.query('SELECT pg_sleep(600) AS expired_sleep').then(() => 'run', (error: { code?: string }) => error.code)
  if (cutOff) await stack.stopNats()
  try {
    for (const session of [idle, inTransaction]) expect((await session.ended).error).toMatchObject({ code: '57P01', message: expect.stringContaining('expired') })
    expect(await sleep).toBe('57P01')
    expect(await loginError(stack, credential)).toMatchObject({ code: '28000', message: expect.stringContaining('expired') })
    expect(await loginError(stack, credential, { password: 'wrong' })).toMatchObject({ code: cutOff ? '57P03' : '28P01' })
    // Not for want of a lease: others are served throughout.
    expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect((await fetch(stack.proxy.readyUrl)).status).toBe(200)
    const endMs = performance.now() + 20_000
    const left = () => stack.onUpstream("SELECT FROM pg_stat_activity WHERE query LIKE '%expired_sleep%' AND state = 'active' AND pid <> pg_backend_pid()")
    while ((await left()).length > 0) if (performance.now() > endMs) throw new Error('the statement goes on in the database')
    expect(await stack.onUpstream('SELECT FROM late')).toEqual([])
  } finally {
    if (cutOff) await back()
  }
  await other.end()
  const events = await stack.onControlDatabase<{ kind: string }>("SELECT kind FROM enforcement_event WHERE body::json->>'credential_id' = $1", [credential.id])
  expect(events.map(({ kind }) => kind)).toEqual(['credential.created'])
}, 90_000)
