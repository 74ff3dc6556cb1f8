/** Asks a proxy whether its canary would be let in now. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { canaryReply, open, seal, subjects, type CanaryReply } from '@pgbeam/contracts'
import { FleetRegistry } from '../fleet/fleet-registry.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { Nats } from '../platform/nats/nats-connection.js'
import { tracedHeaders } from '../platform/telemetry/nats-trace.js'

const TIMEOUT_MS = 2_000

@Injectable()
export class CanaryAsking {
  constructor(
    private readonly registry: FleetRegistry,
    private readonly nats: Nats,
    private readonly keys: ClusterKeys,
  ) {}

  /** @returns undefined where no answer came that the proxy has signed over this question */
  async ask(incarnation: string, credentialId: string): Promise<CanaryReply | undefined> {
    const connection = this.nats.open
    if (!connection) return undefined
    try {
      const peer = await this.registry.peer(incarnation)
      const nonce = randomBytes(16).toString('base64url')
      const question = await seal('canary-request', { nonce, incarnation, deadline: new Date(Date.now() + TIMEOUT_MS).toISOString(), credential_id: credentialId }, this.keys.signer)
      const message = await connection.request(subjects.canary(incarnation), question, { timeout: TIMEOUT_MS, headers: tracedHeaders() })
      const { body } = open('canary-reply', message.string(), canaryReply, (kid) => (kid === peer.kid ? peer.signingKey : undefined))
      return body.nonce === nonce ? body : undefined
    } catch {
      return undefined // silence, nobody there, or not to be believed: nothing is shown either way
    }
  }
}
