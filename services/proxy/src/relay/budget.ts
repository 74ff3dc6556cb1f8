/** What the relay asks where a policy has budgets. It knows nothing of hours and days: so much is about to pass, may it? */
import type { Denial } from './gate.js'

/** `'later'`: more has been asked for; `whenAnswered` says when to ask again. */
export type Spending = Denial | 'later' | undefined

export interface SessionBudget {
  /** Counts statements that are about to go to the database. */
  statements(count: number): Spending
  /** Whether bytes to the client are counted. */
  readonly countsBytes: boolean
  /** Counts a row, or COPY data, that is about to go to the client. A denial stands until the budget opens again. */
  bytes(count: number): Spending
  /** Counts bytes that go to the client in any case: errors and notices can hold what rows hold. */
  owe(count: number): void
  /** Calls once what was asked for has been answered, or has failed. */
  whenAnswered(then: () => void): void
}
