import { Module } from '@nestjs/common'
import { AgentController } from '../agent/agent.controller.js'
import { AgentRepository } from '../agent/agent.repository.js'
import { AgentService } from '../agent/agent.service.js'
import { ManyAgentsController } from '../agent/many-agents.controller.js'
import { ManyAgentsRepository } from '../agent/many-agents.repository.js'
import { ManyAgentsService } from '../agent/many-agents.service.js'
import { BudgetController } from '../budget/budget.controller.js'
import { BudgetUsage } from '../budget/budget-usage.service.js'
import { DatabaseController } from '../database/database.controller.js'
import { DatabaseRepository } from '../database/database.repository.js'
import { DatabaseService } from '../database/database.service.js'
import { EnforcedAnswer } from '../enforcement/enforced-answer.js'
import { EnforcementController } from '../enforcement/enforcement.controller.js'
import { EvaluationController } from '../evaluation/evaluation.controller.js'
import { EvaluationService } from '../evaluation/evaluation.service.js'
import { FleetModule } from '../fleet/fleet.module.js'
import { PolicyController } from '../policy/policy.controller.js'
import { PolicyRepository } from '../policy/policy.repository.js'
import { PolicyService } from '../policy/policy.service.js'
import { Addresses } from './addresses.js'
import { ProjectAccess } from './project-access.js'
import { ProjectController } from './project.controller.js'
import { ProjectRepository } from './project.repository.js'
import { ProjectService } from './project.service.js'

/** Projects and what lives in them. */
@Module({
  imports: [FleetModule],
  controllers: [ProjectController, DatabaseController, PolicyController, EvaluationController, AgentController, ManyAgentsController, BudgetController, EnforcementController],
  providers: [
    Addresses, AgentRepository, AgentService, BudgetUsage, DatabaseRepository, DatabaseService, EnforcedAnswer, EvaluationService, ManyAgentsRepository, ManyAgentsService, PolicyRepository,
    PolicyService, ProjectAccess, ProjectRepository, ProjectService,
  ],
  exports: [AgentRepository],
})
export class ProjectModule {}
