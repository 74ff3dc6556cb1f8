/** Why a statement does not run where its budget does not allow it, and what would help. */
import type { BudgetKind } from '@pgbeam/contracts'
import type { Denial } from '../relay/gate.js'

const words: Readonly<Record<BudgetKind, (limit: number) => string>> = {
  budget_queries_per_hour: (limit) => `${limit} statement${limit === 1 ? '' : 's'} an hour`,
  budget_queries_per_day: (limit) => `${limit} statement${limit === 1 ? '' : 's'} a day`,
  egress_bytes_per_day: (limit) => `${limit} bytes of rows a day`,
}

export const spent = (kind: BudgetKind, limit: number, opensAtMs: number): Denial => ({
  sqlState: '53400',
  message: `the budget of ${words[kind](limit)} is spent`,
  detail: 'rule: budget_exhausted',
  hint: `It opens again at ${new Date(opensAtMs).toISOString()}. Until then, ask whoever keeps the policy for a larger ${kind}.`,
})

/** Not spent for certain: there is nothing left here, and nobody says whether there is more. */
export const UNKNOWN: Denial = {
  sqlState: '57P03',
  message: 'this proxy could not ask how much is left of the budget',
  detail: 'rule: budget_exhausted',
  hint: 'Try again in a few seconds.',
}
