/** Tokens of links that are good for one thing: 256 bits of chance, stored as a keyed hash alone. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Secret } from '@pgbeam/kernel'
import { ClusterKeys } from './cluster-keys.js'

const TOKEN_BYTES = 32

/** What a token is for: one of another kind never matches. */
export type TokenPurpose = 'invitation' | 'owner-link' | 'session'

@Injectable()
export class OneTimeTokens {
  constructor(private readonly keys: ClusterKeys) {}

  make(purpose: TokenPurpose): { readonly token: Secret; readonly hash: Uint8Array<ArrayBuffer> } {
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    return { token: new Secret(token), hash: this.hashOf(purpose, token) }
  }

  hashOf(purpose: TokenPurpose, token: string): Uint8Array<ArrayBuffer> {
    return this.keys.pepperedHash(`${purpose}:${token}`)
  }
}
