import { describe, expect, it } from '@jest/globals'
import { FreshRequests } from './fresh-requests.js'

const at = (ms: number) => new Date(ms).toISOString()

describe('a request that the control plane signed', () => {
  it('is acted upon once, however often it is sent before its deadline', () => {
    const fresh = new FreshRequests(() => 1_000)
    const request = { nonce: 'a', deadline: at(2_000) }
    expect([fresh.take(request), fresh.take(request), fresh.take({ ...request, nonce: 'b' })]).toEqual([true, false, true])
  })

  it.each([
    ['behind its deadline', at(999)],
    ['with a deadline that is no time', 'soon'],
  ])('%s is not acted upon', (_case, deadline) => {
    expect(new FreshRequests(() => 1_000).take({ nonce: 'a', deadline })).toBe(false)
  })

  it('is refused rather than forgotten about while too many are remembered, and taken again once those are over', () => {
    let nowMs = 0
    const fresh = new FreshRequests(() => nowMs, 2)
    for (const nonce of ['a', 'b']) expect(fresh.take({ nonce, deadline: at(1_000) })).toBe(true)
    expect(fresh.take({ nonce: 'c', deadline: at(5_000) })).toBe(false)
    nowMs = 1_001
    expect(fresh.take({ nonce: 'c', deadline: at(5_000) })).toBe(true)
  })
})
