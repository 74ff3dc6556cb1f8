/** What the relay asks of the gate. It knows nothing of policies: bytes of a statement in, a verdict out. */
import type { Outcome } from '@pgbeam/policy'
import type { AnswerFilter } from './answer-filter.js'

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
  /** A text to send in place of the client's: what the policy protects is hidden in it. */
  readonly replacement: Buffer | undefined
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
  readonly answers: AnswerFilter | undefined
  readonly limits: RowLimits | undefined
}
