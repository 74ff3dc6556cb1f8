/** Policies: what a credential may do. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import { notYet, runs } from '../command.js'
import type { Context } from '../context.js'
import { CliError, exitCodes, usage } from '../exit.js'
import type { Io } from '../io.js'
import { idOf, list, mask, wholeNumber, type MaskRule } from '../parse.js'
import { didYouMean } from '../suggest.js'
import { confirm, readAll } from '../prompts.js'
import { watch, watchable } from '../watch.js'

type Policy = components['schemas']['Policy']
type WritePolicy = components['schemas']['WritePolicy']

interface PolicyOptions {
  readonly name?: string
  readonly mode?: string
  readonly allow?: string[]
  readonly deny?: string[]
  readonly allowTable?: string[]
  readonly denyTable?: string[]
  readonly mask?: MaskRule[]
  readonly maxRows?: number
  readonly maxAffectedRows?: number
  readonly statementTimeoutMs?: number
  readonly budgetQueriesPerHour?: number
  readonly budgetQueriesPerDay?: number
  readonly egressBytesPerDay?: number
  readonly file?: string
  readonly dryRun?: boolean
}

function policyOptions(command: Command): Command {
  return command
    .option('--mode <mode>', 'read_only or read_write')
    .option('--allow <statement>', 'kinds of statements that are allowed, e.g. select,insert (repeatable, or with commas)', list)
    .option('--deny <statement>', 'kinds of statements that are refused (repeatable, or with commas)', list)
    .option('--allow-table <table>', 'tables that may be named: orders, sales.orders, sales.* (repeatable, or with commas)', list)
    .option('--deny-table <table>', 'tables that may not be named (repeatable, or with commas)', list)
    .option('--mask <table.column=kind>', 'mask a column: redact, null, hash or partial (repeatable, or with commas)', mask)
    .option('--max-rows <n>', 'rows that a statement may return', wholeNumber)
    .option('--max-affected-rows <n>', 'rows that a statement may change', wholeNumber)
    .option('--statement-timeout-ms <ms>', 'for how long a statement may run', wholeNumber)
    .option('--budget-queries-per-hour <n>', 'statements an hour', wholeNumber)
    .option('--budget-queries-per-day <n>', 'statements a day', wholeNumber)
    .option('--egress-bytes-per-day <n>', 'bytes a day', wholeNumber)
    .option('--file <path>', 'the policy as JSON, - for standard input; other options go before it')
    .option('--dry-run', 'only print what would be sent')
}

export function registerPolicies(program: Command, io: Io): Command {
  const policies = program.command('policies').description('policies: what a credential may do')
  runs(io, policyOptions(policies.command('create').description('make a policy').option('--name <name>', 'what people call it')), create)
  runs(io, watchable(policies.command('list').description('list policies')), listPolicies)
  runs(io, policies.command('show').description('show one').argument('<policy>', 'pol_… or its name'), show)
  runs(io, policyOptions(policies.command('update').description('change one: what is not named stays').argument('<policy>', 'pol_… or its name').option('--name <name>', 'another name')), update)
  runs(io, policies.command('delete').description('delete one that no credential is under').argument('<policy>', 'pol_… or its name').option('-y, --yes', 'do not ask'), remove)
  notYet(policies, 'replay')
  return policies
}

/** Fields that the options and the file name, and no others: what the API does not know yet, it says itself. */
export async function policyBody(io: Io, options: PolicyOptions): Promise<Record<string, unknown>> {
  const { allow, deny } = options
  const given = {
    ...(options.name !== undefined && { name: options.name }),
    ...(options.mode !== undefined && { access_mode: options.mode }),
    ...((allow ?? deny) && { statement_rules: { ...(allow && { allow }), ...(deny && { deny }) } }),
    ...(options.allowTable && { table_allowlist: options.allowTable }),
    ...(options.denyTable && { table_denylist: options.denyTable }),
    ...(options.mask && { masking_rules: options.mask }),
    ...(options.maxRows !== undefined && { max_rows: options.maxRows }),
    ...(options.maxAffectedRows !== undefined && { max_affected_rows: options.maxAffectedRows }),
    ...(options.statementTimeoutMs !== undefined && { statement_timeout_ms: options.statementTimeoutMs }),
    ...(options.budgetQueriesPerHour !== undefined && { budget_queries_per_hour: options.budgetQueriesPerHour }),
    ...(options.budgetQueriesPerDay !== undefined && { budget_queries_per_day: options.budgetQueriesPerDay }),
    ...(options.egressBytesPerDay !== undefined && { egress_bytes_per_day: options.egressBytesPerDay }),
  }
  return options.file === undefined ? given : { ...(await readDocument(io, options.file)), ...given }
}

