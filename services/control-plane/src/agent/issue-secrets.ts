/** Makes the secrets of a credential, and what is stored of them. */
import { createHash, randomBytes } from 'node:crypto'
import { makeToken, pgUserOf, Secret, type CredentialId } from '@pgbeam/kernel'
import { makeVerifier } from '@pgbeam/scram'
import type { ClusterKeys } from '../platform/crypto/cluster-keys.js'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 24 characters of 62 carry 142 bits. */
const PASSWORD_CHARS = 24
/** As Postgres itself has it: clients refuse many less, and a password of 142 random bits needs no more. */
const SCRAM_ITERATIONS = 4096

export interface IssuedSecrets {
  readonly password: Secret
  readonly mcpToken: Secret
  readonly stored: { readonly scramVerifier: string; readonly mcpTokenHash: Uint8Array<ArrayBuffer> }
}

export function issueSecrets(id: CredentialId, keys: ClusterKeys): IssuedSecrets {
  const password = makePassword(randomBytes)
  const mcpToken = makeToken('mcp', randomBytes)
  return {
    password: new Secret(password),
    mcpToken: new Secret(mcpToken),
    stored: {
      scramVerifier: makeVerifier(password, keys.saltOf(pgUserOf(id)), SCRAM_ITERATIONS),
      mcpTokenHash: keys.pepperedHash(createHash('sha256').update(mcpToken).digest('hex')),
    },
  }
}

/** @param random called until enough unbiased characters are drawn: bytes of 248 and more are thrown away */
export function makePassword(random: (count: number) => Uint8Array): string {
  let password = ''
  while (password.length < PASSWORD_CHARS) {
    for (const byte of random(PASSWORD_CHARS)) if (byte < 248 && password.length < PASSWORD_CHARS) password += BASE62.charAt(byte % 62)
  }
  return password
}
