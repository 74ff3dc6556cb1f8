/** Which statement rows count for, by what was asked and what the server answered. */
import { describe, expect, it } from '@jest/globals'
import { backend } from '@pgbeam/pg-wire'
import type { Outcome } from '@pgbeam/policy'
import { AnswerTrack, nameKey, TrackLost } from './answer-track.js'

const rows: Outcome = { type: 'rows' }
const write: Outcome = { type: 'write', returns: true, atMost: undefined }
const IDLE = 'I'.charCodeAt(0)
const OPEN = 'T'.charCodeAt(0)
const { parseComplete, bindComplete, commandComplete, closeComplete, noData, portalSuspended, rowDescription } = backend

describe('rows of extended messages', () => {
  it('count for the portal, from its Bind to the end of its transaction', () => {
    const track = new AnswerTrack()
    track.parse('s', [rows])
    track.bind('p', 's')
    track.execute('p')
    track.execute('p')
    track.sync()
    track.answered(parseComplete)
    track.answered(bindComplete)
    const first = track.counted()
    expect(first?.outcome).toEqual(rows)
    track.answered(portalSuspended)
    expect(track.counted()).toBe(first)
    track.answered(commandComplete)
    track.ready(OPEN)
    track.execute('p')
    expect(track.counted()).toBe(first)
    track.answered(commandComplete)
    track.sync()
    track.ready(IDLE)
    track.execute('p')
    expect(track.counted()).not.toBe(first)
  })

  it('of a statement whose Parse failed count for the one that had the name before', () => {
    const track = new AnswerTrack()
    track.parse('s', [write])
    track.sync()
    track.answered(parseComplete)
    track.ready(IDLE)
    track.parse('s', [rows])
    track.bind('', 's')
    track.sync()
    track.error()
    track.ready(IDLE)
    track.bind('', 's')
    track.execute('')
    track.answered(bindComplete)
    expect(track.counted()).toBeUndefined()
  })

  it('of what was closed, or never seen, are a query\'s', () => {
    const track = new AnswerTrack()
    track.parse('s', [write])
    track.close(false, 's')
    track.bind('', 's')
    track.execute('')
    for (const tag of [parseComplete, closeComplete, bindComplete]) track.answered(tag)
    expect(track.counted()?.outcome).toEqual(rows)
  })

  it('behind an error are not asked for until a Sync, whether it was sent before or after', () => {
    const track = new AnswerTrack()
    track.bind('', 's')
    track.error()
    track.execute('') // the server drops it
    track.query([rows])
    track.sync()
    track.execute('')
    track.ready(IDLE)
    expect(track.counted()?.outcome).toEqual(rows)
  })
})

describe('rows of a simple query', () => {
  it('count for one statement after the other', () => {
    const track = new AnswerTrack()
    track.query([rows, write, rows])
    track.answered(rowDescription)
    const first = track.counted()
    expect(track.counted()).toBe(first)
    track.answered(commandComplete)
    expect(track.counted()).toBeUndefined()
    track.answered(commandComplete)
    expect(track.counted()).not.toBe(first)
    expect(track.counted()?.outcome).toEqual(rows)
  })

  it('of a cursor count for it, whoever fetches, until it is closed', () => {
    const track = new AnswerTrack()
    const fetch: Outcome = { type: 'fetch', cursor: 'c' }
    track.query([{ type: 'declare', cursor: 'c', hold: true }, fetch, { type: 'close', cursor: undefined }, fetch])
    track.answered(commandComplete)
    const cursor = track.counted()
    expect(cursor?.hold).toBe(true)
    track.answered(commandComplete)
    track.answered(commandComplete)
    expect(track.counted()).not.toBe(cursor)
  })

  it('of EXECUTE count by what was prepared, and a chain of them is a query', () => {
    const track = new AnswerTrack()
    const execute = (name: string): Outcome => ({ type: 'execute', name })
    track.query([{ type: 'prepare', name: 'w', outcome: write }, execute('w'), { type: 'prepare', name: 'x', outcome: execute('w') }, execute('x'), { type: 'prepare', name: 'loop', outcome: execute('loop') }, execute('loop')])
    track.answered(commandComplete)
    expect(track.counted()).toBeUndefined()
    track.answered(commandComplete)
    track.answered(commandComplete)
    expect(track.counted()).toBeUndefined()
    track.answered(commandComplete)
    track.answered(commandComplete)
    expect(track.counted()?.outcome).toEqual(rows)
  })
})

it('a name is its first 63 bytes', () => {
  expect(nameKey('ä'.repeat(40))).toBe(nameKey('ä'.repeat(31) + '\u00e4b'.slice(0, 1)))
  expect(nameKey('n'.repeat(63))).toBe(nameKey('n'.repeat(80)))
  expect(nameKey('n'.repeat(62))).not.toBe(nameKey('n'.repeat(63)))
})

it('a session that cannot be followed is given up', () => {
  expect(() => new AnswerTrack().ready(IDLE)).toThrow(TrackLost)
  expect(() => new AnswerTrack().counted()).toThrow(TrackLost)
  const track = new AnswerTrack()
  track.describe()
  track.answered(noData)
  track.execute('')
  expect(() => { track.answered(bindComplete) }).toThrow(TrackLost)
  const copying = new AnswerTrack()
  copying.execute('')
  copying.sync()
  copying.copyInStarted()
  expect(() => { copying.error() }).toThrow(TrackLost)
})
