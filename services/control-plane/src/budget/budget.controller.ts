import { Controller, Get, Param } from '@nestjs/common'
import { CallerOf, type Caller } from '../access/caller.js'
import { Requires } from '../access/requires.js'
import { Answers } from '../platform/http/openapi.js'
import { BudgetUsage } from './budget-usage.service.js'
import { budgetList, type BudgetList } from './budget.dto.js'

@Controller('v1/projects/:project/agents/:agent/budgets')
export class BudgetController {
  constructor(private readonly usage: BudgetUsage) {}

  @Get()
  @Requires('agent:read')
  @Answers({ summary: "What a credential has spent of its policy's budgets", 200: budgetList })
  list(@CallerOf() caller: Caller, @Param('project') project: string, @Param('agent') agent: string): Promise<BudgetList> {
    return this.usage.of(caller, project, agent)
  }
}
