/** The keys and secrets that every replica shares: made at the first start, stored encrypted, read at each start. */
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'
import { signerOf, type Signer } from '@pgbeam/contracts'
import type { Database } from '../database/database.js'
import type { Keyring } from './keyring.js'

/** `kty`, `crv` and `x` of a public key: what crosses the wire. */
export interface OkpPublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519' | 'X25519'
  readonly x: string
}

/** Injection token (and type) of the shared keys. */
export class ClusterKeys {
  readonly #pepper: Buffer

  constructor(
    readonly signer: Signer,
    readonly signingJwk: OkpPublicJwk,
    readonly encryptionKey: KeyObject,
    readonly encryptionJwk: OkpPublicJwk,
    /** base64url: of SCRAM salts, shared with the proxies. */
    readonly saltSecret: string,
    /** base64url: under which proxies talk to each other. */
    readonly fleetKey: string,
    pepper: Buffer,
  ) {
    this.#pepper = pepper
  }

  /** The keyed hash under which an issued secret is stored and looked up. */
  pepperedHash(secret: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(createHmac('sha256', this.#pepper).update(secret).digest())
  }

  /** The salt of a Postgres user's verifier, whether that user exists or not, so that existence never shows. */
  saltOf(pgUser: string): Uint8Array {
    return createHmac('sha256', Buffer.from(this.saltSecret, 'base64url')).update(pgUser).digest().subarray(0, SALT_BYTES)
  }
}

const SALT_BYTES = 16
const SECRET_BYTES = 32

const makers = {
  signing_key: () => pkcs8(generateKeyPairSync('ed25519').privateKey),
  encryption_key: () => pkcs8(generateKeyPairSync('x25519').privateKey),
  api_key_pepper: () => randomBytes(SECRET_BYTES),
  scram_salt_secret: () => randomBytes(SECRET_BYTES),
  fleet_key: () => randomBytes(SECRET_BYTES),
}
type SecretName = keyof typeof makers

/** Reads the shared keys, and makes those that are missing. Replicas that start together end up with the same ones. */
export async function loadClusterKeys(db: Database, keyring: Keyring): Promise<ClusterKeys> {
  const names = Object.keys(makers) as SecretName[]
  await db.client.clusterSecret.createMany({
    data: names.map((name) => ({ name, ...keyring.encrypt(makers[name](), contextOf(name)) })),
    skipDuplicates: true,
  })
  const rows = new Map((await db.client.clusterSecret.findMany()).map((row) => [row.name, row]))
  const secret = (name: SecretName): Buffer => {
    const row = rows.get(name)
    if (!row) throw new Error(`the shared secret ${name} is missing`)
    return keyring.decrypt(row, contextOf(name))
  }
  const signingKey = privateKey(secret('signing_key'))
  const encryptionKey = privateKey(secret('encryption_key'))
  return new ClusterKeys(
    await signerOf(signingKey),
    await publicJwk(signingKey),
    encryptionKey,
    await publicJwk(encryptionKey),
    secret('scram_salt_secret').toString('base64url'),
    secret('fleet_key').toString('base64url'),
    secret('api_key_pepper'),
  )
}

const contextOf = (name: SecretName): string => `cluster_secret:${name}`
const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' })
const privateKey = (der: Buffer): KeyObject => createPrivateKey({ key: der, type: 'pkcs8', format: 'der' })

async function publicJwk(key: KeyObject): Promise<OkpPublicJwk> {
  const { crv, x }: JWK = await exportJWK(createPublicKey(key))
  if ((crv !== 'Ed25519' && crv !== 'X25519') || x === undefined) throw new Error(`unexpected curve ${crv}`)
  return { kty: 'OKP', crv, x }
}
