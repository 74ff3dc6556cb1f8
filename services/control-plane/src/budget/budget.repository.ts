/**
 * Budgets, counted in one row for each subject, kind and window. A transaction locks those rows, in the order of their keys, before it
 * reads what a proxy has and writes what it gets, so however many replicas answer at once, the sum of the shares is right.
 */
import { Injectable } from '@nestjs/common'
import type { BudgetReply, BudgetRequest } from '@pgbeam/contracts'
import { giveShare } from '@pgbeam/enforcement'
import { RefusedRequest } from '../fleet/refused-request.js'
import { Database, Prisma, type Transaction } from '../platform/database/database.js'

/** How long a window that is over can still be looked at. */
const KEPT_DAYS = 2

export interface Shared {
  readonly policy: { readonly id: string; readonly version: number } | null
  readonly shares: BudgetReply['shares']
}

interface Window {
  readonly kind: BudgetReply['shares'][number]['kind']
  readonly starts_at: Date
  /** On the database's own clock. */
  readonly over_at: Date
  readonly limit: bigint
  readonly granted: bigint
  readonly policy_id: string
  readonly version: bigint
}

interface Held {
  readonly kind: string
  readonly n: bigint
  readonly granted: bigint
  readonly spent: bigint
}

@Injectable()
export class BudgetRepository {
  constructor(private readonly db: Database) {}

