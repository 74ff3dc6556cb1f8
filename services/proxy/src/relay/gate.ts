/** What the relay asks of the gate. It knows nothing of policies: bytes of a statement in, a verdict out. */
import type { Outcome } from '@pgbeam/policy'

export interface Denial {
  readonly sqlState: string
  readonly message: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** Where in the statement, in characters from 1. */
  readonly position?: number | undefined
}

/** Forwarded, with something to know about it. */
export interface Replacement {
  /**
   * A text to send in place of the client's: what the policy protects is hidden in it, or checked by it. The whole text; or what stands
   * before the client's own, whose last `tailBytes` are left out. Undefined: the client's own.
   */
  readonly replacement: Buffer | undefined
  readonly after?: Buffer | undefined
  readonly tailBytes?: number
  /** How far on the client's characters lie in it, from the one `from` on; undefined where that cannot be said. */
  readonly shift?: Shift | undefined
  /** What the answers of its statements hold, where the policy counts rows. */
  readonly outcomes?: readonly Outcome[] | undefined
  /** Its statements one by one, where it has several of which one writes. */
  readonly parts?: readonly string[] | undefined
}

/** What a policy counts; undefined where it does not. */
export interface RowLimits {
  readonly maxRows: number | undefined
  readonly maxAffectedRows: number | undefined
}

export interface Shift {
  readonly from: number
  readonly by: number
}

/** The text is the client's own. */
export const UNMOVED: Shift = { from: 0, by: 0 }

/** What is looked at of answers before the client gets them. */
export interface Answers {
  /** Another frame in place of an ErrorResponse or NoticeResponse; undefined where it may stay. */
  message(frame: Buffer): Buffer | undefined
  /** Whether a RowDescription names a column that is hidden. */
  describesHidden(frame: Buffer): boolean
  /**
   * A text is on its way to the database.
   * @param shift where the client's characters lie in it; undefined where that cannot be said
   * @param alone nothing before it is still unanswered
   */
  sent(shift: Shift | undefined, alone: boolean): void
}

/** `undefined`: forward as it is. */
export type Judgement = Denial | Replacement | undefined
/** `'later'`: being decided elsewhere; `onDecided` is called, once. */
export type Verdict = Judgement | 'later'

export const isReplacement = (judgement: Judgement): judgement is Replacement => judgement !== undefined && 'replacement' in judgement

export interface RelayGate {
  /** False: statements are not looked at, and stream through unread. */
  readonly reads: boolean
  /** Statements longer than this are refused by their header. */
  readonly textBytesMax: number
  /**
   * Judges one statement. Synchronous for all but large new texts.
   * @param simple Query (true) or Parse (false)
   * @param start where the text starts
   * @param end where it ends, at its NUL
   * @param messageEnd where the message ends: a Parse has its declared parameter types between `end` and here
   */
  judge(
    buffer: Buffer,
    start: number,
    end: number,
    messageEnd: number,
    simple: boolean,
    onDecided: (verdict: Judgement) => void,
  ): Verdict
  /** A statement above `textBytesMax`. */
  tooLong(): Denial
  /** FunctionCall: any function by its oid, with no text to judge. */
  functionCall(): Denial | undefined
  /** Settings whose reported value may not change: by ParameterStatus name. */
  readonly watched: ReadonlyMap<string, string>
  /** Where the policy hides something: what errors, notices and row descriptions may say. */
  readonly answers: Answers | undefined
  readonly limits: RowLimits | undefined
}
