import { Injectable } from '@nestjs/common'
import { AccessChanges } from '../access/access-changes.js'
import type { AccessKind, Actor } from '../access/access-log.js'
import { brokenRule, ruleInWords, type KeyRules } from '../access/key-rules.js'
import { unchanged, type Change } from '../enforcement/change.js'
import type { ApiKey } from '../generated/prisma/client.js'
import { Database, type Prisma, type Transaction } from '../platform/database/database.js'
import { mustMatch } from '../platform/http/conditional.js'
import { Forbidden, InvalidInput, InvalidState, NotFound } from '../platform/http/errors.js'
import { afterPage, pageArgs, toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import { expiryOf, statusOf, type ListKeys } from './api-key.dto.js'
import { keyChange, KeyIssuer, type IssuedKey, type KeyOwner, type NewKey } from './issue-key.js'

export type KeyEvent = Prisma.AccessChangeGetPayload<object>

const DAY_MS = 86_400_000
const ownedBy = (owner: KeyOwner): Prisma.ApiKeyWhereInput => (owner.kind === 'personal' ? { userId: owner.userId } : { organizationId: owner.organizationId })

@Injectable()
export class ApiKeyRepository {
  constructor(
    private readonly db: Database,
    private readonly changes: AccessChanges,
    private readonly issuer: KeyIssuer,
  ) {}

  create(owner: KeyOwner, key: NewKey, actor: Actor): Promise<IssuedKey> {
    return this.changes.commit(async (tx) => {
      await this.#mayBeMade(tx, owner, key)
      const issued = await this.issuer.issue(tx, owner, key, actor)
      return { value: issued, changes: [keyChange('key.created', issued.row, actor, { name: key.name, expires_at: issued.row.expiresAt?.toISOString() ?? null })] }
    })
  }

  async list(owner: KeyOwner, query: ListKeys, page: PageRequest): Promise<Page<ApiKey>> {
    const now = new Date()
    const active = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
    const byStatus = { active, expired: { revokedAt: null, expiresAt: { lte: now } }, revoked: { revokedAt: { not: null } } }
    const filters: Prisma.ApiKeyWhereInput[] = [ownedBy(owner), afterPage(page)]
    if (query.status) filters.push(byStatus[query.status])
    if (query.unused_for_days !== undefined) {
      const since = new Date(now.getTime() - query.unused_for_days * DAY_MS)
      filters.push(active, { OR: [{ lastUsedAt: { lt: since } }, { lastUsedAt: null, createdAt: { lt: since } }] })
    }
    return toPage(await this.db.client.apiKey.findMany({ where: { AND: filters }, ...pageArgs(page) }), page)
  }

  find(owner: KeyOwner, id: string): Promise<ApiKey | null> {
    return this.db.client.apiKey.findFirst({ where: { id, ...ownedBy(owner) } })
  }

  rename(owner: KeyOwner, id: string, name: string, actor: Actor): Promise<ApiKey> {
    return this.changes.commit(async (tx) => {
      const before = await this.#lock(tx, owner, id)
      if (before.revokedAt) throw new InvalidState('the key is revoked')
      mustMatch(before)
      if (before.name === name) return { value: before, changes: [] }
      const row = await tx.apiKey.update({ where: { id }, data: { name } })
      return { value: row, changes: [keyChange('key.renamed', row, actor, { from: before.name, to: name })] }
    })
  }

  /** A second key with the same rights; the first ends after `graceSeconds`, or at its own end if that comes before. */
  rotate(owner: KeyOwner, id: string, graceSeconds: number, actor: Actor): Promise<Change<IssuedKey & { readonly replaced: ApiKey }>> {
    return this.changes.begin(async (tx) => {
      const before = await this.#lock(tx, owner, id)
      const status = statusOf(before)
      if (status !== 'active') throw new InvalidState(`the key is ${status}; create another`)
      if (before.replacedBy) throw new InvalidState(`the key was rotated before, into ${before.replacedBy}; rotate that one`)
      const { name, lifetimeDays, scopes, projectIds, allowedCidrs } = before
      const key = { name, lifetimeDays, scopes, projectIds, allowedCidrs }
      await this.#mayBeMade(tx, owner, key)
      const issued = await this.issuer.issue(tx, owner, key, actor)
      const now = new Date()
      const graceEnd = new Date(now.getTime() + graceSeconds * 1000)
      const expiresAt = before.expiresAt && before.expiresAt < graceEnd ? before.expiresAt : graceEnd
      const replaced = await tx.apiKey.update({ where: { id }, data: { replacedBy: issued.row.id, ...(graceSeconds === 0 ? { revokedAt: now } : { expiresAt }) } })
      return {
        value: { ...issued, replaced },
        changes: [keyChange('key.rotated', replaced, actor, { into: issued.row.id, grace_seconds: graceSeconds }), keyChange('key.created', issued.row, actor, { name, rotated_from: id })],
      }
    })
  }

  /** For ever. Revoking what is revoked changes nothing. */
  async revoke(owner: KeyOwner, id: string, actor: Actor): Promise<Change<undefined>> {
    const change = await this.changes.begin(async (tx) => {
      const before = await this.#lock(tx, owner, id)
      if (before.revokedAt) return { value: undefined, changes: [] }
      mustMatch(before)
      await tx.apiKey.update({ where: { id }, data: { revokedAt: new Date() } })
      return { value: undefined, changes: [keyChange('key.revoked', before, actor)] }
    })
    return change.seq === undefined ? unchanged(undefined, await this.#endedBy(id)) : change
  }

  /** Whether a position in the access log is that of a change to one of the owner's keys. */
  async isChangeOf(owner: KeyOwner, seq: number): Promise<boolean> {
    const change = await this.db.client.accessChange.findFirst({ where: { seq, kind: { startsWith: 'key.' } }, select: { subjectId: true } })
    return change !== null && (await this.find(owner, change.subjectId)) !== null
  }

  /** The change that a key ended with. */
  async #endedBy(id: string): Promise<bigint | undefined> {
    const ends = ['key.revoked', 'key.leaked', 'key.rotated'] satisfies AccessKind[]
    return (await this.db.client.accessChange.findFirst({ where: { subjectId: id, kind: { in: ends } }, orderBy: { seq: 'desc' }, select: { seq: true } }))?.seq
  }

  async usage(id: string, days: number): Promise<Prisma.ApiKeyUsageGetPayload<object>[]> {
    const since = new Date(Date.now() - (days - 1) * DAY_MS)
    since.setUTCHours(0, 0, 0, 0)
    return this.db.client.apiKeyUsage.findMany({ where: { apiKeyId: id, day: { gte: since } }, orderBy: [{ day: 'desc' }, { requests: 'desc' }, { route: 'asc' }, { method: 'asc' }], take: 1_000 })
  }

  /** Newest first; `before` is the position that the page before ended at. */
  events(id: string, size: number, before: number | undefined): Promise<KeyEvent[]> {
    return this.db.client.accessChange.findMany({ where: { subjectId: id, ...(before === undefined ? {} : { seq: { lt: before } }) }, orderBy: { seq: 'desc' }, take: size })
  }

  /** @throws Forbidden, InvalidInput, NotFound */
  async #mayBeMade(tx: Transaction, owner: KeyOwner, key: NewKey): Promise<void> {
    const createdAt = new Date()
    const terms = { kind: owner.kind, createdAt, expiresAt: expiryOf(key.lifetimeDays, createdAt) }
    if (owner.kind === 'organization') {
      const rows = await tx.$queryRaw<KeyRules[]>`
        SELECT key_lifetime_days_max AS "lifetimeDaysMax", key_expiry_required AS "expiryRequired", personal_keys_allowed AS "personalKeysAllowed"
        FROM organization WHERE id = ${owner.organizationId} FOR SHARE`
      if (!rows[0]) throw new NotFound('organization')
      const broken = brokenRule(rows[0], terms)
      if (broken) throw new Forbidden(ruleInWords[broken])
    }
    if (key.projectIds.length === 0) return
    const organizations =
      owner.kind === 'organization' ? [owner.organizationId] : (await tx.membership.findMany({ where: { userId: owner.userId } })).map(({ organizationId }) => organizationId)
    const found = await tx.project.findMany({ where: { id: { in: [...key.projectIds] }, organizationId: { in: organizations }, status: { not: 'deleted' } }, select: { id: true } })
    const missing = key.projectIds.filter((id) => !found.some((project) => project.id === id))
    if (missing.length > 0) {
      throw new InvalidInput(
        `project_ids: no such project: ${missing.join(', ')}`,
        missing.map((id) => ({ field: `project_ids.${key.projectIds.indexOf(id)}`, code: 'not_found', detail: 'no such project' })),
      )
    }
  }

  async #lock(tx: Transaction, owner: KeyOwner, id: string): Promise<ApiKey> {
    await tx.$queryRaw`SELECT FROM api_key WHERE id = ${id} FOR UPDATE`
    const row = await tx.apiKey.findFirst({ where: { id, ...ownedBy(owner) } })
    if (!row) throw new NotFound('API key')
    return row
  }
}
