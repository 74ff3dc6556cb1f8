/** Encryption of secrets at rest: AES-256-GCM under versioned keys. The context (which row it is for) is authenticated. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { EncryptionKey } from '../config.js'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export interface Sealed {
  readonly keyId: string
  /** nonce, ciphertext, tag */
  readonly ciphertext: Uint8Array<ArrayBuffer>
}

export class Undecryptable extends Error {
  constructor(why: string) {
    super(`a stored secret cannot be decrypted: ${why}`)
  }
}

export class Keyring {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #current: EncryptionKey

  constructor(keys: readonly EncryptionKey[]) {
    const [current] = keys
    if (!current) throw new RangeError('a keyring needs a key')
    this.#current = current
    this.#keys = new Map(keys.map(({ id, key }) => [id, key]))
  }

  /** @param context binds the ciphertext to its place, so that one row's secret never decrypts in another */
  encrypt(plaintext: Uint8Array, context: string): Sealed {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#current.key, nonce).setAAD(Buffer.from(context))
    const body = [nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]
    return { keyId: this.#current.id, ciphertext: new Uint8Array(Buffer.concat(body)) }
  }

  /** @throws Undecryptable */
  decrypt({ keyId, ciphertext }: { keyId: string; ciphertext: Uint8Array }, context: string): Buffer {
    const key = this.#keys.get(keyId)
    if (!key) throw new Undecryptable(`PGBEAM_ENCRYPTION_KEYS has no key ${keyId}`)
    if (ciphertext.length < NONCE_BYTES + TAG_BYTES) throw new Undecryptable('it is too short')
    const tagAt = ciphertext.length - TAG_BYTES
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(context)).setAuthTag(ciphertext.subarray(tagAt))
      return Buffer.concat([decipher.update(ciphertext.subarray(NONCE_BYTES, tagAt)), decipher.final()])
    } catch {
      throw new Undecryptable(`key ${keyId} does not fit`)
    }
  }
}
