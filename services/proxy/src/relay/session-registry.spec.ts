/** Cancel keys: the database's own process id where it is free, and a secret that is never the database's. */
import { expect, it } from '@jest/globals'
import { SessionRegistry, type SessionOwner } from './session-registry.js'
import type { Session } from './session.js'

const owner: SessionOwner = { id: 'agt', projectId: 'prj', policyId: 'pol', databases: [], address: '127.0.0.1', asOfSeq: 0, expiresAtMs: Infinity }
function open(registry: SessionRegistry, backendPid: number, minor: 0 | 2 = 0) {
  const cancelled: string[] = []
  const session = { cancel: () => cancelled.push('cancelled'), tick: () => undefined } as unknown as Session
  const key = registry.newCancelKey(minor, backendPid)
  return { key, cancelled, close: registry.add(session, owner, key) }
}

it('gives the session the process id that SQL and notifications show', () => {
  expect(open(new SessionRegistry(), 4711).key.pid).toBe(4711)
})
it.each([[0, 4], [2, 32]] as const)('in protocol 3.%s the key has %s bytes of its own', (minor, length) => {
  const registry = new SessionRegistry()
  const [one, two] = [open(registry, 1, minor), open(registry, 2, minor)]
  expect(one.key.key).toHaveLength(length)
  expect(one.key.key).not.toEqual(two.key.key)
})
it('two databases with the same process id: each cancel finds its own session', () => {
  const registry = new SessionRegistry()
  const [one, two] = [open(registry, 4711), open(registry, 4711)]
  expect(two.key.pid).not.toBe(4711)
  expect(registry.cancel(two.key.pid, two.key.key)).toBe(true)
  expect([one.cancelled, two.cancelled]).toEqual([[], ['cancelled']])
  expect(registry.cancel(4711, two.key.key)).toBe(false)
  one.close()
  expect(open(registry, 4711).key.pid).toBe(4711)
})
it.each([0, -1])('a server that gives %s as its process id gets another', (backendPid) => {
  expect(open(new SessionRegistry(), backendPid).key.pid).toBeGreaterThan(0)
})
