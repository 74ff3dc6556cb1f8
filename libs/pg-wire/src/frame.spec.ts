import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ProtocolViolation } from './errors.js'
import { frameEnd, FrameReader, type Frame } from './frame.js'
import { MessageWriter } from './writer.js'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

describe('frameEnd', () => {
  it.each([
    ['nothing', '', undefined],
    ['a part of a header', '53 00 00', undefined],
    ['a header whose body has not arrived', '53 00 00 00 06', undefined],
    ['a frame without a body', '53 00 00 00 04', 5],
    ['a whole frame with the next one behind it', '5a 00 00 00 05 49 5a', 6],
  ])('of %s', (_case, hex, end) => {
    expect(frameEnd(bytes(hex), 0, 1024)).toBe(end)
  })
  it.each([
    ['shorter than itself', '44 00 00 00 03'],
    ['zero', '44 00 00 00 00'],
    ['negative', '44 ff ff ff ff'],
    ['above the limit, before the body arrives', '44 00 10 00 00'],
  ])('refuses a length that is %s', (_case, hex) => {
    expect(() => frameEnd(bytes(hex), 0, 1024)).toThrow(ProtocolViolation)
  })
})

describe('FrameReader', () => {
  const frames = fc.array(fc.record({ tag: fc.integer({ min: 1, max: 127 }), body: fc.uint8Array({ maxLength: 40 }) }), { maxLength: 8 })
  it('yields the same frames however the stream is cut, one byte at a time too', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 })), (input, cuts) => {
        const stream = Buffer.concat(input.map(({ tag, body }) => new MessageWriter(tag).bytes(body).build()))
        const reader = new FrameReader(64)
        const output: Frame[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = cuts[turn] ?? 1
          reader.push(stream.subarray(at, at + size))
          at += size
          for (let frame = reader.next(); frame; frame = reader.next()) output.push({ tag: frame.tag, body: Buffer.from(frame.body) })
        }
        expect(output).toEqual(input.map(({ tag, body }) => ({ tag, body: Buffer.from(body) })))
        expect(reader.rest()).toHaveLength(0)
      }),
    )
  })
})
