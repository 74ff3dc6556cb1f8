/** The client's side of one SCRAM-SHA-256(-PLUS) exchange. */
import { timingSafeEqual } from 'node:crypto'
import { ScramProtocolError, ServerSignatureError } from './errors.js'
import { hmac, sha256, xor, type ClientKeys } from './keys.js'
import { MECHANISM, MECHANISM_PLUS, parseServerFinal, parseServerFirst, saslText } from './messages.js'

/** A hostile server could ask for 2^31 rounds of PBKDF2; Postgres itself defaults to 4096 and few go beyond. */
export const ITERATIONS_MAX = 600_000

export interface ScramClientOptions {
  readonly nonce: string
  /** Mechanisms that the server offered. */
  readonly offered: readonly string[]
  /** tls-server-end-point data of the server's certificate, or undefined without TLS (or where its hash is not defined). */
  readonly endPoint: Uint8Array | undefined
}

export class ScramClient {
  readonly mechanism: string
  private readonly gs2Header: string
  private readonly bare: string
  private authMessage = ''
  private serverKey: Buffer | undefined

  /** @throws ScramProtocolError where nothing that was offered can be used */
  constructor(private readonly options: ScramClientOptions) {
    const plusOffered = options.offered.includes(MECHANISM_PLUS)
    if (options.endPoint && plusOffered) {
      this.mechanism = MECHANISM_PLUS
      this.gs2Header = 'p=tls-server-end-point,,'
    } else if (options.offered.includes(MECHANISM)) {
      this.mechanism = MECHANISM
      this.gs2Header = options.endPoint && !plusOffered ? 'y,,' : 'n,,'
    } else {
      throw new ScramProtocolError('the server offers no SCRAM mechanism that this client knows')
    }
    // Postgres takes the user from the startup message and ignores this one; libpq leaves it empty too.
    this.bare = `n=,r=${options.nonce}`
  }

  first(): string {
    return this.gs2Header + this.bare
  }

  /** Reads the server-first message: what the keys must be derived from. @throws ScramProtocolError */
  challenge(message: Uint8Array): { salt: Buffer; iterations: number; answer: (keys: ClientKeys) => string } {
    const serverFirst = saslText(message)
    const { nonce, salt, iterations } = parseServerFirst(serverFirst)
    if (!nonce.startsWith(this.options.nonce) || nonce.length === this.options.nonce.length)
      throw new ScramProtocolError("the server's nonce does not extend ours")
    if (iterations > ITERATIONS_MAX)
      throw new ScramProtocolError(`the server asks for ${iterations} iterations; at most ${ITERATIONS_MAX} are accepted`)
    return { salt, iterations, answer: (keys) => this.answer(serverFirst, nonce, keys) }
  }

  /** Checks the server-final message: only who knows the password can make it. @throws ServerSignatureError, ScramProtocolError */
  finish(message: Uint8Array): void {
    const signature = parseServerFinal(saslText(message))
    const expected = this.serverKey && hmac(this.serverKey, this.authMessage)
    if (!expected || signature.length !== expected.length || !timingSafeEqual(signature, expected)) throw new ServerSignatureError()
  }

  private answer(serverFirst: string, nonce: string, keys: ClientKeys): string {
    const binding = this.mechanism === MECHANISM_PLUS && this.options.endPoint ? this.options.endPoint : Buffer.alloc(0)
    const withoutProof = `c=${Buffer.concat([Buffer.from(this.gs2Header), binding]).toString('base64')},r=${nonce}`
    this.authMessage = `${this.bare},${serverFirst},${withoutProof}`
    this.serverKey = keys.serverKey
    const proof = xor(keys.clientKey, hmac(sha256(keys.clientKey), this.authMessage))
    return `${withoutProof},p=${proof.toString('base64')}`
  }
}
