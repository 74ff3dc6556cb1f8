/** Client keys of upstream passwords: PBKDF2 runs once for each (password, salt, count), off the loop. */
import { createHash } from 'node:crypto'
import { deriveKeys, type ClientKeys } from '@pgbeam/scram'
import { LRUCache } from 'lru-cache'
import type { Secret } from '@pgbeam/kernel'

const cache = new LRUCache<string, Promise<ClientKeys>>({ max: 10_000 })

export function upstreamKeys(password: Secret, salt: Buffer, iterations: number): Promise<ClientKeys> {
  const key = createHash('sha256').update(`${iterations}:`).update(salt).update(password.reveal()).digest('base64')
  const known = cache.get(key)
  if (known) return known
  const derived = deriveKeys(password.reveal(), salt, iterations)
  cache.set(key, derived)
  derived.catch(() => cache.delete(key))
  return derived
}
