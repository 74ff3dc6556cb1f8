/** Rows of proxy processes and join tokens. */
import { Injectable } from '@nestjs/common'
import { canaryProjectId, type CountedEvent, type EnrolRequest, type RenewRequest } from '@pgbeam/contracts'
import type { Fenced, IncarnationView } from '@pgbeam/enforcement'
import type { EventRange, StoredOutcome } from '../enforcement/outcomes.js'
import { EnforcementLog, type LogHead } from '../enforcement/enforcement-log.js'
import type { ProxyIncarnation } from '../generated/prisma/client.js'
import { Database, Prisma } from '../platform/database/database.js'
import type { Span } from './spans.js'

export type EnrolOutcome = { readonly head: LogHead } | { readonly refused: 'token' | 'taken' | 'ended' }

interface StoredView {
  readonly id: string
  readonly proxy_id: string
  readonly enrolled_seq: string
  readonly applied_seq: string
  readonly fenced_seq: string
  readonly renewal_n: string
  readonly lapsed_n: string
  readonly lease_ms: number
  readonly heard_at: Date
  readonly ended_at: Date | null
}

@Injectable()
export class FleetRepository {
  constructor(
    private readonly db: Database,
    private readonly log: EnforcementLog,
  ) {}

  /** Registers a process and counts one use of its token. The same process asking again (a lost answer) counts none. */
  enrol(request: EnrolRequest, proxyId: string, tokenId: string, tokenHash: Uint8Array): Promise<EnrolOutcome> {
    return this.db.transaction(async (tx): Promise<EnrolOutcome> => {
      const known = await tx.proxyIncarnation.findUnique({ where: { id: request.incarnation } })
      if (known) {
        if (known.proxyId !== proxyId) return { refused: 'taken' }
        return known.endedAt ? { refused: 'ended' } : { head: await this.log.head(tx) }
      }
      const used = await tx.$executeRaw`
        UPDATE join_token SET uses_left = uses_left - 1
        WHERE id = ${tokenId} AND secret_hash = ${tokenHash} AND revoked_at IS NULL
          AND (expires_at IS NULL OR expires_at > now()) AND (uses_left IS NULL OR uses_left > 0)`
      if (used !== 1) return { refused: 'token' }
      const head = await this.log.head(tx)
      await tx.proxyIncarnation.create({
        data: {
          id: request.incarnation,
          proxyId,
          version: request.version,
          address: request.address,
          signingKey: request.signing_key.x,
          encryptionKey: request.encryption_key.x,
          joinTokenId: tokenId,
          enrolledSeq: head.seq,
          appliedSeq: head.seq,
        },
      })
      return { head }
    })
  }

  /**
   * One renewal, in one statement: the lease that answers it is on record once this has returned. The rows of credentials are
   * taken in id order, as everywhere. What a proxy has applied beyond the log's end was another log: it acknowledges none of the
   * events to come.
   * @returns whether it was news: false for an old number, and for a process that is unknown or has ended
   */
  async renew(request: RenewRequest, leaseMs: number): Promise<boolean> {
    const [row] = await this.db.client.$queryRaw<{ renewed: bigint }[]>`
      WITH renewed AS (
        UPDATE proxy_incarnation SET
          renewal_n = ${request.n}, heard_at = now(), lease_ms = greatest(lease_ms, ${leaseMs}::integer), sessions = ${JSON.stringify(request.sessions)}::jsonb,
          applied_seq = CASE WHEN ${request.epoch} = enforcement_epoch() THEN greatest(applied_seq, least(${request.applied_seq}::bigint, (SELECT seq FROM enforcement_head))) ELSE applied_seq END
        WHERE id = ${request.incarnation} AND ended_at IS NULL AND renewal_n < ${request.n}
        RETURNING id
      ), news AS (
        SELECT u.credential_id, max(u.at) AS at FROM jsonb_to_recordset(${JSON.stringify(request.used)}::jsonb) AS u (credential_id text, at timestamptz)
        WHERE EXISTS (SELECT FROM renewed) GROUP BY u.credential_id
      ), locked AS (
        SELECT c.id FROM agent_credential c WHERE c.id IN (SELECT credential_id FROM news) ORDER BY c.id FOR NO KEY UPDATE
      ), used AS (
        UPDATE agent_credential c SET last_used_at = greatest(c.last_used_at, least(news.at, now()))
        FROM news, locked WHERE c.id = news.credential_id AND locked.id = c.id
      )
      SELECT count(*) AS renewed FROM renewed`
    return Number(row?.renewed ?? 0) === 1
  }

