import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { concerns, knownOf, receiptHeader, receiptOf, type IncarnationView, type Known } from './receipt.js'

const event = { seq: 10, at: new Date('2026-01-01T00:00:10Z') }
const before = new Date('2026-01-01T00:00:05Z')
const after = new Date('2026-01-01T00:00:15Z')
const longBefore = new Date('2025-12-31T23:59:00Z')
const view = (change: Partial<IncarnationView> = {}): IncarnationView => ({
  incarnation: 'inc_a', proxyId: 'p', enrolledSeq: 3, appliedSeq: 9, fencedSeq: 0, grant: 7, lapsedGrant: 5, leaseMs: 3_000, heardAt: before, endedAt: null, ...change,
})

describe('a receipt', () => {
  it.each<[string, Partial<IncarnationView>, Known, boolean]>([
    ['has not acknowledged yet', {}, 'open', true],
    ['acknowledged exactly this event', { appliedSeq: 10 }, 'applied', true],
    ['acknowledged a later one', { appliedSeq: 11 }, 'applied', true],
    ['enrolled after the event', { enrolledSeq: 10, appliedSeq: 10 }, 'applied', false],
    ['had left before the event', { endedAt: before }, 'gone', false],
    ['left at the instant of the event', { endedAt: event.at }, 'gone', false],
    ['left afterwards without acknowledging', { endedAt: after }, 'gone', true],
    ['had no lease', { lapsedGrant: 7 }, 'fenced', true],
    ['had no lease, and had not been heard for a minute', { lapsedGrant: 7, heardAt: longBefore }, 'fenced', false],
    ['never had a lease', { grant: 0, lapsedGrant: 0 }, 'fenced', true],
    ['had outlived its lease at a later event', { fencedSeq: 12 }, 'fenced', true],
    ['was granted another lease since, which requires the event', { fencedSeq: 10, grant: 8, lapsedGrant: 7 }, 'fenced', true],
    ['was granted a lease after an earlier one had lapsed', { fencedSeq: 9, grant: 8, lapsedGrant: 7 }, 'open', true],
    ['had no lease, and may serve applications without one', { lapsedGrant: 7, servesWithoutLease: true }, 'open', true],
    ['has outlived its lease, and may serve applications without one', { fencedSeq: 10, servesWithoutLease: true }, 'open', true],
    ['may serve applications without a lease, and was silent for a minute', { lapsedGrant: 7, heardAt: longBefore, servesWithoutLease: true }, 'open', true],
    ['may serve applications without a lease, and acknowledged', { appliedSeq: 10, servesWithoutLease: true }, 'applied', true],
    ['served applications without a lease, and has left', { endedAt: after, servesWithoutLease: true }, 'gone', true],
  ])('of a proxy that %s', (_case, change, known, told) => {
    expect([knownOf(event, view(change)), concerns(event, view(change))]).toEqual([known, told])
    const receipt = receiptOf(event, [view(change)], new Map())
    expect([receipt.enforced, receipt.proxies.length, receipt.missing.length]).toEqual([known !== 'open', Number(told), Number(known === 'open')])
  })

  it('is enforced with no proxies at all', () => {
    expect(receiptOf(event, [], new Map(), 1.4)).toEqual({ seq: 10, enforced: true, elapsed_ms: 1, proxies: [], missing: [], reason: null })
  })

  it.each<[string, Partial<IncarnationView>, number]>([
    ['left after 5 s', { endedAt: after }, 5_000],
    ['acknowledged and left after 5 s', { appliedSeq: 10, endedAt: after }, 3],
    ['was fenced', { fencedSeq: 10 }, 3_001],
  ])('where nobody measured, was enforced when the last proxy had acknowledged or gone: one that %s', (_case, change, elapsed) => {
    const acknowledgedMs = change.appliedSeq === undefined ? null : 3
    const outcomes = new Map([['inc_a', { acknowledgedMs, fencedMs: change.fencedSeq === undefined ? null : 3_001, sessionsDropped: 0, statementsCancelled: 0, settled: false }]])
    expect(receiptOf(event, [view(change)], outcomes)).toMatchObject({ enforced: true, elapsed_ms: elapsed })
  })

  it('names who is missing and sums up what the others did', () => {
    const outcomes = new Map([['inc_b', { acknowledgedMs: 7, fencedMs: null, sessionsDropped: 42, statementsCancelled: 1, settled: true }]])
    const receipt = receiptOf(event, [view({ incarnation: 'inc_b', appliedSeq: 10 }), view()], outcomes)
    expect(receipt.missing).toEqual(['inc_a'])
    expect(receipt.proxies.map(({ incarnation, settled }) => [incarnation, settled])).toEqual([['inc_a', false], ['inc_b', true]])
    expect(receiptHeader(receipt)).toBe('seq=10, pending, elapsed-ms=7, proxies=2, fenced=0, sessions=42, statements=1')
    expect(receiptHeader(receiptOf(event, [view({ appliedSeq: 10 }), view({ incarnation: 'inc_b', fencedSeq: 10 })], new Map(), 9))).toBe(
      'seq=10, enforced, elapsed-ms=9, proxies=2, fenced=1, sessions=0, statements=0',
    )
  })

  it('says in words, and counts in its header, where applications may still be served without a lease', () => {
    const views = [view({ fencedSeq: 10, servesWithoutLease: true }), view({ incarnation: 'inc_b', proxyId: 'q', appliedSeq: 10, servesWithoutLease: true })]
    const receipt = receiptOf(event, views, new Map(), 9)
    expect(receipt).toMatchObject({ enforced: false, missing: ['inc_a'], reason: expect.stringContaining('passthrough unconfirmed on p:') })
    expect(receipt.proxies.map(({ fenced, passthrough_unconfirmed }) => [fenced, passthrough_unconfirmed])).toEqual([[true, true], [false, false]])
    expect(receiptHeader(receipt)).toBe('seq=10, pending, elapsed-ms=9, proxies=2, fenced=1, passthrough-unconfirmed=1, sessions=0, statements=0')
  })

  it('whose proxies may only not have answered yet says nothing of applications', () => {
    expect(receiptOf(event, [view({ servesWithoutLease: true })], new Map(), 9)).toMatchObject({ enforced: false, reason: null, proxies: [{ fenced: false, passthrough_unconfirmed: false }] })
  })

  it('says in its header what became of the sessions of fenced proxies at databases, where somebody has looked', () => {
    const of = (known: number, ended: number) => ({ acknowledgedMs: null, fencedMs: 9, sessionsDropped: 0, statementsCancelled: 0, settled: false, backends: { known, ended } })
    const views = [view({ fencedSeq: 10 }), view({ incarnation: 'inc_b', fencedSeq: 10 })]
    expect(receiptHeader(receiptOf(event, views, new Map([['inc_a', of(3, 2)], ['inc_b', of(1, 1)]]), 9))).toBe(
      'seq=10, enforced, elapsed-ms=9, proxies=2, fenced=2, sessions=0, statements=0, backends=4, backends-ended=3',
    )
  })

  it('only ever turns from pending to enforced as acknowledgements grow', () => {
    const views = fc.array(fc.record({ enrolledSeq: fc.nat(20), appliedSeq: fc.nat(20) }), { maxLength: 6 })
    fc.assert(
      fc.property(views, fc.nat(20), (changes, growth) => {
        const now = changes.map((change, at) => view({ ...change, incarnation: `inc_${at}` }))
        const later = now.map((one) => ({ ...one, appliedSeq: one.appliedSeq + growth }))
        if (receiptOf(event, now, new Map()).enforced) expect(receiptOf(event, later, new Map()).enforced).toBe(true)
        expect(receiptOf(event, [...now].reverse(), new Map())).toEqual(receiptOf(event, now, new Map()))
      }),
    )
  })
})
