/** Messages that a server sends (Postgres manual, "Message Formats"). Each function returns the whole frame. */
import { authentication, backend } from './tags.js'
import { MessageWriter } from './writer.js'

export interface ErrorFields {
  readonly severity: 'ERROR' | 'FATAL' | 'WARNING' | 'NOTICE'
  readonly sqlState: string
  readonly message: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** Where in the statement, in characters from 1. */
  readonly position?: number | undefined
}

function fields(tag: number, error: ErrorFields): Buffer {
  const writer = new MessageWriter(tag)
  const field = (letter: string, text: string) => writer.byte(letter.charCodeAt(0)).cstring(text)
  field('S', error.severity)
  field('V', error.severity)
  field('C', error.sqlState)
  field('M', error.message)
  if (error.detail !== undefined) field('D', error.detail)
  if (error.hint !== undefined) field('H', error.hint)
  if (error.position !== undefined) field('P', String(error.position))
  return writer.byte(0).build()
}

export const errorResponse = (error: ErrorFields): Buffer => fields(backend.errorResponse, error)
export const noticeResponse = (notice: ErrorFields): Buffer => fields(backend.noticeResponse, notice)

const auth = (kind: number) => new MessageWriter(backend.authentication).int32(kind)
export const authenticationOk = (): Buffer => auth(authentication.ok).build()
export const authenticationCleartext = (): Buffer => auth(authentication.cleartext).build()
export const authenticationSaslContinue = (data: string): Buffer =>
  auth(authentication.saslContinue).bytes(Buffer.from(data)).build()
export const authenticationSaslFinal = (data: string): Buffer => auth(authentication.saslFinal).bytes(Buffer.from(data)).build()
export function authenticationSasl(mechanisms: readonly string[]): Buffer {
  const writer = auth(authentication.sasl)
  for (const mechanism of mechanisms) writer.cstring(mechanism)
  return writer.byte(0).build()
}

/** @param key 4 bytes in protocol 3.0, 4 to 256 in 3.2 */
export const backendKeyData = (pid: number, key: Uint8Array): Buffer =>
  new MessageWriter(backend.backendKeyData).int32(pid).bytes(key).build()

export const parameterStatus = (name: string, value: string): Buffer =>
  new MessageWriter(backend.parameterStatus).cstring(name).cstring(value).build()

/** @param status I idle, T in a transaction, E in a failed one */
export const readyForQuery = (status: 'I' | 'T' | 'E'): Buffer =>
  new MessageWriter(backend.readyForQuery).byte(status.charCodeAt(0)).build()

/** Says which minor version is spoken and which `_pq_.` options are not known. */
export function negotiateProtocolVersion(minor: number, unknownOptions: readonly string[]): Buffer {
  const writer = new MessageWriter(backend.negotiateProtocolVersion).int32((3 << 16) | minor).int32(unknownOptions.length)
  for (const option of unknownOptions) writer.cstring(option)
  return writer.build()
}
