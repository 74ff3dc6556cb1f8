import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { CallerOf, type Caller } from '../access/caller.js'
import { OrForOneself, Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import { listMembers, memberList, memberView, patchMember, type ListMembers, type MemberList, type MemberView, type PatchMember } from './member.dto.js'
import { MemberService } from './member.service.js'

@Controller('v1/organizations/:organization/members')
export class MemberController {
  constructor(private readonly members: MemberService) {}

  @Get()
  @Requires('member:read')
  @Answers({ summary: 'List the people of an organization', 200: memberList })
  async list(
    @CallerOf() caller: Caller,
    @Param('organization') organization: string,
    @Query(checked(listMembers)) query: ListMembers,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MemberList> {
    const list = await this.members.list(caller, organization, query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Patch(':user')
  @Requires('member:write')
  @Answers({ summary: 'Give somebody another role; only owners make or unmake owners', 200: memberView })
  setRole(@CallerOf() caller: Caller, @Param('organization') organization: string, @Param('user') user: string, @Body(checked(patchMember)) body: PatchMember): Promise<MemberView> {
    return this.members.setRole(caller, organization, user, body.role)
  }

  @Delete(':user')
  @HttpCode(204)
  @Requires('member:write')
  @OrForOneself()
  @Answers({ summary: 'Remove somebody, or leave: their personal keys open the organization no longer, its own keys go on', 204: null })
  remove(@CallerOf() caller: Caller, @Param('organization') organization: string, @Param('user') user: string): Promise<void> {
    return this.members.remove(caller, organization, user)
  }
}
