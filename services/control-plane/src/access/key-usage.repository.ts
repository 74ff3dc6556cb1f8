/** Where the use of keys is written down. */
import { Injectable } from '@nestjs/common'
import { Database } from '../platform/database/database.js'

export interface Count {
  readonly keyId: string
  readonly day: string
  readonly method: string
  readonly route: string
  requests: number
  failures: number
}

export interface LastUse {
  readonly keyId: string
  readonly at: Date
  readonly address: string | null
  /** The header that carried the key. */
  readonly via: 'authorization' | 'x-api-key'
  readonly agent: string | null
}

const AGENT_CHARS_MAX = 200

@Injectable()
export class KeyUsageRepository {
  constructor(private readonly db: Database) {}

  /** One statement: counted once or not at all. In key order, so that replicas do not lock each other. */
  async add(counts: readonly Count[], last: readonly LastUse[]): Promise<void> {
    await this.db.pool.query(
      `WITH counted AS (
         INSERT INTO api_key_usage (api_key_id, day, method, route, requests, failures)
         SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]) AS given (key_id, day, method, route, requests, failures)
         ORDER BY 1, 2, 3, 4
         ON CONFLICT (api_key_id, day, method, route) DO UPDATE
         SET requests = api_key_usage.requests + excluded.requests, failures = api_key_usage.failures + excluded.failures)
       UPDATE api_key SET last_used_at = used.at, last_used_ip = used.ip, last_used_via = used.via, last_used_agent = used.agent
       FROM unnest($7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::text[]) AS used (id, at, ip, via, agent)
       WHERE api_key.id = used.id AND (api_key.last_used_at IS NULL OR api_key.last_used_at < used.at)`,
      [
        counts.map(({ keyId }) => keyId),
        counts.map(({ day }) => day),
        counts.map(({ method }) => method),
        counts.map(({ route }) => route),
        counts.map(({ requests }) => requests),
        counts.map(({ failures }) => failures),
        last.map(({ keyId }) => keyId),
        last.map(({ at }) => at),
        last.map(({ address }) => address),
        last.map(({ via }) => via),
        last.map(({ agent }) => agent?.slice(0, AGENT_CHARS_MAX) ?? null),
      ],
    )
  }
}