  /** The keys of a process that has not ended. */
  live(incarnation: string): Promise<{ id: string; proxyId: string; signingKey: string; encryptionKey: string } | null> {
    return this.db.client.proxyIncarnation.findFirst({
      where: { id: incarnation, endedAt: null },
      select: { id: true, proxyId: true, signingKey: true, encryptionKey: true },
    })
  }

  async end(incarnation: string): Promise<void> {
    await this.db.client.$executeRaw`
      WITH ended AS (UPDATE proxy_incarnation SET ended_at = now() WHERE id = ${incarnation} AND ended_at IS NULL),
        closed AS (DELETE FROM upstream_backend WHERE incarnation_id = ${incarnation})
      DELETE FROM canary WHERE incarnation_id = ${incarnation}`
  }

  /**
   * The log's head for a lease, read after the lease was stored and by a server that has it: only then does a lease without an
   * event show in the rows that are read once the event is committed.
   * @returns undefined where this server does not have the lease
   */
  async headBehind(incarnation: string, n: number): Promise<LogHead | undefined> {
    return this.db.snapshot(async (tx) => {
      const row = await tx.proxyIncarnation.findUnique({ where: { id: incarnation }, select: { renewalN: true } })
      return row && row.renewalN >= n ? this.log.head(tx) : undefined
    })
  }

  /**
   * Puts on record that these serve nothing older than an event for want of a lease. Later events need not wait for a lease
   * that is over, unless another was granted meanwhile.
   * @param told the ones that the event's receipt tells of
   * @param ms from the commit of the event until their leases were over
   */
  async markFenced({ epoch, seq }: { readonly epoch: string; readonly seq: number }, fenced: readonly Fenced[], told: ReadonlySet<string>, ms: number): Promise<void> {
    const rows = JSON.stringify(fenced.map(({ incarnation, grant }) => ({ incarnation, n: grant, told: told.has(incarnation) })))
    await this.db.client.$executeRaw`
      WITH news AS (
        SELECT r.incarnation, r.n, r.told FROM jsonb_to_recordset(${rows}::jsonb) AS r (incarnation text, n bigint, told boolean)
        WHERE enforcement_epoch() = ${epoch} ORDER BY r.incarnation
      ), marked AS (
        UPDATE proxy_incarnation p
        SET fenced_seq = greatest(p.fenced_seq, ${seq}), lapsed_n = CASE WHEN p.renewal_n = news.n THEN greatest(p.lapsed_n, news.n) ELSE p.lapsed_n END
        FROM news WHERE p.id = news.incarnation AND p.fenced_seq < ${seq}
      )
      INSERT INTO enforcement_outcome AS o (seq, incarnation_id, fenced_ms, sessions_dropped, statements_cancelled)
      SELECT ${seq}, incarnation, ${Math.round(ms)}, 0, 0 FROM news WHERE told
      ON CONFLICT (seq, incarnation_id) DO UPDATE SET fenced_ms = coalesce(o.fenced_ms, EXCLUDED.fenced_ms)`
  }

