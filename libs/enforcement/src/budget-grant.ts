/**
 * How much of a budget one proxy is given to count down by itself. The sum of what all were given is never above the budget, so the
 * budget is never overrun; what a process takes along when it dies is at most one share.
 */

/** A share is at most this part of the budget, */
const SHARES_PER_BUDGET = 50
/** and at most this part of what is left: near the end they get small. */
const SHARES_PER_REST = 8

export interface ShareClaim {
  /** Budget of the window. */
  readonly limit: number
  /** What the other holders were given in this window, spent or not. */
  readonly others: number
  /** What this holder has spent or keeps: so much counts as given to it. */
  readonly keep: number
  /** What of `keep` it has spent. */
  readonly spent: number
  /** What it must have left to spend for somebody to go on; 0 where it only gives back. */
  readonly need: number
}

export interface ShareGiven {
  /** Up to here it may spend, since the window began. */
  readonly ceiling: number
  /** What nobody has yet. */
  readonly remaining: number
}

/** The most that a process holds unspent, unless a single statement or row needs more. */
export const shareSize = (limit: number, rest: number): number => Math.max(1, Math.min(Math.floor(limit / SHARES_PER_BUDGET), Math.ceil(rest / SHARES_PER_REST)))

export function giveShare({ limit, others, keep, spent, need }: ShareClaim): ShareGiven {
  const rest = Math.max(0, limit - others - keep)
  const held = Math.max(0, keep - spent)
  const wanted = need === 0 ? 0 : Math.max(need, shareSize(limit, rest)) - held
  const given = Math.min(rest, Math.max(0, wanted))
  return { ceiling: keep + given, remaining: rest - given }
}
