/** The snapshot of one credential: everything a proxy needs for its logins, as of one position in the log. */
import { Injectable } from '@nestjs/common'
import { resolveRequest, retiredKeysMax, seal, type CredentialSnapshot, type DatabaseTarget, type ResolveReply, type ResolveRequest } from '@pgbeam/contracts'
import { parseId } from '@pgbeam/kernel'
import { canarySnapshot } from '../canary/canary-snapshot.js'
import { CanaryRepository } from '../canary/canary.repository.js'
import { EnforcementLog } from '../enforcement/enforcement-log.js'
import { FleetRegistry, UnknownIncarnation, type Peer } from '../fleet/fleet-registry.js'
import type { AgentCredential, Database as DatabaseRow, PolicyProfile, Project, RetiredKey } from '../generated/prisma/client.js'
import { targetOf } from './target.js'
import { passwordContext } from '../database/password-context.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { encryptTo } from '../platform/crypto/encrypt-to.js'
import { Keyring } from '../platform/crypto/keyring.js'
import { Database, type Transaction } from '../platform/database/database.js'

type Found = AgentCredential & { policy: PolicyProfile; retiredKeys: RetiredKey[]; project: Project & { databases: DatabaseRow[]; organization: { trustedEpoch: string } } }

@Injectable()
export class ResolveService {
  constructor(
    private readonly db: Database,
    private readonly log: EnforcementLog,
    private readonly registry: FleetRegistry,
    private readonly keys: ClusterKeys,
    private readonly keyring: Keyring,
    private readonly canaries: CanaryRepository,
  ) {}

  async resolve(jws: string): Promise<string> {
    const { body, peer } = await this.registry.open('resolve-request', jws, resolveRequest)
    const { head, found, canary } = await this.db.snapshot(async (tx) => {
      const live = await tx.proxyIncarnation.findFirst({ where: { id: peer.incarnation, endedAt: null }, select: { id: true } })
      if (!live) throw new UnknownIncarnation()
      const found = await this.#find(tx, body)
      const canary = found === null && 'credential_id' in body ? await this.canaries.find(tx, body.credential_id, peer.incarnation) : null
      return { head: await this.log.head(tx), found, canary }
    })
    const reply: ResolveReply = {
      nonce: body.nonce,
      epoch: head.epoch,
      as_of_seq: head.seq,
      snapshot: found ? await this.#snapshot(found, head.epoch, peer) : canary && canarySnapshot(canary, this.keys),
    }
    return seal('resolve-reply', reply, this.keys.signer)
  }

  #find(tx: Transaction, request: ResolveRequest): Promise<Found | null> {
    const which =
      'credential_id' in request
        ? { id: request.credential_id }
        : { mcpTokenHash: this.keys.pepperedHash(request.mcp_token_sha256) }
    return tx.agentCredential.findFirst({
      where: { ...which, status: { not: 'revoked' }, project: { status: 'active' } },
      include: {
        policy: true,
        retiredKeys: { where: { expiresAt: { gt: new Date() } }, orderBy: { retiredAt: 'desc' }, take: retiredKeysMax },
        project: { include: { databases: { where: { deletedAt: null }, orderBy: { id: 'asc' } }, organization: { select: { trustedEpoch: true } } } },
      },
    })
  }

  async #snapshot(found: Found, epoch: string, peer: Peer): Promise<CredentialSnapshot | null> {
    const { project, policy } = found
    if (found.scramVerifier === null || found.status === 'revoked') return null
    // In another life of the log than the one that its owner stands by, nobody knows what was killed, revoked or rotated since.
    const status = project.organization.trustedEpoch === epoch ? (found.status as 'active' | 'killed') : 'killed'
    const databases = project.databases.filter(({ id }) => found.databaseId === null || found.databaseId === id)
    return {
      credential: {
        id: parseId('CredentialId', found.id),
        project_id: parseId('ProjectId', found.projectId),
        name: found.name,
        principal_type: found.principalType as CredentialSnapshot['credential']['principal_type'],
        auth_method: found.authMethod as CredentialSnapshot['credential']['auth_method'],
        status,
        verifier: found.scramVerifier,
        retired_keys: found.retiredKeys.map(({ storedKey, expiresAt }) => ({ stored_key: Buffer.from(storedKey).toString('base64'), until: expiresAt.toISOString() })),
        expires_at: found.expiresAt?.toISOString() ?? null,
        database_id: found.databaseId === null ? null : parseId('DatabaseId', found.databaseId),
      },
      policy: { id: parseId('PolicyId', policy.id), version: Number(policy.version), access_mode: policy.accessMode as CredentialSnapshot['policy']['access_mode'] },
      project: { id: parseId('ProjectId', project.id), slug: project.slug, allowed_cidrs: (project.allowedCidrs as { cidr: string }[]).map(({ cidr }) => cidr), agents_disabled: project.agentsDisabled },
      databases: await Promise.all(databases.map((database) => this.#target(database, peer))),
    }
  }

  async #target(row: DatabaseRow, peer: Peer): Promise<DatabaseTarget> {
    if (row.passwordCiphertext === null || row.passwordKeyId === null) throw new Error(`database ${row.id} has no password`)
    const password = this.keyring.decrypt({ keyId: row.passwordKeyId, ciphertext: row.passwordCiphertext }, passwordContext(row.id))
    return { ...targetOf(row), password_jwe: await encryptTo(peer.encryptionJwk, password.toString('utf8')) }
  }
}
