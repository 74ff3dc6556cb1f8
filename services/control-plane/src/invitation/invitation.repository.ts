import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { isId, makeId, type Secret } from '@pgbeam/kernel'
import { AccessChanges } from '../access/access-changes.js'
import type { Actor, NewAccessChange } from '../access/access-log.js'
import type { Caller } from '../access/caller.js'
import { mayDo, type Permission, type Role } from '../access/permission.js'
import type { Organization } from '../generated/prisma/client.js'
import { OneTimeTokens } from '../platform/crypto/one-time-tokens.js'
import { Database, type Prisma, type Transaction } from '../platform/database/database.js'
import { Forbidden, InvalidState, NotFound, ResourceExists } from '../platform/http/errors.js'
import { afterPage, pageArgs, toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import { roleNow } from '../member/member.repository.js'
import { lockOrganization } from '../organization/organization.repository.js'
import { statusOf } from './invitation.dto.js'

const withKey = { key: { select: { revokedAt: true } } } as const
export type Invitation = Prisma.InvitationGetPayload<{ include: typeof withKey }>

const LIFETIME_MS = 7 * 86_400_000

/** What whoever invites somebody into this role must be allowed to do. */
export const toInvite = (role: Role): Permission => (role === 'owner' ? 'organization:own' : 'member:write')

export interface Accepted {
  readonly organization: Organization
  readonly invitation: Invitation
  readonly role: Role
  readonly changes: readonly NewAccessChange[]
}

@Injectable()
export class InvitationRepository {
  constructor(
    private readonly db: Database,
    private readonly changes: AccessChanges,
    private readonly tokens: OneTimeTokens,
  ) {}

  create(caller: Caller, organizationId: string, email: string, role: Role): Promise<{ invitation: Invitation; token: Secret }> {
    return this.changes.commit(async (tx) => {
      await lockOrganization(tx, organizationId)
      if (!mayDo(await roleNow(tx, caller, organizationId), toInvite(role))) throw new Forbidden('your role does not allow this invitation any more')
      if (await tx.membership.findFirst({ where: { organizationId, user: { email } } })) throw new ResourceExists(`${email} already belongs to the organization`)
      const open = await tx.invitation.findFirst({ where: { organizationId, email, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } }, include: withKey })
      if (open && statusOf(open) === 'pending') throw new ResourceExists(`${email} is invited already (${open.id}); revoke that invitation for another link`)
      const { token, hash } = this.tokens.make('invitation')
      const createdAt = new Date()
      const id = makeId('InvitationId', createdAt.getTime(), randomBytes(10))
      const invitation = await tx.invitation.create({
        data: {
          id, organizationId, email, role, secretHash: hash, createdAt,
          invitedBy: caller.userId ?? (caller.key?.id as string),
          invitedWith: caller.key?.id ?? null,
          expiresAt: new Date(createdAt.getTime() + LIFETIME_MS),
        },
        include: withKey,
      })
      return { value: { invitation, token }, changes: [{ kind: 'invitation.created', subjectId: id, organizationId, actor: caller.actor, detail: { email, role } }] }
    })
  }

  async list(organizationId: string, page: PageRequest): Promise<Page<Invitation>> {
    return toPage(await this.db.client.invitation.findMany({ where: { organizationId, ...afterPage(page) }, include: withKey, ...pageArgs(page) }), page)
  }

  /** Revoking what is revoked or has expired changes nothing. @throws NotFound, InvalidState once it was accepted */
  revoke(organizationId: string, id: string, actor: Actor): Promise<void> {
    return this.changes.commit(async (tx) => {
      await lockOrganization(tx, organizationId)
      const row = isId('InvitationId', id) ? await tx.invitation.findFirst({ where: { id, organizationId } }) : null
      if (!row) throw new NotFound('invitation')
      if (row.acceptedAt) throw new InvalidState('the invitation was accepted; remove the member instead')
      if (row.revokedAt) return { value: undefined, changes: [] }
      await tx.invitation.update({ where: { id }, data: { revokedAt: new Date() } })
      return { value: undefined, changes: [{ kind: 'invitation.revoked', subjectId: id, organizationId, actor }] }
    })
  }

  /** The invitation behind a token, if it can be accepted. @throws NotFound, InvalidState */
  async open(tx: Transaction, token: string): Promise<Invitation> {
    const row = await tx.invitation.findUnique({ where: { secretHash: this.tokens.hashOf('invitation', token) }, include: withKey })
    if (!row) throw new NotFound('invitation')
    const status = statusOf(row)
    if (status === 'accepted') throw new InvalidState('the invitation was used already; each lets in one person')
    if (status !== 'pending') throw new InvalidState(status === 'expired' ? 'the invitation has expired; ask for another' : 'the invitation was revoked')
    return row
  }

  /**
   * Makes this person a member, within a transaction that commits the returned changes.
   * @throws NotFound, InvalidState, ResourceExists
   */
  async accept(tx: Transaction, token: string, userId: string, actor: Actor): Promise<Accepted> {
    const { organizationId } = await this.open(tx, token)
    const organization = await lockOrganization(tx, organizationId)
    const invitation = await this.open(tx, token) // as it is under the lock
    const role = invitation.role as Role
    if (!(await stillStands(tx, invitation))) throw new InvalidState('whoever invited you may no longer do that; ask for another invitation')
    const already = await tx.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } } })
    if (already) throw new ResourceExists(`you belong to ${organization.name} already`)
    await tx.membership.create({ data: { organizationId, userId, role } })
    await tx.invitation.update({ where: { id: invitation.id }, data: { acceptedAt: new Date(), acceptedBy: userId } })
    const detail = { role, invitation: invitation.id, email: invitation.email }
    return {
      organization,
      invitation,
      role,
      changes: [
        { kind: 'invitation.accepted', subjectId: invitation.id, organizationId, actor, detail: { by: userId } },
        { kind: 'member.added', subjectId: userId, organizationId, actor, detail },
      ],
    }
  }
}

/** Whether the person who invited could still do so. Keys are looked at by `statusOf`. */
async function stillStands(tx: Transaction, { organizationId, invitedBy, role }: Invitation): Promise<boolean> {
  if (!isId('UserId', invitedBy)) return true
  const inviter = await tx.membership.findUnique({ where: { organizationId_userId: { organizationId, userId: invitedBy } } })
  return inviter !== null && mayDo(inviter.role as Role, toInvite(role as Role))
}
