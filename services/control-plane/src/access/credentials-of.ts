/** The key of a request: from either header, the same one if both are there. */
import type { IncomingHttpHeaders } from 'node:http'
import { tokenKind } from '@pgbeam/kernel'
import { Forbidden, InvalidInput, Unauthorized } from '../platform/http/errors.js'

/**
 * @returns a well-formed key; whether it is anybody's is for the database to say
 * @throws Unauthorized, Forbidden, InvalidInput
 */
export function keyOf(headers: IncomingHttpHeaders): string {
  const bearer = bearerOf(headers.authorization)
  const given = headers['x-api-key']
  const apiKey = Array.isArray(given) ? given.join(',') : given?.trim()
  if (bearer !== undefined && apiKey !== undefined && bearer !== apiKey) {
    throw new InvalidInput('Authorization and X-API-Key carry different keys; send one of them')
  }
  const key = bearer ?? apiKey
  if (key === undefined || key === '') throw new Unauthorized('send an API key as "Authorization: Bearer <key>" or "X-API-Key: <key>"')
  const kind = tokenKind(key)
  if (kind === 'mcp') throw new Forbidden('this is an MCP token: it opens the MCP endpoint, not this API; use a pbo_ or pbu_ key')
  if (kind === undefined) throw new Unauthorized('this is not an API key: one starts with pbo_ or pbu_ and ends in a checksum, which does not fit here')
  return key
}

function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const match = /^bearer +(\S+) *$/i.exec(header)
  if (!match?.[1]) throw new Unauthorized('the Authorization header must read "Bearer <key>"')
  return match[1]
}
