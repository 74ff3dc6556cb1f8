import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Lease, type ClockReading } from './lease.js'

const at = (ms: number, { slept = 0, stepped = 0 } = {}): ClockReading => ({ monotonicMs: ms, wallMs: 1e12 + ms + slept + stepped, uptimeMs: 5e6 + ms + slept })
const LENGTH_MS = 3_000

function granted(sentMs = 0, takenMs = 10): Lease {
  const lease = new Lease()
  lease.grant(at(sentMs), at(takenMs), LENGTH_MS)
  return lease
}

describe('a lease', () => {
  it('does not hold before the first grant', () => expect(new Lease().holds(at(0))).toBe(false))

  it.each<[string, ClockReading, boolean]>([
    ['just before nine tenths of its length', at(2_699), true],
    ['at nine tenths of its length, counted from the question and not from the answer', at(2_700), false],
    ['after a suspend that the wall clock shows', at(500, { slept: 150 }), false],
    ['after a suspend that only the time since boot shows', { ...at(500), uptimeMs: 5e6 + 900 }, false],
    ['after the wall clock was set back', at(500, { stepped: -150 }), false],
    ['after a correction of the wall clock too small to matter', at(500, { stepped: 90 }), true],
  ])('%s', (_case, now, holds) => expect(granted().holds(now)).toBe(holds))

  it('that a suspend ended does not come back when the clocks agree again', () => {
    const lease = granted()
    expect(lease.holds(at(500, { slept: 200 }))).toBe(false)
    expect(lease.holds(at(501))).toBe(false)
    expect(lease.grant(at(502), at(510), LENGTH_MS)).toBe(true)
  })

  it('that was asked for before a suspend is none', () => {
    const lease = new Lease()
    expect(lease.grant(at(0), at(50, { slept: 2_000 }), LENGTH_MS)).toBe(false)
  })

  it('ends when naps that are each too short to notice add up, whatever was granted between them', () => {
    const lease = granted(100, 110)
    lease.grant(at(0), at(500, { slept: 90 }), LENGTH_MS) // a late answer to an earlier question
    expect(lease.holds(at(600, { slept: 90 }))).toBe(true)
    expect(lease.holds(at(600, { slept: 180 }))).toBe(false)
    const late = new Lease()
    late.grant(at(0), at(500, { slept: 90 }), LENGTH_MS)
    expect(late.holds(at(600, { slept: 180 }))).toBe(false)
  })

  it('ends when it is told to', () => {
    const lease = granted()
    lease.end()
    expect(lease.holds(at(20))).toBe(false)
  })

  it('holds to its end and no longer, whenever it is looked at, and never again once a sleep came between', () => {
    const looks = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(looks, fc.option(fc.nat({ max: 19 })), fc.integer({ min: 101, max: 100_000 }), (gapsMs, sleepBefore, sleptMs) => {
        const lease = granted(0, 0)
        let nowMs = 0
        gapsMs.forEach((gapMs, look) => {
          nowMs += gapMs
          const slept = sleepBefore !== null && look >= sleepBefore ? sleptMs : 0
          expect(lease.holds(at(nowMs, { slept }))).toBe(nowMs < 2_700 && slept === 0)
        })
      }),
    )
  })
})
