import { Injectable } from '@nestjs/common'
import { isId, parseId, pgUserOf, type CredentialId } from '@pgbeam/kernel'
import type { z } from 'zod'
import type { Caller } from '../access/caller.js'
import { DatabaseRepository } from '../database/database.repository.js'
import type { Change } from '../enforcement/change.js'
import type { Project } from '../generated/prisma/client.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { InvalidState, NotFound } from '../platform/http/errors.js'
import { pageOf } from '../platform/http/paging.js'
import { Addresses } from '../project/addresses.js'
import { ProjectAccess } from '../project/project-access.js'
import { toCredentialView, type agentList, type CreateAgent, type CredentialView, type IssuedCredential, type ListAgents, type PatchAgent, type ShownCredential } from './agent.dto.js'
import { AgentRepository } from './agent.repository.js'
import { issueSecrets, type IssuedSecrets } from './issue-secrets.js'

@Injectable()
export class AgentService {
  constructor(
    private readonly agents: AgentRepository,
    private readonly databases: DatabaseRepository,
    private readonly projects: ProjectAccess,
    private readonly addresses: Addresses,
    private readonly keys: ClusterKeys,
  ) {}

  async create(caller: Caller, projectId: string, request: CreateAgent): Promise<IssuedCredential> {
    const project = await this.projects.find(caller, projectId, 'agent:write')
    const database = await this.#databaseName(project, request.database_id)
    const id = this.agents.newId()
    const secrets = issueSecrets(id, this.keys)
    return this.#issued(project, await this.agents.create(project.id, id, request, secrets.stored), secrets, database)
  }

  async list(caller: Caller, projectId: string, query: ListAgents): Promise<z.infer<typeof agentList>> {
    const { id } = await this.projects.find(caller, projectId, 'agent:read')
    const { rows, next_page_token } = await this.agents.list(id, query, pageOf(query, 'CredentialId'))
    return { agents: rows.map(toCredentialView), next_page_token }
  }

  async get(caller: Caller, projectId: string, id: string): Promise<CredentialView> {
    const project = await this.projects.find(caller, projectId, 'agent:read')
    return toCredentialView(await this.#find(project, id))
  }

  async patch(caller: Caller, projectId: string, id: string, request: PatchAgent): Promise<Change<CredentialView>> {
    const project = await this.projects.find(caller, projectId, 'agent:write')
    const change = await this.agents.patch(project.id, credentialId(id), request)
    return { ...change, value: toCredentialView(change.value) }
  }

  async rotate(caller: Caller, projectId: string, id: string): Promise<Change<IssuedCredential>> {
    const project = await this.projects.find(caller, projectId, 'agent:write')
    const before = await this.#find(project, id)
    const database = await this.#databaseName(project, before.databaseId)
    const secrets = issueSecrets(parseId('CredentialId', before.id), this.keys)
    const change = await this.agents.rotate(project.id, before.id, secrets.stored)
    return { ...change, value: this.#issued(project, change.value, secrets, database) }
  }

  async revoke(caller: Caller, projectId: string, id: string): Promise<Change<undefined>> {
    await this.projects.admit(caller, projectId, 'agent:write')
    return this.agents.revoke(projectId, credentialId(id))
  }

  async #find(project: Project, id: string): Promise<ShownCredential> {
    const row = await this.agents.find(project.id, credentialId(id))
    if (!row) throw new NotFound('credential')
    return row
  }

  /** For the connection string, which has to name one. */
  async #databaseName(project: Project, databaseId: string | null): Promise<string> {
    const database = await this.databases.preferred(project.id, databaseId)
    if (database) return database.name
    if (databaseId !== null) throw new NotFound('database')
    throw new InvalidState('the project has no database to connect to; add one first')
  }

  #issued(project: Project, row: ShownCredential, secrets: IssuedSecrets, database: string): IssuedCredential {
    const password = secrets.password.reveal()
    return {
      credential: toCredentialView(row),
      connection_string: this.addresses.connectionString(project.slug, pgUserOf(parseId('CredentialId', row.id)), password, database),
      mcp_url: this.addresses.mcpUrl(project.slug),
      mcp_token: secrets.mcpToken.reveal(),
      password,
    }
  }
}

function credentialId(text: string): CredentialId {
  if (!isId('CredentialId', text)) throw new NotFound('credential')
  return text
}
