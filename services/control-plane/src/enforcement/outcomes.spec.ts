import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Outcomes, type StoredOutcome } from './outcomes.js'

const stored = (seq: number, incarnation: string, change: Partial<StoredOutcome> = {}): StoredOutcome => ({ seq, incarnation, acknowledgedMs: null, fencedMs: null, sessionsDropped: 1, statementsCancelled: 0, settled: true, ...change })
const heard = (sessions: number) => ({ acknowledgedMs: null, fencedMs: null, sessionsDropped: sessions, statementsCancelled: sessions, settled: true })

describe('what proxies did about a call', () => {
  it('is added up over its events, with the times of the last', () => {
    const outcomes = new Outcomes({ firstSeq: 3, seq: 5 }, [stored(3, 'a', { acknowledgedMs: 90 }), stored(5, 'a', { acknowledgedMs: 7, sessionsDropped: 4 }), stored(4, 'b', { acknowledgedMs: 8, fencedMs: 3_000 })])
    expect(outcomes.total()).toEqual(new Map([
      ['a', { acknowledgedMs: 7, fencedMs: null, backends: null, sessionsDropped: 5, statementsCancelled: 0, settled: false }],
      ['b', { acknowledgedMs: null, fencedMs: null, backends: null, sessionsDropped: 1, statementsCancelled: 0, settled: false }],
    ]))
  })

  it('is known once every event was told of; what is heard goes before what is stored, except for its times', () => {
    const outcomes = new Outcomes({ firstSeq: 1, seq: 3 }, [stored(3, 'a', { acknowledgedMs: 5 })])
    expect(outcomes.hear('a', (seq) => (seq === 1 ? heard(10) : undefined))).toBe(2)
    expect(outcomes.hear('a', (seq) => (seq === 3 ? heard(30) : undefined))).toBe(2)
    expect(outcomes.hear('a', (seq) => heard(seq * 10))).toBe(0)
    expect(outcomes.total().get('a')).toEqual({ acknowledgedMs: 5, fencedMs: null, backends: null, sessionsDropped: 60, statementsCancelled: 60, settled: true })
  })

  it('is not final while a row only says that the process acknowledged: its counts may still come', () => {
    const outcomes = new Outcomes({ firstSeq: 2, seq: 2 }, [stored(2, 'a', { acknowledgedMs: 5, sessionsDropped: 0, settled: false })])
    expect([outcomes.hear('a', () => undefined), outcomes.total().get('a')?.settled]).toEqual([1, false])
    expect([outcomes.hear('a', () => heard(7)), outcomes.total().get('a')]).toEqual([0, { acknowledgedMs: 5, fencedMs: null, backends: null, sessionsDropped: 7, statementsCancelled: 7, settled: true }])
  })

  it('keeps what became of the sessions of a fenced one at databases, which stands with the last event', () => {
    const outcomes = new Outcomes({ firstSeq: 1, seq: 2 }, [stored(1, 'a'), stored(2, 'a', { fencedMs: 3_000, backends: { known: 4, ended: 3 } })])
    outcomes.hear('a', () => heard(1))
    expect(outcomes.total().get('a')).toMatchObject({ fencedMs: 3_000, backends: { known: 4, ended: 3 } })
  })

  it('says nothing of a process that told nothing', () => {
    const outcomes = new Outcomes({ firstSeq: 2, seq: 2 }, [])
    expect([outcomes.hear('a', () => undefined), outcomes.total()]).toEqual([1, new Map()])
  })

  it('is the same sum whatever the order in which the events are told of', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat()), (counts, random) => {
        const outcomes = new Outcomes({ firstSeq: 1, seq: counts.length }, [])
        const known = new Set<number>()
        while (known.size < counts.length) {
          known.add(1 + ((random.next().value as number) + known.size) % counts.length)
          for (let seq = 1; known.size < counts.length && seq <= counts.length; seq++) if (!known.has(seq)) { known.add(seq); break }
          outcomes.hear('a', (seq) => (known.has(seq) ? heard(counts[seq - 1] ?? 0) : undefined))
        }
        expect(outcomes.hear('a', () => undefined)).toBe(0)
        expect(outcomes.total().get('a')?.sessionsDropped).toBe(counts.reduce((a, b) => a + b))
      }),
    ))
})
