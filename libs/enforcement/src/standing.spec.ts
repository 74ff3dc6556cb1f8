import { describe, expect, it } from '@jest/globals'
import type { Position } from './follower.js'
import type { ClockReading } from './lease.js'
import { Standing } from './standing.js'

const at = (ms: number): ClockReading => ({ monotonicMs: ms, wallMs: 1e12 + ms, uptimeMs: 5e6 + ms })
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i }))
const LENGTH_MS = 3_000

function proxy(seq = 5) {
  const done: string[] = []
  const standing: Standing<{ seq: number }> = new Standing<{ seq: number }>({ epoch: 'e1', seq }, {
    apply: (event) => done.push(`apply ${event.seq}`),
    startOver: (position) => done.push(`start over at ${position.epoch} ${position.seq}`),
    acknowledge: (position) => done.push(`acknowledge ${position.seq}`),
    catchUp: () => done.push('catch up'),
  })
  const ask = (ms: number): { at: ClockReading; position: Position } => ({ at: at(ms), position: standing.position })
  const grant = (asked: ReturnType<typeof ask>, headSeq: number, nowMs: number, epoch = 'e1') => standing.granted(asked, { epoch, seq: headSeq, lengthMs: LENGTH_MS }, at(nowMs))
  return { standing, done, ask, grant }
}

describe('a proxy', () => {
  it('serves nothing before its first lease, and then until nine tenths after it asked', () => {
    const { standing, ask, grant } = proxy()
    expect(standing.serves(at(0))).toBe(false)
    grant(ask(0), 5, 900)
    expect([standing.serves(at(900)), standing.serves(at(2_699)), standing.serves(at(2_700))]).toEqual([true, true, false])
  })

  it('applies an event before it acknowledges it', () => {
    const { standing, done } = proxy()
    standing.offer('e1', 5, events(6, 7), at(0))
    expect(done).toEqual(['apply 6', 'apply 7', 'acknowledge 7'])
  })

  it('has a lease only once it has applied the head that was granted', () => {
    const { standing, done, ask, grant } = proxy()
    grant(ask(0), 7, 10)
    expect([standing.serves(at(10)), done]).toEqual([false, ['catch up']])
    standing.offer('e1', 5, events(6, 6), at(20))
    expect(standing.serves(at(20))).toBe(false)
    standing.offer('e1', 6, events(7, 7), at(30))
    expect([standing.serves(at(30)), standing.serves(at(2_699)), standing.serves(at(2_700))]).toEqual([true, true, false])
  })

  it('is served by whichever lease it has caught up with, while later heads run ahead of it', () => {
    const { standing, ask, grant } = proxy()
    for (const n of [0, 1, 2]) grant(ask(n * 1_000), 6 + n, n * 1_000 + 5)
    standing.offer('e1', 5, events(6, 7), at(2_100))
    expect([standing.serves(at(3_699)), standing.serves(at(3_700))]).toEqual([true, false])
  })

  it('that got two answers out of order keeps the longer lease', () => {
    const { standing, ask, grant } = proxy()
    const [first, second] = [ask(0), ask(1_000)]
    grant(second, 5, 1_500)
    grant(first, 5, 1_600)
    expect(standing.serves(at(3_699))).toBe(true)
  })

  it.each([
    ['another epoch', 'e2', 3],
    ['a head behind its own', 'e1', 4],
  ])('that is shown %s is fenced, starts over, and serves again under the lease that showed it', (_case, epoch, head) => {
    const { standing, done, ask, grant } = proxy()
    grant(ask(0), 5, 1)
    grant(ask(100), head, 110, epoch)
    expect(done).toEqual([`start over at ${epoch} ${head}`, `acknowledge ${head}`])
    expect([standing.position, standing.serves(at(110))]).toEqual([{ epoch, seq: head }, true])
  })

  it('ignores an answer that was asked for in an earlier life of the log', () => {
    const { standing, ask, grant } = proxy()
    const old = ask(0)
    standing.startOver({ epoch: 'e2', seq: 9 })
    grant(old, 5, 10)
    expect([standing.position, standing.serves(at(10))]).toEqual([{ epoch: 'e2', seq: 9 }, false])
  })

  it('starts over where it stands, if an answer comes late that was to start it over further back', () => {
    const { standing, done } = proxy()
    const asked = standing.position
    standing.offer('e1', 5, events(6, 9), at(0))
    standing.startOver({ epoch: 'e1', seq: 7 }, asked)
    expect([standing.position.seq, done.slice(-2)]).toEqual([9, ['start over at e1 9', 'acknowledge 9']])
  })

  it('does not go back to an earlier life of the log for an answer that was asked for there', () => {
    const { standing, ask, grant } = proxy()
    const asked = standing.position
    grant(ask(0), 3, 10, 'e2')
    standing.startOver({ epoch: 'e1', seq: 7 }, asked)
    expect([standing.position, standing.serves(at(20))]).toEqual([{ epoch: 'e2', seq: 3 }, true])
  })
})
