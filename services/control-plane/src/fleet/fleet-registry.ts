/** The keys of proxy processes, and the one way to believe what a process says: its own signature, over its own name. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { open, thumbprintOf, UntrustedMessage, type MessageType } from '@pgbeam/contracts'
import { isId } from '@pgbeam/kernel'
import type { z } from 'zod'
import type { OkpPublicJwk } from '../platform/crypto/cluster-keys.js'
import { FleetRepository } from './fleet.repository.js'

export interface Peer {
  readonly incarnation: string
  readonly proxyId: string
  readonly kid: string
  readonly signingKey: KeyObject
  readonly encryptionJwk: OkpPublicJwk
}

/** Nobody by this name is enrolled (any more): the proxy has to enrol. */
export class UnknownIncarnation extends Error {}

const PEERS_MAX = 10_000

@Injectable()
export class FleetRegistry {
  readonly #peers = new Map<string, Peer>()

  constructor(private readonly fleet: FleetRepository) {}

  /**
   * Verifies a message from an enrolled process.
   * @throws UntrustedMessage, UnknownIncarnation
   */
  async open<Schema extends z.ZodType<{ incarnation: string }>>(
    type: MessageType,
    jws: string,
    schema: Schema,
  ): Promise<{ body: z.infer<Schema>; peer: Peer }> {
    const claimed = claimOf(jws)?.['incarnation']
    if (typeof claimed !== 'string' || !isId('IncarnationId', claimed)) throw new UntrustedMessage('it names no incarnation')
    const peer = await this.peer(claimed)
    const { body } = open(type, jws, schema, (kid) => (kid === peer.kid ? peer.signingKey : undefined))
    if (body.incarnation !== peer.incarnation) throw new UntrustedMessage('it names two incarnations')
    return { body, peer }
  }

  /** @throws UnknownIncarnation */
  async peer(incarnation: string): Promise<Peer> {
    const cached = this.#peers.get(incarnation)
    if (cached) return cached
    const row = await this.fleet.live(incarnation)
    if (!row) throw new UnknownIncarnation()
    const signingKey = publicKeyOf({ kty: 'OKP', crv: 'Ed25519', x: row.signingKey })
    const peer: Peer = {
      incarnation,
      proxyId: row.proxyId,
      kid: await thumbprintOf(signingKey),
      signingKey,
      encryptionJwk: { kty: 'OKP', crv: 'X25519', x: row.encryptionKey },
    }
    if (this.#peers.size >= PEERS_MAX) this.#peers.clear()
    this.#peers.set(incarnation, peer)
    return peer
  }

  forget(incarnation: string): void {
    this.#peers.delete(incarnation)
  }
}

/** What a message claims, before anything about it is believed. */
export function claimOf(jws: string): Record<string, unknown> | undefined {
  try {
    const claim: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof claim === 'object' && claim !== null ? (claim as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

export function publicKeyOf(jwk: OkpPublicJwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' })
}
