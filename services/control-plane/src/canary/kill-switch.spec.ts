import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { canaryOutcomes, killSwitchOf, killSwitchStates, worstOf, type CanaryView } from './kill-switch.js'

const INTERVAL_MS = 60_000
const proven: CanaryView = { outcome: 'enforced', checkedMsAgo: 1_000, enrolledMsAgo: 1e6, heardMsAgo: 500, leaseMs: 3_000 }

describe('the kill switch of one proxy', () => {
  it.each<[string, Partial<CanaryView>, string, string | null]>([
    ['is armed when its canary was refused in time', {}, 'armed', null],
    ['is degraded when that took too long', { outcome: 'late' }, 'degraded', 'late'],
    ['is degraded when the proxy did not answer', { outcome: 'no_answer' }, 'degraded', 'no_answer'],
    ['is degraded when the canary was not let in before it was killed', { outcome: 'not_admitted' }, 'degraded', 'not_admitted'],
    ['is degraded when the canary was refused for something else', { outcome: 'unclear' }, 'degraded', 'unclear'],
    ['is disarmed when the killed canary was let in', { outcome: 'let_in' }, 'disarmed', 'let_in'],
    ['stays disarmed when that proxy falls silent', { outcome: 'let_in', heardMsAgo: 1e6 }, 'disarmed', 'let_in'],
    ['is degraded as soon as the lease is over', { heardMsAgo: 3_001 }, 'degraded', 'lease_over'],
    ['is degraded until the first trial', { outcome: null, checkedMsAgo: null, enrolledMsAgo: 2_000 }, 'degraded', 'not_checked'],
    ['is disarmed when the first trial never comes', { outcome: null, checkedMsAgo: null, enrolledMsAgo: 183_001 }, 'disarmed', 'not_checked'],
    ['is disarmed when no trial came for long', { checkedMsAgo: 183_001 }, 'disarmed', 'not_checked'],
    ['is armed still when one trial was missed', { checkedMsAgo: 130_000 }, 'armed', null],
  ])('%s', (_case, change, status, reason) => expect(killSwitchOf({ ...proven, ...change }, INTERVAL_MS)).toEqual({ status, reason }))
  it('is disarmed while trials are switched off, whatever an old one showed', () => expect(killSwitchOf(proven, 0)).toEqual({ status: 'disarmed', reason: 'off' }))
})

describe('the kill switch of all', () => {
  it('is disarmed without proxies, and says so', () => expect(worstOf([], INTERVAL_MS)).toEqual({ status: 'disarmed', reason: 'no_proxies' }))
  it('is armed only if it is at every proxy, and as bad as the worst otherwise', () => {
    const view = fc.record({
      outcome: fc.constantFrom(...canaryOutcomes, null),
      checkedMsAgo: fc.integer({ min: 0, max: 400_000 }),
      enrolledMsAgo: fc.integer({ min: 0, max: 400_000 }),
      heardMsAgo: fc.integer({ min: 0, max: 10_000 }),
      leaseMs: fc.constant(3_000),
    })
    fc.assert(
      fc.property(fc.array(view, { minLength: 1, maxLength: 5 }), (views) => {
        const each = views.map((one) => killSwitchOf(one, INTERVAL_MS))
        const rank = Math.max(...each.map(({ status }) => killSwitchStates.indexOf(status)))
        expect(worstOf(each, INTERVAL_MS).status).toBe(killSwitchStates[rank])
        for (const one of each) expect(one.reason === null).toBe(one.status === 'armed')
      }),
    )
  })
})
