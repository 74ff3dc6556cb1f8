import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ProtocolViolation } from './errors.js'
import { cancelRequest, startupMessage } from './frontend.js'
import { parseOptions, parseStartup, splitOptions, startupEnd } from './startup.js'

const int32 = (...values: number[]) => {
  const buffer = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => buffer.writeInt32BE(value | 0, i * 4))
  return buffer
}

describe('a startup packet', () => {
  it.each([0, 3, 7, -1, 10_001, 2 ** 31 - 1, -(2 ** 31)])('that says it has %d bytes is refused by that alone', (length) => {
    expect(() => startupEnd(int32(length))).toThrow(ProtocolViolation)
  })
  it('is waited for while bytes are missing', () => {
    expect(startupEnd(Buffer.alloc(3))).toBeUndefined()
    expect(startupEnd(int32(9, 80877103))).toBeUndefined()
    expect(startupEnd(int32(8, 80877103))).toBe(8)
  })
  it('asks for TLS or GSS encryption', () => {
    expect(parseStartup(int32(8, 80877103))).toEqual({ type: 'ssl-request' })
    expect(parseStartup(int32(8, 80877104))).toEqual({ type: 'gssenc-request' })
  })
  it.each([4, 32, 256])('cancels with a key of %d bytes', (size) => {
    const key = Buffer.alloc(size, 7)
    expect(parseStartup(cancelRequest(0xfffffffe, key))).toEqual({ type: 'cancel', pid: 0xfffffffe, key })
  })
  it.each([0, 3, 257])('with a cancel key of %d bytes is a cancel request all the same: it is nobody’s key, and it is not answered', (size) => {
    expect(parseStartup(cancelRequest(1, Buffer.alloc(size)))).toEqual({ type: 'cancel', pid: 1, key: Buffer.alloc(size) })
  })
  it('that cancels and ends before its pid names no session', () => {
    expect(parseStartup(int32(8, 80877102))).toEqual({ type: 'cancel', pid: 0, key: Buffer.alloc(0) })
  })
  it('names its protocol and parameters', () => {
    const packet = parseStartup(startupMessage(2, { user: 'agent_x', options: '-c a=b', '_pq_.x': '1' }))
    expect(packet).toEqual({ type: 'startup', minor: 2, parameters: new Map([['user', 'agent_x'], ['options', '-c a=b'], ['_pq_.x', '1']]) })
  })
  it('of protocol 2 or 4 is recognised', () => {
    expect(parseStartup(int32(8, 2 << 16))).toEqual({ type: 'unsupported', major: 2, minor: 0 })
    expect(parseStartup(int32(8, (4 << 16) | 1))).toEqual({ type: 'unsupported', major: 4, minor: 1 })
  })
  it.each([
    ['no final NUL', Buffer.concat([int32(13, 3 << 16), Buffer.from('user\0')])],
    ['a name without a value', Buffer.concat([int32(14, 3 << 16), Buffer.from('user\0\0')])],
    ['bytes behind its end', Buffer.concat([int32(16, 3 << 16), Buffer.from('a\0b\0\0xyz')])],
    ['nothing behind the version', int32(8, 3 << 16)],
  ])('with %s is refused', (_case, packet) => {
    expect(() => parseStartup(packet)).toThrow(ProtocolViolation)
  })
  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 300 }), fc.constantFrom(undefined, 80877102, 80877103, 3 << 16, (3 << 16) | 2), (raw, code) => {
        const packet = Buffer.from(raw)
        packet.writeInt32BE(packet.length)
        if (code !== undefined) packet.writeInt32BE(code, 4)
        try {
          parseStartup(packet)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolViolation)
        }
      }),
      { numRuns: 5000 },
    )
  })
})

describe('startup options', () => {
  it.each([
    ['-c statement_timeout=5s', { statement_timeout: '5s' }],
    ['-cstatement_timeout=5s', { statement_timeout: '5s' }],
    ['--statement-timeout=5s', { statement_timeout: '5s' }],
    ['-c a=b  -c c=d=e', { a: 'b', c: 'd=e' }],
    ['-c search_path=a\\ b', { search_path: 'a b' }],
    ['-c x=a\\\\b', { x: 'a\\b' }],
    ['auth=cleartext', { auth: 'cleartext' }],
    ['', {}],
  ])('%j are read as Postgres reads them', (options, expected) => {
    expect(Object.fromEntries(parseOptions(options))).toEqual(expected)
  })
  it.each(['-d 5', '-c', '-c novalue', '--=x', 'plain'])('%j is refused, not dropped', (options) => {
    expect(() => parseOptions(options)).toThrow(ProtocolViolation)
  })
  it('split into words whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (words) => {
        const text = words.map((word) => word.replaceAll(/[\\\s]/g, '\\$&')).join(' ')
        expect(splitOptions(text)).toEqual(words)
      }),
    )
  })
})
