/** Many credentials in one transaction: all of them or none, locked in id order as everywhere, their events at its end. */
import { Injectable } from '@nestjs/common'
import { committed, unchanged, type Change } from '../enforcement/change.js'
import { Database, Prisma, type Transaction } from '../platform/database/database.js'
import { shareProject } from '../platform/database/locks.js'
import { InvalidState, NotFound } from '../platform/http/errors.js'
import { cutOff, isCutOff, type CutOff } from './cut-off.js'
import { manyAgentsMax, type ChooseAgents, type ManyChanged } from './many-agents.dto.js'

interface Chosen {
  readonly id: string
  readonly status: string
  readonly status_seq: bigint
}

@Injectable()
export class ManyAgentsRepository {
  constructor(private readonly db: Database) {}

  async cutOff(projectId: string, verb: CutOff, request: ChooseAgents): Promise<Change<ManyChanged>> {
    const { value, seq } = await this.db.transaction(async (tx) => {
      await shareProject(tx, projectId)
      const chosen = await choose(tx, projectId, request)
      const agents = chosen.filter(({ status }) => !isCutOff(verb, status)).map(({ id }) => id)
      const value = { dry_run: request.dry_run, agents, changed: agents.length, already: chosen.length - agents.length }
      if (request.dry_run) return { value, seq: undefined }
      if (agents.length > 0) return { value, seq: await cutOff(tx, verb, projectId, agents) }
      return { value, seq: chosen.reduce<bigint | undefined>((last, { status_seq }) => (last === undefined || status_seq > last ? status_seq : last), undefined) }
    })
    return value.changed > 0 ? committed(value, seq) : unchanged(value, seq)
  }
}

/** What the request names, locked unless nothing is to be changed. @throws NotFound, InvalidState */
async function choose(tx: Transaction, projectId: string, { ids, filter, dry_run }: ChooseAgents): Promise<Chosen[]> {
  const which = ids ? Prisma.sql`id = ANY (${ids})` : await meeting(tx, projectId, filter ?? {})
  // One more than there may be: more need not be locked to be refused.
  const chosen = await tx.$queryRaw<Chosen[]>`
    SELECT id, status, status_seq FROM agent_credential WHERE project_id = ${projectId} AND ${which}
    ORDER BY id LIMIT ${manyAgentsMax + 1} ${dry_run ? Prisma.empty : Prisma.sql`FOR UPDATE`}`
  if (ids) mustAllBeThere(ids, chosen)
  if (chosen.length > manyAgentsMax) throw await tooMany(tx, projectId, which)
  return chosen
}

/** Revoked ones are in no filter's reach: nothing is left that could be taken from them. */
async function meeting(tx: Transaction, projectId: string, filter: NonNullable<ChooseAgents['filter']>): Promise<Prisma.Sql> {
  const { policy_profile_id, principal_type, last_used_before, created_before, status } = filter
  // A mistyped policy would otherwise look like one that nobody has.
  if (policy_profile_id !== undefined && !(await tx.policyProfile.findFirst({ where: { id: policy_profile_id, projectId }, select: { id: true } }))) throw new NotFound('policy')
  return Prisma.join(
    [
      Prisma.sql`status <> 'revoked'`,
      policy_profile_id !== undefined && Prisma.sql`policy_profile_id = ${policy_profile_id}`,
      principal_type !== undefined && Prisma.sql`principal_type = ${principal_type}`,
      last_used_before && Prisma.sql`coalesce(last_used_at, created_at) < ${last_used_before}::timestamptz`,
      created_before && Prisma.sql`created_at < ${created_before}::timestamptz`,
      status !== undefined && Prisma.sql`status = ${status}`,
    ].filter((condition) => condition instanceof Prisma.Sql),
    ' AND ',
  )
}

function mustAllBeThere(ids: readonly string[], chosen: readonly Chosen[]): void {
  const there = new Set(chosen.map(({ id }) => id))
  const errors = ids.flatMap((id, at) => (there.has(id) ? [] : [{ field: `ids.${at}`, code: 'not_found', detail: `no such credential: ${id}` }]))
  if (errors.length > 0) throw new NotFound(`credential: ${ids.find((id) => !there.has(id))}${errors.length > 1 ? `, nor ${errors.length - 1} others of the list` : ''}; nothing was changed`, errors)
}

async function tooMany(tx: Transaction, projectId: string, which: Prisma.Sql): Promise<InvalidState> {
  const [row] = await tx.$queryRaw<{ count: bigint }[]>`SELECT count(*) FROM agent_credential WHERE project_id = ${projectId} AND ${which}`
  return new InvalidState(`${row?.count} credentials meet the filter, and one call changes at most ${manyAgentsMax}: narrow it. Nothing was changed`)
}
