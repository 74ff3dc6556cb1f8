/** How a proxy takes shares of a budget in advance, counts them down by itself, and gives back what it does not use. */
import { z } from 'zod'
import { idOf, nonce, seq, timestamp } from './shapes.js'

/** In the words of the policy. Each counts in windows of its own: hours and days of UTC, by the control database's clock. */
export const budgetKinds = ['budget_queries_per_hour', 'budget_queries_per_day', 'egress_bytes_per_day'] as const
export type BudgetKind = (typeof budgetKinds)[number]

export const budgetMax = 1_000_000_000_000_000
const amount = z.int().nonnegative()

/**
 * Signed by the proxy. `holder` is one count of one process, and `n` grows with each of its requests: one that comes late counts for
 * nothing. All amounts are sums since the window began, so a request or an answer that is lost loses nothing.
 */
export const budgetRequest = z.strictObject({
  nonce,
  incarnation: idOf('IncarnationId'),
  holder: z.string().min(1).max(64),
  n: z.int().positive(),
  /** A credential, or the database whose stored user an application uses. */
  subject_id: z.union([idOf('CredentialId'), idOf('DatabaseId')]),
  shares: z
    .array(
      z.strictObject({
        kind: z.enum(budgetKinds),
        /** The window that the sums are of; null before the first answer. */
        window: timestamp.nullable(),
        /** The proxy binds itself to spend no more than this in that window, unless an answer to this very request allows it. */
        keep: amount,
        spent: amount,
        /** What must be left to spend for somebody to go on; 0 where something is only given back. */
        need: amount,
      }),
    )
    .min(1)
    .max(budgetKinds.length),
})
export type BudgetRequest = z.infer<typeof budgetRequest>

/** What the subject's policy, of this version, has no budget for is left out. */
export const budgetReply = z.strictObject({
  nonce,
  /** Null for a subject that is not there any more. */
  policy: z.strictObject({ id: idOf('PolicyId'), version: seq }).nullable(),
  shares: z.array(
    z.strictObject({
      kind: z.enum(budgetKinds),
      window: timestamp,
      /** When the window ends, on the control database's clock. */
      ends_at: timestamp,
      /** What this holder is taken to have spent or kept of the window before this answer. */
      base: amount,
      /** Up to here it may spend. */
      ceiling: amount,
      /** What nobody has yet. */
      remaining: amount,
    }),
  ),
})
export type BudgetReply = z.infer<typeof budgetReply>
