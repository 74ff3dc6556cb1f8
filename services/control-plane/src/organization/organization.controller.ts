import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { roles } from '../access/permission.js'
import { For, Requires } from '../access/requires.js'
import { Conditional } from '../platform/http/conditional.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import {
  accessEventList, confirmRestore, createOrganization, listAccessEvents, organizationView, patchOrganization,
  type AccessEventList, type ConfirmRestore, type CreateOrganization, type ListAccessEvents, type OrganizationView, type PatchOrganization,
} from './organization.dto.js'
import { OrganizationService } from './organization.service.js'

const organizations = z.strictObject({
  organizations: z.array(z.strictObject({ id: z.string(), name: z.string(), slug: z.string(), role: z.enum(roles) })),
}).meta({ id: 'OrganizationList' })

@Controller('v1/organizations')
export class OrganizationController {
  constructor(private readonly service: OrganizationService) {}

  @Get()
  @Requires('organization:read')
  @Answers({ summary: 'The organizations that the key opens', 200: organizations })
  list(@CallerOf() caller: Caller): z.infer<typeof organizations> {
    return { organizations: caller.organizations.map(({ id, name, slug, role }) => ({ id, name, slug, role })) }
  }

  @Post()
  @Requires('self:write')
  @For('people')
  @Answers({ summary: 'Create an organization, owned by the person who calls', 201: organizationView })
  create(@CallerOf() caller: Caller, @Body(checked(createOrganization)) body: CreateOrganization): Promise<OrganizationView> {
    return this.service.create(caller, body)
  }

  @Get(':organization')
  @Requires('organization:read')
  @Answers({ summary: 'Read an organization', 200: organizationView })
  get(@CallerOf() caller: Caller, @Param('organization') id: string): Promise<OrganizationView> {
    return this.service.get(caller, id)
  }

  @Patch(':organization')
  @Conditional()
  @Requires('organization:write')
  @Answers({ summary: 'Rename an organization, or change what it asks of keys', 200: organizationView })
  patch(@CallerOf() caller: Caller, @Param('organization') id: string, @Body(checked(patchOrganization)) body: PatchOrganization): Promise<OrganizationView> {
    return this.service.patch(caller, id, body)
  }

  @Post(':organization/restore\\:confirm')
  @HttpCode(200)
  @Conditional()
  @Requires('organization:own')
  @Answers({ id: 'organizationConfirmRestore', summary: 'Confirm the credentials of an organization after a restore, so that they are served again', 200: organizationView })
  confirmRestore(@CallerOf() caller: Caller, @Param('organization') id: string, @Body(checked(confirmRestore)) body: ConfirmRestore): Promise<OrganizationView> {
    return this.service.confirmRestore(caller, id, body)
  }

  @Get(':organization/access-events')
  @Requires('access:read')
  @Answers({ summary: 'Who changed the members, keys and rules of an organization, newest first', 200: accessEventList })
  async events(
    @CallerOf() caller: Caller,
    @Param('organization') id: string,
    @Query(checked(listAccessEvents)) query: ListAccessEvents,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AccessEventList> {
    const list = await this.service.events(caller, id, query)
    linkNext(request, response, list.next_page_token)
    return list
  }
}
