/** Whose key it is, and whether it still opens anything: from memory while a lease says that it may, else from the database. */
import { Injectable } from '@nestjs/common'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { Forbidden, Unauthorized } from '../platform/http/errors.js'
import { AccessFollower } from './cache/access-follower.js'
import { mayComeFrom, type KnownKey } from './cache/known-key.js'
import { KeyLookup } from './key-lookup.repository.js'

@Injectable()
export class KeyVerifier {
  constructor(
    private readonly keys: ClusterKeys,
    private readonly follower: AccessFollower,
    private readonly lookup: KeyLookup,
  ) {}

  /**
   * @param key well-formed: its checksum was looked at before
   * @param address the caller's
   * @throws Unauthorized for a key that is unknown, expired or revoked; Forbidden from an address that it is not meant for
   */
  async verify(key: string, address: string | undefined): Promise<KnownKey> {
    const known = this.remembered(key) ?? (await this.#read(key))
    if (!known) throw new Unauthorized('this key is unknown, expired or revoked')
    if (!mayComeFrom(known.allowedFrom, address)) throw new Forbidden('this key may not be used from this address')
    return known
  }

  /** What is remembered of a key, if that may be trusted at this instant. */
  remembered(key: string): KnownKey | undefined {
    const known = this.follower.memory.get(this.#name(key))
    if (!known || !this.follower.trusted) return undefined
    return known.expiresAt !== null && known.expiresAt.getTime() <= Date.now() ? undefined : known
  }

  async #read(key: string): Promise<KnownKey | undefined> {
    const hash = this.keys.pepperedHash(key)
    const known = await this.lookup.find(hash)
    if (known) this.follower.memory.put(Buffer.from(hash).toString('latin1'), known)
    return known
  }

  #name(key: string): string {
    return Buffer.from(this.keys.pepperedHash(key)).toString('latin1')
  }
}
