/** The snapshot of one credential: everything a proxy needs for its logins, as of one position in the log. */
import { Injectable } from '@nestjs/common'
import { policyRules, resolveRequest, seal, type CredentialSnapshot, type DatabaseTarget, type PassthroughName, type PassthroughSnapshot, type ResolveReply } from '@pgbeam/contracts'
import { parseId } from '@pgbeam/kernel'
import { canarySnapshot } from '../canary/canary-snapshot.js'
import { FleetRegistry, UnknownIncarnation, type Peer } from '../fleet/fleet-registry.js'
import { PassthroughHoldings } from '../fleet/passthrough-holdings.repository.js'
import { RefusedRequest } from '../fleet/refused-request.js'
import { passwordContext } from '../database/password-context.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { encryptTo } from '../platform/crypto/encrypt-to.js'
import { Keyring } from '../platform/crypto/keyring.js'
import { ResolveRepository, type FoundCredential, type FoundPassthrough, type TargetRow } from './resolve.repository.js'
import { targetOf } from './target.js'

@Injectable()
export class ResolveService {
  constructor(
    private readonly rows: ResolveRepository,
    private readonly holdings: PassthroughHoldings,
    private readonly registry: FleetRegistry,
    private readonly keys: ClusterKeys,
    private readonly keyring: Keyring,
  ) {}

  async resolve(jws: string): Promise<string> {
    const { body, peer } = await this.registry.open('resolve-request', jws, resolveRequest)
    if ('passthrough' in body) return this.#passthrough(body.nonce, body.passthrough, peer)
    const { live, epoch, seq, found, canary } = await this.rows.look(peer.incarnation, body)
    if (!live) throw new UnknownIncarnation()
    const reply: ResolveReply = {
      nonce: body.nonce,
      epoch,
      as_of_seq: seq,
      snapshot: found ? await this.#snapshot(found, epoch, peer) : canary && canarySnapshot(canary, this.keys),
    }
    return seal('resolve-reply', reply, this.keys.signer)
  }

  async #snapshot(found: FoundCredential, epoch: string, peer: Peer): Promise<CredentialSnapshot | null> {
    const { project, policy } = found
    const projectId = parseId('ProjectId', found.projectId)
    if (found.scramVerifier === null || found.status === 'revoked') return null
    // In another life of the log than the one that its owner stands by, nobody knows what was killed, revoked or rotated since.
    const status = project.trustedEpoch === epoch ? (found.status as 'active' | 'killed') : 'killed'
    return {
      credential: {
        id: parseId('CredentialId', found.id),
        project_id: projectId,
        name: found.name,
        principal_type: found.principalType as CredentialSnapshot['credential']['principal_type'],
        auth_method: found.authMethod as CredentialSnapshot['credential']['auth_method'],
        status,
        verifier: found.scramVerifier,
        retired_keys: found.retiredKeys.map(({ storedKey, expiresAt }) => ({ stored_key: storedKey, until: expiresAt })),
        expires_at: found.expiresAt,
        database_id: found.databaseId === null ? null : parseId('DatabaseId', found.databaseId),
      },
      policy: policySnapshotOf(policy),
      project: { id: projectId, slug: project.slug, allowed_cidrs: project.allowedCidrs.map(({ cidr }) => cidr), agents_disabled: project.agentsDisabled },
      databases: await Promise.all(found.databases.map((database) => this.#target(database, peer))),
    }
  }

  /**
   * A name that nobody has costs what a known one costs: unlike credentials, these names can be guessed, and the time that a first
   * look-up takes shows.
   */
  async #passthrough(nonce: string, name: PassthroughName, peer: Peer): Promise<string> {
    await this.holdings.note(peer.incarnation, name)
    const { live, epoch, seq, found } = await this.rows.lookPassthrough(peer.incarnation, name)
    if (!live) throw new UnknownIncarnation()
    // Another database has just taken the name: that this process holds that one is not on record, so it does not get it now.
    if (found?.held === false) throw new RefusedRequest('UNAVAILABLE', 'the databases of the project have just been changed; ask again')
    const reply: ResolveReply = { nonce, epoch, as_of_seq: seq, snapshot: null, passthrough: found && (await this.#passthroughSnapshot(found, epoch, peer)) }
    if (!found) await encryptTo(peer.encryptionJwk, 'nobody')
    return seal('resolve-reply', reply, this.keys.signer)
  }

  async #passthroughSnapshot({ project, policy, ownPolicy, database }: FoundPassthrough, epoch: string, peer: Peer): Promise<PassthroughSnapshot> {
    const onControlLoss = project.onControlLoss as PassthroughSnapshot['project']['on_control_loss']
    // In another life of the log nobody knows what was changed since. Whoever asked to be served when control is lost is served then too.
    const status = onControlLoss === 'serve' || project.trustedEpoch === epoch ? 'active' : 'killed'
    return {
      project: { id: parseId('ProjectId', project.id), slug: project.slug, allowed_cidrs: project.allowedCidrs.map(({ cidr }) => cidr), on_control_loss: onControlLoss },
      status,
      policy: policy && policySnapshotOf(policy),
      policy_from: policy && (ownPolicy ? 'database' : 'project'),
      database: await this.#target(database, peer),
    }
  }

  async #target(row: TargetRow, peer: Peer): Promise<DatabaseTarget> {
    if (row.passwordCiphertext === null || row.passwordKeyId === null) throw new Error(`database ${row.id} has no password`)
    const password = this.keyring.decrypt({ keyId: row.passwordKeyId, ciphertext: Buffer.from(row.passwordCiphertext, 'base64') }, passwordContext(row.id))
    return { ...targetOf(row), password_jwe: await encryptTo(peer.encryptionJwk, password.toString('utf8')) }
  }
}

function policySnapshotOf({ id, version, accessMode, rules }: FoundCredential['policy']): CredentialSnapshot['policy'] {
  return { id: parseId('PolicyId', id), version, access_mode: accessMode as CredentialSnapshot['policy']['access_mode'], ...policyRules.parse(rules) }
}
