/** Asks one proxy process. The request is signed, and so is the answer, over the request's nonce. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { open, seal, type DatabaseTarget, type MessageType } from '@pgbeam/contracts'
import type { z } from 'zod'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { encryptTo } from '../platform/crypto/encrypt-to.js'
import { Nats } from '../platform/nats/nats-connection.js'
import { tracedHeaders } from '../platform/telemetry/nats-trace.js'
import { FleetRegistry, type Peer } from './fleet-registry.js'

/** It is not there, or cannot be spoken to. */
export class NoProxy extends Error {}
/** It did not answer in time, or not to what it was asked. */
export class ProxySilent extends Error {}

export interface Question<Schema> {
  readonly subject: (incarnation: string) => string
  readonly request: MessageType
  readonly reply: MessageType
  readonly schema: Schema
  readonly timeoutMs: number
}

/** How a database is reached: only proxies do. The password leaves only encrypted to the proxy that is asked. */
export async function targetFor({ encryptionJwk }: Peer, target: Omit<DatabaseTarget, 'password_jwe'>, password: string): Promise<DatabaseTarget> {
  return { ...target, password_jwe: await encryptTo(encryptionJwk, password) }
}

@Injectable()
export class AskProxy {
  constructor(
    private readonly registry: FleetRegistry,
    private readonly nats: Nats,
    private readonly keys: ClusterKeys,
  ) {}

  /**
   * @param about what is asked besides, which may be meant for this process alone
   * @throws NoProxy, ProxySilent, UnknownIncarnation, UntrustedMessage
   */
  async ask<Schema extends z.ZodType<{ nonce: string }>>(
    incarnation: string,
    { subject, request, reply, schema, timeoutMs }: Question<Schema>,
    about: (peer: Peer) => Promise<Record<string, unknown>> | Record<string, unknown>,
  ): Promise<z.infer<Schema>> {
    const connection = this.nats.open
    if (!connection) throw new NoProxy()
    const peer = await this.registry.peer(incarnation)
    const nonce = randomBytes(16).toString('base64url')
    const deadline = new Date(Date.now() + timeoutMs).toISOString()
    const body = { ...(await about(peer)), nonce, incarnation, deadline }
    let answer: string
    try {
      const message = await connection.request(subject(incarnation), seal(request, body, this.keys.signer), { timeout: timeoutMs, headers: tracedHeaders() })
      answer = message.string()
    } catch (error) {
      throw /responders/i.test(String(error)) ? new NoProxy() : new ProxySilent()
    }
    const { body: answered } = open(reply, answer, schema, (kid) => (kid === peer.kid ? peer.signingKey : undefined))
    if (answered.nonce !== nonce) throw new ProxySilent()
    return answered
  }
}
