/** Join tokens: what lets a proxy process enrol. The secret is shown once and stored as a hash. */
import { createHash, randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { formatJoinToken } from '@pgbeam/contracts'
import { makeId, Secret, type Id } from '@pgbeam/kernel'
import type { JoinToken } from '../generated/prisma/client.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { Database, type Transaction } from '../platform/database/database.js'

const SECRET_BYTES = 32

export interface JoinTokenLimits {
  /** Both null: for any number of proxies, for ever, until revoked. */
  readonly expiresAt: Date | null
  readonly uses: number | null
}

@Injectable()
export class JoinTokenService {
  constructor(
    private readonly db: Database,
    private readonly keys: ClusterKeys,
  ) {}

  async create(limits: JoinTokenLimits, tx: Transaction = this.db.client): Promise<{ id: string; token: Secret }> {
    const id: Id<'JoinTokenId'> = makeId('JoinTokenId', Date.now(), randomBytes(10))
    const secret = new Secret(randomBytes(SECRET_BYTES).toString('base64url'))
    await tx.joinToken.create({
      data: { id, secretHash: hashOf(secret), expiresAt: limits.expiresAt, usesLeft: limits.uses },
    })
    return { id, token: new Secret(formatJoinToken({ id, secret, controlKeyThumbprint: this.keys.signer.kid })) }
  }

  list(): Promise<JoinToken[]> {
    return this.db.client.joinToken.findMany({ orderBy: { id: 'asc' } })
  }

  /** @returns whether there was such a token that was still good */
  async revoke(id: string): Promise<boolean> {
    const { count } = await this.db.client.joinToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
    return count === 1
  }
}

/** A plain hash is enough for a secret of 256 random bits: there is nothing to guess. */
export function hashOf(secret: Secret): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret.reveal()).digest())
}
