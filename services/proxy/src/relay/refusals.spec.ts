import { describe, expect, it } from '@jest/globals'
import { errorResponse, frameEnd, HEADER_BYTES, parseErrorFields } from '@pgbeam/pg-wire'
import { Refusals } from './refusals.js'

const denial = (n: number) => ({ sqlState: '42501', message: `no ${n}`, detail: 'rule: read_only', hint: 'ask' })
/** What Postgres says to a text that is one unknown word. */
const serverError = (word: string) => errorResponse({ severity: 'ERROR', sqlState: '42601', message: `syntax error at or near "${word}"` })
const wordIn = (message: Buffer) => /pgbeam_refused_[0-9a-f]{24}_\d+/.exec(message.toString('latin1'))?.[0] as string
const fields = (frame: Buffer | undefined) => frame && Object.fromEntries(parseErrorFields(frame.subarray(HEADER_BYTES)))

describe('a refused statement', () => {
  it.each([true, false])('goes out as one whole message that the server must fail on, and comes back as our words (simple: %s)', (simple) => {
    const refusals = new Refusals()
    const sent = refusals.replace(denial(1), simple)
    expect(frameEnd(sent, 0, 1024)).toBe(sent.length)
    expect(String.fromCharCode(sent[0] as number)).toBe(simple ? 'Q' : 'P')
    expect(fields(refusals.exchange(serverError(wordIn(sent))))).toEqual({
      S: 'ERROR', V: 'ERROR', C: '42501', M: 'no 1', D: 'rule: read_only', H: 'ask',
    })
    expect(refusals.inFlight).toBe(0)
  })
  it('is not mixed up with an error of the client’s own', () => {
    const refusals = new Refusals()
    refusals.replace(denial(1), true)
    expect(refusals.exchange(serverError('pgbeam_refused_'))).toBeUndefined()
    expect(refusals.exchange(serverError('pgbeam_refused_000000000000000000000000_0'))).toBeUndefined()
    expect(refusals.inFlight).toBe(1)
  })
  it('is answered once', () => {
    const refusals = new Refusals()
    const word = wordIn(refusals.replace(denial(1), true))
    expect(refusals.exchange(serverError(word))).toBeDefined()
    expect(refusals.exchange(serverError(word))).toBeUndefined()
  })
  it('behind another that the server skipped gets its own words, and the skipped one is forgotten', () => {
    const refusals = new Refusals()
    refusals.replace(denial(1), false)
    const second = wordIn(refusals.replace(denial(2), true))
    expect(fields(refusals.exchange(serverError(second)))).toMatchObject({ M: 'no 2' })
    expect(refusals.inFlight).toBe(0)
  })
  it('has a word that no other session knows', () => {
    expect(wordIn(new Refusals().replace(denial(1), true))).not.toBe(wordIn(new Refusals().replace(denial(1), true)))
  })
})
