import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { makeSlug } from './slug.js'

it.each([
  ['Sample Shop', 'sample-shop-00000000'],
  ['Übung №1!', 'u-bung-no1-00000000'],
  ['--', 'project-00000000'],
  ['日本', 'project-00000000'],
])('the slug of %s', (name, slug) => expect(makeSlug(name, new Uint8Array(8))).toBe(slug))

it('is a DNS label, whatever the name', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.uint8Array({ minLength: 8, maxLength: 8 }), (name, entropy) =>
      expect(makeSlug(name, entropy)).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
    ),
  ))
