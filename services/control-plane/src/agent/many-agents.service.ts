import { Injectable } from '@nestjs/common'
import type { Caller } from '../access/caller.js'
import type { Change } from '../enforcement/change.js'
import { ProjectAccess } from '../project/project-access.js'
import type { CutOff } from './cut-off.js'
import type { ChooseAgents, ManyChanged } from './many-agents.dto.js'
import { ManyAgentsRepository } from './many-agents.repository.js'

@Injectable()
export class ManyAgentsService {
  constructor(
    private readonly projects: ProjectAccess,
    private readonly agents: ManyAgentsRepository,
  ) {}

  async cutOff(caller: Caller, projectId: string, verb: CutOff, request: ChooseAgents): Promise<Change<ManyChanged>> {
    const { id } = await this.projects.find(caller, projectId, 'agent:write')
    return this.agents.cutOff(id, verb, request)
  }
}
