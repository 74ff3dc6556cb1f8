/**
 * What one credential may still do at this proxy. Shares are counted down here; more is asked for before it is needed, one question at
 * a time. Where nothing is left and nothing comes, nothing passes.
 */
import { randomBytes } from 'node:crypto'
import type { BudgetKind, BudgetReply, BudgetRequest, PolicySnapshot } from '@pgbeam/contracts'
import { budgetKinds } from '@pgbeam/contracts'
import { BudgetShare } from '@pgbeam/enforcement'
import type { SessionBudget, Spending } from '../relay/budget.js'
import { budgetCounts } from './budget-counts.js'
import { spent, UNKNOWN } from './denials.js'

/** What the control plane is asked. */
export type Question = Omit<BudgetRequest, 'nonce' | 'incarnation' | 'subject_id'>
/** @throws where there is no answer */
export type Ask = (question: Question) => Promise<Pick<BudgetReply, 'policy' | 'shares'>>
export type BudgetedPolicy = Pick<PolicySnapshot, 'id' | 'version' | BudgetKind>

/** Others may give back what they do not use: so often one statement waits to see. */
const SPENT_MS = 1000
/** After a question that nobody answered. */
const UNANSWERED_MS = 500
/** Shares below this are asked for when they are needed: to hold one ahead would keep it from others. */
const AHEAD_MIN = 8

interface Tally {
  readonly kind: BudgetKind
  readonly limit: number
  readonly share: BudgetShare
  /** The most that somebody waits for. */
  need: number
  /** Below this more is asked for ahead. */
  low: number
  /** The answer was that there is no more; it is believed until then. */
  believedUntilMs: number
}

export const hasBudgets = (policy: BudgetedPolicy): boolean => budgetKinds.some((kind) => policy[kind] !== null)

export class Meter implements SessionBudget {
  /** Sessions that are counted here. */
  sessions = 0
  /** Since when nobody has spent anything. */
  idleSinceMs: number
  countsBytes = false
  private readonly holder = randomBytes(12).toString('base64url')
  private n = 0
  private tallies: readonly Tally[] = []
  private statementTallies: readonly Tally[] = []
  private egress: Tally | undefined
  private asking = false
  private unansweredUntilMs = -Infinity
  private policy: Pick<BudgetedPolicy, 'id' | 'version'> | undefined
  private waiting: (() => void)[] = []

  /** @param nowMs the control database's clock */
  constructor(
    private readonly ask: Ask,
    private readonly nowMs: () => number,
  ) {
    this.idleSinceMs = nowMs()
  }

  /** Holds the sessions that open from now on to this policy. What was given under another one counts no more. */
  under(policy: BudgetedPolicy): void {
    if (this.policy?.id === policy.id && this.policy.version === policy.version) return
    this.policy = { id: policy.id, version: policy.version }
    const before = new Map(this.tallies.map(({ kind, share }) => [kind, share]))
    this.tallies = budgetKinds.flatMap((kind) => {
      const limit = policy[kind]
      if (limit === null) return []
      const share = before.get(kind) ?? new BudgetShare()
      share.void()
      return [{ kind, limit, share, need: 0, low: 0, believedUntilMs: -Infinity }]
    })
    this.egress = this.tallies.find(({ kind }) => kind === 'egress_bytes_per_day')
    this.statementTallies = this.tallies.filter(({ kind }) => kind !== 'egress_bytes_per_day')
    this.countsBytes = this.egress !== undefined
    this.unansweredUntilMs = -Infinity
    this.askForMore()
  }

  statements(count: number): Spending {
    const nowMs = this.nowMs()
    // Nobody knows before whether a statement will return rows: where no byte is left, none runs.
    if (this.egress?.share.covers(1, nowMs) === false) return this.lacking(this.egress, 1, nowMs)
    for (const tally of this.statementTallies) if (!tally.share.covers(count, nowMs)) return this.lacking(tally, count, nowMs)
    for (const tally of this.statementTallies) this.spend(tally, count, nowMs)
    this.idleSinceMs = nowMs
    return undefined
  }

