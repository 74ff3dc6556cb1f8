import { Inject, Injectable } from '@nestjs/common'
import { AccessChanges } from '../access/access-changes.js'
import type { Caller } from '../access/caller.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Forbidden } from '../platform/http/errors.js'
import { pageOf } from '../platform/http/paging.js'
import { toInvitationView, type CreateInvitation, type InvitationList, type Joined, type ListInvitations, type MadeInvitation } from './invitation.dto.js'
import { InvitationRepository, toInvite } from './invitation.repository.js'

@Injectable()
export class InvitationService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly changes: AccessChanges,
    private readonly invitations: InvitationRepository,
  ) {}

  async create(caller: Caller, organizationId: string, request: CreateInvitation): Promise<MadeInvitation> {
    this.#mustManage(caller, organizationId)
    caller.mustHave(toInvite(request.role), organizationId)
    const { invitation, token } = await this.invitations.create(caller, organizationId, request.email, request.role)
    // Behind the #, so that it is sent to no server and stands in no log.
    return { invitation: toInvitationView(invitation), link: `${this.config.publicUrl}/join#${token.reveal()}`, token: token.reveal() }
  }

  async list(caller: Caller, organizationId: string, query: ListInvitations): Promise<InvitationList> {
    caller.mustHave('member:read', organizationId)
    const { rows, next_page_token } = await this.invitations.list(organizationId, pageOf(query, 'InvitationId'))
    return { invitations: rows.map(toInvitationView), next_page_token }
  }

  async revoke(caller: Caller, organizationId: string, id: string): Promise<void> {
    this.#mustManage(caller, organizationId)
    await this.invitations.revoke(organizationId, id, caller.actor)
  }

  async accept(caller: Caller, token: string): Promise<Joined> {
    const { userId } = caller
    if (userId === null) throw new Forbidden('an organization key cannot join another organization; use a personal key or sign in')
    return this.changes.commit(async (tx) => {
      const { organization, role, changes } = await this.invitations.accept(tx, token, userId, caller.actor)
      return { value: { organization: { id: organization.id, name: organization.name, slug: organization.slug, role } }, changes }
    })
  }

  #mustManage(caller: Caller, organizationId: string): void {
    caller.mustHave('member:write', organizationId)
    caller.mustReachAllProjects('change who belongs to an organization')
  }
}
