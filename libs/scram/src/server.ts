/** The server's side of one SCRAM-SHA-256(-PLUS) exchange: RFC 5802, RFC 7677, RFC 5929 for the binding. */
import { timingSafeEqual } from 'node:crypto'
import { ChannelBindingError, ScramProtocolError } from './errors.js'
import { hmac, KEY_LENGTH, sha256, xor, type ServerKeys } from './keys.js'
import { MECHANISM, MECHANISM_PLUS, parseClientFinal, parseClientFirst, saslText, type ClientFirst } from './messages.js'

export interface ScramServerOptions {
  /** Fresh for each exchange: printable ASCII without a comma, 18 random bytes in base64 or more. */
  readonly nonce: string
  /** The tls-server-end-point data of the certificate that this connection was served, or undefined where PLUS is not offered. */
  readonly endPoint: Uint8Array | undefined
}

export class ScramServer {
  private first: ClientFirst | undefined
  private serverFirst = ''
  private last: { readonly proof: Buffer; readonly authMessage: string } | undefined

  constructor(private readonly options: ScramServerOptions) {}

  /**
   * Takes the client-first message and answers with the server-first message.
   * Salt and count come from the caller, who answers for unknown users as for known ones.
   * @throws ScramProtocolError, ChannelBindingError
   */
  challenge(mechanism: string, message: Uint8Array, salt: Uint8Array, iterations: number): string {
    const plus = mechanism === MECHANISM_PLUS
    if (!plus && mechanism !== MECHANISM) throw new ScramProtocolError('the client chose a mechanism that was not offered')
    if (plus && !this.options.endPoint) throw new ScramProtocolError('the client chose a mechanism that was not offered')
    const first = parseClientFirst(saslText(message))
    if (plus !== (first.flag === 'p')) throw new ScramProtocolError('the channel binding flag does not fit the mechanism')
    if (first.flag === 'p' && first.bindingType !== 'tls-server-end-point')
      throw new ScramProtocolError('unsupported channel binding type', 'Use tls-server-end-point.')
    // The client binds, and believes that we do not: somebody took PLUS out of our offer.
    if (first.flag === 'y' && this.options.endPoint) throw new ChannelBindingError('SCRAM channel binding negotiation error')
    this.first = first
    this.serverFirst = `r=${first.nonce}${this.options.nonce},s=${Buffer.from(salt).toString('base64')},i=${iterations}`
    return this.serverFirst
  }

  /**
   * Takes the client-final message. Answers with the server-final message where the client proved that it knows the
   * password, else undefined. Without keys (unknown user) the same work is done and the answer is always undefined.
   * @throws ScramProtocolError, ChannelBindingError
   */
  verify(message: Uint8Array, keys: ServerKeys | undefined): string | undefined {
    if (!this.first) throw new ScramProtocolError('a client-final message before the client-first one')
    const final = parseClientFinal(saslText(message))
    const expected =
      this.first.flag === 'p' && this.options.endPoint
        ? Buffer.concat([Buffer.from(this.first.gs2Header), this.options.endPoint])
        : Buffer.from(this.first.gs2Header)
    if (!sameBytes(final.channelBinding, expected)) throw new ChannelBindingError('SCRAM channel binding check failed')
    if (final.nonce !== this.first.nonce + this.options.nonce) throw new ScramProtocolError('the SCRAM nonce does not fit')
    if (final.proof.length !== KEY_LENGTH) throw new ScramProtocolError('the SCRAM proof has the wrong length')
    const { storedKey, serverKey } = keys ?? MOCK_KEYS
    const authMessage = `${this.first.bare},${this.serverFirst},${final.withoutProof}`
    this.last = { proof: final.proof, authMessage }
    const proven = proves(final.proof, authMessage, storedKey)
    const signature = hmac(serverKey, authMessage).toString('base64')
    return proven && keys ? `v=${signature}` : undefined
  }

  /**
   * Whether the proof that `verify` turned down is one of another password, by its StoredKey for the same salt and count.
   * Each key costs the same, whichever fits.
   */
  wouldProve(storedKeys: readonly Buffer[]): boolean {
    const { last } = this
    if (!last) return false
    let fits = false
    for (const storedKey of storedKeys) fits = proves(last.proof, last.authMessage, storedKey) || fits
    return fits
  }
}

function proves(proof: Uint8Array, authMessage: string, storedKey: Buffer): boolean {
  return timingSafeEqual(sha256(xor(proof, hmac(storedKey, authMessage))), storedKey)
}

const MOCK_KEYS: ServerKeys = { storedKey: Buffer.alloc(KEY_LENGTH), serverKey: Buffer.alloc(KEY_LENGTH) }

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
