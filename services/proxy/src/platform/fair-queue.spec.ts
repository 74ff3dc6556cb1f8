import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { FairQueue } from './fair-queue.js'
import { Turns } from './turns.js'

const drained = <T>(queue: FairQueue<T>): T[] => {
  const items: T[] = []
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item)
  return items
}

describe('a fair queue', () => {
  it('gives one turn to each owner, however much somebody has waiting', () => {
    const queue = new FairQueue<string>(100, 100)
    for (let i = 0; i < 50; i++) queue.push('greedy', `g${i}`)
    queue.push('modest', 'm0')
    queue.push('modest', 'm1')
    expect(drained(queue).slice(0, 5)).toEqual(['g0', 'm0', 'g1', 'm1', 'g2'])
  })
  it('refuses what an owner has beyond their share', () => {
    const queue = new FairQueue<string>(100, 2)
    expect([queue.push('a', '0'), queue.push('a', '1'), queue.push('a', '2')]).toEqual([undefined, undefined, '2'])
    expect(queue.push('b', '3')).toBeUndefined()
  })
  it('that is full gives a place to somebody new, from whoever has most', () => {
    const queue = new FairQueue<string>(4, 100)
    for (let i = 0; i < 4; i++) queue.push('greedy', `g${i}`)
    expect(queue.push('greedy', 'g4')).toBe('g4')
    expect(queue.push('modest', 'm0')).toBe('g3')
    expect(drained(queue)).toEqual(['g0', 'm0', 'g1', 'g2'])
  })
  it('loses nothing, keeps each owner’s order and its bounds, whatever happens', () => {
    const step = fc.oneof(fc.record({ do: fc.constant('push' as const), owner: fc.constantFrom('a', 'b', 'c') }), fc.record({ do: fc.constant('shift' as const) }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<{ owner: string; n: number }>(8, 5)
        const waiting = new Set<object>()
        let n = 0
        const last = new Map<string, number>()
        const taken = (item: { owner: string; n: number } | undefined) => {
          if (!item) return
          expect(waiting.delete(item)).toBe(true)
          expect(item.n).toBeGreaterThan(last.get(item.owner) ?? -1)
          last.set(item.owner, item.n)
        }
        for (const one of steps) {
          if (one.do === 'shift') taken(queue.shift())
          else {
            const item = { owner: one.owner, n: n++ }
            waiting.add(item)
            const lost = queue.push(one.owner, item)
            if (lost) expect(waiting.delete(lost)).toBe(true)
          }
          expect(queue.size).toBe(waiting.size)
          expect(queue.size).toBeLessThanOrEqual(8)
        }
        for (const item of drained(queue)) taken(item)
        expect(waiting.size).toBe(0)
      }),
    )
  })
})

describe('turns', () => {
  const refusal = () => new Error('no place')
  const byHand = () => {
    const started: string[] = []
    const ends: (() => void)[] = []
    const work = (name: string) => () => new Promise<string>((resolve) => {
      started.push(name)
      ends.push(() => { resolve(name) })
    })
    const end = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      ends.shift()!()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { started, work, end }
  }
  it('run so much at once, then owners alternate', async () => {
    const turns = new Turns({ atOnce: 2, waitingMax: 10, ownerWaitingMax: 10, waitMs: 60_000, refusal })
    const { started, work, end } = byHand()
    const all = ['a1', 'a2', 'a3', 'a4', 'b1'].map((name) => turns.run(name.charAt(0), work(name)))
    await end()
    await end()
    expect(started).toEqual(['a1', 'a2', 'a3', 'b1'])
    await end()
    await end()
    await end()
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1'])
  })
  it('refuse what finds no place, and what waited too long', async () => {
    const turns = new Turns({ atOnce: 1, waitingMax: 1, ownerWaitingMax: 1, waitMs: 20, refusal })
    const { started, work, end } = byHand()
    const first = turns.run('a', work('first'))
    const second = expect(turns.run('a', work('second'))).rejects.toThrow('no place')
    expect(turns.crowded('a')).toBe(true)
    await expect(turns.run('a', work('third'))).rejects.toThrow('no place')
    await second
    await end()
    await first
    expect(started).toEqual(['first'])
    expect(turns.crowded('a')).toBe(false)
  })
  it('give the turn on when the work fails', async () => {
    const turns = new Turns({ atOnce: 1, waitingMax: 1, ownerWaitingMax: 1, waitMs: 1000, refusal })
    const failing = expect(turns.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await turns.run('b', () => Promise.resolve(7))).toBe(7)
    await failing
  })
})
