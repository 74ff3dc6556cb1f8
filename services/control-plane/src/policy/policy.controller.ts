import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import type { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { EnforcedAnswer } from '../enforcement/enforced-answer.js'
import { receiptView } from '../enforcement/enforcement.dto.js'
import { Conditional } from '../platform/http/conditional.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import { listPolicies, policyList, policyView, writePolicy, type ListPolicies, type PolicyView, type WritePolicy } from './policy.dto.js'
import { PolicyService } from './policy.service.js'

@Controller('v1/projects/:project/policies')
export class PolicyController {
  constructor(
    private readonly policies: PolicyService,
    private readonly enforced: EnforcedAnswer,
  ) {}

  @Post()
  @Requires('policy:write')
  @Answers({ summary: 'Create a policy', 201: policyView })
  create(@CallerOf() caller: Caller, @Param('project') project: string, @Body(checked(writePolicy)) body: WritePolicy): Promise<PolicyView> {
    return this.policies.create(caller, project, body)
  }

  @Get()
  @Requires('policy:read')
  @Answers({ summary: 'List policies', 200: policyList })
  async list(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Query(checked(listPolicies)) query: ListPolicies,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof policyList>> {
    const list = await this.policies.list(caller, project, query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Get(':policy')
  @Requires('policy:read')
  @Answers({ summary: 'Read a policy', 200: policyView })
  get(@CallerOf() caller: Caller, @Param('project') project: string, @Param('policy') id: string): Promise<PolicyView> {
    return this.policies.get(caller, project, id)
  }

  @Put(':policy')
  @Conditional()
  @Requires('policy:write')
  @Answers({ summary: 'Replace a policy', 200: policyView, 202: receiptView })
  async replace(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Param('policy') id: string,
    @Body(checked(writePolicy)) body: WritePolicy,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.enforced.send(request, response, project, await this.policies.replace(caller, project, id, body), (policy) => policy)
  }

  @Delete(':policy')
  @HttpCode(204)
  @Conditional()
  @Requires('policy:write')
  @Answers({ summary: 'Delete a policy that no credential is under and that is no default', 204: null })
  delete(@CallerOf() caller: Caller, @Param('project') project: string, @Param('policy') id: string): Promise<void> {
    return this.policies.delete(caller, project, id)
  }
}
