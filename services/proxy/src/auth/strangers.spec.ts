import { expect, it } from '@jest/globals'
import { Strangers } from './strangers.js'

function withClock(perAddress = { burst: 3, perSecond: 1 }, all = { burst: 5, perSecond: 2 }) {
  const now = { ms: 0 }
  const strangers = new Strangers(() => now.ms, perAddress, all)
  const allowed = (address: string, times: number) => Array.from({ length: times }, () => strangers.enter(address).allowed).filter(Boolean).length
  return { now, strangers, allowed }
}

it('an address has its burst, then its rate', () => {
  const { now, allowed } = withClock()
  expect(allowed('192.0.2.1', 10)).toBe(3)
  now.ms = 2000
  expect(allowed('192.0.2.1', 10)).toBe(2)
})
it('all addresses together have a burst and a rate, and one that is refused for it keeps its own', () => {
  const { now, allowed } = withClock()
  expect(allowed('192.0.2.1', 3) + allowed('192.0.2.2', 3)).toBe(5)
  now.ms = 1000
  expect(allowed('192.0.2.3', 3)).toBe(2)
})
it('who proves a secret has their token back, once', () => {
  const { strangers, allowed } = withClock()
  for (let i = 0; i < 1000; i++) {
    const attempt = strangers.enter('192.0.2.1')
    expect(attempt.allowed).toBe(true)
    attempt.proven()
    attempt.proven()
  }
  expect(allowed('192.0.2.1', 10)).toBe(3)
})
it('proving a secret beyond the bound gives nothing to others', () => {
  const { strangers, allowed } = withClock()
  allowed('192.0.2.1', 3)
  strangers.enter('192.0.2.1').proven()
  expect(allowed('192.0.2.1', 1)).toBe(0)
})
it.each([
  ['IPv4 in IPv6', '::ffff:192.0.2.1', '192.0.2.1'],
  ['another address of the same /64', '2001:db8::1', '2001:db8::ffff:2'],
])('%s is the same stranger', (_case, one, other) => {
  const { allowed } = withClock()
  expect(allowed(one, 3)).toBe(3)
  expect(allowed(other, 3)).toBe(0)
})
it('a million addresses take no more memory than the table has', () => {
  const { strangers } = withClock({ burst: 3, perSecond: 1 }, { burst: 1e9, perSecond: 1 })
  for (let i = 0; i < 50_000; i++) strangers.enter(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
  expect((strangers as unknown as { byAddress: { size: number } }).byAddress.size).toBe(10_000)
})
