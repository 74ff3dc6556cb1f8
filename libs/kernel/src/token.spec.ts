import { randomBytes } from 'node:crypto'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { crc32 } from './crc32.js'
import { makeToken, tokenDisplay, tokenKind, tokenPrefixes, type TokenKind } from './token.js'

const kinds = Object.keys(tokenPrefixes) as TokenKind[]

describe('tokens', () => {
  it.each(kinds)('of kind %s are recognised as what they are', (kind) => {
    const token = makeToken(kind, randomBytes)
    expect(token).toMatch(new RegExp(`^${tokenPrefixes[kind]}_[0-9A-Za-z]{36}$`))
    expect(tokenKind(token)).toBe(kind)
  })
  it('with one character changed are refused', () => {
    const token = makeToken('organization', randomBytes)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: token.length - 1 }), fc.constantFrom(...'09azAZ_-'), (at, char) => {
        fc.pre(token[at] !== char)
        return tokenKind(token.slice(0, at) + char + token.slice(at + 1)) === undefined
      }),
    )
  })
  it('draw every character equally often', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 2000; i++)
      for (const char of makeToken('mcp', randomBytes).slice(4, 34)) counts.set(char, (counts.get(char) ?? 0) + 1)
    const expected = 60000 / 62
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(counts.size).toBe(62)
    expect(chiSquare).toBeLessThan(130) // 61 degrees of freedom: beyond 130 once in a million runs
  })
  it('show four characters at each end and no more', () => {
    const token = makeToken('personal', randomBytes)
    expect(tokenDisplay(token)).toEqual({ prefix: token.slice(0, 8), tail: token.slice(-4) })
  })
  it('carry the same CRC-32 as zlib', () => {
    fc.assert(fc.property(fc.stringMatching(/^[\x20-\x7e]{0,60}$/), (text) => crc32(text) === zlibCrc32(text)))
  })
})
