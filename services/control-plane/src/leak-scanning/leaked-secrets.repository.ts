import { Injectable } from '@nestjs/common'
import { AccessChanges } from '../access/access-changes.js'
import { nobody } from '../access/access-log.js'
import { keyChange } from '../api-key/issue-key.js'
import type { AgentCredential } from '../generated/prisma/client.js'
import { Database } from '../platform/database/database.js'

@Injectable()
export class LeakedSecretsRepository {
  constructor(
    private readonly db: Database,
    private readonly changes: AccessChanges,
  ) {}

  /** Records a find, and revokes the key where the rules say so. @returns undefined for a key that nobody has */
  leakedKey(secretHash: Uint8Array<ArrayBuffer>, where: { readonly url: string | null; readonly source: string | null }): Promise<{ readonly id: string; readonly revoked: boolean } | undefined> {
    return this.changes.commit(async (tx) => {
      await tx.$queryRaw`SELECT FROM api_key WHERE secret_hash = ${secretHash} FOR UPDATE`
      const row = await tx.apiKey.findUnique({ where: { secretHash }, include: { organization: true, user: { include: { memberships: { include: { organization: true } } } } } })
      if (!row) return { value: undefined, changes: [] }
      if (row.revokedAt) return { value: { id: row.id, revoked: true }, changes: [] }
      const organizations = row.organization ? [row.organization] : (row.user?.memberships ?? []).map(({ organization }) => organization)
      const revoked = organizations.length === 0 || organizations.some(({ leakedKeysRevoked }) => leakedKeysRevoked)
      if (revoked) await tx.apiKey.update({ where: { id: row.id }, data: { revokedAt: new Date() } })
      const leaked = keyChange('key.leaked', row, nobody, where)
      return { value: { id: row.id, revoked }, changes: revoked ? [leaked, keyChange('key.revoked', row, nobody, { because: 'leaked' })] : [leaked] }
    })
  }

  credentialOf(mcpTokenHash: Uint8Array<ArrayBuffer>): Promise<AgentCredential | null> {
    return this.db.client.agentCredential.findUnique({ where: { mcpTokenHash } })
  }
}
