/** Reads what a client's message means for the session's names, for sessions whose rows are counted. */
import { frontend, HEADER_BYTES } from '@pgbeam/pg-wire'
import type { Outcome } from '@pgbeam/policy'
import { nameKeyIn, type AnswerTrack } from './answer-track.js'

/** Names at the start of a message's body. */
const NAMES = new Uint8Array(256)
NAMES[frontend.bind] = 2
NAMES[frontend.execute] = NAMES[frontend.describe] = NAMES[frontend.close] = 1

/** Whether what has come of a message has all of its names; the rest of it may come later, but not that of an Execute. */
export function hasNames(chunk: Buffer, at: number, end: number, whole: boolean): boolean {
  if (!whole && chunk[at] === frontend.execute) return false
  let stop = at + HEADER_BYTES
  for (let names = NAMES[chunk[at] as number] as number; names > 0; names--) {
    stop = chunk.indexOf(0, stop) + 1
    if (stop === 0 || stop > end) return false
  }
  return true
}

/**
 * Tells the track of one message, in the order in which they are sent on. The names have come (`hasNames`).
 * @param outcomes of a Query's or Parse's text
 * @param denied what is sent in its place fails
 * @returns whether nothing may be sent behind it until it is answered
 */
export function noteAsked(track: AnswerTrack, chunk: Buffer, at: number, outcomes: readonly Outcome[], denied: boolean): boolean {
  if (denied) {
    if (chunk[at] === frontend.parse || chunk[at] === frontend.execute) track.parse('', NONE)
    else track.query(NONE)
    return false
  }
  if (chunk[at] === frontend.execute) return track.execute(nameKeyIn(chunk, at + HEADER_BYTES, chunk.indexOf(0, at + HEADER_BYTES)))
  note(track, chunk, at, outcomes)
  return false
}

function note(track: AnswerTrack, chunk: Buffer, at: number, outcomes: readonly Outcome[]): void {
  const start = at + HEADER_BYTES
  switch (chunk[at]) {
    case frontend.query: case frontend.functionCall:
      return track.query(outcomes)
    case frontend.parse:
      return track.parse(nameKeyIn(chunk, start, chunk.indexOf(0, start)), outcomes)
    case frontend.bind: {
      const end = chunk.indexOf(0, start)
      return track.bind(nameKeyIn(chunk, start, end), nameKeyIn(chunk, end + 1, chunk.indexOf(0, end + 1)))
    }
    case frontend.close:
      return track.close(chunk[start] === PORTAL, nameKeyIn(chunk, start + 1, chunk.indexOf(0, start + 1)))
    case frontend.describe:
      return track.describe()
    case frontend.sync:
      return track.sync()
    case frontend.copyDone: case frontend.copyFail:
      return track.copyEnded()
    default:
      return
  }
}

const NONE: readonly Outcome[] = []
const PORTAL = 'P'.charCodeAt(0)
