/** A proxy that the control plane no longer knows (a restored database, say) and that cannot enrol again. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect, loginError } from './support/connect.js'
import { startStack, type Stack } from './support/stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())

it('serves nobody when its lease is over, says so, and is back once it may', async () => {
  const credential = await stack.createCredential()
  const client = await connect(stack, credential)
  const { pid } = stack.proxy
  await stack.onControlDatabase('UPDATE join_token SET revoked_at = now()')
  await stack.onControlDatabase('WITH counts AS (DELETE FROM enforcement_outcome) SELECT 1')
  await stack.onControlDatabase('DELETE FROM proxy_incarnation')
  await stack.proxy.waitForLog(/enrolling again failed/)
  await waitUntil('its lease is over', async () => !(await fetch(stack.proxy.readyUrl)).ok, { timeoutMs: 20_000 })
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '57P01' })
  expect(await loginError(stack, credential)).toMatchObject({ code: '57P03' })
  stack.proxy.markLog()
  await stack.onControlDatabase('UPDATE join_token SET revoked_at = NULL')
  await stack.proxy.waitForLog(/enrolled again[^]*the lease is back/)
  expect(stack.proxy.pid).toBe(pid)
  expect(stack.proxy.alive).toBe(true)
  expect(await loginError(stack, credential)).toBeUndefined()
})
