/**
 * Everything that a proxy's question is answered from, in one statement: one snapshot of the database, and one round trip for
 * what every first login waits for.
 */
import { Injectable } from '@nestjs/common'
import { retiredKeysMax, type PassthroughName, type ResolveRequest } from '@pgbeam/contracts'
import type { Canary, Database as DatabaseRow } from '../generated/prisma/client.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { namedDatabase } from '../fleet/passthrough-holdings.repository.js'
import { Database, Prisma } from '../platform/database/database.js'

/** A database as `targetOf` needs it, and its password as it is stored. */
export type TargetRow = Pick<DatabaseRow, 'id' | 'host' | 'port' | 'name' | 'username' | 'sslMode' | 'sslCa' | 'role' | 'queryTimeoutMs' | 'passwordKeyId'> & {
  /** base64 */
  readonly passwordCiphertext: string | null
}

export interface FoundCredential {
  readonly id: string
  readonly projectId: string
  readonly name: string
  readonly principalType: string
  readonly authMethod: string
  readonly status: string
  readonly scramVerifier: string | null
  readonly expiresAt: string | null
  readonly databaseId: string | null
  /** `storedKey` in base64. */
  readonly retiredKeys: readonly { readonly storedKey: string; readonly expiresAt: string }[]
  readonly policy: { readonly id: string; readonly version: number; readonly accessMode: string; readonly rules: unknown }
  readonly project: { readonly slug: string; readonly allowedCidrs: readonly { readonly cidr: string }[]; readonly agentsDisabled: boolean; readonly trustedEpoch: string }
  readonly databases: readonly TargetRow[]
}

/** A database whose stored user an application names. */
export interface FoundPassthrough {
  /** Whether it is on record that the process which asks holds it. */
  readonly held: boolean
  readonly project: { readonly id: string; readonly slug: string; readonly allowedCidrs: readonly { readonly cidr: string }[]; readonly onControlLoss: string; readonly trustedEpoch: string }
  readonly policy: { readonly id: string; readonly version: number; readonly accessMode: string; readonly rules: unknown } | null
  readonly ownPolicy: boolean
  readonly database: TargetRow
}

interface Head {
  /** Whether the process that asks is one that has not ended. */
  readonly live: boolean
  readonly epoch: string
  readonly seq: number
}

export interface PassthroughAnswer extends Head {
  readonly found: FoundPassthrough | null
}

export interface Answer extends Head {
  readonly found: FoundCredential | null
  readonly canary: Pick<Canary, 'credentialId' | 'status'> | null
}

/** The columns of `d` that make a `TargetRow`, for jsonb_build_object. */
const target = Prisma.sql`
  'id', d.id, 'host', d.host, 'port', d.port, 'name', d.name, 'username', d.username, 'sslMode', d.ssl_mode, 'sslCa', d.ssl_ca, 'role', d.role,
  'queryTimeoutMs', d.query_timeout_ms, 'passwordKeyId', d.password_key_id, 'passwordCiphertext', encode(d.password_ciphertext, 'base64')`

/** A time as JSON has it. */
const time = (column: Prisma.Sql): Prisma.Sql => Prisma.sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

@Injectable()
export class ResolveRepository {
  constructor(
    private readonly db: Database,
    private readonly keys: ClusterKeys,
  ) {}

