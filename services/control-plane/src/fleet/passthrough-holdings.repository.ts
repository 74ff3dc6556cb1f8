/**
 * Which proxies hold the stored user of which database for applications. Where the project says so such a proxy serves them without
 * a lease, so that the end of its lease proves nothing of them: only its own word does.
 */
import { Injectable } from '@nestjs/common'
import type { PassthroughName } from '@pgbeam/contracts'
import { Database, Prisma } from '../platform/database/database.js'

/** The database that an application names: of several of one name and user the primary, else the oldest. To stand in a WITH. */
export const namedDatabase = (name: PassthroughName): Prisma.Sql => Prisma.sql`
  SELECT d.* FROM database d JOIN project j ON j.id = d.project_id
  WHERE j.slug = ${name.project_slug} AND j.status = 'active' AND d.deleted_at IS NULL AND d.name = ${name.database} AND d.username = ${name.user}
  ORDER BY (d.role = 'primary') DESC, d.id LIMIT 1`

@Injectable()
export class PassthroughHoldings {
  constructor(private readonly db: Database) {}

  /** Before the state is read that a proxy is given: a change that this reading misses is committed later, and finds the row. */
  async note(incarnation: string, name: PassthroughName): Promise<void> {
    await this.db.client.$executeRaw`
      INSERT INTO passthrough_holding (incarnation_id, project_id, database_id)
      SELECT i.id, d.project_id, d.id FROM proxy_incarnation i, (${namedDatabase(name)}) d WHERE i.id = ${incarnation} AND i.ended_at IS NULL
      ON CONFLICT DO NOTHING`
  }

  /**
   * The processes that have not applied an event and may serve what it is about without a lease. What they hold is from before the
   * event, perhaps from long before: where the choice of the project, or anybody's default policy, was changed since they were last
   * heard, they may hold any of it.
   */
  async mayServe(seq: number): Promise<ReadonlySet<string>> {
    const rows = await this.db.client.$queryRaw<{ incarnation_id: string }[]>`
      WITH event AS MATERIALIZED (
        SELECT e.seq, e.kind, e.project_id, e.body::jsonb AS j FROM enforcement_event e WHERE e.seq = ${seq}
      ), holding AS (
        SELECT h.incarnation_id, h.database_id, p.on_control_loss, coalesce(d.default_policy_profile_id, p.default_policy_profile_id) AS policy_id,
          (SELECT jsonb_object_agg(k.key, true) FROM enforcement_event x, jsonb_each(x.body::jsonb) AS k
            WHERE x.project_id = h.project_id AND x.seq > i.applied_seq AND k.key IN ('on_control_loss', 'default_policy_id')) AS since
        FROM event e JOIN passthrough_holding h ON h.project_id = e.project_id
          JOIN proxy_incarnation i ON i.id = h.incarnation_id AND i.ended_at IS NULL AND i.applied_seq < e.seq
          JOIN project p ON p.id = h.project_id JOIN database d ON d.id = h.database_id
      )
      SELECT DISTINCT h.incarnation_id FROM event e, holding h
      WHERE (h.on_control_loss = 'serve' OR h.since ? 'on_control_loss') AND CASE e.kind
        WHEN 'policy.replaced' THEN e.j ->> 'policy_id' = h.policy_id OR coalesce(h.since ? 'default_policy_id', false)
        WHEN 'database.changed' THEN e.j ->> 'database_id' = h.database_id
        WHEN 'database.deleted' THEN e.j ->> 'database_id' = h.database_id
        WHEN 'project.changed' THEN e.j ?| ARRAY['allowed_cidrs', 'default_policy_id'] OR coalesce(e.j ->> 'on_control_loss' = 'refuse', false)
        WHEN 'project.deleted' THEN true
        ELSE false END`
    return new Set(rows.map(({ incarnation_id }) => incarnation_id))
  }
}
