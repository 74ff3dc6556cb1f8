/** Asks a live proxy to connect to a database: only proxies reach upstream databases. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { open, probeReply, seal, subjects, type DatabaseTarget, type ProbeReply } from '@pgbeam/contracts'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { encryptTo } from '../platform/crypto/encrypt-to.js'
import { Nats } from '../platform/nats/nats-connection.js'
import { tracedHeaders } from '../platform/telemetry/nats-trace.js'
import { FleetRegistry } from './fleet-registry.js'
import { FleetRepository } from './fleet.repository.js'

const PROBE_TIMEOUT_MS = 15_000
/** A proxy renews each second. */
const HEARD_WITHIN_MS = 10_000

export class NoProxy extends Error {}
export class ProbeTimeout extends Error {}

@Injectable()
export class ProbeService {
  constructor(
    private readonly fleet: FleetRepository,
    private readonly registry: FleetRegistry,
    private readonly nats: Nats,
    private readonly keys: ClusterKeys,
  ) {}

  /**
   * @param password of the database; it leaves only encrypted to the proxy that is asked
   * @throws NoProxy, ProbeTimeout
   */
  async probe(target: Omit<DatabaseTarget, 'password_jwe'>, password: string): Promise<ProbeReply> {
    const [chosen] = await this.fleet.heard(HEARD_WITHIN_MS)
    const connection = this.nats.open
    if (!chosen || !connection) throw new NoProxy()
    const peer = await this.registry.peer(chosen.id)
    const nonce = randomBytes(16).toString('base64url')
    const request = await seal(
      'probe-request',
      {
        nonce,
        incarnation: peer.incarnation,
        deadline: new Date(Date.now() + PROBE_TIMEOUT_MS).toISOString(),
        target: { ...target, password_jwe: await encryptTo(peer.encryptionJwk, password) },
      },
      this.keys.signer,
    )
    let answer: string
    try {
      const message = await connection.request(subjects.probe(peer.incarnation), request, { timeout: PROBE_TIMEOUT_MS, headers: tracedHeaders() })
      answer = message.string()
    } catch (error) {
      throw /responders/i.test(String(error)) ? new NoProxy() : new ProbeTimeout()
    }
    const { body } = open('probe-reply', answer, probeReply, (kid) => (kid === peer.kid ? peer.signingKey : undefined))
    if (body.nonce !== nonce) throw new ProbeTimeout()
    return body
  }
}
