import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { EnforcedAnswer } from '../enforcement/enforced-answer.js'
import { receiptView } from '../enforcement/enforcement.dto.js'
import { Conditional } from '../platform/http/conditional.js'
import { Answers } from '../platform/http/openapi.js'
import { linkNext } from '../platform/http/paging.js'
import { checked } from '../platform/http/zod.pipe.js'
import {
  agentList, createAgent, credentialView, issuedCredential, issuedWithReceipt, listAgents, patchAgent,
  type CreateAgent, type CredentialView, type IssuedCredential, type ListAgents, type PatchAgent,
} from './agent.dto.js'
import { AgentService } from './agent.service.js'

const noBody = z.strictObject({})

@Controller('v1/projects/:project/agents')
export class AgentController {
  constructor(
    private readonly agents: AgentService,
    private readonly enforced: EnforcedAnswer,
  ) {}

  @Post()
  @Requires('agent:write')
  @Answers({ summary: 'Create a credential; its secrets are in this answer only', 201: issuedCredential })
  create(@CallerOf() caller: Caller, @Param('project') project: string, @Body(checked(createAgent)) body: CreateAgent): Promise<IssuedCredential> {
    return this.agents.create(caller, project, body)
  }

  @Get()
  @Requires('agent:read')
  @Answers({ summary: 'List credentials', 200: agentList })
  async list(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Query(checked(listAgents)) query: ListAgents,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof agentList>> {
    const list = await this.agents.list(caller, project, query)
    linkNext(request, response, list.next_page_token)
    return list
  }

  @Get(':agent')
  @Requires('agent:read')
  @Answers({ summary: 'Read a credential, a revoked one too', 200: credentialView })
  get(@CallerOf() caller: Caller, @Param('project') project: string, @Param('agent') id: string): Promise<CredentialView> {
    return this.agents.get(caller, project, id)
  }

  @Patch(':agent')
  @Conditional()
  @Requires('agent:write')
  @Answers({ summary: 'Change a credential: kill, resume, another policy, another expiry, another name', 200: credentialView, 202: receiptView })
  async patch(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Param('agent') id: string,
    @Body(checked(patchAgent)) body: PatchAgent,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.enforced.send(request, response, project, await this.agents.patch(caller, project, id, body), (credential) => credential)
  }

  @Post(':agent/rotate')
  @HttpCode(200)
  @Requires('agent:write')
  @Answers({ summary: 'New secrets for a credential; the old ones stop working', 200: issuedCredential, 202: issuedWithReceipt })
  async rotate(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Param('agent') id: string,
    @Body(checked(noBody)) _body: object,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    const change = await this.agents.rotate(caller, project, id)
    return this.enforced.send(request, response, project, change, (issued) => issued, (issued) => issued)
  }

  @Delete(':agent')
  @Conditional()
  @Requires('agent:write')
  @Answers({ summary: 'Revoke a credential for ever', 200: receiptView, 202: receiptView, 204: null })
  async revoke(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Param('agent') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.enforced.send(request, response, project, await this.agents.revoke(caller, project, id), undefined)
  }
}
