/** What nobody caught ends the proxy, loudly and wholly: no session goes on in a process that does not know its own state. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect, loginError } from './support/connect.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

/** Plants a fault in the proxy from outside: a signal throws where nobody catches. */
const FAULTS = `process.on('SIGUSR2', () => { throw new Error('planted exception') }); process.on('SIGWINCH', () => { void Promise.reject(new Error('planted rejection')) })`
let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ proxies: 2, env: { proxy: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(FAULTS).replaceAll("'", '%27')}` } } })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

it.each([
  ['an exception', 'SIGUSR2', 'planted exception', 'uncaughtException'],
  ['a rejection', 'SIGWINCH', 'planted rejection', 'unhandledRejection'],
] as const)('%s that nobody caught: exit code 70 and a line that says why, its sessions end, the other proxy’s do not', async (_name, signal, words, kind) => {
  const [failing, other] = [stack.proxies[0]!, stack.proxies[1]!]
  const lost = await Promise.all(Array.from({ length: 5 }, () => connect(stack, credential, { proxy: failing })))
  const kept = await connect(stack, credential, { proxy: other })
  const running = lost[0]!.query("SELECT pg_sleep(60) /* crash */").then(() => 'finished', () => 'failed')
  const asleep = async () => Number((await stack.onUpstream("SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"))[0].n)
  await waitUntil('the statement runs', async () => (await asleep()) === 1, { timeoutMs: 10_000 })
  failing.markLog()
  failing.signal(signal)
  expect(await failing.exited).toMatchObject({ code: 70, signal: null })
  await Promise.all(lost.map((session) => session.ended))
  expect(await running).toBe('failed')
  const [line] = await failing.waitForLog(/.*the proxy failed and ends itself.*/)
  expect(JSON.parse(line)).toMatchObject({ level: 'fatal', kind, err: { message: words } })
  // Nothing is left half alive: no port answers, no session of its is open at the database, no statement runs on.
  expect((await loginError(stack, credential, { proxy: failing }))?.code).toBe('ECONNREFUSED')
  await expect(fetch(`http://127.0.0.1:${failing.adminPort}/readyz`)).rejects.toThrow()
  await waitUntil('its statement is gone', async () => (await asleep()) === 0, { timeoutMs: 10_000 })
  expect((await kept.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await kept.end()
  await failing.start()
  expect(await loginError(stack, credential, { proxy: failing })).toBeUndefined()
})
