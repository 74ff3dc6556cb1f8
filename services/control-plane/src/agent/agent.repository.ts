/**
 * Credentials. Each change locks the row, looks at the state it finds, and ends with the event that stores its number in the
 * row: of racing changes the later sees the earlier, and a revoked credential refuses them all.
 */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId, type CredentialId } from '@pgbeam/kernel'
import { committed, committedEvent, unchanged, type Change } from '../enforcement/change.js'
import { appendSql, bodyOf, EnforcementLog, type LogRow } from '../enforcement/enforcement-log.js'
import type { AgentCredential } from '../generated/prisma/client.js'
import { Database, Prisma, type Transaction } from '../platform/database/database.js'
import { shareDatabase, sharePolicy, shareProject } from '../platform/database/locks.js'
import { isConditional, mustMatch } from '../platform/http/conditional.js'
import { InvalidState, NotFound } from '../platform/http/errors.js'
import { RetiredKeysRepository } from '../stale-secret/retired-keys.repository.js'
import { afterPage, pageArgs, toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import type { CreateAgent, ListAgents, PatchAgent, ShownCredential } from './agent.dto.js'
import { cutOff, isCutOff } from './cut-off.js'
import type { IssuedSecrets } from './issue-secrets.js'

/** What `revoke_credential` says. */
type Revoked = LogRow & { readonly outcome: 'revoked' | 'before' | 'no project' | 'no credential' }

const shown = { include: { staleAttempts: true } } as const

@Injectable()
export class AgentRepository {
  constructor(
    private readonly db: Database,
    private readonly retired: RetiredKeysRepository,
    private readonly log: EnforcementLog,
  ) {}

  newId(): CredentialId {
    return makeId('CredentialId', Date.now(), randomBytes(10))
  }

  create(projectId: string, id: CredentialId, request: CreateAgent, stored: IssuedSecrets['stored']): Promise<ShownCredential> {
    return this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      if (request.database_id !== null && !(await shareDatabase(tx, projectId, request.database_id))) throw new NotFound('database')
      if (!(await sharePolicy(tx, projectId, request.policy_profile_id))) throw new NotFound('policy')
      await tx.agentCredential.create({
        data: {
          id,
          projectId,
          policyProfileId: request.policy_profile_id,
          databaseId: request.database_id,
          name: request.name,
          principalType: request.principal_type,
          authMethod: request.auth_method,
          expiresAt: request.expires_at,
          ...stored,
        },
      })
      await tx.$executeRaw`
        WITH event AS (${appendSql({ kind: 'credential.created', projectId, credentialId: id })})
        UPDATE agent_credential SET version = event.seq, status_seq = event.seq, policy_seq = event.seq, expiry_seq = event.seq
        FROM event WHERE id = ${id}`
      return tx.agentCredential.findUniqueOrThrow({ where: { id }, ...shown })
    })
  }

  async list(projectId: string, { status, principal_type }: ListAgents, page: PageRequest): Promise<Page<ShownCredential>> {
    const where = {
      projectId,
      ...(status !== undefined && { status }),
      ...(principal_type !== undefined && { principalType: principal_type }),
      ...afterPage(page),
    }
    return toPage(await this.db.client.agentCredential.findMany({ where, ...pageArgs(page), ...shown }), page)
  }

  find(projectId: string, id: string): Promise<ShownCredential | null> {
    return this.db.client.agentCredential.findFirst({ where: { id, projectId }, ...shown })
  }

  async patch(projectId: string, id: string, request: PatchAgent): Promise<Change<ShownCredential>> {
    const { row, changed, seq } = await this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      const policy = request.policy_profile_id
      if (policy !== undefined && !(await sharePolicy(tx, projectId, policy))) throw new NotFound('policy')
      const before = await lockLiving(tx, projectId, id)
      mustMatch(before)
      if (request.name !== undefined && request.name !== before.name) {
        await tx.agentCredential.update({ where: { id }, data: { name: request.name, updatedAt: new Date() } })
      }
      // A pause comes before everything else that the call asks for, and a resumption after it.
      const steps = [
        request.status === 'killed' && !isCutOff('kill', before.status) && (() => cutOff(tx, 'kill', projectId, [id])),
        policy !== undefined && policy !== before.policyProfileId && this.#setPolicy(tx, before, policy),
        request.expires_at !== undefined && !sameInstant(request.expires_at, before.expiresAt) && this.#setExpiry(tx, before, request.expires_at),
        request.status === 'active' && before.status !== 'active' && this.#resume(tx, before),
      ].filter((step) => step !== false)
      for (const step of steps) await step()
      const row = await tx.agentCredential.findUniqueOrThrow({ where: { id }, ...shown })
      const asked = [
        request.status !== undefined && row.statusSeq,
        policy !== undefined && row.policySeq,
        request.expires_at !== undefined && row.expirySeq,
      ].filter((one) => one !== false)
      const seq = asked.length === 0 ? undefined : asked.reduce((a, b) => (a > b ? a : b))
      return { row, changed: steps.length > 0, seq }
    })
    return changed ? committed(row, seq) : unchanged(row, seq)
  }

  async rotate(projectId: string, id: string, stored: IssuedSecrets['stored']): Promise<Change<ShownCredential>> {
    const row = await this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      const before = await lockLiving(tx, projectId, id)
      await this.retired.keep(tx, before)
      await tx.$executeRaw`
        WITH event AS (${appendSql({ kind: 'credential.rotated', projectId, credentialId: id })})
        UPDATE agent_credential SET version = event.seq, scram_verifier = ${stored.scramVerifier}, mcp_token_hash = ${stored.mcpTokenHash}, updated_at = now()
        FROM event WHERE id = ${id}`
      return tx.agentCredential.findUniqueOrThrow({ where: { id }, ...shown })
    })
    return committed(row, row.version)
  }

  /** For ever. In one statement, unless it is to be made to a certain state only. */
  async revoke(projectId: string, id: string): Promise<Change<undefined>> {
    if (isConditional()) return this.#revokeMatching(projectId, id)
    const { rows } = await this.db.pool.query<Revoked>({
      name: 'revoke',
      text: 'SELECT outcome, seq, epoch, kind, project_id, body, at, hash FROM revoke_credential($1, $2, $3)',
      values: [projectId, id, bodyOf({ kind: 'credential.revoked', projectId, credentialId: id })],
    })
    const { outcome, ...event } = rows[0] as Revoked
    switch (outcome) {
      case 'revoked':
        this.log.committed(event)
        return committedEvent(undefined, event)
      case 'before': return unchanged(undefined, event.seq)
      case 'no project': throw new NotFound('project')
      case 'no credential': throw new NotFound('credential')
    }
  }

  async #revokeMatching(projectId: string, id: string): Promise<Change<undefined>> {
    const { seq, changed } = await this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      const before = await lock(tx, projectId, id)
      if (isCutOff('revoke', before.status)) return { seq: before.statusSeq, changed: false }
      mustMatch(before)
      return { seq: await cutOff(tx, 'revoke', projectId, [id]), changed: true }
    })
    return changed ? committed(undefined, seq) : unchanged(undefined, seq)
  }

  #resume(tx: Transaction, { id, projectId }: AgentCredential) {
    const event = appendSql({ kind: 'credential.resumed', projectId, credentialId: id })
    return () => this.#update(tx, id, event, Prisma.sql`status = 'active', status_seq = event.seq`)
  }

  #setPolicy(tx: Transaction, { id, projectId }: AgentCredential, policyId: string) {
    const event = appendSql({ kind: 'credential.policy_changed', projectId, credentialId: id })
    return () => this.#update(tx, id, event, Prisma.sql`policy_profile_id = ${policyId}, policy_seq = event.seq`)
  }

  #setExpiry(tx: Transaction, { id, projectId }: AgentCredential, expiresAt: Date | null) {
    const event = appendSql({ kind: 'credential.expiry_changed', projectId, credentialId: id, expiresAt })
    return () => this.#update(tx, id, event, Prisma.sql`expires_at = ${expiresAt}::timestamptz, expiry_seq = event.seq`)
  }

  async #update(tx: Transaction, id: string, event: Prisma.Sql, assignments: Prisma.Sql): Promise<void> {
    await tx.$executeRaw`
      WITH event AS (${event})
      UPDATE agent_credential SET version = event.seq, updated_at = now(), ${assignments} FROM event WHERE id = ${id}`
  }
}

async function lock(tx: Transaction, projectId: string, id: string): Promise<AgentCredential> {
  await tx.$queryRaw`SELECT FROM agent_credential WHERE id = ${id} FOR UPDATE`
  const row = await tx.agentCredential.findFirst({ where: { id, projectId } })
  if (!row) throw new NotFound('credential')
  return row
}

async function lockLiving(tx: Transaction, projectId: string, id: string): Promise<AgentCredential> {
  const row = await lock(tx, projectId, id)
  if (row.status === 'revoked') throw new InvalidState('the credential is revoked, which is for ever; create a new one')
  return row
}

const sameInstant = (a: Date | null, b: Date | null): boolean => a?.getTime() === b?.getTime()
