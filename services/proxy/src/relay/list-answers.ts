/**
 * What a session under table lists hears: all that the database says, but for two things. The error by which a statement
 * finds that its tables have moved is ours to word; and where something was put before the client's own text, the places
 * that errors point to are those in the client's.
 */
import { backend, HEADER_BYTES, parseErrorFields } from '@pgbeam/pg-wire'
import { build, ownError, type OwnWord } from './answer-filter.js'
import { UNMOVED, type Answers, type Shift } from './gate.js'

export class ListAnswers implements Answers {
  private readonly word: Buffer
  private shift: Shift | undefined = UNMOVED

  constructor(private readonly own: OwnWord) {
    this.word = Buffer.from(own.word)
  }

  sent(shift: Shift | undefined, alone: boolean): void {
    if (alone) this.shift = shift
    else if (shift !== this.shift) this.shift = undefined // which text an error is about is not known
  }

  message(frame: Buffer): Buffer | undefined {
    if (frame[0] === backend.errorResponse && frame.includes(this.word)) {
      this.own.onSeen()
      return ownError(this.own.denial)
    }
    return this.shift === UNMOVED ? undefined : this.moved(frame)
  }

  describesHidden(): boolean {
    return false
  }

  private moved(frame: Buffer): Buffer | undefined {
    const fields = new Map(parseErrorFields(frame.subarray(HEADER_BYTES)))
    const position = Number(fields.get('P') ?? 0)
    if (position === 0 || (this.shift !== undefined && position <= this.shift.from)) return undefined
    if (this.shift === undefined || position - this.shift.by <= this.shift.from) fields.delete('P')
    else fields.set('P', String(position - this.shift.by))
    return build(frame[0] as number, fields)
  }
}
