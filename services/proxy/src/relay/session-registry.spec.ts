/** Sessions that an event ends are marked at once; their sockets are closed over the following turns, behind the answer. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SessionRegistry, type Listed, type SessionOwner } from './session-registry.js'

const reason = { sqlState: '57P01', message: 'the credential was revoked', hint: 'Ask for another.' }
const owner: SessionOwner = { id: 'agc_1', projectId: 'prj_1', policyId: undefined, passthrough: undefined, databases: [], address: '127.0.0.1', asOfSeq: 1, expiresAtMs: Infinity }

/** Sessions that only note what is done to them. */
function registryOf(count: number) {
  const registry = new SessionRegistry()
  const done = { ended: 0, closed: 0 }
  for (let i = 0; i < count; i++) {
    const session: Partial<Listed> & { over: boolean } = {
      over: false,
      tick: () => undefined,
      end(_reason, options) {
        session.over = true
        done.ended++
        options?.defer?.(() => done.closed++)
        return false
      },
    }
    registry.add(session as Listed, owner, registry.newCancelKey(2))
  }
  const closed = new Promise<void>((resolve) => {
    done.ended = 0
    registry.drop(() => true, reason, owner.id)
    registry.whenClosed(resolve)
  })
  return { done, closed }
}

describe('the sockets of ended sessions', () => {
  // Turns are real ones, and no time passes but what the test lets pass.
  beforeAll(() => void jest.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] }))
  afterAll(() => void jest.useRealTimers())

  it('are closed in the next turn where they are few', async () => {
    const { done, closed } = registryOf(20)
    expect(done).toEqual({ ended: 20, closed: 0 })
    await nextTurn()
    expect(done.closed).toBe(20)
    await closed
  })

  it('let the answer go first where they are many, and are all closed then', async () => {
    const { done, closed } = registryOf(105)
    expect(done).toEqual({ ended: 105, closed: 0 })
    for (let turn = 0; turn < 3; turn++) await nextTurn()
    expect(done.closed).toBe(0)
    jest.runAllTimers()
    await closed
    expect(done.closed).toBe(105)
  })
})
