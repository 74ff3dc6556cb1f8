import { Injectable } from '@nestjs/common'
import type { Caller } from '../access/caller.js'
import { ProjectAccess } from '../project/project-access.js'
import type { CutOff } from './cut-off.js'
import type { ChooseAgents } from './many-agents.dto.js'
import { ManyAgentsRepository } from './many-agents.repository.js'

@Injectable()
export class ManyAgentsService {
  constructor(
    private readonly projects: ProjectAccess,
    private readonly agents: ManyAgentsRepository,
  ) {}

  /** Takes their access from all that were chosen, or from none. @throws NotFound for a project that the caller does not see */
  async cutOff(caller: Caller, project: string, verb: CutOff, chosen: ChooseAgents): Promise<{ readonly projectId: string; readonly change: Awaited<ReturnType<ManyAgentsRepository['cutOff']>> }> {
    const { id } = await this.projects.find(caller, project, 'agent:write')
    return { projectId: id, change: await this.agents.cutOff(id, verb, chosen) }
  }
}