  /** Under which policy a subject is: a credential has its own, an application that of its database, else that of its project. */
  #policy(subjectId: string): Prisma.Sql {
    return Prisma.sql`
      SELECT p.id, p.version, p.rules FROM agent_credential c JOIN policy_profile p ON p.id = c.policy_profile_id WHERE c.id = ${subjectId} AND c.status <> 'revoked'
      UNION ALL
      SELECT p.id, p.version, p.rules FROM database d JOIN project j ON j.id = d.project_id
        JOIN policy_profile p ON p.id = coalesce(d.default_policy_profile_id, j.default_policy_profile_id) WHERE d.id = ${subjectId} AND d.deleted_at IS NULL`
  }

  /**
   * What a holder keeps, and what it gets on top.
   * @throws RefusedRequest for a request that a later one of the same holder has overtaken
   */
  share(request: BudgetRequest): Promise<Shared> {
    return this.db.transaction(async (tx) => {
      const windows = await this.#lock(tx, request)
      const [first] = windows
      if (!first) return { policy: await this.#policyOf(tx, request.subject_id), shares: [] }
      const held = await this.#held(tx, request, windows)
      const shares = windows.map((window) => ({ window, ...this.#give(request, window, held.get(window.kind)) }))
      await this.#write(tx, request, shares)
      return {
        policy: { id: first.policy_id, version: Number(first.version) },
        shares: shares.map(({ window, base, ceiling, remaining }) => ({
          kind: window.kind, window: window.starts_at.toISOString(), ends_at: window.over_at.toISOString(), base, ceiling, remaining,
        })),
      }
    })
  }

  async #policyOf(tx: Transaction, subjectId: string): Promise<Shared['policy']> {
    const [policy] = await tx.$queryRaw<{ id: string; version: bigint }[]>`SELECT id, version FROM (${this.#policy(subjectId)}) p`
    return policy ? { id: policy.id, version: Number(policy.version) } : null
  }

  /** The windows that count now, of those budgets that are asked for and that the policy has. */
  #lock(tx: Transaction, { subject_id, shares }: BudgetRequest): Promise<Window[]> {
    return tx.$queryRaw<Window[]>`
      WITH budget AS (
        SELECT p.id AS policy_id, p.version, k.kind, (p.rules ->> k.kind)::bigint AS max, date_trunc(k.unit, budget_now(), 'UTC') AS starts_at, k.length
        FROM (${this.#policy(subject_id)}) p
        JOIN (VALUES ('budget_queries_per_hour', 'hour', interval '1 hour'), ('budget_queries_per_day', 'day', interval '24 hours'), ('egress_bytes_per_day', 'day', interval '24 hours'))
          AS k (kind, unit, length) ON (p.rules ->> k.kind) IS NOT NULL
        WHERE k.kind = ANY (${shares.map(({ kind }) => kind)})
      ), locked AS (
        INSERT INTO budget_window AS w (subject_id, kind, starts_at, ends_at)
        SELECT ${subject_id}, kind, starts_at, starts_at + length FROM budget ORDER BY kind
        ON CONFLICT (subject_id, kind, starts_at) DO UPDATE SET granted = w.granted
        RETURNING kind, starts_at, ends_at, granted
      )
      SELECT kind, l.starts_at, now() + (l.ends_at - budget_now()) AS over_at, b.max AS "limit", l.granted, b.policy_id, b.version FROM locked l JOIN budget b USING (kind) ORDER BY kind`
  }

  async #held(tx: Transaction, { subject_id, holder, n }: BudgetRequest, windows: readonly Window[]): Promise<Map<string, Held>> {
    const rows = await tx.$queryRaw<Held[]>`
      SELECT s.kind, s.n, s.granted, s.spent FROM budget_share s
      JOIN jsonb_to_recordset(${JSON.stringify(windows.map(({ kind, starts_at }) => ({ kind, starts_at })))}::jsonb) AS w (kind text, starts_at timestamptz) USING (kind, starts_at)
      WHERE s.subject_id = ${subject_id} AND s.holder = ${holder}`
    if (rows.some((row) => row.n >= n)) throw new RefusedRequest('OVERTAKEN', 'a later request of this holder was answered before')
    return new Map(rows.map((row) => [row.kind, row]))
  }

  #give({ shares }: BudgetRequest, { kind, starts_at, limit, granted }: Window, held: Held | undefined): { base: number; spent: number; ceiling: number; remaining: number } {
    const asked = shares.find((one) => one.kind === kind)
    const before = Number(held?.granted ?? 0)
    // What a proxy says of this window counts, even where its row was lost with an earlier life of the database.
    const known = asked?.window != null && Date.parse(asked.window) === starts_at.getTime()
    const base = known ? asked.keep : before
    const spent = known ? Math.min(asked.spent, base) : before
    return { base, spent, ...giveShare({ limit: Number(limit), others: Math.max(0, Number(granted) - before), keep: base, spent, need: asked?.need ?? 0 }) }
  }

  async #write(tx: Transaction, { subject_id, holder, n }: BudgetRequest, shares: readonly { window: Window; spent: number; ceiling: number }[]): Promise<void> {
    const rows = shares.map(({ window, spent, ceiling }) => ({ kind: window.kind, starts_at: window.starts_at, granted: ceiling, spent }))
    await tx.$executeRaw`
      WITH news AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (kind text, starts_at timestamptz, granted bigint, spent bigint)
      ), before AS (
        SELECT s.kind, s.starts_at, s.granted FROM budget_share s JOIN news USING (kind, starts_at) WHERE s.subject_id = ${subject_id} AND s.holder = ${holder}
      ), counted AS (
        UPDATE budget_window w SET granted = greatest(0, w.granted - coalesce(b.granted, 0) + r.granted)
        FROM news r LEFT JOIN before b USING (kind, starts_at) WHERE w.subject_id = ${subject_id} AND w.kind = r.kind AND w.starts_at = r.starts_at
      )
      INSERT INTO budget_share (subject_id, kind, starts_at, holder, n, granted, spent)
      SELECT ${subject_id}, kind, starts_at, ${holder}, ${n}, granted, spent FROM news
      ON CONFLICT (subject_id, kind, starts_at, holder) DO UPDATE SET n = EXCLUDED.n, granted = EXCLUDED.granted, spent = EXCLUDED.spent`
  }

  /** Windows that were over some days ago, with their shares. */
  async forget(): Promise<void> {
    await this.db.client.$executeRaw`DELETE FROM budget_window WHERE ends_at < now() - make_interval(days => ${KEPT_DAYS})`
  }
}