export async function readDocument(io: Io, path: string): Promise<object> {
  if (path === '-' && io.stdin.isTTY) throw usage('--file -: standard input is a terminal')
  const text = path === '-' ? await readAll(io.stdin) : readFileSync(path, 'utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw usage(`--file ${path}: this is not a JSON object`)
}

const entries = (policy: Policy): [string, string | number][] => {
  const { id, name, access_mode, version, created_at, updated_at, project_id: _project, ...rest } = policy
  const others = Object.entries(rest).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
  return [
    ['id', id], ['name', name], ['mode', access_mode], ...others.map(([field, value]): [string, string] => [field.replaceAll('_', ' '), typeof value === 'string' ? value : JSON.stringify(value)]),
    ['version', version], ['created', created_at], ['updated', updated_at],
  ]
}

async function create(context: Context, options: PolicyOptions): Promise<void> {
  const body = await policyBody(context.io, options)
  if (typeof body.name !== 'string') throw usage("required option '--name <name>' not specified")
  if (options.dryRun) return context.printJson(body)
  const project = await context.project()
  const made = context.body(await (await context.api()).post('/v1/projects/{project}/policies', { params: { path: { project } }, body: body as WritePolicy }))
  context.one(made, entries(made))
  context.hint(`Next: pgbeam agents create --name my-agent --policy ${made.id}`)
}

async function allPolicies(context: Context, project: string): Promise<Policy[]> {
  return context.all<Policy>((await context.api()).pages('/v1/projects/{project}/policies', { params: { path: { project } } }), 'policies')
}

/** A policy by id, or by a name that only one has. */
export async function policyId(context: Context, project: string, text: string): Promise<string> {
  if (text.startsWith('pol_')) return idOf('PolicyId', text)
  const policies = await allPolicies(context, project)
  const found = policies.filter(({ name }) => name === text)
  if (found.length === 1 && found[0]) return found[0].id
  if (found.length > 1) throw usage(`${text} is the name of several policies: ${found.map(({ id }) => id).join(', ')}`)
  throw new CliError(exitCodes.notFound, `there is no policy ${text}`, didYouMean(text, policies.map(({ name }) => name)) ?? 'pgbeam policies list shows them, pgbeam policies create makes one.')
}

async function listPolicies(context: Context, options: { watch?: number | true }): Promise<void> {
  const project = await context.project()
  await watch(context, options.watch, async () => {
    context.list(await allPolicies(context, project), [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'MODE', value: ({ access_mode }) => access_mode },
      { title: 'VERSION', value: ({ version }) => version },
      { title: 'UPDATED', value: ({ updated_at }) => updated_at },
    ], 'No policies yet. Make one: pgbeam policies create --name read-only --mode read_only')
  })
}

async function at(context: Context, text: string): Promise<{ params: { path: { project: string; policy: string } } }> {
  const project = await context.project()
  return { params: { path: { project, policy: await policyId(context, project, text) } } }
}

async function show(context: Context, _options: object, text: string): Promise<void> {
  const found = context.body(await (await context.api()).get('/v1/projects/{project}/policies/{policy}', await at(context, text)))
  context.one(found, entries(found))
}

async function update(context: Context, options: PolicyOptions, text: string): Promise<void> {
  const changes = await policyBody(context.io, options)
  if (Object.keys(changes).length === 0) throw usage('nothing to change', 'pgbeam policies update --help says what can be.')
  const where = await at(context, text)
  const api = await context.api()
  const answer = await api.get('/v1/projects/{project}/policies/{policy}', where)
  const { id: _id, project_id: _project, version: _version, created_at: _created, updated_at: _updated, ...before } = context.body(answer)
  const rules = { ...(before.statement_rules ?? {}), ...(changes['statement_rules'] as object | undefined) }
  const body = { ...before, ...changes, ...('statement_rules' in changes && { statement_rules: rules }) } as WritePolicy
  if (options.dryRun) return context.printJson(body)
  // Somebody else's change in between must not be undone unseen.
  const replaced = await api.put('/v1/projects/{project}/policies/{policy}', { ...where, body, ...(answer.etag !== undefined && { headers: { 'If-Match': answer.etag } }) })
  context.enforced(`policy ${where.params.path.policy} changed`, replaced.enforcement, where.params.path.project)
  const changed = context.body(replaced) as Policy
  context.one(changed, entries(changed))
}

async function remove(context: Context, { yes }: { yes?: boolean }, text: string): Promise<void> {
  const where = await at(context, text)
  const { policy } = where.params.path
  await confirm(context.io, `Delete policy ${text}?`, yes)
  await (await context.api()).delete('/v1/projects/{project}/policies/{policy}', where)
  context.one({ id: policy, status: 'deleted' }, [['id', policy], ['status', 'deleted']])
}
