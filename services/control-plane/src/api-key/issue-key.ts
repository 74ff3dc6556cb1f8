/** Makes API keys. The key is shown once; a keyed hash and its two ends are what remains. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId, makeToken, Secret, tokenDisplay } from '@pgbeam/kernel'
import { nobody, type Actor, type NewAccessChange } from '../access/access-log.js'
import type { ApiKey } from '../generated/prisma/client.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import type { Transaction } from '../platform/database/database.js'
import { expiryOf } from './api-key.dto.js'

export type KeyOwner = { readonly kind: 'personal'; readonly userId: string } | { readonly kind: 'organization'; readonly organizationId: string }

export interface NewKey {
  readonly name: string
  readonly lifetimeDays: number | null
  readonly scopes: readonly string[]
  readonly projectIds: readonly string[]
  readonly allowedCidrs: readonly string[]
}
export const unrestricted = { lifetimeDays: null, scopes: [], projectIds: [], allowedCidrs: [] } as const

export interface IssuedKey {
  readonly row: ApiKey
  readonly key: Secret
}

@Injectable()
export class KeyIssuer {
  constructor(private readonly keys: ClusterKeys) {}

  async issue(tx: Transaction, owner: KeyOwner, key: NewKey, actor: Actor = nobody): Promise<IssuedKey> {
    const token = makeToken(owner.kind, randomBytes)
    const createdAt = new Date()
    const row = await tx.apiKey.create({
      data: {
        id: makeId('ApiKeyId', createdAt.getTime(), randomBytes(10)),
        kind: owner.kind,
        userId: owner.kind === 'personal' ? owner.userId : null,
        organizationId: owner.kind === 'organization' ? owner.organizationId : null,
        name: key.name,
        secretHash: this.keys.pepperedHash(token),
        ...tokenDisplay(token),
        scopes: [...key.scopes],
        projectIds: [...key.projectIds],
        allowedCidrs: [...key.allowedCidrs],
        lifetimeDays: key.lifetimeDays,
        expiresAt: expiryOf(key.lifetimeDays, createdAt),
        createdBy: actor.id,
        createdAt,
      },
    })
    return { row, key: new Secret(token) }
  }
}

/** What the record says of a key's change. */
export const keyChange = (kind: NewAccessChange['kind'], row: Pick<ApiKey, 'id' | 'organizationId'>, actor: Actor, detail: NonNullable<NewAccessChange['detail']> = {}): NewAccessChange => ({
  kind,
  subjectId: row.id,
  organizationId: row.organizationId,
  actor,
  detail,
})
