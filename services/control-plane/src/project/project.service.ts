import { Injectable } from '@nestjs/common'
import type { Caller } from '../access/caller.js'
import { toDatabaseView, type DatabaseView } from '../database/database.dto.js'
import type { Change } from '../enforcement/change.js'
import type { Project } from '../generated/prisma/client.js'
import { Forbidden } from '../platform/http/errors.js'
import { tagged } from '../platform/http/etag.js'
import { pageOf } from '../platform/http/paging.js'
import { Addresses } from './addresses.js'
import { ProjectAccess } from './project-access.js'
import type { CreateProject, ListProjects, PatchProject, ProjectView } from './project.dto.js'
import { ProjectRepository, type ProjectCounts } from './project.repository.js'

@Injectable()
export class ProjectService {
  constructor(
    private readonly projects: ProjectRepository,
    private readonly access: ProjectAccess,
    private readonly addresses: Addresses,
  ) {}

  async create(caller: Caller, request: CreateProject): Promise<{ project: ProjectView; database: DatabaseView }> {
    caller.mustHave('project:write', request.org_id)
    if (caller.heldToProjects) throw new Forbidden('this key is held to certain projects and cannot create another')
    const { project, database } = await this.projects.create(request)
    return { project: await this.view(project), database: toDatabaseView(database) }
  }

  async list(caller: Caller, query: ListProjects): Promise<{ projects: ProjectView[]; total: number; next_page_token: string | null }> {
    if (query.org_id !== undefined) caller.mustHave('project:read', query.org_id)
    const organizations = query.org_id === undefined ? caller.organizationsFor('project:read') : [query.org_id]
    const { rows, total, next_page_token } = await this.projects.list(organizations, caller.limits.projectIds, pageOf(query, 'ProjectId'))
    const counts = await this.projects.counts(rows.map(({ id }) => id))
    return { projects: rows.map((row) => this.#view(row, counts.get(row.id))), total, next_page_token }
  }

  async get(caller: Caller, id: string): Promise<ProjectView> {
    return this.view(await this.access.find(caller, id, 'project:read'))
  }

  async patch(caller: Caller, id: string, request: PatchProject): Promise<Change<ProjectView>> {
    await this.access.find(caller, id, 'project:write')
    const change = await this.projects.patch(id, request)
    return { ...change, value: await this.view(change.value) }
  }

  async delete(caller: Caller, id: string): Promise<Change<undefined>> {
    await this.access.find(caller, id, 'project:write', { deleted: true })
    return this.projects.delete(id)
  }

  async view(row: Project): Promise<ProjectView> {
    return this.#view(row, (await this.projects.counts([row.id])).get(row.id))
  }

  #view(row: Project, counts: ProjectCounts | undefined): ProjectView {
    return tagged(row, {
      id: row.id,
      org_id: row.organizationId,
      name: row.name,
      description: row.description,
      tags: row.tags,
      slug: row.slug,
      proxy_host: this.addresses.proxyHost(row.slug),
      proxy_port: this.addresses.proxyPort,
      mcp_url: this.addresses.mcpUrl(row.slug),
      allowed_cidrs: row.allowedCidrs as ProjectView['allowed_cidrs'],
      default_policy_profile_id: row.defaultPolicyProfileId,
      on_control_loss: row.onControlLoss as ProjectView['on_control_loss'],
      agents_disabled: row.agentsDisabled,
      database_count: counts?.databases ?? 0,
      active_connections: counts?.sessions ?? 0,
      status: row.status as ProjectView['status'],
      created_at: row.createdAt.toISOString(),
      updated_at: row.updatedAt.toISOString(),
    })
  }
}
