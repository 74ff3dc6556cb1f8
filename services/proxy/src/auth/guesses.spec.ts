import { expect, it } from '@jest/globals'
import { Guesses } from './guesses.js'

function withClock() {
  const now = { ms: 0 }
  const guesses = new Guesses(() => now.ms, { burst: 3, perSecond: 1 }, { burst: 5, perSecond: 2 })
  /** How many of so many wrong passwords were tried. */
  const wrong = (name: string, from: string, times: number, heard = true) => {
    let tried = 0
    for (let n = 0; n < times; n++) {
      const guess = guesses.enter(name, from, heard)
      if (guess.allowed) tried++
      guess.failed()
    }
    return tried
  }
  return { now, guesses, wrong }
}

it('an address may try wrong passwords of a name so often, and then at a rate', () => {
  const { now, wrong } = withClock()
  expect(wrong('app', 'a', 10)).toBe(3)
  now.ms = 2_000
  expect(wrong('app', 'a', 10)).toBe(2)
})
it('many addresses together may try no oftener than the bound of the name', () => {
  const { wrong } = withClock()
  expect(wrong('app', 'a', 3) + wrong('app', 'b', 3) + wrong('app', 'c', 3)).toBe(5)
  expect(wrong('other', 'd', 3)).toBe(3)
})
it('a pool that logs in with the right password has no bound, however many of it come at once', () => {
  const { guesses } = withClock()
  const pool = Array.from({ length: 1000 }, () => guesses.enter('app', 'application', true))
  expect(pool.every(({ allowed }) => allowed)).toBe(true)
})
it('wrong passwords that were under way at once have to be waited for all the same', () => {
  const { now, guesses, wrong } = withClock()
  guesses.enter('app', 'a', true).proven()
  for (const guess of Array.from({ length: 100 }, () => guesses.enter('app', 'a', true))) guess.failed()
  now.ms = 90_000
  expect(wrong('app', 'a', 10)).toBe(0)
  now.ms = 100_000
  expect(wrong('app', 'a', 10)).toBe(3)
})
it('an address that has proven the password is not kept out by what others try, however many they are', () => {
  const { guesses, wrong } = withClock()
  guesses.enter('app', 'application', true).proven()
  for (const from of ['a', 'b', 'c', 'd']) wrong('app', from, 3)
  expect(wrong('app', 'e', 3)).toBe(0)
  expect([true, false].map((heard) => guesses.enter('app', 'application', heard).allowed)).toEqual([true, true])
})
it('but it, too, may guess only so often', () => {
  const { guesses, wrong } = withClock()
  guesses.enter('app', 'application', true).proven()
  expect(wrong('app', 'application', 10)).toBe(3)
})
it('a flood that is over keeps new addresses out for no longer than it takes the bound to come back', () => {
  const { now, guesses, wrong } = withClock()
  const flood = Array.from({ length: 1000 }, (_, n) => guesses.enter('app', `a${n}`, true))
  for (const guess of flood) guess.failed()
  expect(wrong('app', 'b', 1)).toBe(0)
  now.ms = 3_000 // from -5 to 1
  expect(wrong('app', 'b', 1)).toBe(1)
})
it('whoever may have no names looked up now tries no password, unless it was proven from there', () => {
  const { wrong } = withClock()
  expect(wrong('app', 'a', 10, false)).toBe(0)
  expect(wrong('app', 'a', 1)).toBe(1)
  expect(wrong('app', 'a', 10, false)).toBe(0)
})
