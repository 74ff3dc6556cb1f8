/**
 * Verifiers in Postgres's own text form (pg_authid.rolpassword, documented in the catalog's manual page):
 * `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, binary parts in base64.
 */
import { PgBeamError } from '@pgbeam/kernel'
import { deriveKeysSync, KEY_LENGTH, type ServerKeys } from './keys.js'

export interface Verifier extends ServerKeys {
  readonly iterations: number
  readonly salt: Buffer
}

export class InvalidVerifier extends PgBeamError {
  readonly code = 'ERR_INVALID_VERIFIER'
  readonly fault = 'control-plane'
  readonly sqlState = '28000'
  constructor() {
    super('this is not a SCRAM-SHA-256 verifier', 'Rotate the credential: that makes a new one.')
  }
}

const SHAPE = /^SCRAM-SHA-256\$([1-9][0-9]{0,7}):([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/

/** Makes the verifier of a password. The password cannot be had back from it. */
export function makeVerifier(password: string, salt: Uint8Array, iterations: number): string {
  const { storedKey, serverKey } = deriveKeysSync(password, salt, iterations)
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return `SCRAM-SHA-256$${iterations}:${base64(salt)}$${base64(storedKey)}:${base64(serverKey)}`
}

/** @throws InvalidVerifier */
export function parseVerifier(text: string): Verifier {
  const [, iterations, salt, storedKey, serverKey] = SHAPE.exec(text) ?? []
  if (iterations === undefined || salt === undefined || storedKey === undefined || serverKey === undefined) throw new InvalidVerifier()
  const verifier = {
    iterations: Number(iterations),
    salt: Buffer.from(salt, 'base64'),
    storedKey: Buffer.from(storedKey, 'base64'),
    serverKey: Buffer.from(serverKey, 'base64'),
  }
  if (verifier.storedKey.length !== KEY_LENGTH || verifier.serverKey.length !== KEY_LENGTH) throw new InvalidVerifier()
  return verifier
}
