/** Looks keys up. Nothing is cached: a revoked key must not work for another second on any replica. */
import { Injectable } from '@nestjs/common'
import { Database } from '../platform/database/database.js'
import { Caller, type CallerKey, type CallerOrganization } from './caller.js'
import type { Role } from './permission.js'

/** `last_used_at` is written at most this often for a key: it is for people, and a write for each request is not free. */
const USED_INTERVAL_MS = 60_000

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly db: Database) {}

  /** The caller behind a key that is neither revoked nor expired. */
  async findCaller(secretHash: Uint8Array<ArrayBuffer>, ip: string | undefined): Promise<Caller | undefined> {
    const row = await this.db.client.apiKey.findUnique({
      where: { secretHash },
      include: { organization: true, user: { include: { memberships: { include: { organization: true }, orderBy: { organizationId: 'asc' } } } } },
    })
    const now = new Date()
    if (!row || row.revokedAt || (row.expiresAt && row.expiresAt <= now)) return undefined
    if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > USED_INTERVAL_MS) {
      await this.db.client.apiKey.updateMany({ where: { id: row.id }, data: { lastUsedAt: now, lastUsedIp: ip ?? null } })
    }
    const key: CallerKey = { id: row.id, kind: row.kind as CallerKey['kind'], name: row.name, scopes: row.scopes, expiresAt: row.expiresAt }
    const organizations: CallerOrganization[] = row.organization
      ? [{ id: row.organization.id, name: row.organization.name, slug: row.organization.slug, role: 'owner' }]
      : (row.user?.memberships ?? []).map(({ organization: { id, name, slug }, role }) => ({ id, name, slug, role: role as Role }))
    return new Caller(key, row.userId, organizations)
  }
}
