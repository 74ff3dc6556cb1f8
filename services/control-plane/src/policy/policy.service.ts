import { Injectable } from '@nestjs/common'
import { isId } from '@pgbeam/kernel'
import type { z } from 'zod'
import type { Caller } from '../access/caller.js'
import type { Change } from '../enforcement/change.js'
import { NotFound } from '../platform/http/errors.js'
import { pageOf } from '../platform/http/paging.js'
import { ProjectAccess } from '../project/project-access.js'
import { toPolicyView, type ListPolicies, type policyList, type PolicyView, type WritePolicy } from './policy.dto.js'
import { PolicyRepository } from './policy.repository.js'

@Injectable()
export class PolicyService {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly projects: ProjectAccess,
  ) {}

  async create(caller: Caller, project: string, request: WritePolicy): Promise<PolicyView> {
    const { id } = await this.projects.find(caller, project, 'policy:write')
    return toPolicyView(await this.policies.create(id, request))
  }

  async list(caller: Caller, project: string, query: ListPolicies): Promise<z.infer<typeof policyList>> {
    const { id } = await this.projects.find(caller, project, 'policy:read')
    const { rows, next_page_token } = await this.policies.list(id, pageOf(query, 'PolicyId'))
    return { policies: rows.map(toPolicyView), next_page_token }
  }

  async get(caller: Caller, project: string, id: string): Promise<PolicyView> {
    const { id: projectId } = await this.projects.find(caller, project, 'policy:read')
    const row = isId('PolicyId', id) ? await this.policies.find(projectId, id) : null
    if (!row) throw new NotFound('policy')
    return toPolicyView(row)
  }

  async replace(caller: Caller, project: string, id: string, request: WritePolicy): Promise<Change<PolicyView>> {
    const { id: projectId } = await this.projects.find(caller, project, 'policy:write')
    if (!isId('PolicyId', id)) throw new NotFound('policy')
    const change = await this.policies.replace(projectId, id, request)
    return { ...change, value: toPolicyView(change.value) }
  }

  async delete(caller: Caller, project: string, id: string): Promise<void> {
    const { id: projectId } = await this.projects.find(caller, project, 'policy:write')
    if (!isId('PolicyId', id)) throw new NotFound('policy')
    await this.policies.delete(projectId, id)
  }
}
