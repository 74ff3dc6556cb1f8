/**
 * The join token that lets a proxy process enrol, and tells it which control plane to believe:
 * `pgj_<join token id>.<secret, 43 base64url characters>.<thumbprint of the control plane's signing key, 43 characters>`
 */
import { isId, PgBeamError, Secret, type Id } from '@pgbeam/kernel'

export interface JoinToken {
  readonly id: Id<'JoinTokenId'>
  readonly secret: Secret
  readonly controlKeyThumbprint: string
}

export class InvalidJoinToken extends PgBeamError {
  readonly code = 'ERR_INVALID_JOIN_TOKEN'
  readonly fault = 'client'
  readonly sqlState = '28000'
  constructor() {
    super('PGBEAM_JOIN_TOKEN is not a join token', 'Copy the whole token: it starts with pgj_jtk_ and has three parts with dots between them.')
  }
}

export function formatJoinToken(token: JoinToken): string {
  return `pgj_${token.id}.${token.secret.reveal()}.${token.controlKeyThumbprint}`
}

/** @throws InvalidJoinToken */
export function parseJoinToken(text: string): JoinToken {
  const match = /^pgj_(jtk_[0-9a-z]{26})\.([\w-]{43})\.([\w-]{43})$/.exec(text)
  const [, id, secret, thumbprint] = match ?? []
  if (id === undefined || secret === undefined || thumbprint === undefined || !isId('JoinTokenId', id)) throw new InvalidJoinToken()
  return { id, secret: new Secret(secret), controlKeyThumbprint: thumbprint }
}
