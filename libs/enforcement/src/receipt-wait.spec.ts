import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ReceiptWait } from './receipt-wait.js'
import type { IncarnationView } from './receipt.js'

const view = (incarnation: string, change: Partial<IncarnationView> = {}): IncarnationView => ({
  incarnation, proxyId: 'p', enrolledSeq: 0, appliedSeq: 9, fencedSeq: 0, grant: 7, lapsedGrant: 5, leaseMs: 3_000, heardAt: new Date(0), endedAt: null, ...change,
})
const wait = (...views: IncarnationView[]) => new ReceiptWait({ epoch: 'e1', seq: 10 }, views, 1_000)

describe('the wait for a receipt', () => {
  it('is over at once where nobody serves anything older', () => {
    const over = wait(view('a', { appliedSeq: 10 }), view('b', { lapsedGrant: 7 }), view('c', { endedAt: new Date(0) }), view('d', { fencedSeq: 11 }), view('e', { enrolledSeq: 10 }))
    expect([over.open, over.enforced(1_000), over.fenced]).toEqual([[], true, [{ incarnation: 'b', grant: 7 }, { incarnation: 'd', grant: 5 }]])
  })

  it('does not take the lease of a process that a later event had fenced for one that is over', () => {
    const over = wait(view('a', { fencedSeq: 11, grant: 7, lapsedGrant: 6 }))
    expect([over.enforced(1_000), over.fenced]).toEqual([true, [{ incarnation: 'a', grant: 6 }]])
  })

  it('outlasts every lease of an earlier life of the log, whatever the rows of this one say', () => {
    const young = new ReceiptWait({ epoch: 'e2', seq: 10 }, [view('a', { lapsedGrant: 7 }), view('b', { appliedSeq: 10 })], 1_000, 3_500)
    expect([young.open, young.overAtMs, young.enforced(3_499), young.enforced(3_500)]).toEqual([[], 3_500, false, true])
  })

  it('ends with the last word', () => {
    const two = wait(view('a'), view('b'))
    two.hear('a', 'e1', 10)
    two.hear('b', 'e1', 9)
    expect([two.open, two.enforced(1_001)]).toEqual([['b'], false])
    two.hear('b', 'e2', 99)
    expect(two.enforced(1_002)).toBe(false)
    two.hear('b', 'e1', 12)
    expect([two.enforced(1_003), two.fenced]).toEqual([true, []])
  })

  it('takes the goodbye of a process for its word', () => {
    const one = wait(view('a'))
    one.left('a')
    expect([one.enforced(1_001), one.fenced]).toEqual([true, []])
  })

  it('ends when the leases of the silent are over, each after its own length from the commit', () => {
    const two = wait(view('a'), view('b', { leaseMs: 5_000 }))
    expect([two.overAtMs, two.enforced(3_999), two.open]).toEqual([6_000, false, ['a', 'b']])
    expect([two.enforced(4_000), two.open, two.fenced]).toEqual([false, ['b'], [{ incarnation: 'a', grant: 7 }]])
    expect([two.enforced(6_000), two.fenced.length]).toEqual([true, 2])
  })

  describe('where a process may serve applications without a lease', () => {
    const serving = (change: Partial<IncarnationView> = {}) => view('a', { servesWithoutLease: true, ...change })

    it('ends with its lease, and proves nothing', () => {
      const one = wait(serving())
      expect([one.over(3_999), one.over(4_000), one.enforced(4_000), one.fenced]).toEqual([false, true, false, [{ incarnation: 'a', grant: 7 }]])
      expect(one.enforced(99_999)).toBe(false)
    })

    it.each([['had no lease', { lapsedGrant: 7 }], ['was fenced by a later event', { fencedSeq: 11, lapsedGrant: 7 }]])('ends at once for one that %s, and proves nothing', (_case, change) => {
      const one = wait(serving(change))
      expect([one.over(1_000), one.enforced(1_000), one.fenced]).toEqual([true, false, [{ incarnation: 'a', grant: 7 }]])
    })

    it('never says enforced before each of them has spoken, and never waits longer than the longest lease', () => {
      const views = fc.array(
        fc.record({ appliedSeq: fc.constantFrom(8, 9, 10), grant: fc.constantFrom(5, 7), fencedSeq: fc.constantFrom(0, 11), leaseMs: fc.integer({ min: 500, max: 5_000 }), servesWithoutLease: fc.boolean() }),
        { minLength: 1, maxLength: 5 },
      )
      const words = fc.array(fc.record({ of: fc.nat(4), seq: fc.constantFrom(9, 10, 12), atMs: fc.integer({ min: 1_000, max: 8_000 }) }), { maxLength: 8 })
      fc.assert(
        fc.property(views, words, (changes, said) => {
          const all = changes.map((change, at) => view(`inc_${at}`, change))
          const one = wait(...all)
          const silent = new Set(all.filter(({ appliedSeq, servesWithoutLease }) => appliedSeq < 10 && servesWithoutLease === true).map(({ incarnation }) => incarnation))
          for (const { of, seq, atMs } of [...said].sort((a, b) => a.atMs - b.atMs)) {
            one.hear(`inc_${of}`, 'e1', seq)
            if (seq >= 10) silent.delete(`inc_${of}`)
            if (silent.size > 0) expect(one.enforced(atMs)).toBe(false)
          }
          const lastMs = 1_000 + Math.max(...all.map(({ leaseMs }) => leaseMs))
          expect([one.over(lastMs), one.enforced(lastMs)]).toEqual([true, silent.size === 0])
        }),
      )
    })

    it.each([
      ['word', (one: ReceiptWait) => { one.hear('a', 'e1', 10) }],
      ['goodbye', (one: ReceiptWait) => { one.left('a') }],
    ])('takes its %s, in time or later', (_case, speak) => {
      const [early, late] = [wait(serving()), wait(serving({ lapsedGrant: 7 }))]
      late.over(9_000)
      for (const one of [early, late]) speak(one)
      expect([early.enforced(1_001), late.enforced(9_001)]).toEqual([true, true])
    })
  })
})
