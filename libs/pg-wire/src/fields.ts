/** Reading the bodies that the proxy has to understand. */
import { ProtocolViolation } from './errors.js'

function cstringEnd(body: Buffer, at: number): number {
  const end = body.indexOf(0, at)
  if (end < 0) throw new ProtocolViolation('a text in a message has no end')
  return end
}

/** Fields of an ErrorResponse or NoticeResponse by their letter; a body that is cut short yields what it has. */
export function parseErrorFields(body: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const letter = String.fromCharCode(body[at] as number)
    const end = body.indexOf(0, at + 1)
    if (end < 0) break
    fields.set(letter, body.toString('utf8', at + 1, end))
    at = end + 1
  }
  return fields
}

export function parseParameterStatus(body: Buffer): { name: string; value: string } {
  const nameEnd = cstringEnd(body, 0)
  const valueEnd = cstringEnd(body, nameEnd + 1)
  return { name: body.toString('utf8', 0, nameEnd), value: body.toString('utf8', nameEnd + 1, valueEnd) }
}

/** Names of SASL mechanisms in an AuthenticationSASL body (behind the kind word). */
export function parseMechanisms(body: Buffer): string[] {
  const names: string[] = []
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const end = cstringEnd(body, at)
    names.push(body.toString('latin1', at, end))
    at = end + 1
  }
  return names
}

/** SASLInitialResponse: the mechanism, then a counted message. */
export function parseSaslInitial(body: Buffer): { mechanism: string; message: Buffer } {
  const end = cstringEnd(body, 0)
  if (body.length < end + 5) throw new ProtocolViolation('malformed SASL initial response')
  const length = body.readInt32BE(end + 1)
  const message = body.subarray(end + 5)
  if (length !== message.length) throw new ProtocolViolation('malformed SASL initial response')
  return { mechanism: body.toString('latin1', 0, end), message }
}

/** PasswordMessage: one text, and nothing behind it. */
export function parsePassword(body: Buffer): string {
  const end = cstringEnd(body, 0)
  if (end !== body.length - 1) throw new ProtocolViolation('malformed password message')
  return body.toString('utf8', 0, end)
}

/** The text of a Query body. */
export function queryText(body: Buffer): string {
  const end = cstringEnd(body, 0)
  if (end !== body.length - 1) throw new ProtocolViolation('malformed query message')
  return body.toString('utf8', 0, end)
}

/** Where the text of a Parse body stands, so that it can be compared without decoding: name, NUL, text, NUL, types. */
export function parseTextRange(body: Buffer): { start: number; end: number } {
  const start = cstringEnd(body, 0) + 1
  return { start, end: cstringEnd(body, start) }
}
