import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { AccessMemory, type Remembered } from './access-memory.js'

const entry = (asOf: number, ...subjects: string[]): Remembered => ({ asOf, subjects })

describe('what a replica remembers of keys', () => {
  it('is there until something about the key, its owner or its organization changes', () => {
    const memory = new AccessMemory<Remembered>(10)
    for (const subject of ['key', 'usr', 'org']) {
      expect(memory.put('a', entry(1, 'key', 'usr', 'org'))).toBe(true)
      expect(memory.put('b', entry(1, 'other'))).toBe(true)
      memory.change(subject, 1)
      expect([memory.get('a'), memory.get('b')]).toEqual([undefined, entry(1, 'other')])
    }
  })

  it.each<[string, number, boolean]>([
    ['before the change', 6, false],
    ['at the change', 7, true],
    ['after the change', 8, true],
  ])('is not what was read %s', (_case, asOf, taken) => {
    const memory = new AccessMemory<Remembered>(10)
    memory.change('key', 7)
    expect(memory.put('a', entry(asOf, 'key'))).toBe(taken)
  })

  it('is bounded in entries and in changes, and a forgotten change still keeps out what was read before it', () => {
    const memory = new AccessMemory<Remembered>(2, 3)
    for (const name of ['a', 'b', 'c']) memory.put(name, entry(1, name))
    expect([memory.size, memory.get('a')]).toEqual([2, undefined])
    for (let seq = 2; seq <= 6; seq++) memory.change(`k${seq}`, seq)
    expect(memory.put('late', entry(2, 'k2'))).toBe(false)
    expect(memory.put('new', entry(3, 'k2'))).toBe(true)
  })

  it('is nothing after a clear, and nothing read before it', () => {
    const memory = new AccessMemory<Remembered>(10)
    memory.put('a', entry(4, 'key'))
    memory.clear(5)
    expect([memory.size, memory.put('a', entry(4, 'key')), memory.put('a', entry(5, 'key'))]).toEqual([0, false, true])
    memory.change('key', 9)
    memory.clear(2) // the log was restored to an earlier point
    expect(memory.put('a', entry(2, 'key'))).toBe(true)
  })

  it('never holds an entry that was read before a change to one of its subjects, in any order of calls', () => {
    const subjects = ['k1', 'k2', 'u1', 'o1']
    const put = fc.record({ kind: fc.constant('put' as const), name: fc.constantFrom('a', 'b', 'c'), lag: fc.nat({ max: 6 }), of: fc.subarray(subjects, { minLength: 1 }) })
    const change = fc.record({ kind: fc.constant('change' as const), subject: fc.constantFrom(...subjects) })
    fc.assert(
      fc.property(fc.array(fc.oneof(put, change), { maxLength: 60 }), (steps) => {
        const memory = new AccessMemory<Remembered>(2, 2)
        const lastChange = new Map<string, number>()
        let seq = 0
        for (const step of steps) {
          if (step.kind === 'put') memory.put(step.name, entry(Math.max(0, seq - step.lag), ...step.of))
          else {
            lastChange.set(step.subject, ++seq)
            memory.change(step.subject, seq)
          }
          for (const name of ['a', 'b', 'c']) {
            const held = memory.get(name)
            for (const subject of held?.subjects ?? []) expect(held?.asOf).toBeGreaterThanOrEqual(lastChange.get(subject) ?? 0)
          }
        }
      }),
    )
  })
})