  /**
   * Deletes those that ended, or were last heard, more than `days` ago and that no outcome names, unless another session holds
   * the lock. One that comes back after all has to enrol again.
   * @returns how many
   */
  forget(days: number, lockKey: number): Promise<number> {
    return this.db.transaction(async (tx) => {
      // A lock of the transaction: it goes with it, whatever pooled session that ran in.
      const [lock] = await tx.$queryRaw<{ held: boolean }[]>`SELECT pg_try_advisory_xact_lock(${lockKey}::bigint) AS held`
      if (lock?.held !== true) return 0
      // Whatever a process that is silent for so long had open at a database is over, or is nobody's who could be asked for.
      await tx.$executeRaw`
        DELETE FROM upstream_backend b USING proxy_incarnation p
        WHERE p.id = b.incarnation_id AND coalesce(p.ended_at, p.heard_at) < now() - interval '1 day'`
      return tx.$executeRaw`
        DELETE FROM proxy_incarnation p
        WHERE coalesce(p.ended_at, p.heard_at) < now() - make_interval(days => ${days}::integer)
          AND NOT EXISTS (SELECT FROM enforcement_outcome o WHERE o.incarnation_id = p.id)`
    })
  }

  /** Every process that an event with this number and time may concern. To be called after the event's commit. */
  async viewsFor(event: { readonly seq: number; readonly at: Date }): Promise<IncarnationView[]> {
    const { rows } = await this.db.pool.query<StoredView>({
      name: 'views of an event',
      text: `SELECT id, proxy_id, enrolled_seq, applied_seq, fenced_seq, renewal_n, lapsed_n, lease_ms, heard_at, ended_at
             FROM proxy_incarnation WHERE enrolled_seq < $1 AND (ended_at IS NULL OR ended_at > $2)`,
      values: [event.seq, event.at],
    })
    return rows.map((row) => ({
      incarnation: row.id,
      proxyId: row.proxy_id,
      enrolledSeq: Number(row.enrolled_seq),
      appliedSeq: Number(row.applied_seq),
      fencedSeq: Number(row.fenced_seq),
      grant: Number(row.renewal_n),
      lapsedGrant: Number(row.lapsed_n),
      leaseMs: row.lease_ms,
      heardAt: row.heard_at,
      endedAt: row.ended_at,
    }))
  }

  /** What is stored about the events of one call, each at each process. */
  async outcomes({ firstSeq, seq }: EventRange): Promise<StoredOutcome[]> {
    const [rows, counted] = await Promise.all([
      this.db.client.enforcementOutcome.findMany({ where: { seq: { gte: firstSeq, lte: seq } } }),
      this.db.client.enforcementCounted.findMany({ where: { afterSeq: { lt: seq }, upToSeq: { gte: firstSeq } } }),
    ])
    const outcomes = new Map<string, StoredOutcome>()
    const keyOf = (one: { incarnation: string; seq: number }): string => `${one.seq} ${one.incarnation}`
    for (const { backendsKnown, backendsEnded, incarnationId, ...row } of rows) {
      const backends = backendsKnown === null ? null : { known: backendsKnown, ended: backendsEnded ?? 0 }
      const stored = { ...row, seq: Number(row.seq), incarnation: incarnationId, backends }
      outcomes.set(keyOf(stored), stored)
    }
    // An event that it told of, and that has no counts, ended nothing there.
    for (const { incarnationId: incarnation, afterSeq, upToSeq } of counted) {
      for (let at = Math.max(firstSeq, Number(afterSeq) + 1); at <= Math.min(seq, Number(upToSeq)); at++) {
        const stored = outcomes.get(keyOf({ incarnation, seq: at })) ?? { seq: at, incarnation, acknowledgedMs: null, fencedMs: null, sessionsDropped: 0, statementsCancelled: 0, settled: true }
        outcomes.set(keyOf(stored), { ...stored, settled: true })
      }
    }
    return [...outcomes.values()]
  }

  /** What processes told of events in one life of the log: of which, and what those ended that ended something. Said once, it stays. */
  async saveCounted(epoch: string, spans: readonly (Span & { readonly incarnation: string })[], ended: readonly (CountedEvent & { readonly incarnation: string })[]): Promise<void> {
    const rows = JSON.stringify(spans.map(({ incarnation, afterSeq, upToSeq }) => ({ incarnation, after_seq: afterSeq, up_to_seq: upToSeq })))
    await this.db.figures.query('SELECT save_counted($1, $2, $3, $4)', [epoch, rows, JSON.stringify(ended), canaryProjectId])
  }

