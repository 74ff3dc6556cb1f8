/** Reads a key and all that decides what it may do, in one statement: it shows one instant of the access log. */
import { Injectable } from '@nestjs/common'
import { Database } from '../platform/database/database.js'
import { addressList, type KnownKey, type KnownOrganization } from './cache/known-key.js'
import { brokenRule, type KeyRules } from './key-rules.js'
import type { Role } from './permission.js'

interface Row {
  readonly as_of: string
  readonly id: string
  readonly kind: 'personal' | 'organization'
  readonly name: string
  readonly scopes: string[]
  readonly project_ids: string[]
  readonly allowed_cidrs: string[]
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly user_id: string | null
  readonly organizations: (Omit<KnownOrganization, 'role'> & { role: string; rules: KeyRules })[]
}

const SQL = `
  SELECT (SELECT seq FROM access_head) AS as_of,
         k.id, k.kind, k.name, k.scopes, k.project_ids, k.allowed_cidrs, k.created_at, k.expires_at, k.user_id,
         ARRAY(
           SELECT jsonb_build_object('id', o.id, 'name', o.name, 'slug', o.slug, 'role', mine.role, 'rules', jsonb_build_object(
             'lifetimeDaysMax', o.key_lifetime_days_max, 'expiryRequired', o.key_expiry_required, 'personalKeysAllowed', o.personal_keys_allowed))
           FROM (SELECT k.organization_id AS id, 'admin' AS role WHERE k.organization_id IS NOT NULL
                 UNION ALL SELECT m.organization_id, m.role FROM membership m WHERE m.user_id = k.user_id) mine
           JOIN organization o ON o.id = mine.id
           ORDER BY o.id
         ) AS organizations
  FROM api_key k
  WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())`

@Injectable()
export class KeyLookup {
  constructor(private readonly db: Database) {}

  /** The key behind this hash, or undefined for one that is unknown, revoked or expired: no row comes back for any of these, in the same time. */
  async find(secretHash: Uint8Array): Promise<KnownKey | undefined> {
    const { rows } = await this.db.pool.query<Row>({ name: 'key-lookup', text: SQL, values: [Buffer.from(secretHash)] })
    const row = rows[0]
    if (!row) return undefined
    const terms = { kind: row.kind, createdAt: row.created_at, expiresAt: row.expires_at }
    const organizations = row.organizations
      // An organization's own keys are judged when they are made; a person's keys are made elsewhere, so they are judged here.
      .filter(({ rules }) => row.kind === 'organization' || brokenRule(rules, terms) === undefined)
      .map(({ id, name, slug, role }) => ({ id, name, slug, role: role as Role }))
    return {
      asOf: Number(row.as_of),
      // Also organizations that the rules keep closed: a change of the rules may open them.
      subjects: [row.id, ...(row.user_id === null ? [] : [row.user_id]), ...row.organizations.map(({ id }) => id)],
      id: row.id,
      kind: row.kind,
      name: row.name,
      scopes: row.scopes,
      projectIds: row.project_ids,
      allowedCidrs: row.allowed_cidrs,
      allowedFrom: addressList(row.allowed_cidrs),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      userId: row.user_id,
      organizations,
    }
  }
}
