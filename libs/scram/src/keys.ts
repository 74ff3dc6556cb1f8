/** Key derivation of SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677). All keys are 32 bytes. */
import { createHash, createHmac, pbkdf2, pbkdf2Sync } from 'node:crypto'
import { saslprep } from '@mongodb-js/saslprep'

export const KEY_LENGTH = 32
/** What Postgres uses and libpq expects; RFC 7677 asks for at least this. */
export const DEFAULT_ITERATIONS = 4096

/** What a server needs to check a client and to prove itself. It does not reveal the password. */
export interface ServerKeys {
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}
/** What a client needs. It is as good as the password for this salt and count. */
export interface ClientKeys {
  readonly clientKey: Buffer
  readonly serverKey: Buffer
}

export const hmac = (key: Uint8Array, data: Uint8Array | string): Buffer => createHmac('sha256', key).update(data).digest()
export const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest()

/** RFC 4013, with the raw text where it prohibits something: Postgres does the same (pg_saslprep in common/saslprep.c). */
export function normalizePassword(password: string): string {
  try {
    return saslprep(password)
  } catch {
    return password
  }
}

/** Derives both key pairs on the calling thread: about 2 ms at 4096 iterations. */
export function deriveKeysSync(password: string, salt: Uint8Array, iterations: number): ClientKeys & ServerKeys {
  return keysOf(pbkdf2Sync(normalizePassword(password), salt, iterations, KEY_LENGTH, 'sha256'))
}

/** As `deriveKeysSync`, off the loop. */
export function deriveKeys(password: string, salt: Uint8Array, iterations: number): Promise<ClientKeys & ServerKeys> {
  return new Promise((resolve, reject) => {
    pbkdf2(normalizePassword(password), salt, iterations, KEY_LENGTH, 'sha256', (error, salted) => {
      if (error) reject(error)
      else resolve(keysOf(salted))
    })
  })
}

function keysOf(saltedPassword: Buffer): ClientKeys & ServerKeys {
  const clientKey = hmac(saltedPassword, 'Client Key')
  return { clientKey, storedKey: sha256(clientKey), serverKey: hmac(saltedPassword, 'Server Key') }
}

export function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ (b[i] as number)))
}
