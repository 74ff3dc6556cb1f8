/** Who this proxy process is: keys made at start that never leave memory, and a new incarnation each time. */
import { createPublicKey, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { compactDecrypt, exportJWK } from 'jose'
import { signerOf, type Signer } from '@pgbeam/contracts'
import { makeId, Secret, type IncarnationId } from '@pgbeam/kernel'

const generate = promisify(generateKeyPair)

export interface Identity {
  readonly incarnation: IncarnationId
  readonly signer: Signer
  readonly publicJwks: { readonly signing: OkpJwk; readonly encryption: OkpJwk }
  /** Opens a JWE that was made for this process. */
  readonly decrypt: (jwe: string) => Promise<Secret<Buffer>>
}
interface OkpJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519' | 'X25519'
  readonly x: string
}

export async function createIdentity(): Promise<Identity> {
  const signing = (await generate('ed25519')) as { privateKey: KeyObject }
  const encryption = (await generate('x25519')) as { privateKey: KeyObject }
  return {
    incarnation: makeId('IncarnationId', Date.now(), randomBytes(10)),
    signer: await signerOf(signing.privateKey),
    publicJwks: { signing: await okp(signing.privateKey), encryption: await okp(encryption.privateKey) },
    decrypt: async (jwe) => {
      const { plaintext } = await compactDecrypt(jwe, encryption.privateKey, {
        keyManagementAlgorithms: ['ECDH-ES', 'ECDH-ES+A256KW'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      return new Secret(Buffer.from(plaintext))
    },
  }
}

async function okp(key: KeyObject): Promise<OkpJwk> {
  const { crv, x } = await exportJWK(createPublicKey(key))
  return { kty: 'OKP', crv: crv as OkpJwk['crv'], x: x as string }
}
