/** The keys that a login that failed is checked against, to see whether it was made with the secret from before a rotation. */
import { retiredKeysMax } from '@pgbeam/contracts'
import { KEY_LENGTH } from '@pgbeam/scram'
import type { Credential } from '../credentials/credential.js'

/** Nobody has a password with this StoredKey: it would take a preimage of it. */
const MOCK_KEY = Buffer.alloc(KEY_LENGTH)

/** Always the same number of them, so that a login that fails costs the same for every name, real or not, rotated or not. */
export function retiredKeysOf(credential: Credential | undefined, nowMs: number): readonly Buffer[] {
  const keys = (credential?.retiredKeys ?? []).filter(({ untilMs }) => nowMs < untilMs).map(({ storedKey }) => storedKey)
  return [...keys, ...Array.from({ length: retiredKeysMax }, () => MOCK_KEY)].slice(0, retiredKeysMax)
}
