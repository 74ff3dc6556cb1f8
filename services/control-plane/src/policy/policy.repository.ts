import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { Injectable } from '@nestjs/common'
import { policyRules } from '@pgbeam/contracts'
import { makeId } from '@pgbeam/kernel'
import { committed, unchanged, type Change } from '../enforcement/change.js'
import { appendSql } from '../enforcement/enforcement-log.js'
import type { PolicyProfile } from '../generated/prisma/client.js'
import { Database, type Transaction } from '../platform/database/database.js'
import { shareProject } from '../platform/database/locks.js'
import { mustMatch } from '../platform/http/conditional.js'
import { Conflict, NotFound } from '../platform/http/errors.js'
import { afterPage, pageArgs, toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import { rulesOf, type WritePolicy } from './policy.dto.js'

@Injectable()
export class PolicyRepository {
  constructor(private readonly db: Database) {}

  create(projectId: string, request: WritePolicy): Promise<PolicyProfile> {
    return this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      const id = makeId('PolicyId', Date.now(), randomBytes(10))
      return tx.policyProfile.create({ data: { id, projectId, name: request.name, accessMode: request.access_mode, rules: rulesOf(request) } })
    })
  }

  async list(projectId: string, page: PageRequest): Promise<Page<PolicyProfile>> {
    return toPage(await this.db.client.policyProfile.findMany({ where: { projectId, deletedAt: null, ...afterPage(page) }, ...pageArgs(page) }), page)
  }

  find(projectId: string, id: string): Promise<PolicyProfile | null> {
    return this.db.client.policyProfile.findFirst({ where: { id, projectId, deletedAt: null } })
  }

  /** A new name concerns nobody; new rules are for the proxies to enforce. */
  async replace(projectId: string, id: string, request: WritePolicy): Promise<Change<PolicyProfile>> {
    const { row, changed } = await this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      const before = await this.#lock(tx, projectId, id)
      mustMatch(before)
      const rules = rulesOf(request)
      const rulesChange = before.accessMode !== request.access_mode || !isDeepStrictEqual(policyRules.parse(before.rules), rules)
      if (rulesChange || before.name !== request.name) {
        await tx.policyProfile.update({ where: { id }, data: { name: request.name, accessMode: request.access_mode, rules, updatedAt: new Date() } })
      }
      if (rulesChange) {
        await tx.$executeRaw`
          WITH event AS (${appendSql({ kind: 'policy.replaced', projectId, policyId: id })})
          UPDATE policy_profile SET version = event.seq FROM event WHERE id = ${id}`
      }
      return { row: await tx.policyProfile.findUniqueOrThrow({ where: { id } }), changed: rulesChange }
    })
    return changed ? committed(row, row.version) : unchanged(row, row.version)
  }

  /** Only one that no credential is under and that is nobody's default: nobody is left without rules. */
  delete(projectId: string, id: string): Promise<void> {
    return this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      mustMatch(await this.#lock(tx, projectId, id))
      const used = await tx.agentCredential.count({ where: { policyProfileId: id, status: { not: 'revoked' } } })
      if (used > 0) throw new Conflict(`the policy is used by ${used} credential${used === 1 ? '' : 's'}; give them another or revoke them first`)
      const defaults = (await tx.database.count({ where: { defaultPolicyProfileId: id, deletedAt: null } })) + (await tx.project.count({ where: { defaultPolicyProfileId: id } }))
      if (defaults > 0) throw new Conflict('the policy is the default of the project or of one of its databases; give them another or none first')
      await tx.policyProfile.update({ where: { id }, data: { deletedAt: new Date() } })
    })
  }

  async #lock(tx: Transaction, projectId: string, id: string): Promise<PolicyProfile> {
    await tx.$queryRaw`SELECT FROM policy_profile WHERE id = ${id} FOR UPDATE`
    const row = await tx.policyProfile.findFirst({ where: { id, projectId, deletedAt: null } })
    if (!row) throw new NotFound('policy')
    return row
  }
}
