/** Reads a session and what its person may do: from the database each time, so that one that has ended is over everywhere. */
import { Inject, Injectable } from '@nestjs/common'
import type { KnownOrganization } from '../cache/known-key.js'
import { OneTimeTokens } from '../../platform/crypto/one-time-tokens.js'
import { Database } from '../../platform/database/database.js'
import { LOGGER, type Logger } from '../../platform/logger.js'

export interface KnownSession {
  readonly id: string
  readonly userId: string
  readonly expiresAt: Date
  readonly organizations: readonly KnownOrganization[]
}

interface Row {
  readonly id: string
  readonly user_id: string
  readonly expires_at: Date
  readonly seen_lately: boolean
  readonly organizations: KnownOrganization[]
}

/** A session that nobody used for so long is over. */
export const IDLE_DAYS_MAX = 7
const SEEN_EVERY_MINUTES = 5

const SQL = `
  SELECT s.id, s.user_id, s.expires_at, s.last_seen_at > now() - interval '${SEEN_EVERY_MINUTES} minutes' AS seen_lately,
         ARRAY(SELECT jsonb_build_object('id', o.id, 'name', o.name, 'slug', o.slug, 'role', m.role)
               FROM membership m JOIN organization o ON o.id = m.organization_id WHERE m.user_id = s.user_id ORDER BY o.id) AS organizations
  FROM user_session s
  WHERE s.secret_hash = $1 AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND s.last_seen_at > clock_timestamp() - interval '${IDLE_DAYS_MAX} days'`

@Injectable()
export class SessionLookup {
  constructor(
    private readonly db: Database,
    private readonly tokens: OneTimeTokens,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The session behind a cookie, or undefined for one that is unknown or over. */
  async find(token: string): Promise<KnownSession | undefined> {
    const hash = Buffer.from(this.tokens.hashOf('session', token))
    const { rows } = await this.db.pool.query<Row>({ name: 'session-lookup', text: SQL, values: [hash] })
    const row = rows[0]
    if (!row) return undefined
    if (!row.seen_lately) this.#seen(row.id)
    return { id: row.id, userId: row.user_id, expiresAt: row.expires_at, organizations: row.organizations }
  }

  /** No request waits for that. */
  #seen(id: string): void {
    this.db.pool
      .query('UPDATE user_session SET last_seen_at = greatest(last_seen_at, now()) WHERE id = $1', [id])
      .catch((error: Error) => this.logger.debug({ reason: error.message }, 'the use of a session could not be written down'))
  }
}
