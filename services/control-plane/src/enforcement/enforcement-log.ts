/** Appends to the enforcement log and reads from it. */
import { Injectable } from '@nestjs/common'
import type { EnforcementEvent, EnforcementKind } from '@pgbeam/contracts'
import { parseId } from '@pgbeam/kernel'
import { presentTraceparent } from '../platform/telemetry/nats-trace.js'
import { Database, Prisma, type Transaction } from '../platform/database/database.js'

/** An event before it has its place in the log. */
export interface NewEvent {
  readonly kind: EnforcementKind
  readonly projectId: string
  readonly credentialId?: string
  readonly policyId?: string
  readonly databaseId?: string
  readonly expiresAt?: Date | null
  readonly allowedCidrs?: readonly string[]
}

export interface LogHead {
  readonly epoch: string
  readonly seq: number
  readonly dbTime: Date
}

export interface LogRow {
  readonly seq: bigint
  readonly epoch: string
  readonly kind: string
  readonly project_id: string
  readonly body: string
  readonly at: Date
  readonly hash: string
}

/**
 * `SELECT … AS seq`, to stand in a WITH before the UPDATE that stores the number. That statement is the last of its
 * transaction, and the rows it changes are locked before: the log's head row stays locked until the commit.
 */
export function appendSql(event: NewEvent): Prisma.Sql {
  return Prisma.sql`SELECT append_enforcement(${event.kind}, ${event.projectId}, ${bodyOf(event)}) AS seq`
}

/** The fields of an event that not every event has, as they stand in the log and on the wire. */
export function bodyOf(event: NewEvent): string {
  return JSON.stringify({
    credential_id: event.credentialId,
    policy_id: event.policyId,
    database_id: event.databaseId,
    expires_at: event.expiresAt === null ? null : event.expiresAt?.toISOString(),
    allowed_cidrs: event.allowedCidrs,
    traceparent: presentTraceparent(),
  })
}

/** A row of the log as proxies get it. */
export function toWire(row: LogRow): EnforcementEvent {
  return {
    seq: Number(row.seq),
    kind: row.kind as EnforcementKind,
    project_id: parseId('ProjectId', row.project_id),
    ...(JSON.parse(row.body) as Partial<EnforcementEvent>),
    at: row.at.toISOString(),
    hash: row.hash,
  }
}

@Injectable()
export class EnforcementLog {
  constructor(private readonly db: Database) {}

  /** The log's head now, or as `tx` sees it. */
  async head(tx: Transaction = this.db.client): Promise<LogHead> {
    const [row] = await tx.$queryRaw<{ epoch: string; seq: bigint; db_time: Date }[]>`
      SELECT enforcement_epoch() AS epoch, seq, clock_timestamp() AS db_time FROM enforcement_head`
    if (!row) throw new Error('the enforcement log has no head')
    return { epoch: row.epoch, seq: Number(row.seq), dbTime: row.db_time }
  }

  /** Events behind a position, oldest first. */
  after(seq: number, count: number, tx: Transaction = this.db.client): Promise<LogRow[]> {
    return tx.$queryRaw<LogRow[]>`
      SELECT seq, epoch, kind, project_id, body, at, hash FROM enforcement_event WHERE seq > ${seq} ORDER BY seq LIMIT ${count}`
  }

  /** One event of a project, and how long ago it was appended. */
  async find(projectId: string, seq: number): Promise<{ seq: bigint; epoch: string; at: Date; ageMs: number } | undefined> {
    const [row] = await this.db.client.$queryRaw<{ seq: bigint; epoch: string; at: Date; ageMs: number }[]>`
      SELECT seq, epoch, at, greatest(0, extract(epoch FROM clock_timestamp() - at) * 1000)::double precision AS "ageMs"
      FROM enforcement_event WHERE seq = ${seq} AND project_id = ${projectId}`
    return row
  }
}
