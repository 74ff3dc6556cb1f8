/** Issues API keys. The key is shown once; a keyed hash and its two ends are what remains. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId, makeToken, Secret, tokenDisplay } from '@pgbeam/kernel'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import type { Transaction } from '../platform/database/database.js'

export type KeyOwner = { readonly kind: 'personal'; readonly userId: string } | { readonly kind: 'organization'; readonly organizationId: string }

@Injectable()
export class ApiKeyService {
  constructor(private readonly keys: ClusterKeys) {}

  async create(tx: Transaction, owner: KeyOwner, name: string): Promise<Secret> {
    const token = makeToken(owner.kind, randomBytes)
    await tx.apiKey.create({
      data: {
        id: makeId('ApiKeyId', Date.now(), randomBytes(10)),
        kind: owner.kind,
        userId: owner.kind === 'personal' ? owner.userId : null,
        organizationId: owner.kind === 'organization' ? owner.organizationId : null,
        name,
        secretHash: this.keys.pepperedHash(token),
        ...tokenDisplay(token),
      },
    })
    return new Secret(token)
  }
}
