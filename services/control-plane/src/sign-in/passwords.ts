/** Passwords: Argon2id (RFC 9106), stored as a PHC string, so that stronger parameters can follow without losing the old ones. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Injectable } from '@nestjs/common'
import { ServiceUnavailable } from '../platform/http/errors.js'

const argon = promisify(argon2)
/** The second choice of RFC 9106, in one lane. */
const MEMORY_KIB = 65_536
const PASSES = 3
const LANES = 1
const SALT_BYTES = 16
const HASH_BYTES = 32
/** Each takes 64 MiB and a fifth of a second of one core. */
const AT_ONCE = 2
const WAITING_MAX = 50

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

@Injectable()
export class Passwords {
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @throws ServiceUnavailable when too many wait */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES)
    const hash = await this.#derive(password, salt, { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES, tagLength: HASH_BYTES })
    return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(hash)}`
  }

  /** Takes as long where there is no password as where there is one. @throws ServiceUnavailable when too many wait */
  async matches(password: string, stored: string | null): Promise<boolean> {
    const [, memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(stored ?? NOBODYS) ?? []
    const expected = Buffer.from(hash, 'base64')
    if (expected.length === 0) throw new Error('a stored password is not a PHC string of Argon2id')
    const got = await this.#derive(password, Buffer.from(salt, 'base64'), {
      memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), tagLength: expected.length,
    })
    return timingSafeEqual(got, expected) && stored !== null
  }

  async #derive(password: string, nonce: Buffer, cost: { memory: number; passes: number; parallelism: number; tagLength: number }): Promise<Buffer> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING_MAX) throw new ServiceUnavailable('too many people are signing in at this moment; try again')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      // Keyboards differ in how they compose letters (NIST SP 800-63B, 3.1.1.2).
      return await argon('argon2id', { message: password.normalize('NFKC'), nonce, ...cost })
    } finally {
      const next = this.#waiting.shift()
      if (next) next() // hands its place on
      else this.#running--
    }
  }
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
const NOBODYS = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(randomBytes(SALT_BYTES))}$${base64(randomBytes(HASH_BYTES))}`
