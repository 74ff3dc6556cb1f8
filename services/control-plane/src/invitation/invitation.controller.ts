import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { CallerOf, type Caller } from '../access/caller.js'
import { For, Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import {
  acceptInvitation, createInvitation, invitationList, joined, listInvitations, madeInvitation,
  type AcceptInvitation, type CreateInvitation, type InvitationList, type Joined, type ListInvitations, type MadeInvitation,
} from './invitation.dto.js'
import { InvitationService } from './invitation.service.js'

@Controller('v1')
export class InvitationController {
  constructor(private readonly invitations: InvitationService) {}

  @Post('organizations/:organization/invitations')
  @Requires('member:write')
  @Answers({ summary: 'Invite somebody; the answer has the link, which is good for seven days and one person', 201: madeInvitation })
  create(@CallerOf() caller: Caller, @Param('organization') organization: string, @Body(checked(createInvitation)) body: CreateInvitation): Promise<MadeInvitation> {
    return this.invitations.create(caller, organization, body)
  }

  @Get('organizations/:organization/invitations')
  @Requires('member:read')
  @Answers({ summary: 'List the invitations of an organization', 200: invitationList })
  async list(
    @CallerOf() caller: Caller,
    @Param('organization') organization: string,
    @Query(checked(listInvitations)) query: ListInvitations,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InvitationList> {
    const list = await this.invitations.list(caller, organization, query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Delete('organizations/:organization/invitations/:invitation')
  @HttpCode(204)
  @Requires('member:write')
  @Answers({ summary: 'Revoke an invitation', 204: null })
  revoke(@CallerOf() caller: Caller, @Param('organization') organization: string, @Param('invitation') id: string): Promise<void> {
    return this.invitations.revoke(caller, organization, id)
  }

  @Post('invitations/accept')
  @HttpCode(200)
  @Requires('self:write')
  @For('people')
  @Answers({ summary: 'Accept an invitation as the person who calls', 200: joined, problems: [404] })
  accept(@CallerOf() caller: Caller, @Body(checked(acceptInvitation)) body: AcceptInvitation): Promise<Joined> {
    return this.invitations.accept(caller, body.token)
  }
}
