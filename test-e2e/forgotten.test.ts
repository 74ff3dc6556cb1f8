/** A proxy that the control plane no longer knows (a restored database, say) and that cannot enrol again. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { connect } from './support/connect.js'
import { startStack, type Stack } from './support/stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())

it('goes on with what it has, says so, and is back once it may', async () => {
  const client = await connect(stack, await stack.createCredential())
  const { pid } = stack.proxy
  await stack.onControlDatabase('UPDATE join_token SET revoked_at = now()')
  await stack.onControlDatabase('WITH counts AS (DELETE FROM enforcement_outcome) SELECT 1')
  await stack.onControlDatabase('DELETE FROM proxy_incarnation')
  await stack.proxy.waitForLog(/enrolling again failed/)
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await stack.onControlDatabase('UPDATE join_token SET revoked_at = NULL')
  await stack.proxy.waitForLog(/enrolled again/)
  expect(stack.proxy.pid).toBe(pid)
  expect(stack.proxy.alive).toBe(true)
  const again = await connect(stack, await stack.createCredential())
  await again.end()
})
