/** A password from before a rotation: refused with the bytes of a wrong one, and on record for whoever owns the credential. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { loginError } from './support/connect.js'
import { cstring, message, RawClient, startupMessage } from './support/raw-client.js'
import { scramLogin } from './support/raw-scram.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ proxies: 2 })
}, 180_000)
afterAll(() => stack?.stop())

interface Attempts {
  readonly attempts: number
  readonly first_at: string
  readonly last_at: string
  readonly addresses: string[]
}
const attemptsOf = async ({ path }: Credential) => (await stack.api.get(path)).stale_secret_attempts as Attempts | null
async function until(credential: Credential, attempts: number): Promise<Attempts> {
  const endMs = performance.now() + 30_000
  for (let seen = await attemptsOf(credential); ; seen = await attemptsOf(credential)) {
    if (seen && seen.attempts >= attempts) return seen
    if (performance.now() > endMs) throw new Error(`${attempts} attempts were never on record, but ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Every byte of a refused login, its nonces blanked. */
async function refusal({ user, project }: Credential, password: string, mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS' | 'cleartext'): Promise<string> {
  const client = await RawClient.connect(stack.proxy.port)
  await client.upgrade({ ca: stack.ca, servername: 'localhost' })
  const parameters = { user, database: project.databaseName }
  if (mechanism === 'cleartext') {
    client.send(startupMessage({ ...parameters, options: 'auth=cleartext' }))
    await client.frame()
    client.send(message('p', cstring(password)))
  } else {
    await scramLogin(client, parameters, { password, mechanism, nonce: 'fixed' })
  }
  await client.untilClosed()
  return client.received.toString('latin1').replace(/r=fixed[^,]*/, 'r=<nonce>')
}

it('a driver that goes on with the old password is refused, and the owner sees how often, since when and from where', async () => {
  const credential = await stack.createCredential()
  const { password } = await stack.api.post(`${credential.path}/rotate`)
  expect(await attemptsOf(credential)).toBeNull()
  for (let n = 0; n < 6; n++) expect(await loginError(stack, credential, { proxy: stack.proxies[n % 2]! })).toMatchObject({ code: '28P01' })
  expect(await loginError(stack, credential, { password: 'never right' })).toMatchObject({ code: '28P01' })
  expect(await loginError(stack, { ...credential, password })).toBeUndefined()
  const seen = await until(credential, 6)
  expect(seen).toEqual({ attempts: 6, first_at: expect.any(String), last_at: expect.any(String), addresses: ['127.0.0.1'] })
  expect(Date.parse(seen.first_at)).toBeLessThanOrEqual(Date.parse(seen.last_at))
  const figures = await Promise.all(stack.proxies.map(async ({ adminPort }) => Number(/^pgbeam_stale_secret_attempts_total\S* (\d+)/m.exec(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text())?.[1])))
  expect(figures.reduce((a, b) => a + b)).toBe(6)
}, 60_000)

it.each(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS', 'cleartext'] as const)('with %s the answer to the old password is that to a wrong one, byte for byte', async (mechanism) => {
  const credential = await stack.createCredential()
  await stack.api.post(`${credential.path}/rotate`)
  const wrong = await refusal(credential, 'never right', mechanism)
  expect(await refusal(credential, credential.password, mechanism)).toBe(wrong)
  expect(wrong).toContain('28P01')
  expect((await until(credential, 1)).attempts).toBe(1)
}, 60_000)

it('after a revoke nothing is left that would recognise it', async () => {
  const credential = await stack.createCredential()
  await stack.api.post(`${credential.path}/rotate`)
  const before = await refusal(credential, credential.password, 'SCRAM-SHA-256')
  await until(credential, 1)
  await stack.api.delete(credential.path)
  expect(await stack.onControlDatabase('SELECT FROM retired_key WHERE credential_id = $1', [credential.id])).toEqual([])
  expect(await refusal(credential, credential.password, 'SCRAM-SHA-256')).toBe(before)
  // Another credential's attempt, reported by the same proxy later, shows that nothing of this one was on its way.
  const other = await stack.createCredential()
  await stack.api.post(`${other.path}/rotate`)
  await refusal(other, other.password, 'SCRAM-SHA-256')
  await until(other, 1)
  expect((await attemptsOf(credential))?.attempts).toBe(1)
}, 60_000)
