/** The grammar of SCRAM messages (RFC 5802 section 7), as strict as Postgres's own (backend/libpq/auth-scram.c). */
import { ScramProtocolError } from './errors.js'

export const MECHANISM = 'SCRAM-SHA-256'
export const MECHANISM_PLUS = 'SCRAM-SHA-256-PLUS'
/** Postgres takes no SASL message above this many bytes (PG_MAX_SASL_MESSAGE_LENGTH). */
export const SASL_MESSAGE_BYTES_MAX = 1024

/** `n`: the client knows no channel binding; `y`: it does, but saw none offered; `p`: it binds, by the named type. */
export type Gs2Flag = 'n' | 'y' | 'p'

export interface ClientFirst {
  readonly flag: Gs2Flag
  readonly bindingType: string | undefined
  /** The header exactly as sent: it comes back in `c=`. */
  readonly gs2Header: string
  readonly bare: string
  readonly nonce: string
}

const NONCE = '[\\x21-\\x2b\\x2d-\\x7e]+'
const CLIENT_FIRST = new RegExp(`^((n|y|p=([A-Za-z0-9.-]+)),(a=[^,]*)?,)((m=[^,]*,)?n=([^,]*),r=(${NONCE})(,.*)?)$`, 's')
const CLIENT_FINAL = new RegExp(`^(c=([A-Za-z0-9+/]*={0,2}),r=(${NONCE})(,.*)?),p=([A-Za-z0-9+/]*={0,2})$`, 's')
const SERVER_FIRST = new RegExp(`^r=(${NONCE}),s=([A-Za-z0-9+/]*={0,2}),i=([1-9][0-9]{0,9})(,.*)?$`, 's')
const SERVER_FINAL = /^v=([A-Za-z0-9+/]*={0,2})$/

/** Reads a SASL message as text: NUL bytes and anything above the cap are refused. */
export function saslText(message: Uint8Array): string {
  if (message.length > SASL_MESSAGE_BYTES_MAX) throw new ScramProtocolError('the SASL message is too long')
  const text = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('utf8')
  if (text.includes('\0')) throw new ScramProtocolError('malformed SCRAM message: it contains a NUL byte')
  return text
}

export function parseClientFirst(text: string): ClientFirst {
  const [, gs2Header, flag, bindingType, authzid, bare, extension, , nonce, more] = CLIENT_FIRST.exec(text) ?? []
  if (gs2Header === undefined || flag === undefined || bare === undefined || nonce === undefined)
    throw new ScramProtocolError('malformed SCRAM client-first message')
  if (authzid !== undefined) throw new ScramProtocolError('an authorization identity is not supported')
  if (extension !== undefined) throw new ScramProtocolError('the client requires an unsupported SCRAM extension')
  void more // optional extensions after the nonce are ignored, as the RFC asks
  return { flag: flag.charAt(0) as Gs2Flag, bindingType, gs2Header, bare, nonce }
}

export interface ClientFinal {
  readonly withoutProof: string
  readonly channelBinding: Buffer
  readonly nonce: string
  readonly proof: Buffer
}

export function parseClientFinal(text: string): ClientFinal {
  const [, withoutProof, channelBinding, nonce, , proof] = CLIENT_FINAL.exec(text) ?? []
  if (withoutProof === undefined || channelBinding === undefined || nonce === undefined || proof === undefined)
    throw new ScramProtocolError('malformed SCRAM client-final message')
  return { withoutProof, channelBinding: Buffer.from(channelBinding, 'base64'), nonce, proof: Buffer.from(proof, 'base64') }
}

export function parseServerFirst(text: string): { nonce: string; salt: Buffer; iterations: number } {
  const [, nonce, salt, iterations] = SERVER_FIRST.exec(text) ?? []
  if (nonce === undefined || salt === undefined || salt === '' || iterations === undefined)
    throw new ScramProtocolError('malformed SCRAM server-first message')
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations: Number(iterations) }
}

export function parseServerFinal(text: string): Buffer {
  const [, signature] = SERVER_FINAL.exec(text) ?? []
  if (signature === undefined) throw new ScramProtocolError('malformed SCRAM server-final message')
  return Buffer.from(signature, 'base64')
}
