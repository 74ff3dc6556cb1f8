import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId } from '@pgbeam/kernel'
import { AccessChanges } from '../access/access-changes.js'
import type { Actor } from '../access/access-log.js'
import { appendSql, EnforcementLog } from '../enforcement/enforcement-log.js'
import type { Organization } from '../generated/prisma/client.js'
import { Database, type Prisma, type Transaction } from '../platform/database/database.js'
import { mustMatch } from '../platform/http/conditional.js'
import { NotFound } from '../platform/http/errors.js'
import { makeSlug } from '../project/slug.js'

export type OrganizationSettings = Pick<Organization, 'name' | 'keyLifetimeDaysMax' | 'keyExpiryRequired' | 'personalKeysAllowed' | 'leakedKeysRevoked'>
export type AccessEvent = Prisma.AccessChangeGetPayload<object>

@Injectable()
export class OrganizationRepository {
  constructor(
    private readonly db: Database,
    private readonly changes: AccessChanges,
    private readonly log: EnforcementLog,
  ) {}

  /** Makes an organization that this person owns. */
  create(userId: string, name: string, actor: Actor): Promise<Organization> {
    return this.changes.commit(async (tx) => {
      const id = makeId('OrganizationId', Date.now(), randomBytes(10))
      const row = await tx.organization.create({ data: { id, name, slug: makeSlug(name, randomBytes(8), 'organization') } })
      await tx.membership.create({ data: { organizationId: id, userId, role: 'owner' } })
      return {
        value: row,
        changes: [
          { kind: 'organization.created', subjectId: id, organizationId: id, actor, detail: { name } },
          // Their keys open one organization more.
          { kind: 'member.added', subjectId: userId, organizationId: id, actor, detail: { role: 'owner' } },
        ],
      }
    })
  }

  find(id: string): Promise<Organization | null> {
    return this.db.client.organization.findUnique({ where: { id } })
  }

  /** @param mayBecome throws what speaks against the settings as they would be */
  change(id: string, settings: Partial<OrganizationSettings>, mayBecome: (after: Organization) => void, actor: Actor): Promise<Organization> {
    return this.changes.commit(async (tx) => {
      const before = await lockOrganization(tx, id)
      mustMatch(before)
      const changed = (Object.keys(settings) as (keyof OrganizationSettings)[]).filter((name) => settings[name] !== before[name])
      if (changed.length === 0) return { value: before, changes: [] }
      mayBecome({ ...before, ...settings })
      const row = await tx.organization.update({ where: { id }, data: settings })
      const detail = Object.fromEntries(changed.map((name) => [columnOf[name], { from: before[name], to: row[name] }]))
      return { value: row, changes: [{ kind: 'organization.changed', subjectId: id, organizationId: id, actor, detail }] }
    })
  }

  /**
   * The owner stands by what is stored in this life of the log: credentials are served again, each as it is stored.
   * @returns undefined where the log has begun another life than the one that was looked at
   */
  async confirmRestore(id: string, epoch: string, actor: Actor): Promise<Organization | undefined> {
    // Nothing that replicas remember of keys has to do with it, and those whose rows came with the backup would be waited for.
    const { value } = await this.changes.begin<Organization | undefined>(async (tx) => {
      const before = await lockOrganization(tx, id)
      mustMatch(before)
      if ((await this.log.head(tx)).epoch !== epoch) return { value: undefined, changes: [] }
      if (before.trustedEpoch === epoch) return { value: before, changes: [] }
      const row = await tx.organization.update({ where: { id }, data: { trustedEpoch: epoch } })
      // Proxies hold what they were told before: an event for each project makes them ask again.
      const projects = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM project WHERE organization_id = ${id} AND status <> 'deleted' ORDER BY id FOR UPDATE`
      for (const project of projects) {
        await tx.$executeRaw`
          WITH event AS (${appendSql({ kind: 'project.changed', projectId: project.id })})
          UPDATE project SET version = event.seq FROM event WHERE id = ${project.id}`
      }
      const detail = { log_epoch: epoch, before: before.trustedEpoch }
      return { value: row, changes: [{ kind: 'organization.restore_confirmed', subjectId: id, organizationId: id, actor, detail }] }
    })
    return value
  }

  /** Those whose owners have yet to confirm. */
  async unconfirmed(epoch: string): Promise<string[]> {
    return (await this.db.client.organization.findMany({ where: { trustedEpoch: { not: epoch } }, select: { id: true }, orderBy: { id: 'asc' } })).map(({ id }) => id)
  }

  /** Newest first; `before` is the position that the page before ended at. */
  events(organizationId: string, size: number, before: number | undefined): Promise<AccessEvent[]> {
    return this.db.client.accessChange.findMany({ where: { organizationId, ...(before === undefined ? {} : { seq: { lt: before } }) }, orderBy: { seq: 'desc' }, take: size })
  }
}

/** The settings as the API calls them. */
const columnOf: Readonly<Record<keyof OrganizationSettings, string>> = {
  name: 'name',
  keyLifetimeDaysMax: 'lifetime_days_max',
  keyExpiryRequired: 'expiry_required',
  personalKeysAllowed: 'personal_keys_allowed',
  leakedKeysRevoked: 'leaked_keys_revoked',
}

/** Changes of an organization and of who belongs to it happen one after another. @throws NotFound */
export async function lockOrganization(tx: Transaction, id: string): Promise<Organization> {
  await tx.$queryRaw`SELECT FROM organization WHERE id = ${id} FOR UPDATE`
  const row = await tx.organization.findUnique({ where: { id } })
  if (!row) throw new NotFound('organization')
  return row
}
