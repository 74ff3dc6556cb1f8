/** Appends to the enforcement log and reads from it. */
import { Injectable } from '@nestjs/common'
import { randomBytes } from 'node:crypto'
import type { ControlLossChoice, EnforcementEvent, EnforcementKind } from '@pgbeam/contracts'
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
  readonly agentsDisabled?: boolean
  readonly defaultPolicyId?: string | null
  readonly onControlLoss?: ControlLossChoice
  readonly passthroughOnly?: true
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

interface FoundEvent {
  readonly seq: bigint
  readonly firstSeq: bigint
  readonly kind: string
  readonly epoch: string
  readonly at: Date
  readonly ageMs: number
}

/**
 * `SELECT … AS seq`, to stand in a WITH before the UPDATE that stores the number. That statement is the last of its
 * transaction, and the rows it changes are locked before: the log's head row stays locked until the commit.
 */
export function appendSql(event: NewEvent): Prisma.Sql {
  return Prisma.sql`SELECT append_enforcement(${event.kind}, ${event.projectId}, ${bodyOf(event)}) AS seq`
}

/**
 * `SELECT … AS credential_id, … AS seq`: an event of one kind for each of many credentials, numbered without a gap in the order
 * in which they are given. To be used as `appendSql` is.
 */
export function appendEachSql(kind: EnforcementKind, projectId: string, credentialIds: readonly string[]): Prisma.Sql {
  const bodies = credentialIds.map((credentialId) => bodyOf({ kind, projectId, credentialId }))
  return Prisma.sql`
    SELECT e.credential_id, append_enforcement(${kind}, ${projectId}, e.body) AS seq
    FROM unnest(${[...credentialIds]}::text[], ${bodies}::text[]) AS e (credential_id, body)`
}

/** The fields of an event that not every event has, as they stand in the log and on the wire. */
export function bodyOf(event: NewEvent): string {
  return JSON.stringify({
    credential_id: event.credentialId,
    policy_id: event.policyId,
    database_id: event.databaseId,
    expires_at: event.expiresAt === null ? null : event.expiresAt?.toISOString(),
    allowed_cidrs: event.allowedCidrs,
    agents_disabled: event.agentsDisabled,
    default_policy_id: event.defaultPolicyId,
    on_control_loss: event.onControlLoss,
    passthrough_only: event.passthroughOnly,
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
  readonly #listeners = new Set<(event: LogRow) => void>()

  constructor(private readonly db: Database) {}

  /** Calls `listener` with events that this replica has committed, in no order, until the returned function is called. */
  onCommitted(listener: (event: LogRow) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** An event is committed: whoever publishes need not wait for the database to say so. */
  committed(event: LogRow): void {
    for (const listener of this.#listeners) listener(event)
  }

  /** The log's head now, or as `tx` sees it. */
  async head(tx: Transaction = this.db.client): Promise<LogHead> {
    const [row] = await tx.$queryRaw<{ epoch: string; seq: bigint; db_time: Date }[]>`
      SELECT enforcement_epoch() AS epoch, seq, clock_timestamp() AS db_time FROM enforcement_head`
    if (!row) throw new Error('the enforcement log has no head')
    return { epoch: row.epoch, seq: Number(row.seq), dbTime: row.db_time }
  }

  /**
   * Begins another life of the log, where commits of this one were lost: proxies start over, and credentials are served as
   * killed until their owners have looked.
   * @param lost where it is known how far the log of one life reached: nothing is done if it has begun another since
   * @returns the epoch from here on
   */
  async beginLife(lost?: { readonly epoch: string; readonly reachedSeq: number }): Promise<string> {
    const life = randomBytes(16).toString('hex')
    const only = lost === undefined ? Prisma.empty : Prisma.sql`WHERE enforcement_epoch() = ${lost.epoch} AND seq < ${lost.reachedSeq}`
    await this.db.client.$executeRaw`UPDATE enforcement_head SET life_id = ${life} ${only}`
    return (await this.head()).epoch
  }

  /** Events behind a position, oldest first. */
  after(seq: number, count: number, tx: Transaction = this.db.client): Promise<LogRow[]> {
    return tx.$queryRaw<LogRow[]>`
      SELECT seq, epoch, kind, project_id, body, at, hash FROM enforcement_event WHERE seq > ${seq} ORDER BY seq LIMIT ${count}`
  }

  /** One event of a project, the first event of the call that it is the last of, and how long ago it was appended. */
  async find(projectId: string, seq: number): Promise<FoundEvent | undefined> {
    const [row] = await this.db.client.$queryRaw<FoundEvent[]>`
      SELECT e.seq, coalesce(c.first_seq, e.seq) AS "firstSeq", e.kind, e.epoch, e.at,
        greatest(0, extract(epoch FROM clock_timestamp() - e.at) * 1000)::double precision AS "ageMs"
      FROM enforcement_event e LEFT JOIN enforcement_call c ON c.last_seq = e.seq
      WHERE e.seq = ${seq} AND e.project_id = ${projectId}`
    return row
  }
}
