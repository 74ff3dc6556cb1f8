import { Injectable } from '@nestjs/common'
import { isId } from '@pgbeam/kernel'
import type { Caller } from '../access/caller.js'
import type { Role } from '../access/permission.js'
import { NotFound } from '../platform/http/errors.js'
import { pageOf } from '../platform/http/paging.js'
import { toMemberView, type ListMembers, type MemberList, type MemberView } from './member.dto.js'
import { MemberRepository } from './member.repository.js'

@Injectable()
export class MemberService {
  constructor(private readonly members: MemberRepository) {}

  async list(caller: Caller, organizationId: string, query: ListMembers): Promise<MemberList> {
    caller.mustHave('member:read', organizationId)
    const { rows, next_page_token } = await this.members.list(organizationId, pageOf(query, 'UserId'))
    return { members: rows.map(toMemberView), next_page_token }
  }

  async setRole(caller: Caller, organizationId: string, userId: string, role: Role): Promise<MemberView> {
    caller.mustHave('member:write', organizationId)
    caller.mustReachAllProjects('change who belongs to an organization')
    mustBeUser(userId)
    return toMemberView(await this.members.setRole(caller, organizationId, userId, role))
  }

  async remove(caller: Caller, organizationId: string, userId: string): Promise<void> {
    // People who leave need no more than to belong to it.
    if (caller.userId === userId) caller.mustBelongTo(organizationId)
    else {
      caller.mustHave('member:write', organizationId)
      caller.mustReachAllProjects('change who belongs to an organization')
    }
    mustBeUser(userId)
    await this.members.remove(caller, organizationId, userId)
  }
}

function mustBeUser(userId: string): void {
  if (!isId('UserId', userId)) throw new NotFound('member')
}
