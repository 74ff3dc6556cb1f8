import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { LogFollower } from './follower.js'
import { RecentEvents } from './recent-events.js'

const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i }))

describe('a follower at (e1, 5)', () => {
  const follower = () => new LogFollower<{ seq: number }>({ epoch: 'e1', seq: 5 })
  it.each([
    ['what comes next', 'e1', 5, events(6, 8), { do: 'apply', events: events(6, 8) }, 8],
    ['a batch that overlaps', 'e1', 3, events(4, 7), { do: 'apply', events: events(6, 7) }, 7],
    ['a batch seen before', 'e1', 2, events(3, 5), { do: 'nothing' }, 5],
    ['an empty batch', 'e1', 5, [], { do: 'nothing' }, 5],
    ['a gap', 'e1', 6, events(7, 8), { do: 'catch-up' }, 5],
    ['an empty batch further on', 'e1', 9, [], { do: 'catch-up' }, 5],
    ['a batch with a hole', 'e1', 5, [{ seq: 6 }, { seq: 8 }], { do: 'catch-up' }, 5],
    ['a batch out of order', 'e1', 5, [{ seq: 7 }, { seq: 6 }], { do: 'catch-up' }, 5],
    ['another epoch', 'e2', 5, events(6, 6), { do: 'start-over' }, 5],
  ])('meets %s', (_case, epoch, prev, batch, verdict, seq) => {
    const at = follower()
    expect(at.offer(epoch, prev, batch)).toEqual(verdict)
    expect(at.position).toEqual({ epoch: 'e1', seq })
  })
  it.each([
    ['e1', 5, 5, 'current'],
    ['e1', 6, 5, 'catch-up'],
    ['e1', 4, 5, 'start-over'],
    ['e1', 4, 4, 'current'], // asked at 4, applied 5 since: the answer was on its way
    ['e1', 3, 4, 'start-over'],
    ['e2', 5, 5, 'start-over'],
  ])('hears of head (%s, %d), having asked at %d', (epoch, seq, askedAt, verdict) => {
    expect(follower().head(epoch, seq, askedAt)).toBe(verdict)
  })
})

it('applies every event once and in order, whatever is lost, doubled or reordered on the way, if it asks when told to', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ prev: fc.nat(20), count: fc.nat(6) }), { maxLength: 60 }), (batches) => {
      const follower = new LogFollower<{ seq: number }>({ epoch: 'e', seq: 0 })
      const applied: number[] = []
      const take = (prev: number, batch: { seq: number }[]) => {
        const verdict = follower.offer('e', prev, batch)
        if (verdict.do === 'apply') applied.push(...verdict.events.map((event) => event.seq))
        return verdict
      }
      for (const { prev, count } of batches)
        if (take(prev, events(prev + 1, prev + count)).do === 'catch-up') take(follower.position.seq, events(follower.position.seq + 1, prev + count))
      expect(applied).toEqual(events(1, applied.length).map((event) => event.seq))
    }),
  )
})

describe('recent events', () => {
  it('outdate exactly the snapshots that are older than one that concerns them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b'), { maxLength: 30 }), fc.nat(30), fc.integer({ min: 1, max: 8 }), (subjects, asOf, size) => {
        const recent = new RecentEvents<{ seq: number; subject: string }>(0, size)
        const all = subjects.map((subject, i) => ({ seq: i + 1, subject }))
        for (const event of all) recent.add(event)
        const truth = all.some((event) => event.seq > asOf && event.subject === 'a')
        const covered = asOf >= all.length - size
        const verdict = recent.outdates(asOf, (event) => event.subject === 'a')
        return covered ? verdict === truth : verdict
      }),
    )
  })
})
