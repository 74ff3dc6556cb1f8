/** What a policy would say to a statement, and whether a policy says what it is meant to. Nothing is run, nothing is stored. */
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import { runs } from '../command.js'
import type { Context } from '../context.js'
import { CliError, exitCodes, usage, type ExitCode } from '../exit.js'
import type { Io } from '../io.js'
import { idOf } from '../parse.js'
import { readAll, withSpinner } from '../prompts.js'
import { policyId, readDocument } from './policies.js'

type Evaluation = components['schemas']['PolicyEvaluation']
type EvaluatePolicy = components['schemas']['EvaluatePolicy']
type Document = Record<string, unknown>

interface Options {
  readonly policy?: string
  readonly file?: string
  readonly database?: string
}

/** Adds to the commands of `policies`. */
export function registerDryRuns(policies: Command, io: Io): void {
  const database = ['--database <database>', 'db_…: the database whose tables count; else the first primary one'] as const
  runs(io, policies.command('dry-eval').description('say what a policy does with a statement, without running it: exit code 8 where it is refused')
    .argument('[sql]', 'the statement, or several; standard input if it is left out')
    .option('--policy <policy>', 'pol_… or its name').option('--file <path>', 'a policy as JSON that is not stored').option(...database), dryEval)
  runs(io, policies.command('lint').description('look for mistakes in a policy, against the tables of a live database')
    .argument('[policy]', 'pol_… or its name').option('--file <path>', 'a policy as JSON that is not stored, - for standard input').option(...database), lint)
}

async function ask(context: Context, options: Options, sql: string): Promise<Evaluation> {
  if ((options.policy === undefined) === (options.file === undefined)) throw usage('name a policy, or give one with --file')
  const project = await context.project()
  const which = options.file === undefined
    ? { policy_id: await policyId(context, project, options.policy ?? '') }
    : { policy: await readDocument(context.io, options.file) }
  const body = { sql, ...which, ...(options.database !== undefined && { database_id: idOf('DatabaseId', options.database) }) } as EvaluatePolicy
  const api = await context.api()
  return context.body(await withSpinner(context.io, 'asking a proxy', () => api.post('/v1/projects/{project}/policy-evaluations', { params: { path: { project } }, body })))
}

async function dryEval(context: Context, options: Options, text?: string): Promise<void> {
  if (text === undefined && context.io.stdin.isTTY) throw usage('which statement?', "For example: pgbeam policies dry-eval --policy read-only 'DELETE FROM orders'")
  const found = await ask(context, options, text ?? (await readAll(context.io.stdin)))
  context.one(found, [
    ['verdict', found.verdict], ['rule', found.rule], ['reason', found.reason], ['hint', found.hint], ['sqlstate', found.sqlstate],
    ['statements', found.statement_kinds.join(', ') || null], ['rewritten', found.rewritten_sql], ['notes', found.notes.join(' ') || null],
  ])
  if (found.verdict === 'block') endWith(context, exitCodes.policyDenied, 'the policy refuses this')
}

interface Finding {
  readonly level: 'error' | 'warning'
  readonly field: string
  readonly detail: string
}

async function lint(context: Context, options: Options, name?: string): Promise<void> {
  const asked = { ...options, ...(name !== undefined && { policy: name }) }
  const document = await documentOf(context, asked)
  const findings = [...warningsIn(document), ...(await againstDatabase(context, asked))]
  context.list(findings, [
    { title: 'LEVEL', value: ({ level }) => level },
    { title: 'FIELD', value: ({ field }) => field },
    { title: 'WHAT', value: ({ detail }) => detail },
  ], 'Nothing to say about this policy.')
  if (findings.some(({ level }) => level === 'error')) endWith(context, exitCodes.failure, 'nothing can run under this policy')
}

/** What was found out is printed, and a script sees by the exit code what it was. */
function endWith(context: Context, code: ExitCode, message: string): never {
  context.flush()
  throw new CliError(code, message)
}

