/** What a request with an Idempotency-Key asks for, so that its repetition is known and another is told from it. */
import type { Request } from 'express'
import type { Caller } from '../access/caller.js'
import { InvalidInput } from '../platform/http/errors.js'
import type { Asked } from './idempotency.repository.js'

const NAME = /^[\x21-\x7e]{1,255}$/
/** For the document. */
export const namePattern = '^[!-~]{1,255}$'

/**
 * @param hash keyed: a body may hold a password, which nobody who reads the table may guess at
 * @returns undefined where there is nothing to keep: no such header, or a method that may be repeated anyway
 * @throws InvalidInput
 */
export function askedBy(request: Request, caller: Caller | undefined, hash: (text: string) => Uint8Array): Asked | undefined {
  const name = request.get('idempotency-key')
  if (name === undefined || !caller || (request.method !== 'POST' && request.method !== 'PATCH')) return undefined
  if (!NAME.test(name)) {
    throw new InvalidInput('Idempotency-Key: must be 1 to 255 visible ASCII characters', [{ field: 'Idempotency-Key', code: 'invalid', detail: 'must be 1 to 255 visible ASCII characters' }])
  }
  const owner = caller.userId ?? caller.organizations[0]?.id
  if (owner === undefined) return undefined
  const rights = { organizations: caller.organizations.map(({ id, role }) => [id, role]), scopes: caller.limits.scopes, projects: caller.limits.projectIds }
  const digest = (value: unknown): Buffer => Buffer.from(hash(JSON.stringify(value)))
  return { owner, name, requestHash: digest([request.method, request.originalUrl, request.body ?? null]), rightsHash: digest(rights) }
}
