/** What the relay asks of the gate. It knows nothing of policies: bytes of a statement in, a verdict out. */
export interface Denial {
  readonly sqlState: string
  readonly message: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** Where in the statement, in characters from 1. */
  readonly position?: number | undefined
}

/** `undefined`: forward. `'later'`: being decided elsewhere; `onDecided` is called, once. */
export type Verdict = Denial | undefined | 'later'

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
    onDecided: (verdict: Denial | undefined) => void,
  ): Verdict
  /** A statement above `textBytesMax`. */
  tooLong(): Denial
  /** FunctionCall: any function by its oid, with no text to judge. */
  functionCall(): Denial | undefined
  /** Settings whose reported value may not change: by ParameterStatus name. */
  readonly watched: ReadonlyMap<string, string>
}
