/** Dry runs: the gate of a live proxy is asked, so that what it says here is what it says to a session. */
import { Injectable } from '@nestjs/common'
import { policyRules, type EvaluateReply, type PolicySnapshot } from '@pgbeam/contracts'
import { isId, parseId } from '@pgbeam/kernel'
import type { Caller } from '../access/caller.js'
import { DatabaseRepository } from '../database/database.repository.js'
import { DatabaseQuestions, type AskedDatabase } from '../fleet/database-questions.js'
import type { Database } from '../generated/prisma/client.js'
import { BadGateway, NotFound } from '../platform/http/errors.js'
import { rulesOf } from '../policy/policy.dto.js'
import { PolicyRepository } from '../policy/policy.repository.js'
import { ProjectAccess } from '../project/project-access.js'
import { targetOf } from '../resolve/target.js'
import type { EvaluatePolicy, Evaluation, PiiScan, SchemaCatalog } from './evaluation.dto.js'

/** Of a policy that is nowhere stored. Its verdicts are not remembered. */
const UNSTORED = parseId('PolicyId', 'pol_00000000000000000000000001')

@Injectable()
export class EvaluationService {
  constructor(
    private readonly projects: ProjectAccess,
    private readonly policies: PolicyRepository,
    private readonly databases: DatabaseRepository,
    private readonly questions: DatabaseQuestions,
  ) {}

  async evaluate(caller: Caller, project: string, { sql, policy_id, policy, database_id }: EvaluatePolicy): Promise<Evaluation> {
    const { id: projectId } = await this.projects.find(caller, project, 'policy:read')
    const snapshot: PolicySnapshot = policy
      ? { id: UNSTORED, version: 0, access_mode: policy.access_mode, ...rulesOf(policy) }
      : await this.#stored(projectId, policy_id ?? '')
    const row = await this.databases.preferred(projectId, database_id ?? null)
    if (!row) throw new NotFound('database')
    const { decision, error } = await this.questions.evaluate(this.#asked(row), snapshot, sql)
    if (!decision) throw new BadGateway(`the database could not be looked at: ${error ?? 'no reason was given'}`)
    return { ...viewOf(decision, snapshot), database_id: row.id }
  }

  async schema(caller: Caller, project: string, id: string): Promise<SchemaCatalog> {
    const { id: projectId } = await this.projects.find(caller, project, 'database:read')
    const { nonce: _, error, ...catalog } = await this.questions.schema(await this.#database(projectId, id))
    if (error !== null) throw new BadGateway(`the database could not be looked at: ${error}`)
    return catalog
  }

  async scan(caller: Caller, project: string, id: string, sampleRows: number): Promise<PiiScan> {
    const { id: projectId } = await this.projects.find(caller, project, 'database:write')
    const { nonce: _, error, ...found } = await this.questions.scan(await this.#database(projectId, id), sampleRows)
    if (error !== null) throw new BadGateway(`the database could not be looked at: ${error}`)
    return found
  }

  async #database(projectId: string, id: string): Promise<AskedDatabase> {
    const row = isId('DatabaseId', id) ? await this.databases.find(projectId, id) : null
    if (!row) throw new NotFound('database')
    return this.#asked(row)
  }

  async #stored(projectId: string, id: string): Promise<PolicySnapshot> {
    const row = await this.policies.find(projectId, id)
    if (!row) throw new NotFound('policy')
    return { id: parseId('PolicyId', row.id), version: Number(row.version), access_mode: row.accessMode as PolicySnapshot['access_mode'], ...policyRules.parse(row.rules) }
  }

  #asked(row: Database): AskedDatabase {
    return { target: targetOf(row), password: this.databases.passwordOf(row) }
  }
}

function viewOf(decision: NonNullable<EvaluateReply['decision']>, policy: PolicySnapshot): Omit<Evaluation, 'database_id'> {
  const { allowed, rule, kinds, sql_state, message, hint, rewritten } = decision
  const masked = rewritten?.masked ?? []
  const filtered = rewritten?.filtered ?? []
  return {
    verdict: !allowed ? 'block' : masked.length > 0 ? 'mask' : filtered.length > 0 ? 'row-filter' : 'allow',
    rule,
    reason: message ?? reasonOf(masked.length > 0, filtered.length > 0),
    hint,
    sqlstate: sql_state,
    statement_kinds: kinds,
    masked_columns: masked.map(({ table, column, kind }) => ({ column: `${table}.${column}`, kind })),
    row_filter_predicate: filtered.length === 0 ? null : filtered.map(({ table, predicate }) => `${table}: ${predicate}`).join('; '),
    rewritten_sql: rewritten?.text ?? null,
    notes: allowed ? notesOn(policy, kinds) : [],
  }
}

function reasonOf(masks: boolean, filters: boolean): string {
  if (masks && filters) return 'the policy lets every statement in the text run, with masked columns and filtered rows'
  if (masks) return 'the policy lets every statement in the text run, with masked columns'
  return filters ? 'the policy lets every statement in the text run, over filtered rows' : 'the policy lets every statement in the text run'
}

/** What a verdict does not say by itself. */
function notesOn(policy: PolicySnapshot, kinds: readonly string[]): string[] {
  const { access_mode, statement_rules, table_allowlist, table_denylist, max_rows, max_affected_rows } = policy
  const limits = max_rows !== null && kinds.some((kind) => DELIVERING.has(kind)) ? [`At most ${max_rows} rows of each answer, and of each cursor, are delivered; a notice (01004) says when there are more.`] : []
  if (access_mode === 'read_only') return limits
  if (statement_rules === null && table_allowlist === null && table_denylist === null && max_rows === null && max_affected_rows === null) {
    return ['This policy only refuses UPDATE and DELETE without WHERE, DROP and TRUNCATE; the database decides all else, and nobody looks into DO, CALL and functions.']
  }
  if (max_affected_rows !== null && kinds.some((kind) => CHANGING.has(kind))) limits.push(`A statement that affects more than ${max_affected_rows} rows is rolled back (54000). How many these would affect shows only when they run.`)
  return [...limits, 'Triggers, rules and foreign keys of the tables that are written run as the database has them.']
}

const CHANGING = new Set(['insert', 'update', 'delete', 'merge', 'copy', 'ddl', 'execute', 'prepare'])
/** Kinds of statements whose answers have rows of tables, at once or later. */
const DELIVERING = new Set(['select', 'copy', 'cursor', 'execute', 'prepare'])
