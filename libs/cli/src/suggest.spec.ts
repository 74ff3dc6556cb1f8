import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { didYouMean, distance, nearest } from './suggest.js'

it.each([['', '', 0], ['kill', 'kill', 0], ['kil', 'kill', 1], ['klil', 'kill', 1], ['', 'abc', 3], ['sitting', 'kitten', 3]])('distance of %j and %j is %i', (a, b, edits) => expect(distance(a, b)).toBe(edits))
it.each([
  ['lcoal', ['local', 'work'], 'local'],
  ['LOCAL', ['local', 'work'], 'local'],
  ['production', ['local', 'work'], undefined],
  ['x', ['ab'], undefined],
  ['x', [], undefined],
])('nearest to %s among %j is %s', (word, known, name) => expect(nearest(word, known)).toBe(name))
it('didYouMean asks, or says nothing', () => {
  expect(didYouMean('lcoal', ['local'])).toBe('Did you mean local?')
  expect(didYouMean('quite else', ['local'])).toBeUndefined()
})
it('distance is a metric', () =>
  fc.assert(fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => distance(a, b) === distance(b, a) && (distance(a, b) === 0) === (a === b) && distance(a, b) <= Math.max(a.length, b.length))))
