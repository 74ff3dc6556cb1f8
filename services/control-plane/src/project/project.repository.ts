import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId } from '@pgbeam/kernel'
import { committed, unchanged, type Change } from '../enforcement/change.js'
import { appendSql } from '../enforcement/enforcement-log.js'
import type { Database as DatabaseRow, Project } from '../generated/prisma/client.js'
import { DatabaseRepository } from '../database/database.repository.js'
import { Database, type Transaction } from '../platform/database/database.js'
import { sharePolicy } from '../platform/database/locks.js'
import { mustMatch } from '../platform/http/conditional.js'
import { NotFound } from '../platform/http/errors.js'
import { afterPage, pageArgs, toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import type { CreateProject, PatchProject } from './project.dto.js'
import { makeSlug } from './slug.js'

export interface ProjectCounts {
  readonly databases: number
  readonly sessions: number
}

@Injectable()
export class ProjectRepository {
  constructor(
    private readonly db: Database,
    private readonly databases: DatabaseRepository,
  ) {}

  create(request: CreateProject): Promise<{ project: Project; database: DatabaseRow }> {
    return this.db.transaction(async (tx) => {
      if (request.default_policy_profile_id !== null) throw new NotFound('policy') // a project that is made now has none yet
      const project = await tx.project.create({
        data: {
          id: makeId('ProjectId', Date.now(), randomBytes(10)),
          organizationId: request.org_id,
          name: request.name,
          description: request.description,
          tags: request.tags,
          allowedCidrs: request.allowed_cidrs,
          agentsDisabled: request.agents_disabled,
          onControlLoss: request.on_control_loss,
          slug: makeSlug(request.name, randomBytes(8)),
        },
      })
      return { project, database: await this.databases.insert(tx, project.id, request.database) }
    })
  }

  /** `only`: the projects that the caller is held to; empty for all. */
  async list(organizationIds: readonly string[], only: readonly string[], page: PageRequest): Promise<Page<Project> & { total: number }> {
    const where = { organizationId: { in: [...organizationIds] }, status: { not: 'deleted' }, ...(only.length === 0 ? {} : { AND: { id: { in: [...only] } } }) }
    const [rows, total] = await Promise.all([
      this.db.client.project.findMany({ where: { ...where, ...afterPage(page) }, ...pageArgs(page) }),
      this.db.client.project.count({ where }),
    ])
    return { ...toPage(rows, page), total }
  }

  /** Databases, and sessions open now as the proxies that are heard report them. */
  async counts(ids: readonly string[]): Promise<Map<string, ProjectCounts>> {
    const rows = await this.db.client.$queryRaw<{ id: string; databases: bigint; sessions: bigint }[]>`
      SELECT p.id,
        (SELECT count(*) FROM database d WHERE d.project_id = p.id AND d.deleted_at IS NULL) AS databases,
        (SELECT coalesce(sum((i.sessions ->> p.id)::bigint), 0)::bigint FROM proxy_incarnation i
          WHERE i.ended_at IS NULL AND i.heard_at > now() - interval '10 seconds') AS sessions
      FROM project p WHERE p.id = ANY (${[...ids]})`
    return new Map(rows.map((row) => [row.id, { databases: Number(row.databases), sessions: Number(row.sessions) }]))
  }

  /** Names and notes change at once; from where connections may come, whether at all, and what applications may do is for the proxies to enforce. */
  async patch(id: string, request: PatchProject): Promise<Change<Project>> {
    const { project, seq, changed } = await this.db.transaction(async (tx) => {
      const before = await lockProject(tx, id)
      mustMatch(before)
      const { name, description, tags, allowed_cidrs, agents_disabled, default_policy_profile_id: policy, on_control_loss } = request
      if (policy != null && !(await sharePolicy(tx, id, policy))) throw new NotFound('policy')
      const cidrs = (list: unknown): string => JSON.stringify((list as { cidr: string }[]).map(({ cidr }) => cidr).sort())
      const cidrsChange = allowed_cidrs !== undefined && cidrs(allowed_cidrs) !== cidrs(before.allowedCidrs)
      await tx.project.update({
        where: { id },
        data: {
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          ...(tags !== undefined && { tags }),
          ...(allowed_cidrs !== undefined && { allowedCidrs: allowed_cidrs }),
          ...(agents_disabled !== undefined && { agentsDisabled: agents_disabled }),
          ...(policy !== undefined && { defaultPolicyProfileId: policy }),
          ...(on_control_loss !== undefined && { onControlLoss: on_control_loss }),
          updatedAt: new Date(),
        },
      })
      const switchChange = agents_disabled !== undefined && agents_disabled !== before.agentsDisabled
      const changes = {
        ...(cidrsChange && { allowedCidrs: allowed_cidrs.map(({ cidr }) => cidr) }),
        ...(switchChange && { agentsDisabled: agents_disabled }),
        ...(policy !== undefined && policy !== before.defaultPolicyProfileId && { defaultPolicyId: policy }),
        ...(on_control_loss !== undefined && on_control_loss !== before.onControlLoss && { onControlLoss: on_control_loss }),
      }
      const changed = Object.keys(changes).length > 0
      if (changed) {
        await tx.$executeRaw`
          WITH event AS (${appendSql({ kind: 'project.changed', projectId: id, ...changes })})
          UPDATE project SET version = event.seq FROM event WHERE id = ${id}`
      }
      const project = await tx.project.findUniqueOrThrow({ where: { id } })
      const enforced = [allowed_cidrs, agents_disabled, policy, on_control_loss].some((asked) => asked !== undefined)
      return { project, changed, seq: enforced ? project.version : undefined }
    })
    return changed ? committed(project, seq) : unchanged(project, seq)
  }

  /** Ends a project: its credentials are revoked, and the passwords of its databases destroyed, in the same transaction. */
  async delete(id: string): Promise<Change<undefined>> {
    const { seq, changed } = await this.db.transaction(async (tx) => {
      const before = await lockProject(tx, id)
      if (before.status === 'deleted') return { seq: before.version, changed: false }
      mustMatch(before)
      await tx.$queryRaw`SELECT FROM database WHERE project_id = ${id} ORDER BY id FOR UPDATE`
      await tx.$queryRaw`SELECT FROM agent_credential WHERE project_id = ${id} ORDER BY id FOR UPDATE`
      await tx.$executeRaw`
        UPDATE database SET deleted_at = now(), password_ciphertext = NULL, password_key_id = NULL WHERE project_id = ${id} AND deleted_at IS NULL`
      const [row] = await tx.$queryRaw<{ version: bigint }[]>`
        WITH event AS (${appendSql({ kind: 'project.deleted', projectId: id })}),
        revoked AS (
          UPDATE agent_credential c SET status = 'revoked', scram_verifier = NULL, mcp_token_hash = NULL, updated_at = now(),
            version = event.seq, status_seq = event.seq
          FROM event WHERE c.project_id = ${id} AND c.status <> 'revoked'
        )
        UPDATE project SET status = 'deleted', version = event.seq, updated_at = now() FROM event WHERE id = ${id} RETURNING version`
      return { seq: row?.version, changed: true }
    })
    return changed ? committed(undefined, seq) : unchanged(undefined, seq)
  }
}

async function lockProject(tx: Transaction, id: string): Promise<Project> {
  await tx.$queryRaw`SELECT FROM project WHERE id = ${id} FOR UPDATE`
  const row = await tx.project.findUnique({ where: { id } })
  if (!row) throw new NotFound('project')
  return row
}
