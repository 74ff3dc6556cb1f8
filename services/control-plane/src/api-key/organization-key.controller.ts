import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import type { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { Conditional } from '../platform/http/conditional.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import {
  createKey, issuedKey, keyEventList, keyList, keyReceipt, keyView, listKeyEvents, listKeys, patchKey, rotatedKey, rotatedWithReceipt, rotateKey, usageQuery, usageView,
  type CreateKey, type KeyView, type ListKeyEvents, type ListKeys, type PatchKey, type RotateKey, type UsageQuery, type UsageView,
} from './api-key.dto.js'
import { ApiKeyService } from './api-key.service.js'
import { KeyEnforcedAnswer } from './key-enforced-answer.js'

/** The keys of an organization. */
@Controller('v1/organizations/:organization/api-keys')
export class OrganizationKeyController {
  constructor(
    private readonly keys: ApiKeyService,
    private readonly enforced: KeyEnforcedAnswer,
  ) {}

  @Post()
  @Requires('key:write')
  @Answers({ summary: 'Create an organization key', 201: issuedKey })
  create(@CallerOf() caller: Caller, @Param('organization') organization: string, @Body(checked(createKey)) body: CreateKey): Promise<z.infer<typeof issuedKey>> {
    return this.keys.create(caller, this.keys.ofOrganization(caller, organization, 'key:write'), body)
  }

  @Get()
  @Requires('key:read')
  @Answers({ summary: 'List the keys of an organization', 200: keyList })
  async list(
    @CallerOf() caller: Caller,
    @Param('organization') organization: string,
    @Query(checked(listKeys)) query: ListKeys,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof keyList>> {
    const list = await this.keys.list(this.keys.ofOrganization(caller, organization, 'key:read'), query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Get(':key')
  @Requires('key:read')
  @Answers({ summary: 'Read an organization key', 200: keyView })
  get(@CallerOf() caller: Caller, @Param('organization') organization: string, @Param('key') id: string): Promise<KeyView> {
    return this.keys.get(this.keys.ofOrganization(caller, organization, 'key:read'), id)
  }

  @Patch(':key')
  @Conditional()
  @Requires('key:write')
  @Answers({ summary: 'Rename an organization key', 200: keyView })
  rename(@CallerOf() caller: Caller, @Param('organization') organization: string, @Param('key') id: string, @Body(checked(patchKey)) body: PatchKey): Promise<KeyView> {
    return this.keys.rename(caller, this.keys.ofOrganization(caller, organization, 'key:write'), id, body.name)
  }

  @Delete(':key')
  @Conditional()
  @Requires('key:write')
  @Answers({ summary: 'Revoke an organization key, for ever and on every replica', 200: keyReceipt, 202: keyReceipt, 204: null })
  async revoke(
    @CallerOf() caller: Caller,
    @Param('organization') organization: string,
    @Param('key') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    const owner = this.keys.ofOrganization(caller, organization, 'key:write')
    return this.enforced.send(request, response, owner, await this.keys.revoke(caller, owner, id))
  }

  @Post(':key/rotate')
  @HttpCode(200)
  @Requires('key:write')
  @Answers({ summary: 'Put a second key of equal permissions beside an organization key', 200: rotatedKey, 202: rotatedWithReceipt })
  async rotate(
    @CallerOf() caller: Caller,
    @Param('organization') organization: string,
    @Param('key') id: string,
    @Body(checked(rotateKey)) body: RotateKey,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    const owner = this.keys.ofOrganization(caller, organization, 'key:write')
    return this.enforced.send(request, response, owner, await this.keys.rotate(caller, owner, id, body), (rotated) => rotated)
  }

  @Get(':key/usage')
  @Requires('key:read')
  @Answers({ summary: 'What an organization key was used for, per day and route', 200: usageView })
  usage(@CallerOf() caller: Caller, @Param('organization') organization: string, @Param('key') id: string, @Query(checked(usageQuery)) query: UsageQuery): Promise<UsageView> {
    return this.keys.usage(this.keys.ofOrganization(caller, organization, 'key:read'), id, query.days)
  }

  @Get(':key/events')
  @Requires('key:read')
  @Answers({ summary: 'What happened to an organization key, newest first', 200: keyEventList })
  async events(
    @CallerOf() caller: Caller,
    @Param('organization') organization: string,
    @Param('key') id: string,
    @Query(checked(listKeyEvents)) query: ListKeyEvents,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof keyEventList>> {
    const list = await this.keys.events(this.keys.ofOrganization(caller, organization, 'key:read'), id, query)
    linkNext(request, response, list.next_page_token)
    return list
  }
}
