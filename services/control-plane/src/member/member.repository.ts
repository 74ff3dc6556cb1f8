import { Injectable } from '@nestjs/common'
import { AccessChanges } from '../access/access-changes.js'
import type { NewAccessChange } from '../access/access-log.js'
import type { Caller } from '../access/caller.js'
import { mayDo, type Role } from '../access/permission.js'
import { Database, type Prisma, type Transaction } from '../platform/database/database.js'
import { Forbidden, InvalidState, NotFound } from '../platform/http/errors.js'
import { toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import { lockOrganization } from '../organization/organization.repository.js'
import { refusalOf, type Refusal } from './member-rules.js'

const withUser = { user: { select: { name: true, email: true } } } as const
export type Member = Prisma.MembershipGetPayload<{ include: typeof withUser }>

@Injectable()
export class MemberRepository {
  constructor(
    private readonly db: Database,
    private readonly changes: AccessChanges,
  ) {}

  async list(organizationId: string, page: PageRequest): Promise<Page<Member & { id: string }>> {
    const rows = await this.db.client.membership.findMany({
      where: { organizationId, ...(page.after === undefined ? {} : { userId: { gt: page.after } }) },
      include: withUser,
      orderBy: { userId: 'asc' },
      take: page.size + 1,
    })
    return toPage(rows.map((row) => ({ ...row, id: row.userId })), page)
  }

  setRole(caller: Caller, organizationId: string, userId: string, role: Role): Promise<Member> {
    return this.changes.commit(async (tx) => {
      const before = await this.#mayChange(tx, caller, organizationId, userId, role)
      if (before.role === role) return { value: before, changes: [] }
      const after = await tx.membership.update({ where: { organizationId_userId: { organizationId, userId } }, data: { role }, include: withUser })
      const revoked = mayDo(role, 'member:write') ? [] : await revokeInvitationsBy(tx, organizationId, userId, caller)
      return {
        value: after,
        changes: [{ kind: 'member.role_changed', subjectId: userId, organizationId, actor: caller.actor, detail: { from: before.role, to: role } }, ...revoked],
      }
    })
  }

  /** Their personal keys and sessions open the organization no longer; its own keys, also those that they made, go on. */
  remove(caller: Caller, organizationId: string, userId: string): Promise<void> {
    return this.changes.commit(async (tx) => {
      const before = await this.#mayChange(tx, caller, organizationId, userId, null)
      await tx.membership.delete({ where: { organizationId_userId: { organizationId, userId } } })
      const revoked = await revokeInvitationsBy(tx, organizationId, userId, caller)
      return { value: undefined, changes: [{ kind: 'member.removed', subjectId: userId, organizationId, actor: caller.actor, detail: { role: before.role } }, ...revoked] }
    })
  }

  /** Decides under the organization's lock: of two owners who remove each other one remains. */
  async #mayChange(tx: Transaction, caller: Caller, organizationId: string, userId: string, to: Role | null): Promise<Member> {
    await lockOrganization(tx, organizationId)
    const target = await tx.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } }, include: withUser })
    if (!target) throw new NotFound('member')
    const toOneself = caller.userId === userId
    const by = await roleNow(tx, caller, organizationId)
    const owners = await tx.membership.count({ where: { organizationId, role: 'owner' } })
    const refusal = refusalOf({ by, toOneself, from: target.role as Role, to, owners })
    if (refusal === 'last_owner') throw new InvalidState('this is the last owner of the organization; make somebody else an owner first')
    if (refusal) throw new Forbidden(inWords[refusal])
    // The key of an owner may be held to less than its owner.
    if (!(toOneself && to === null) && (target.role === 'owner') !== (to === 'owner')) caller.mustHave('organization:own', organizationId)
    return target
  }
}

const inWords: Readonly<Record<Exclude<Refusal, 'last_owner'>, string>> = {
  needs_member_write: 'this needs the permission member:write, which a member does not have',
  needs_owner: 'only an owner makes somebody an owner, or changes or removes one',
}

/** The role as it is now, which may not be the one that the request came in with. @throws NotFound, Forbidden */
export async function roleNow(tx: Transaction, caller: Caller, organizationId: string): Promise<Role> {
  if (caller.userId === null) return caller.roleIn(organizationId)
  const own = await tx.membership.findUnique({ where: { organizationId_userId: { organizationId, userId: caller.userId } } })
  if (!own) throw new NotFound('organization')
  return own.role as Role
}

/** Invitations that nobody stands behind any more: else whoever is removed could come back by one. */
async function revokeInvitationsBy(tx: Transaction, organizationId: string, userId: string, caller: Caller): Promise<NewAccessChange[]> {
  const open = { organizationId, invitedBy: userId, acceptedAt: null, revokedAt: null }
  const rows = await tx.invitation.findMany({ where: open, select: { id: true } })
  await tx.invitation.updateMany({ where: open, data: { revokedAt: new Date() } })
  return rows.map(({ id }) => ({ kind: 'invitation.revoked', subjectId: id, organizationId, actor: caller.actor, detail: { because: 'whoever invited may no longer invite' } }))
}
