/** The rows of canaries, and their events in the log. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { canaryProjectId } from '@pgbeam/contracts'
import { makeId } from '@pgbeam/kernel'
import { appendSql } from '../enforcement/enforcement-log.js'
import { Database } from '../platform/database/database.js'
import type { CanaryOutcome, CanaryView } from './kill-switch.js'

/** A canary that is this replica's to try. */
export interface TakenCanary {
  readonly incarnation: string
  readonly proxyId: string
  readonly credentialId: string
  readonly leaseMs: number
}

export interface CanaryEvent {
  readonly epoch: string
  readonly seq: number
}

export interface CanaryState extends CanaryView {
  readonly incarnation: string
  readonly enforcedMs: number | null
  readonly refusedMs: number | null
  readonly checkedAt: Date | null
}

/** A process that was not heard for so long is taken for gone, as in receipts. */
const GONE_AFTER_S = 60

@Injectable()
export class CanaryRepository {
  constructor(private readonly db: Database) {}

  /** Gives each process that runs its canary, and takes those of processes that are gone. */
  async keepUp(): Promise<void> {
    const rows = await this.db.client.$queryRaw<{ id: string }[]>`
      WITH gone AS (
        DELETE FROM canary c USING proxy_incarnation p
        WHERE p.id = c.incarnation_id AND (p.ended_at IS NOT NULL OR p.heard_at < now() - make_interval(secs => ${GONE_AFTER_S}::integer))
      )
      SELECT p.id FROM proxy_incarnation p
      WHERE p.ended_at IS NULL AND p.heard_at >= now() - make_interval(secs => ${GONE_AFTER_S}::integer)
        AND NOT EXISTS (SELECT FROM canary c WHERE c.incarnation_id = p.id)`
    if (rows.length === 0) return
    await this.db.client.canary.createMany({
      data: rows.map(({ id }) => ({ incarnationId: id, credentialId: makeId('CredentialId', Date.now(), randomBytes(10)) })),
      skipDuplicates: true,
    })
  }

  /** Takes up those that were not tried for an interval, at processes under a lease. No two replicas take the same. */
  take(intervalMs: number): Promise<TakenCanary[]> {
    return this.db.client.$queryRaw<TakenCanary[]>`
      UPDATE canary c SET taken_at = now() FROM proxy_incarnation p
      WHERE p.id = c.incarnation_id AND p.ended_at IS NULL AND p.heard_at > now() - make_interval(secs => p.lease_ms / 1000.0)
        AND (c.taken_at IS NULL OR c.taken_at <= now() - make_interval(secs => ${intervalMs}::double precision / 1000))
      RETURNING c.incarnation_id AS incarnation, p.proxy_id AS "proxyId", c.credential_id AS "credentialId", p.lease_ms AS "leaseMs"`
  }

  /**
   * Kills or resumes one, with the event that a credential would have.
   * @returns undefined where it is as asked already, or gone with its process
   */
  change(incarnation: string, status: 'active' | 'killed'): Promise<CanaryEvent | undefined> {
    return this.db.transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ credential_id: string; status: string }[]>`SELECT credential_id, status FROM canary WHERE incarnation_id = ${incarnation} FOR UPDATE`
      if (!row || row.status === status) return undefined
      const kind = status === 'killed' ? 'credential.killed' : 'credential.resumed'
      const [changed] = await tx.$queryRaw<{ epoch: string; seq: bigint }[]>`
        WITH event AS (${appendSql({ kind, projectId: canaryProjectId, credentialId: row.credential_id })})
        UPDATE canary SET status = ${status}, version = event.seq FROM event WHERE incarnation_id = ${incarnation}
        RETURNING enforcement_epoch() AS epoch, event.seq`
      return changed && { epoch: changed.epoch, seq: Number(changed.seq) }
    })
  }

  async record(incarnation: string, outcome: CanaryOutcome, enforcedMs: number | null, refusedMs: number | null): Promise<void> {
    await this.db.client.$executeRaw`
      UPDATE canary SET outcome = ${outcome}, checked_at = now(), enforced_ms = ${enforcedMs}::integer, refused_ms = ${refusedMs}::integer WHERE incarnation_id = ${incarnation}`
  }

  /** Of every process that runs, or has been lost so lately that it may come back. */
  states(): Promise<CanaryState[]> {
    return this.db.client.$queryRaw<CanaryState[]>`
      SELECT p.id AS incarnation, c.outcome, c.enforced_ms AS "enforcedMs", c.refused_ms AS "refusedMs", c.checked_at AS "checkedAt",
        extract(epoch FROM now() - c.checked_at)::double precision * 1000 AS "checkedMsAgo", extract(epoch FROM now() - p.enrolled_at)::double precision * 1000 AS "enrolledMsAgo",
        extract(epoch FROM now() - p.heard_at)::double precision * 1000 AS "heardMsAgo", p.lease_ms AS "leaseMs"
      FROM proxy_incarnation p LEFT JOIN canary c ON c.incarnation_id = p.id
      WHERE p.ended_at IS NULL AND p.heard_at >= now() - make_interval(secs => ${GONE_AFTER_S}::integer)`
  }
}
