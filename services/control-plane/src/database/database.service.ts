import { Injectable } from '@nestjs/common'
import { isId } from '@pgbeam/kernel'
import type { z } from 'zod'
import type { Caller } from '../access/caller.js'
import type { Change } from '../enforcement/change.js'
import { DatabaseQuestions } from '../fleet/database-questions.js'
import type { Database } from '../generated/prisma/client.js'
import { NotFound } from '../platform/http/errors.js'
import { pageOf } from '../platform/http/paging.js'
import { ProjectAccess } from '../project/project-access.js'
import { targetOf } from '../resolve/target.js'
import { toDatabaseView, type connectionTest, type CreateDatabase, type databaseList, type DatabaseView, type ListDatabases, type PatchDatabase } from './database.dto.js'
import { DatabaseRepository } from './database.repository.js'

@Injectable()
export class DatabaseService {
  constructor(
    private readonly databases: DatabaseRepository,
    private readonly projects: ProjectAccess,
    private readonly questions: DatabaseQuestions,
  ) {}

  async create(caller: Caller, project: string, request: CreateDatabase): Promise<DatabaseView> {
    const { id } = await this.projects.find(caller, project, 'database:write')
    return toDatabaseView(await this.databases.create(id, request))
  }

  async list(caller: Caller, project: string, query: ListDatabases): Promise<z.infer<typeof databaseList>> {
    const { id } = await this.projects.find(caller, project, 'database:read')
    const { rows, next_page_token } = await this.databases.list(id, pageOf(query, 'DatabaseId'))
    return { databases: rows.map(toDatabaseView), next_page_token }
  }

  async get(caller: Caller, project: string, id: string): Promise<DatabaseView> {
    return toDatabaseView(await this.#find(caller, project, id, 'database:read'))
  }

  async patch(caller: Caller, project: string, id: string, request: PatchDatabase): Promise<Change<DatabaseView>> {
    const { id: projectId } = await this.projects.find(caller, project, 'database:write')
    if (!isId('DatabaseId', id)) throw new NotFound('database')
    const change = await this.databases.patch(projectId, id, request)
    return { ...change, value: toDatabaseView(change.value) }
  }

  async delete(caller: Caller, project: string, id: string): Promise<Change<undefined>> {
    const { id: projectId } = await this.projects.find(caller, project, 'database:write')
    if (!isId('DatabaseId', id)) throw new NotFound('database')
    return this.databases.delete(projectId, id)
  }

  /** Through a live proxy: whether the control plane itself could reach the database says nothing. */
  async test(caller: Caller, project: string, id: string): Promise<z.infer<typeof connectionTest>> {
    const row = await this.#find(caller, project, id, 'database:write')
    const { ok, latency_ms, error, server_version } = await this.questions.probe({ target: targetOf(row), password: this.databases.passwordOf(row) })
    return { ok, latency_ms, error, server_version }
  }

  async #find(caller: Caller, project: string, id: string, permission: 'database:read' | 'database:write'): Promise<Database> {
    const { id: projectId } = await this.projects.find(caller, project, permission)
    const row = isId('DatabaseId', id) ? await this.databases.find(projectId, id) : null
    if (!row) throw new NotFound('database')
    return row
  }
}
