/** What credentials have spent of their budgets, for whoever may see them. */
import { Injectable } from '@nestjs/common'
import type { Caller } from '../access/caller.js'
import { AgentService } from '../agent/agent.service.js'
import type { BudgetList } from './budget.dto.js'
import { BudgetRepository } from './budget.repository.js'

@Injectable()
export class BudgetUsage {
  constructor(
    private readonly budgets: BudgetRepository,
    private readonly agents: AgentService,
  ) {}

  async of(caller: Caller, project: string, agent: string): Promise<BudgetList> {
    const { id } = await this.agents.get(caller, project, agent)
    return { budgets: await this.budgets.spent(id) }
  }
}
