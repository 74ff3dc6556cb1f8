import { expect, it } from '@jest/globals'
import { Guesses } from './guesses.js'

function withClock() {
  const now = { ms: 0 }
  const guesses = new Guesses(() => now.ms, { burst: 3, perSecond: 1 }, { burst: 5, perSecond: 2 })
  const tries = (name: string, from: string, times: number, stranger = true) => Array.from({ length: times }, () => guesses.enter(name, from, stranger).allowed).filter(Boolean).length
  return { now, guesses, tries }
}

it('an address may try the password of a name so often, and then at a rate', () => {
  const { now, tries } = withClock()
  expect(tries('app', 'a', 10)).toBe(3)
  now.ms = 2_000
  expect(tries('app', 'a', 10)).toBe(2)
})
it('many addresses together may try it no oftener than the bound of the name', () => {
  const { tries } = withClock()
  expect(tries('app', 'a', 3) + tries('app', 'b', 3) + tries('app', 'c', 3)).toBe(5)
  expect(tries('other', 'd', 3)).toBe(3)
})
it('an address that has proven the password is not kept out by what others try, however many they are', () => {
  const { guesses, tries } = withClock()
  guesses.enter('app', 'application', true).proven()
  for (const from of ['a', 'b', 'c', 'd']) tries('app', from, 3)
  expect(tries('app', 'e', 3)).toBe(0)
  for (let login = 0; login < 100; login++) {
    const guess = guesses.enter('app', 'application', false)
    expect(guess.allowed).toBe(true)
    guess.proven()
  }
})
it('but it, too, may guess only so often', () => {
  const { guesses, tries } = withClock()
  guesses.enter('app', 'application', true).proven()
  expect(tries('app', 'application', 10)).toBe(3)
})
it('whoever may have no names looked up now tries no password, unless it was proven from there', () => {
  const { tries } = withClock()
  expect(tries('app', 'a', 10, false)).toBe(0)
  expect(tries('app', 'a', 1)).toBe(1)
  expect(tries('app', 'a', 10, false)).toBe(0)
})
