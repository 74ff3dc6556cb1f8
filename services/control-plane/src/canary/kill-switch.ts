/** Whether the kill switch is known to work, from what the last trials of it came to. Pure. */

/**
 * What a trial came to. Before the kill the canary must have been let in, else that it is refused after it says nothing.
 * - `enforced`, `late`: killed, acknowledged, and then refused for being killed, in time or not;
 * - `no_answer`: the proxy did not acknowledge within its lease, or does not answer questions about its canary;
 * - `not_admitted`: the canary was refused while it was not killed;
 * - `unclear`: refused, but not for being killed;
 * - `let_in`: the proxy had acknowledged, and would let it in all the same, or had not ended its session.
 */
export const canaryOutcomes = ['enforced', 'late', 'no_answer', 'not_admitted', 'unclear', 'let_in'] as const
export type CanaryOutcome = (typeof canaryOutcomes)[number]

export const killSwitchStates = ['armed', 'degraded', 'disarmed'] as const
export const killSwitchReasons = ['off', 'no_proxies', 'not_checked', 'lease_over', 'late', 'no_answer', 'not_admitted', 'unclear', 'let_in'] as const

export interface KillSwitch {
  readonly status: (typeof killSwitchStates)[number]
  /** Null where it is armed. */
  readonly reason: (typeof killSwitchReasons)[number] | null
}

export interface CanaryView {
  readonly outcome: CanaryOutcome | null
  /** Since the last trial was over; null before the first. */
  readonly checkedMsAgo: number | null
  readonly enrolledMsAgo: number
  readonly heardMsAgo: number
  readonly leaseMs: number
}

/** A trial that was missed shows nothing yet; one that is this many intervals old proves nothing any more. */
const STALE_INTERVALS = 3

/** Where one proxy stands. A proxy whose lease is over serves nothing, so that no kill can fail there: but nothing shows it either. */
export function killSwitchOf(view: CanaryView, intervalMs: number): KillSwitch {
  if (intervalMs === 0) return { status: 'disarmed', reason: 'off' }
  if (view.outcome === 'let_in') return { status: 'disarmed', reason: 'let_in' }
  if (view.heardMsAgo > view.leaseMs) return { status: 'degraded', reason: 'lease_over' }
  const sinceMs = view.checkedMsAgo ?? view.enrolledMsAgo
  // A trial takes a lease at most, on top of the interval.
  if (sinceMs > STALE_INTERVALS * intervalMs + view.leaseMs) return { status: 'disarmed', reason: 'not_checked' }
  if (view.outcome === null) return { status: 'degraded', reason: 'not_checked' }
  return view.outcome === 'enforced' ? { status: 'armed', reason: null } : { status: 'degraded', reason: view.outcome }
}

/** Where all proxies together stand: as the worst of them. Without one nothing is served, and nothing is proven. */
export function worstOf(all: readonly KillSwitch[], intervalMs: number): KillSwitch {
  if (intervalMs === 0) return { status: 'disarmed', reason: 'off' }
  if (all.length === 0) return { status: 'disarmed', reason: 'no_proxies' }
  return all.reduce((worst, one) => (killSwitchStates.indexOf(one.status) > killSwitchStates.indexOf(worst.status) ? one : worst))
}
