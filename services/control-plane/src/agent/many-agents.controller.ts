/** Incidents: many credentials lose their access in one call, with one receipt. */
import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common'
import type { Request, Response } from 'express'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { EnforcedAnswer } from '../enforcement/enforced-answer.js'
import { Answers } from '../platform/http/openapi.js'
import { checked } from '../platform/http/zod.pipe.js'
import type { CutOff } from './cut-off.js'
import { chooseAgents, manyChanged, manyChangedPending, type ChooseAgents } from './many-agents.dto.js'
import { ManyAgentsService } from './many-agents.service.js'

@Controller('v1/projects/:project')
export class ManyAgentsController {
  constructor(
    private readonly agents: ManyAgentsService,
    private readonly enforced: EnforcedAnswer,
  ) {}

  @Post('agents\\:revoke')
  @HttpCode(200)
  @Requires('agent:write')
  @Answers({ id: 'agentRevokeMany', summary: 'Revoke many credentials for ever, by ids or by filter, all or none of them', 200: manyChanged, 202: manyChangedPending })
  revoke(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Body(checked(chooseAgents)) body: ChooseAgents,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.#cutOff('revoke', caller, project, body, request, response)
  }

  @Post('agents\\:kill')
  @HttpCode(200)
  @Requires('agent:write')
  @Answers({ id: 'agentKillMany', summary: 'Kill many credentials, by ids or by filter, all or none of them; each can be resumed', 200: manyChanged, 202: manyChangedPending })
  kill(
    @CallerOf() caller: Caller,
    @Param('project') project: string,
    @Body(checked(chooseAgents)) body: ChooseAgents,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    return this.#cutOff('kill', caller, project, body, request, response)
  }

  async #cutOff(verb: CutOff, caller: Caller, project: string, body: ChooseAgents, request: Request, response: Response): Promise<object | undefined> {
    const { projectId, change } = await this.agents.cutOff(caller, project, verb, body)
    return this.enforced.send(request, response, projectId, change, (value, receipt) => ({ ...value, receipt }), (value) => value)
  }
}
