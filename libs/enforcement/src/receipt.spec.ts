import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { concerns, isMissing, receiptHeader, receiptOf, type IncarnationView } from './receipt.js'

const event = { seq: 10, at: new Date('2026-01-01T00:00:10Z') }
const before = new Date('2026-01-01T00:00:05Z')
const after = new Date('2026-01-01T00:00:15Z')
const view = (change: Partial<IncarnationView> = {}): IncarnationView => ({
  incarnation: 'inc_a', proxyId: 'p', enrolledSeq: 3, appliedSeq: 9, endedAt: null, silentAt: null, ...change,
})

describe('a receipt', () => {
  it.each<[string, Partial<IncarnationView>, { concerned: boolean; missing: boolean }]>([
    ['has not acknowledged yet', {}, { concerned: true, missing: true }],
    ['acknowledged exactly this event', { appliedSeq: 10 }, { concerned: true, missing: false }],
    ['acknowledged a later one', { appliedSeq: 11 }, { concerned: true, missing: false }],
    ['enrolled after the event', { enrolledSeq: 10, appliedSeq: 10 }, { concerned: false, missing: false }],
    ['had left before the event', { endedAt: before }, { concerned: false, missing: false }],
    ['left at the instant of the event', { endedAt: event.at }, { concerned: false, missing: false }],
    ['left afterwards without acknowledging', { endedAt: after }, { concerned: true, missing: false }],
    ['had long been silent', { silentAt: before }, { concerned: false, missing: false }],
    ['has since been silent for long', { silentAt: after }, { concerned: true, missing: false }],
  ])('of a proxy that %s', (_case, change, expected) => {
    expect({ concerned: concerns(event, view(change)), missing: isMissing(event, view(change)) }).toEqual(expected)
    expect(receiptOf(event, [view(change)], new Map()).enforced).toBe(!expected.missing)
  })

  it('is enforced with no proxies at all', () => {
    expect(receiptOf(event, [], new Map(), 1.4)).toEqual({ seq: 10, enforced: true, elapsed_ms: 1, proxies: [], missing: [] })
  })

  it.each<[string, Partial<IncarnationView>, number]>([
    ['left after 5 s', { endedAt: after }, 5_000],
    ['fell silent after 5 s', { silentAt: after }, 5_000],
    ['acknowledged and left after 5 s', { appliedSeq: 10, endedAt: after }, 3],
  ])('where nobody measured, was enforced when the last proxy had acknowledged or gone: one that %s', (_case, change, elapsed) => {
    const outcomes = new Map([['inc_a', { acknowledgedMs: change.appliedSeq === undefined ? null : 3, sessionsDropped: 0, statementsCancelled: 0 }]])
    expect(receiptOf(event, [view(change)], outcomes)).toMatchObject({ enforced: true, elapsed_ms: elapsed })
  })

  it('names who is missing and sums up what the others did', () => {
    const outcomes = new Map([['inc_b', { acknowledgedMs: 7, sessionsDropped: 42, statementsCancelled: 1 }]])
    const receipt = receiptOf(event, [view({ incarnation: 'inc_b', appliedSeq: 10 }), view()], outcomes)
    expect(receipt.missing).toEqual(['inc_a'])
    expect(receiptHeader(receipt)).toBe('seq=10, pending, elapsed-ms=7, proxies=2, fenced=0, sessions=42, statements=1')
    expect(receiptHeader(receiptOf(event, [view({ appliedSeq: 10 })], new Map(), 9))).toBe(
      'seq=10, enforced, elapsed-ms=9, proxies=1, fenced=0, sessions=0, statements=0',
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