  /** Revoked credentials, and those of projects that are gone, are not found. */
  async look(incarnation: string, request: Exclude<ResolveRequest, { passthrough: unknown }>): Promise<Answer> {
    const which =
      'credential_id' in request ? Prisma.sql`c.id = ${request.credential_id}` : Prisma.sql`c.mcp_token_hash = ${this.keys.pepperedHash(request.mcp_token_sha256)}`
    const canary =
      'credential_id' in request
        ? Prisma.sql`(SELECT jsonb_build_object('credentialId', y.credential_id, 'status', y.status) FROM canary y WHERE y.credential_id = ${request.credential_id} AND y.incarnation_id = ${incarnation})`
        : Prisma.sql`NULL::jsonb`
    const [row] = await this.db.client.$queryRaw<(Omit<Answer, 'seq'> & { seq: bigint })[]>`
      SELECT EXISTS (SELECT FROM proxy_incarnation i WHERE i.id = ${incarnation} AND i.ended_at IS NULL) AS live,
        enforcement_epoch() AS epoch, h.seq, ${canary} AS canary,
        (SELECT jsonb_build_object(
            'id', c.id, 'projectId', c.project_id, 'name', c.name, 'principalType', c.principal_type, 'authMethod', c.auth_method,
            'status', c.status, 'scramVerifier', c.scram_verifier, 'expiresAt', ${time(Prisma.sql`c.expires_at`)}, 'databaseId', c.database_id,
            'retiredKeys', (SELECT coalesce(jsonb_agg(jsonb_build_object('storedKey', encode(k.stored_key, 'base64'), 'expiresAt', ${time(Prisma.sql`k.expires_at`)}) ORDER BY k.retired_at DESC), '[]')
              FROM (SELECT * FROM retired_key WHERE credential_id = c.id AND expires_at > now() ORDER BY retired_at DESC LIMIT ${retiredKeysMax}) k),
            'policy', jsonb_build_object('id', p.id, 'version', p.version, 'accessMode', p.access_mode, 'rules', p.rules),
            'project', jsonb_build_object('slug', j.slug, 'allowedCidrs', j.allowed_cidrs, 'agentsDisabled', j.agents_disabled, 'trustedEpoch', o.trusted_epoch),
            'databases', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                ${target}) ORDER BY d.id), '[]')
              FROM database d WHERE d.project_id = c.project_id AND d.deleted_at IS NULL AND (c.database_id IS NULL OR d.id = c.database_id)))
          FROM agent_credential c JOIN policy_profile p ON p.id = c.policy_profile_id JOIN project j ON j.id = c.project_id JOIN organization o ON o.id = j.organization_id
          WHERE ${which} AND c.status <> 'revoked' AND j.status = 'active') AS found
      FROM enforcement_head h`
    if (!row) throw new Error('the enforcement log has no head')
    return { ...row, seq: Number(row.seq) }
  }

  /** What an application named, as of one position in the log. */
  async lookPassthrough(incarnation: string, name: PassthroughName): Promise<PassthroughAnswer> {
    const [row] = await this.db.client.$queryRaw<(Omit<PassthroughAnswer, 'seq'> & { seq: bigint })[]>`
      WITH named AS (${namedDatabase(name)})
      SELECT EXISTS (SELECT FROM proxy_incarnation i WHERE i.id = ${incarnation} AND i.ended_at IS NULL) AS live,
        enforcement_epoch() AS epoch, h.seq,
        (SELECT jsonb_build_object(
            'held', EXISTS (SELECT FROM passthrough_holding q WHERE q.incarnation_id = ${incarnation} AND q.database_id = d.id),
            'project', jsonb_build_object('id', j.id, 'slug', j.slug, 'allowedCidrs', j.allowed_cidrs, 'onControlLoss', j.on_control_loss, 'trustedEpoch', o.trusted_epoch),
            'policy', CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'version', p.version, 'accessMode', p.access_mode, 'rules', p.rules) END,
            'ownPolicy', d.default_policy_profile_id IS NOT NULL,
            'database', jsonb_build_object(${target}))
          FROM named d JOIN project j ON j.id = d.project_id JOIN organization o ON o.id = j.organization_id
            LEFT JOIN policy_profile p ON p.id = coalesce(d.default_policy_profile_id, j.default_policy_profile_id)) AS found
      FROM enforcement_head h`
    if (!row) throw new Error('the enforcement log has no head')
    return { ...row, seq: Number(row.seq) }
  }
}
