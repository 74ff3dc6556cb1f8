/** Sessions that proxies have open at databases, as they report them. */
import { Injectable } from '@nestjs/common'
import type { BackendsRequest } from '@pgbeam/contracts'
import type { EventRange } from '../enforcement/outcomes.js'
import type { Database as DatabaseRow } from '../generated/prisma/client.js'
import { Database } from '../platform/database/database.js'

/** A session that a change is about, at a proxy that cannot be heard. */
export interface ConcernedBackend {
  readonly incarnation: string
  readonly sessionId: string
  readonly databaseId: string
  readonly pid: number
  readonly startedAt: Date
  /** The database is still reached, and logged in to, as when the session was opened. */
  readonly reachable: boolean
}

@Injectable()
export class UpstreamBackendsRepository {
  constructor(private readonly db: Database) {}

  /** One report. One that is older than the last that counted changes nothing. */
  async store({ incarnation, n, full, opened, closed }: BackendsRequest): Promise<void> {
    await this.db.transaction(async (tx) => {
      const counts = await tx.$executeRaw`UPDATE proxy_incarnation SET backends_n = ${n} WHERE id = ${incarnation} AND ended_at IS NULL AND backends_n < ${n}`
      if (counts !== 1) return
      if (full) await tx.$executeRaw`DELETE FROM upstream_backend WHERE incarnation_id = ${incarnation}`
      if (opened.length > 0)
        await tx.$executeRaw`
          INSERT INTO upstream_backend (incarnation_id, session_id, credential_id, database_id, pid, started_at, as_of_seq)
          SELECT ${incarnation}, o.session_id, o.credential_id, o.database_id, o.pid, o.started_at, o.as_of_seq
          FROM jsonb_to_recordset(${JSON.stringify(opened)}::jsonb)
            AS o (session_id text, credential_id text, database_id text, pid integer, started_at timestamptz, as_of_seq bigint)
          ON CONFLICT (incarnation_id, session_id) DO NOTHING`
      if (closed.length > 0) await tx.upstreamBackend.deleteMany({ where: { incarnationId: incarnation, sessionId: { in: [...closed] } } })
    })
  }

  /**
   * The sessions at these processes that the events of one call end. Which events end sessions, and of whom, is decided as the
   * proxies decide it (effects.ts and concerns.ts there); of a change of the allowed addresses it is not known here.
   */
  concernedBy({ firstSeq, seq }: EventRange, incarnations: readonly string[]): Promise<ConcernedBackend[]> {
    return this.db.client.$queryRaw<ConcernedBackend[]>`
      WITH event AS (
        SELECT e.seq, e.kind, e.project_id, j ->> 'credential_id' AS credential_id, j ->> 'policy_id' AS policy_id, j ->> 'database_id' AS database_id,
          e.kind <> 'project.changed' OR j ? 'default_policy_id' AS ends_passthrough,
          CASE e.kind WHEN 'project.changed' THEN coalesce((j ->> 'agents_disabled')::boolean, false) ELSE NOT j ? 'passthrough_only' END AS ends_credentials
        FROM enforcement_event e, LATERAL (SELECT e.body::jsonb) AS b (j)
        WHERE e.seq BETWEEN ${firstSeq} AND ${seq} AND CASE e.kind
          WHEN 'project.changed' THEN (j ->> 'agents_disabled')::boolean OR j ? 'default_policy_id'
          WHEN 'credential.expiry_changed' THEN (j ->> 'expires_at')::timestamptz <= now()
          ELSE e.kind IN ('credential.killed', 'credential.rotated', 'credential.revoked', 'credential.policy_changed',
            'policy.replaced', 'database.changed', 'database.deleted', 'project.deleted') END
      )
      SELECT DISTINCT b.incarnation_id AS incarnation, b.session_id AS "sessionId", b.database_id AS "databaseId", b.pid, b.started_at AS "startedAt",
        d.deleted_at IS NULL AND d.password_ciphertext IS NOT NULL AND d.target_seq <= b.as_of_seq AS reachable
      FROM upstream_backend b JOIN database d ON d.id = b.database_id JOIN project p ON p.id = d.project_id
        LEFT JOIN agent_credential c ON c.id = b.credential_id AND c.project_id = d.project_id JOIN event e ON
        e.seq > b.as_of_seq AND CASE WHEN b.credential_id IS NULL THEN e.ends_passthrough ELSE e.ends_credentials AND c.id IS NOT NULL END AND CASE
          WHEN e.credential_id IS NOT NULL THEN e.credential_id = b.credential_id
          WHEN e.policy_id IS NOT NULL THEN e.policy_id = CASE WHEN b.credential_id IS NULL THEN coalesce(d.default_policy_profile_id, p.default_policy_profile_id) ELSE c.policy_profile_id END
          WHEN e.database_id IS NOT NULL THEN e.database_id = b.database_id
          WHEN e.kind = 'project.changed' AND b.credential_id IS NULL THEN e.project_id = d.project_id AND d.default_policy_profile_id IS NULL
          ELSE e.project_id = d.project_id END
      WHERE b.incarnation_id = ANY (${[...incarnations]})`
  }

  databases(ids: readonly string[]): Promise<DatabaseRow[]> {
    return this.db.client.database.findMany({ where: { id: { in: [...ids] }, deletedAt: null } })
  }

  /**
   * Keeps what became of them for the receipt, and forgets those that are known to be over. Those that an earlier look knew of and
   * this one does not are over, too.
   */
  async keep(seq: number, ended: readonly ConcernedBackend[], counts: ReadonlyMap<string, { readonly known: number; readonly ended: number }>): Promise<void> {
    const gone = JSON.stringify(ended.map(({ incarnation, sessionId }) => ({ incarnation, session: sessionId })))
    const rows = JSON.stringify([...counts].map(([incarnation, count]) => ({ incarnation, ...count })))
    await this.db.client.$executeRaw`
      WITH gone AS (
        DELETE FROM upstream_backend b USING jsonb_to_recordset(${gone}::jsonb) AS g (incarnation text, session text)
        WHERE b.incarnation_id = g.incarnation AND b.session_id = g.session
      )
      UPDATE enforcement_outcome o
      SET backends_known = greatest(o.backends_known, r.known), backends_ended = greatest(o.backends_known, r.known) - (r.known - r.ended)
      FROM jsonb_to_recordset(${rows}::jsonb) AS r (incarnation text, known integer, ended integer)
      WHERE o.seq = ${seq} AND o.incarnation_id = r.incarnation`
  }
}
