/** The control plane over NATS: signed requests with fresh nonces, and answers that count only when signed by the pinned key over that nonce. */
import { createPublicKey, randomBytes, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { Msg, Subscription } from '@nats-io/transport-node'
import { CompactEncrypt } from 'jose'
import type { z } from 'zod'
import { errorReply, helloReply, open, requestHash, seal, subjects, thumbprintOf, UntrustedMessage, type MessageType, type Signer } from '@pgbeam/contracts'
import { PgBeamError } from '@pgbeam/kernel'
import { inSpan, tracedHeaders } from '../platform/tracing.js'
import type { Bus } from './bus.js'

/** The control plane understood the request and refused it. */
export class ControlPlaneRefused extends PgBeamError {
  readonly fault = 'control-plane'
  readonly sqlState = '57P03'
  readonly code = 'ERR_CONTROL_PLANE_REFUSED'
  constructor(
    readonly reason: string,
    detail: string,
  ) {
    super(`the control plane refused: ${detail}`, 'Look at the control plane log; a join token may have expired or been revoked.')
  }
}

export const newNonce = (): string => randomBytes(16).toString('base64url')

export class ControlPlane {
  /** When it last said anything that it signed, by the monotonic clock. */
  lastHeardMs = 0

  /** The key that every reply and event must be signed with; its thumbprint stands in the join token. */
  private constructor(
    private readonly bus: Bus,
    private readonly signer: Signer,
    private readonly kid: string,
    private readonly key: KeyObject,
    private readonly encryptionKey: KeyObject,
  ) {}

  /** Finds the control plane and checks that it has the key that the join token pins. @throws UntrustedMessage */
  static async find(bus: Bus, signer: Signer, thumbprint: string, timeoutMs: number): Promise<ControlPlane> {
    const nonce = newNonce()
    const message = await bus.request(subjects.hello, JSON.stringify({ nonce }), { timeout: timeoutMs, headers: tracedHeaders() })
    const text = message.string()
    const claimed = publicKeyIn(text)
    if ((await thumbprintOf(claimed)) !== thumbprint) throw new UntrustedMessage('the control plane is not the one that the join token names')
    const { body } = open('hello-reply', text, helloReply, (kid) => (kid === thumbprint ? claimed : undefined))
    if (body.nonce !== nonce) throw new UntrustedMessage('an answer to another request')
    return new ControlPlane(bus, signer, thumbprint, claimed, createPublicKey({ key: body.encryption_key, format: 'jwk' }))
  }

  /** Encrypts for the control plane alone. */
  encrypt(plaintext: string): Promise<string> {
    return new CompactEncrypt(Buffer.from(plaintext)).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(this.encryptionKey)
  }

  /**
   * Sends a signed request. `body` gets a nonce; the answer must repeat it.
   * @param onSigned is given the answer's text as well, for whoever has to show it to others
   * @throws ControlPlaneRefused, UntrustedMessage, BusAway and BusFull, and NATS's own errors for no answer
   */
  async request<Schema extends z.ZodType<{ nonce: string }>>(
    subject: string,
    types: { readonly request: MessageType; readonly reply: MessageType },
    body: Record<string, unknown>,
    schema: Schema,
    timeoutMs: number,
    onSigned?: (body: z.infer<Schema>, text: string) => void,
  ): Promise<z.infer<Schema>> {
    return inSpan(`ask ${subject}`, {}, async () => {
      const nonce = newNonce()
      const signed = seal(types.request, { ...body, nonce }, this.signer)
      const message = await this.bus.request(subject, signed, { timeout: timeoutMs, headers: tracedHeaders() })
      const text = message.string()
      const answer = this.read(text, types.reply, { nonce, hash: requestHash(signed) }, schema)
      onSigned?.(answer, text)
      return answer
    })
  }

  /** Sends a signed message that nobody answers, in this very turn. @throws BusAway */
  publish(subject: string, type: MessageType, body: unknown): void {
    this.bus.publish(subject, seal(type, body, this.signer), { headers: tracedHeaders() })
  }

  /** Hands each message that the control plane signed to `handle`, synchronously and in order of arrival; others go to `onUntrusted`. */
  subscribe<Schema extends z.ZodType>(
    subject: string,
    type: MessageType,
    schema: Schema,
    handle: (body: z.infer<Schema>, message: Msg) => void,
    onUntrusted: (error: unknown) => void,
  ): Subscription {
    return this.bus.subscribe(subject, {
      callback: (error, message) => {
        if (error) return
        try {
          const { body } = open(type, message.string(), schema, this.keyOf)
          this.lastHeardMs = performance.now()
          handle(body, message)
        } catch (problem) {
          onUntrusted(problem)
        }
      },
    })
  }

  private readonly keyOf = (kid: string): KeyObject | undefined => (kid === this.kid ? this.key : undefined)

  private read<Schema extends z.ZodType<{ nonce: string }>>(
    text: string,
    type: MessageType,
    asked: { readonly nonce: string; readonly hash: string },
    schema: Schema,
  ): z.infer<Schema> {
    let refusal: z.infer<typeof errorReply> | undefined
    try {
      refusal = open('error-reply', text, errorReply, this.keyOf).body
    } catch {
      refusal = undefined
    }
    if (refusal?.nonce === asked.nonce && refusal.request_sha256 === asked.hash) throw new ControlPlaneRefused(refusal.code, refusal.detail)
    const { body } = open(type, text, schema, this.keyOf)
    if (body.nonce !== asked.nonce) throw new UntrustedMessage('an answer to another request')
    this.lastHeardMs = performance.now()
    return body
  }
}

function publicKeyIn(helloReplyJws: string): KeyObject {
  try {
    const payload = JSON.parse(Buffer.from(helloReplyJws.split('.')[1] ?? '', 'base64url').toString()) as { signing_key: JsonWebKey }
    return createPublicKey({ key: payload.signing_key, format: 'jwk' })
  } catch {
    throw new UntrustedMessage('the control plane did not introduce itself')
  }
}
