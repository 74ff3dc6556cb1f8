/**
 * Counts the bytes of a session's results, and ends a result that they do not suffice for: no further row passes, the statement is
 * cancelled, and its own error, whatever it is, is exchanged for the reason. So the server itself leaves the transaction failed and
 * skips what was pipelined. Where the cancel came too late, and the statement had succeeded, the server is made to fail on one more
 * message before the client hears anything; where something else had been sent behind it by then, the session ends.
 */
import { backend, errorResponse } from '@pgbeam/pg-wire'
import type { SessionBudget } from './budget.js'
import type { Denial } from './gate.js'
import { traffic } from './traffic.js'

/** What becomes of a message of the database's. `hold`: it, and all behind it, waits. `end`: the session has been ended. */
export type Fate = 'pass' | 'hold' | 'drop' | 'deny' | 'end'

/** The session, as far as this is concerned. */
export interface CutSession {
  readonly over: boolean
  /** The statement runs under a guard of its own, which has to see its end: it cannot be taken out of its session. */
  readonly guarded: boolean
  /** What is to be answered next. */
  readonly awaits: 'query' | 'sync' | 'message' | 'nothing'
  /** Nothing of the client's stands half sent. */
  readonly mayInject: boolean
  cancelStatement(): Promise<void>
  /** Sends a message that the server fails on: a Query, or a Parse. */
  injectFailure(denial: Denial, simple: boolean): void
  endFor(denial: Denial): void
  holdUpstream(held: boolean): void
  /** What was held is to be looked at again. */
  takeHeld(): void
}

const DATA_ROW = 'D'.charCodeAt(0)
const COPY_DATA = 'd'.charCodeAt(0)
const COPY_DONE = 'c'.charCodeAt(0)
const NOTIFICATION = 'A'.charCodeAt(0)

export class ResultBudget {
  /** Why the result ends, once it does. */
  denial: Denial | undefined
  private stage: 'rows' | 'ready' | 'failing' = 'rows'
  private cancelled: Promise<void> = Promise.resolve()
  /** A row waits for more of the budget. */
  holding = false

  constructor(
    private readonly session: CutSession,
    private readonly budget: SessionBudget,
  ) {}

  /** @param bytes of the whole message */
  of(tag: number, bytes: number): Fate {
    if (tag === DATA_ROW || tag === COPY_DATA) return this.row(bytes)
    if (tag === backend.noticeResponse || tag === NOTIFICATION || tag === backend.errorResponse) this.budget.owe(bytes)
    return this.denial === undefined || isAsynchronous(tag) ? 'pass' : this.closing(tag)
  }

  /** The error to send in place of the server's own, or of none. */
  error(): Buffer {
    const denial = this.denial as Denial
    this.denial = undefined
    return errorResponse({ severity: 'ERROR', ...denial })
  }

  private row(bytes: number): Fate {
    if (this.denial !== undefined) return 'drop'
    const spending = this.budget.bytes(bytes)
    if (spending === undefined) return 'pass'
    if (spending !== 'later') {
      this.denial = spending
      this.stage = 'rows'
      traffic.resultsCut++
      if (this.session.guarded) return this.end()
      this.cancelled = this.session.cancelStatement()
      return 'drop'
    }
    this.holding = true
    this.session.holdUpstream(true)
    this.budget.whenAnswered(() => {
      this.holding = false
      if (this.session.over) return
      this.session.holdUpstream(false)
      this.session.takeHeld()
    })
    return 'hold'
  }

  private closing(tag: number): Fate {
    if (tag === backend.errorResponse) return 'deny'
    if (tag === COPY_DONE) return 'drop'
    const { session } = this
    const denial = this.denial as Denial
    if (this.stage === 'rows' && (tag === backend.commandComplete || tag === backend.portalSuspended)) {
      if (session.awaits === 'message' || !session.mayInject) return this.end()
      if (session.awaits === 'nothing') {
        // Its client has not sent Sync, and may wait for the answer before it does.
        this.stage = 'failing'
        this.afterCancel(() => { session.injectFailure(denial, false) })
      } else this.stage = 'ready'
      return 'drop'
    }
    if (this.stage === 'ready' && tag === backend.readyForQuery) {
      if (session.awaits !== 'nothing' || !session.mayInject) return this.end()
      this.stage = 'failing'
      this.afterCancel(() => { session.injectFailure(denial, true) })
      return 'drop'
    }
    return this.end()
  }

  /** A cancel that is still on its way would hit what the client sends next. */
  private afterCancel(then: () => void): void {
    const go = (): void => {
      if (!this.session.over) then()
    }
    this.cancelled.then(go, go)
  }

  private end(): Fate {
    this.session.endFor(this.denial as Denial)
    return 'end'
  }
}

const isAsynchronous = (tag: number): boolean => tag === backend.noticeResponse || tag === NOTIFICATION || tag === backend.parameterStatus
