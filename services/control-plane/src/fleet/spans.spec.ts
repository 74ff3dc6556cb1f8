import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Spans } from './spans.js'

describe('spans', () => {
  it('have what was added, and nothing else, in any order', () => {
    const span = fc.tuple(fc.nat(30), fc.nat(10))
    fc.assert(fc.property(fc.array(span, { maxLength: 20 }), (added) => {
      const spans = new Spans()
      const numbers = new Set<number>()
      for (const [after, length] of added) {
        spans.add(after, after + length)
        for (let seq = after + 1; seq <= after + length; seq++) numbers.add(seq)
      }
      for (let seq = 0; seq <= 45; seq++) expect(spans.has(seq)).toBe(numbers.has(seq))
    }))
  })

  it('that follow each other are one, and repeating one is no news', () => {
    const spans = new Spans()
    expect([spans.add(0, 3), spans.add(3, 7), spans.add(1, 6), spans.add(9, 9)]).toEqual([true, true, false, true])
    expect(spans.all).toEqual([{ afterSeq: 0, upToSeq: 7 }, { afterSeq: 9, upToSeq: 9 }])
  })

  it('forget what lies before, so that nothing forgotten is taken for known', () => {
    const spans = new Spans()
    spans.add(0, 7)
    spans.forgetUpTo(4)
    expect([4, 5, 7].map((seq) => spans.has(seq))).toEqual([false, true, true])
  })
})
