/**
 * `max_rows`: rows beyond it are dropped on their way to the client, and the end of the answer says so. Nothing is kept of
 * them. What a statement, a portal or a cursor has delivered counts over its whole life.
 */
import { backend, HEADER_BYTES, MessageWriter, noticeResponse } from '@pgbeam/pg-wire'
import type { AnswerTrack, Counted } from './answer-track.js'
import { traffic } from './traffic.js'

const COPY_DATA = 'd'.charCodeAt(0)

/** An answer that was cut for the first time. */
export interface Truncation {
  readonly event: 'truncated'
  readonly rule: 'max_rows'
  readonly limit: number
}

/** CopyData with nothing but the end of binary COPY data: two bytes, a count of columns that no row has. */
export const BINARY_END_BYTES = HEADER_BYTES + 2

export class RowLimit {
  private current: Counted | undefined
  private known = false
  private given = 0
  private dropped = 0

  constructor(
    private readonly max: number,
    private readonly track: AnswerTrack,
    private readonly onTruncated: (truncation: Truncation) => void,
  ) {}

  /** Whether a DataRow or CopyData is beyond the limit. */
  drops(chunk: Buffer, at: number, next: number): boolean {
    if (!this.known) {
      this.current = this.track.counted()
      this.known = true
    }
    const counted = this.current
    if (counted === undefined || counted.header || counted.delivered < this.max || isBinaryEnd(chunk, at, next)) return false
    if (!counted.cut) {
      counted.cut = true
      traffic.truncations++
      this.onTruncated({ event: 'truncated', rule: 'max_rows', limit: this.max })
    }
    this.dropped++
    return true
  }

  /** It is not, and passes. */
  passed(chunk: Buffer, at: number, next: number): void {
    const counted = this.current
    if (counted === undefined || isBinaryEnd(chunk, at, next)) return
    if (counted.header) counted.header = false
    else {
      counted.delivered++
      this.given++
    }
  }

  /** CommandComplete or PortalSuspended. @returns what to send instead where rows were dropped */
  ends(frame: Buffer): Buffer | undefined {
    const { dropped, given } = this
    this.restart()
    if (dropped === 0) return undefined
    // A suspended portal would be asked again and again for rows that do not come: for the client it is at its end.
    const tag = frame[0] === backend.portalSuspended ? 'SELECT 0' : frame.toString('latin1', HEADER_BYTES, frame.length - 1)
    return Buffer.concat([
      noticeResponse({
        severity: 'NOTICE',
        sqlState: '01004',
        message: `the answer was cut: the policy lets a statement or cursor deliver at most ${this.max} row${this.max === 1 ? '' : 's'}`,
        detail: 'rule: max_rows',
        hint: 'There are more rows. Narrow the WHERE, aggregate, or read on with another statement: ORDER BY a key, start behind the last one that came, LIMIT.',
      }),
      new MessageWriter(backend.commandComplete).cstring(tag.replace(/\d+$/, String(given))).build(),
    ])
  }

  /** An answer is over, with an error or without one. */
  restart(): void {
    this.current = undefined
    this.known = false
    this.given = 0
    this.dropped = 0
  }
}

const isBinaryEnd = (chunk: Buffer, at: number, next: number): boolean =>
  next - at === BINARY_END_BYTES && chunk[at] === COPY_DATA && chunk[at + HEADER_BYTES] === 0xff && chunk[at + HEADER_BYTES + 1] === 0xff
