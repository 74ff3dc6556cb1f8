/**
 * What a session under masks or row filters may hear from the database. Errors and notices quote values (a row that
 * breaks a constraint, a text that is no number) and the rewritten statement; row descriptions name the columns that
 * values come from. Values, statements and hidden columns stay here.
 */
import { backend, HEADER_BYTES, MessageWriter, parseErrorFields } from '@pgbeam/pg-wire'
import type { Answers, Denial } from './gate.js'

/** Classes whose messages speak of names and states, not of values (Postgres manual, appendix A). */
const SPEAKING_CLASSES = new Set(['25', '26', '34', '3B', '3D', '3F', '40', '42', '53', '54', '55', '57', '58', '08'])
/** What is left of an error: severity, code, message; hints only where the message stands. */
const KEPT = new Set(['S', 'V', 'C'])

/** Texts of our own that may come back in an error, and what the client is told then. */
export interface OwnWord {
  readonly word: string
  readonly denial: Denial
  readonly onSeen: () => void
}

export class AnswerFilter implements Answers {
  constructor(
    private readonly own: OwnWord,
    /** Whether a column may not be shown as it is: table oid and column number. */
    private readonly hides: (relation: number, column: number) => boolean,
  ) {}

  /** An ErrorResponse or NoticeResponse, as the client may see it. */
  message(frame: Buffer): Buffer {
    const fields = parseErrorFields(frame.subarray(HEADER_BYTES))
    const isError = frame[0] === backend.errorResponse
    if (isError && fields.get('M')?.includes(this.own.word) === true) {
      this.own.onSeen()
      return ownError(this.own.denial)
    }
    const code = fields.get('C') ?? ''
    const speaks = SPEAKING_CLASSES.has(code.slice(0, 2))
    const kept = [...fields].filter(([letter]) => KEPT.has(letter) || (speaks && letter === 'M') || (letter === 'H' && code.startsWith('42')))
    if (!speaks) kept.push(['M', `${isError ? 'the statement failed' : 'the database says something'} (SQLSTATE ${code}); the text is not shown, since it could hold masked values`])
    return build(frame[0] as number, kept)
  }

  /** Positions are never told. */
  sent(): void {}

  /** Whether a RowDescription names a column that is hidden: its table was changed, or something got past the rewriting. */
  describesHidden(frame: Buffer): boolean {
    const found = this.findsHidden(frame)
    if (found) this.own.onSeen()
    return found
  }

  private findsHidden(frame: Buffer): boolean {
    let at = HEADER_BYTES
    const columns = frame.readUInt16BE(at)
    at += 2
    for (let i = 0; i < columns; i++) {
      at = frame.indexOf(0, at) + 1
      if (at === 0 || at + 18 > frame.length) return true // cannot be read: nothing is certain
      if (this.hides(frame.readUInt32BE(at), frame.readUInt16BE(at + 4))) return true
      at += 18
    }
    return false
  }
}

export const ownError = (denial: Denial): Buffer => build(backend.errorResponse, [['S', 'ERROR'], ['V', 'ERROR'], ...fieldsOf(denial)])

function fieldsOf(denial: Denial): [string, string][] {
  const fields: [string, string][] = [['C', denial.sqlState], ['M', denial.message]]
  if (denial.detail !== undefined) fields.push(['D', denial.detail])
  if (denial.hint !== undefined) fields.push(['H', denial.hint])
  return fields
}

export function build(tag: number, fields: Iterable<readonly [string, string]>): Buffer {
  const writer = new MessageWriter(tag)
  for (const [letter, text] of fields) writer.byte(letter.charCodeAt(0)).cstring(text)
  return writer.byte(0).build()
}
