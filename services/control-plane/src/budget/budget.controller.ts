import { Controller, Get, Param } from '@nestjs/common'
import { isId } from '@pgbeam/kernel'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { AgentRepository } from '../agent/agent.repository.js'
import { NotFound } from '../platform/http/errors.js'
import { Answers } from '../platform/http/openapi.js'
import { ProjectAccess } from '../project/project-access.js'
import { budgetList, type BudgetList } from './budget.dto.js'
import { BudgetRepository } from './budget.repository.js'

@Controller('v1/projects/:project/agents/:agent/budgets')
export class BudgetController {
  constructor(
    private readonly budgets: BudgetRepository,
    private readonly agents: AgentRepository,
    private readonly projects: ProjectAccess,
  ) {}

  @Get()
  @Requires('agent:read')
  @Answers({ summary: "What a credential has spent of its policy's budgets", 200: budgetList })
  async list(@CallerOf() caller: Caller, @Param('project') project: string, @Param('agent') agent: string): Promise<BudgetList> {
    const { id } = await this.projects.find(caller, project, 'agent:read')
    if (!isId('CredentialId', agent) || !(await this.agents.find(id, agent))) throw new NotFound('credential')
    return { budgets: await this.budgets.spent(agent) }
  }
}