async function documentOf(context: Context, { policy, file }: Options): Promise<Document> {
  if (file !== undefined) return { ...(await readDocument(context.io, file)) }
  const project = await context.project()
  const path = { project, policy: await policyId(context, project, policy ?? '') }
  return context.body(await (await context.api()).get('/v1/projects/{project}/policies/{policy}', { params: { path } }))
}

/** A rule about a table that the database does not have refuses every statement, so any will show it. */
async function againstDatabase(context: Context, options: Options): Promise<Finding[]> {
  const { rule, reason, hint } = await ask(context, options, 'SELECT 1')
  return rule === 'unresolved_rule' ? [{ level: 'error', field: 'table_allowlist, table_denylist', detail: `${reason}. ${hint ?? ''}`.trim() }] : []
}

const WRITING = ['insert', 'update', 'delete', 'ddl']

/** What works, and is probably not what was meant. */
export function warningsIn(document: Document): Finding[] {
  const warning = (field: string, detail: string): Finding => ({ level: 'warning', field, detail })
  const { access_mode = 'read_only', statement_rules, table_allowlist, table_denylist, max_rows, max_affected_rows, masking_rules, row_filters } = document
  const { allow, deny = [] } = (statement_rules ?? {}) as { allow?: string[] | null; deny?: string[] }
  const [allowed, denied] = [table_allowlist, table_denylist].map((names) => (Array.isArray(names) ? (names as string[]) : []))
  const found: Finding[] = []
  const lifted = (allow ?? []).filter((kind) => access_mode === 'read_only' && WRITING.includes(kind))
  if (lifted.length > 0) found.push(warning('statement_rules.allow', `${lifted.join(', ')} cannot run under read_only: the access mode is the ceiling`))
  const both = (allow ?? []).filter((kind) => deny.includes(kind))
  if (both.length > 0) found.push(warning('statement_rules', `${both.join(', ')} is allowed and denied: it is denied`))
  const missing = ['set', 'show', 'transaction'].filter((kind) => allow && !allow.includes(kind))
  if (missing.length > 0) found.push(warning('statement_rules.allow', `many drivers send ${missing.join(', ')} statements by themselves, and this policy refuses them`))
  const twice = (allowed ?? []).filter((name) => denied?.includes(name))
  if (twice.length > 0) found.push(warning('table_denylist', `${twice.join(', ')} is on both lists: it is denied`))
  if (access_mode === 'read_write' && !statement_rules && !table_allowlist && !table_denylist && !max_rows && !max_affected_rows && !masking_rules && !row_filters) {
    found.push(warning('access_mode', 'this policy refuses nothing but UPDATE and DELETE without WHERE, DROP and TRUNCATE'))
  }
  if (row_filters && access_mode === 'read_write') found.push(warning('row_filters', 'nothing can be written to a table whose rows are filtered, nor deleted from one that its keys lead to'))
  if (max_rows && (deny.includes('select') || (allow && !allow.includes('select')))) found.push(warning('max_rows', 'this policy lets nobody read, so no answer is ever cut'))
  if (max_affected_rows && access_mode === 'read_only') found.push(warning('max_affected_rows', 'this policy lets nobody write, so the limit changes nothing'))
  return [...found, ...budgetWarnings(document)]
}

const HOURS_A_DAY = 24
/** Fewer than these are spent by what drivers send when they connect and look around. */
const STATEMENTS_OF_A_DRIVER = 20

function budgetWarnings({ budget_queries_per_hour: hour, budget_queries_per_day: day }: Document): Finding[] {
  const found: Finding[] = []
  const warning = (field: string, detail: string) => found.push({ level: 'warning', field, detail })
  for (const [field, budget] of [['budget_queries_per_hour', hour], ['budget_queries_per_day', day]] as const) {
    if (typeof budget === 'number' && budget < STATEMENTS_OF_A_DRIVER) warning(field, 'drivers and tools send statements by themselves (BEGIN, SET, catalog queries), and they count')
  }
  if (typeof hour === 'number' && typeof day === 'number') {
    if (hour > day) warning('budget_queries_per_hour', 'the budget of the day is smaller: this one is never reached')
    else if (day >= hour * HOURS_A_DAY) warning('budget_queries_per_day', 'all hours of a day together allow no more: this one is never reached')
  }
  return found
}
