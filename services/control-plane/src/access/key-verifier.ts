/** Whose key it is, and whether it still opens anything: from memory while a lease says that it may, else from the database. */
import { Injectable } from '@nestjs/common'
import { LRUCache } from 'lru-cache'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { Forbidden, Unauthorized } from '../platform/http/errors.js'
import { AccessFollower } from './cache/access-follower.js'
import { mayComeFrom, type KnownKey } from './cache/known-key.js'
import { KeyLookup } from './key-lookup.repository.js'

/** Keys that were good here lately: more than a replica sees in an hour. */
const SEEN_GOOD_MAX = 50_000
const SEEN_GOOD_TTL_MS = 3_600_000

@Injectable()
export class KeyVerifier {
  /** Opens nothing. It outlives a lost lease, so that an address is not shut for keys that work there. */
  readonly #seenGood = new LRUCache<string, true>({ max: SEEN_GOOD_MAX, ttl: SEEN_GOOD_TTL_MS })

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

  /** Whether it was good here lately. It says nothing about now: it only tells whoever has a key from whoever guesses. */
  wasGood(key: string): boolean {
    return this.remembered(key) !== undefined || this.#seenGood.has(this.#name(key))
  }

  async #read(key: string): Promise<KnownKey | undefined> {
    const hash = this.keys.pepperedHash(key)
    const known = await this.lookup.find(hash)
    const name = Buffer.from(hash).toString('latin1')
    if (known) {
      this.#seenGood.set(name, true)
      this.follower.memory.put(name, known)
    } else this.#seenGood.delete(name)
    return known
  }

  #name(key: string): string {
    return Buffer.from(this.keys.pepperedHash(key)).toString('latin1')
  }
}
