/**
 * Signed messages. Whatever crosses NATS is a compact JWS (RFC 7515) signed with Ed25519 (`alg: EdDSA`, RFC 8037).
 * `typ` names what the message is, so that a signature made for one purpose never passes for another; `kid` is the
 * RFC 7638 thumbprint of the signer's key.
 *
 * `open` is synchronous: asynchronous verification would let a later event overtake an earlier one.
 */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import type { z } from 'zod'
import { PgBeamError } from '@pgbeam/kernel'

export type MessageType =
  | 'hello-request' | 'hello-reply'
  | 'enrol-request' | 'enrol-reply'
  | 'renew-request' | 'renew-reply'
  | 'resolve-request' | 'resolve-reply'
  | 'since-request' | 'since-reply'
  | 'probe-request' | 'probe-reply'
  | 'backends-request' | 'backends-reply'
  | 'terminate-request' | 'terminate-reply'
  | 'canary-request' | 'canary-reply'
  | 'evaluate-request' | 'evaluate-reply'
  | 'schema-request' | 'schema-reply'
  | 'scan-request' | 'scan-reply'
  | 'stale-request' | 'stale-reply'
  | 'budget-request' | 'budget-reply'
  | 'ack' | 'leave'
  | 'enforcement-batch'
  | 'error-reply'

export interface Signer {
  readonly kid: string
  readonly key: KeyObject
}

/** A message that is not signed by whom it must be, or is not what it says. It counts for nothing and is never applied. */
export class UntrustedMessage extends PgBeamError {
  readonly code = 'ERR_UNTRUSTED_MESSAGE'
  readonly fault = 'control-plane'
  readonly sqlState = '08006'
  constructor(why: string) {
    super(`untrusted message: ${why}`, 'Check who may publish on the PgBeam subjects, and that both sides run versions that fit.')
  }
}

/** Makes a signer from a private Ed25519 key: the `kid` is the thumbprint of its public half. */
export async function signerOf(key: KeyObject): Promise<Signer> {
  return { key, kid: await thumbprintOf(createPublicKey(key)) }
}

/** RFC 7638 thumbprint (SHA-256, base64url) of a public key. */
export async function thumbprintOf(publicKey: KeyObject): Promise<string> {
  return calculateJwkThumbprint(await exportJWK(publicKey))
}

/**
 * Signs `body` as a message of this type. Synchronously: an acknowledgement leaves in the turn of its event, and does not wait
 * for a thread of the pool on a machine that is busy. A signature costs some 50 µs.
 */
export function seal(type: MessageType, body: unknown, signer: Signer): string {
  const head = base64url({ alg: 'EdDSA', typ: `pgbeam+${type}`, kid: signer.kid })
  const text = `${head}.${base64url(body)}`
  return `${text}.${sign(null, Buffer.from(text), signer.key).toString('base64url')}`
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * Verifies a message and reads its body.
 * @param keyOf the public key of a `kid`, or undefined for a stranger's
 * @throws UntrustedMessage for anything that is not exactly a message of this type, signed by a known key, in this shape
 */
export function open<Schema extends z.ZodType>(
  type: MessageType,
  jws: string,
  schema: Schema,
  keyOf: (kid: string) => KeyObject | undefined,
): { body: z.infer<Schema>; kid: string } {
  const parts = jws.split('.')
  const [head, payload, signature] = parts
  if (parts.length !== 3 || head === undefined || payload === undefined || signature === undefined)
    throw new UntrustedMessage('not a compact JWS')
  const header = parseJson(head) as { alg?: unknown; typ?: unknown; kid?: unknown; crit?: unknown } | null
  if (header?.alg !== 'EdDSA' || header.crit !== undefined) throw new UntrustedMessage('not signed with EdDSA')
  if (header.typ !== `pgbeam+${type}`) throw new UntrustedMessage(`expected a ${type}`)
  if (typeof header.kid !== 'string') throw new UntrustedMessage('no key id')
  const key = keyOf(header.kid)
  if (key?.asymmetricKeyType !== 'ed25519') throw new UntrustedMessage('signed by a stranger')
  if (!verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url')))
    throw new UntrustedMessage('the signature does not fit')
  const parsed = schema.safeParse(parseJson(payload))
  if (!parsed.success) throw new UntrustedMessage(`the body of a ${type} has another shape (${parsed.error.issues[0]?.path.join('.') ?? ''})`)
  return { body: parsed.data, kid: header.kid }
}

function parseJson(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'))
  } catch {
    throw new UntrustedMessage('not JSON')
  }
}