  bytes(count: number): Spending {
    const { egress } = this
    if (egress === undefined) return undefined
    const nowMs = this.nowMs()
    if (!egress.share.covers(count, nowMs)) {
      const lacking = this.lacking(egress, count, nowMs)
      // What is left is too little for the next row. It counts as spent, so that all that follow hear the same.
      if (lacking !== 'later' && lacking !== UNKNOWN) egress.share.spend(Math.max(0, egress.share.left))
      return lacking
    }
    this.spend(egress, count, nowMs)
    this.idleSinceMs = nowMs
    return undefined
  }

  owe(count: number): void {
    this.egress?.share.spend(count)
  }

  whenAnswered(then: () => void): void {
    this.waiting.push(then)
  }

  /** Gives back what is held, where somebody else may need it. */
  giveBack(): void {
    if (!this.asking && this.tallies.some(({ share }) => share.left > 0)) void this.question(this.tallies.map((tally) => ({ tally, ...tally.share.giveUp() })))
  }

  get holds(): boolean {
    return this.asking || this.tallies.some(({ share }) => share.left > 0)
  }

  private spend(tally: Tally, count: number, nowMs: number): void {
    tally.share.spend(count)
    if (tally.share.left < tally.low && nowMs >= tally.believedUntilMs && nowMs >= this.unansweredUntilMs) this.askForMore()
  }

  private lacking(tally: Tally, need: number, nowMs: number): Spending {
    if (nowMs < this.unansweredUntilMs) {
      budgetCounts.unknown++
      return UNKNOWN
    }
    if (nowMs < tally.believedUntilMs && nowMs < tally.share.endsAtMs) {
      budgetCounts.refused++
      return spent(tally.kind, tally.limit, tally.share.endsAtMs)
    }
    tally.need = Math.max(tally.need, need)
    this.askForMore()
    return 'later'
  }

  private askForMore(): void {
    if (!this.asking) void this.question(this.tallies.map((tally) => ({ tally, ...tally.share.askFor(Math.max(1, tally.need)) })))
  }

  private async question(shares: readonly ({ readonly tally: Tally } & ReturnType<BudgetShare['askFor']>)[]): Promise<void> {
    this.asking = true
    const { policy } = this
    budgetCounts.asked++
    try {
      const answer = await this.ask({ holder: this.holder, n: ++this.n, shares: shares.map(({ tally: { kind }, window, keep, spent: used, need }) => ({ kind, window, keep, spent: used, need })) })
      // Under another policy than the one that the sessions here are held to: what it gives is not for them.
      if (policy !== this.policy || answer.policy?.id !== policy?.id || answer.policy?.version !== policy?.version) throw new Error('the budget is of another policy')
      for (const { tally, need } of shares) this.answered(tally, need, answer.shares)
    } catch {
      // What was asked for before the policy changed says nothing of what is asked for next.
      if (policy === this.policy) this.unansweredUntilMs = this.nowMs() + UNANSWERED_MS
      budgetCounts.unanswered++
    } finally {
      this.asking = false
      for (const then of this.waiting.splice(0)) then()
    }
  }

  private answered(tally: Tally, need: number, shares: BudgetReply['shares']): void {
    const { share } = tally
    const answer = shares.find(({ kind }) => kind === tally.kind)
    if (!answer) throw new Error(`there is no ${tally.kind}`)
    share.answered({ ...answer, endsAtMs: Date.parse(answer.ends_at) })
    tally.low = share.left >= AHEAD_MIN ? share.left / 2 : 0
    if (share.left < need || (need > 0 && answer.remaining === 0)) tally.believedUntilMs = this.nowMs() + SPENT_MS
    else tally.believedUntilMs = -Infinity
    if (share.left >= tally.need || need >= tally.need) tally.need = 0
  }
}