  /**
   * That these are known to have acknowledged an event, where nobody has stored when. What is stored first stays.
   * @param heardMsAgo for each how long ago that was heard; 0 where it only shows now, which makes the figure an upper bound
   */
  async saveKnown(seq: number, heardMsAgo: ReadonlyMap<string, number>): Promise<void> {
    const rows = JSON.stringify([...heardMsAgo].map(([incarnation, ago]) => ({ incarnation, ago: Math.round(ago) })))
    await this.db.client.$executeRaw`
      INSERT INTO enforcement_outcome AS o (seq, incarnation_id, acknowledged_ms, sessions_dropped, statements_cancelled)
      SELECT e.seq, r.incarnation, ${sinceEvent(Prisma.sql`r.ago`)}, 0, 0
      FROM enforcement_event e, jsonb_to_recordset(${rows}::jsonb) AS r (incarnation text, ago double precision)
      WHERE e.seq = ${seq} ORDER BY r.incarnation
      ON CONFLICT (seq, incarnation_id) DO UPDATE SET acknowledged_ms = coalesce(o.acknowledged_ms, EXCLUDED.acknowledged_ms)`
  }

  /** When each proxy acknowledged, measured by the replica that waited: better than any other figure. And that it had applied the event at all. */
  async saveAcknowledged(seq: number, acknowledged: ReadonlyMap<string, number>): Promise<void> {
    const rows = JSON.stringify([...acknowledged].map(([incarnation, ms]) => ({ incarnation, ms: Math.round(ms) })))
    await this.db.figures.query({
      name: 'acknowledged',
      text: `WITH news AS (
          SELECT r.incarnation, r.ms FROM jsonb_to_recordset($2::jsonb) AS r (incarnation text, ms integer) ORDER BY r.incarnation
        ), applied AS (
          UPDATE proxy_incarnation p SET applied_seq = greatest(p.applied_seq, $1::bigint) FROM news WHERE p.id = news.incarnation AND p.applied_seq < $1::bigint
        )
        INSERT INTO enforcement_outcome AS o (seq, incarnation_id, acknowledged_ms, sessions_dropped, statements_cancelled)
        SELECT $1::bigint, incarnation, ms, 0, 0 FROM news
        ON CONFLICT (seq, incarnation_id) DO UPDATE SET acknowledged_ms = EXCLUDED.acknowledged_ms`,
      values: [seq, rows],
    })
  }

  /** Which of these projects belong to one of these organizations. */
  async projectsOf(organizationIds: readonly string[], projectIds: readonly string[]): Promise<Set<string>> {
    // Arrays, not lists of parameters: there may be more projects with sessions than a statement takes parameters.
    const rows = await this.db.client.$queryRaw<{ id: string }[]>`
      SELECT id FROM project WHERE id = ANY (${[...projectIds]}) AND organization_id = ANY (${[...organizationIds]})`
    return new Set(rows.map(({ id }) => id))
  }

  /** Everything that was heard within the last `withinMs` and has not ended, the one heard last first. */
  heard(withinMs: number): Promise<ProxyIncarnation[]> {
    return this.db.client.proxyIncarnation.findMany({ where: { endedAt: null, heardAt: { gt: new Date(Date.now() - withinMs) } }, orderBy: [{ heardAt: 'desc' }, { id: 'asc' }] })
  }
}

/** Milliseconds from the event `e` until so long ago, on the database's clock at both ends; a column holds 24 days of them. */
function sinceEvent(msAgo: number | Prisma.Sql): Prisma.Sql {
  return Prisma.sql`least(greatest(round(extract(epoch FROM clock_timestamp() - e.at) * 1000 - ${msAgo}), 0), 2147483647)::integer`
}
