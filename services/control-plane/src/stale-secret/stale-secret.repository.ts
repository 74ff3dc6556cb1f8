import { Injectable } from '@nestjs/common'
import { staleAddressesMax, type StaleRequest } from '@pgbeam/contracts'
import { Database } from '../platform/database/database.js'

@Injectable()
export class StaleSecretRepository {
  constructor(private readonly db: Database) {}

  /**
   * Adds a proxy's report to the rows of its credentials, in id order, as everywhere.
   * @returns the credentials whose row is new or changed; none for a report that was counted before
   */
  async add({ incarnation, n, attempts }: StaleRequest): Promise<string[]> {
    const rows = await this.db.client.$queryRaw<{ credential_id: string }[]>`
      WITH fresh AS (
        UPDATE proxy_incarnation SET stale_report_n = ${n} WHERE id = ${incarnation} AND ended_at IS NULL AND stale_report_n < ${n} RETURNING id
      ), news AS (
        SELECT a.* FROM jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb) AS a (credential_id text, attempts bigint, first_at timestamptz, last_at timestamptz, addresses text[])
        JOIN agent_credential c ON c.id = a.credential_id
        WHERE EXISTS (SELECT FROM fresh) ORDER BY a.credential_id
      )
      INSERT INTO stale_secret_attempt AS s (credential_id, attempts, first_at, last_at, addresses)
      SELECT credential_id, attempts, least(first_at, now()), least(last_at, now()), addresses FROM news
      ON CONFLICT (credential_id) DO UPDATE SET
        attempts = s.attempts + EXCLUDED.attempts, first_at = least(s.first_at, EXCLUDED.first_at), last_at = greatest(s.last_at, EXCLUDED.last_at),
        addresses = (
          SELECT (array_agg(address ORDER BY at))[1:${staleAddressesMax}::integer]
          FROM (SELECT address, min(at) AS at FROM unnest(EXCLUDED.addresses || s.addresses) WITH ORDINALITY AS u (address, at) GROUP BY address) latest
        )
      RETURNING s.credential_id`
    return rows.map(({ credential_id }) => credential_id)
  }
}
