/** Credentials: each an agent's or a person's own way into the databases of a project. */
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import { runs } from '../command.js'
import type { Context } from '../context.js'
import { CliError, exitCodes, usage } from '../exit.js'
import type { Io } from '../io.js'
import { expiry, idOf } from '../parse.js'
import { watch, watchable } from '../watch.js'
import { databases } from './db.js'
import { choosing, cutOffMany, isOne, type ManyOptions } from './many-agents.js'
import { psqlLine } from './psql-line.js'
import { policyId } from './policies.js'

type Credential = components['schemas']['Credential']
type CreateCredential = components['schemas']['CreateCredential']
type Budget = components['schemas']['BudgetList']['budgets'][number]
type Issued = components['schemas']['IssuedCredential']

const entries = (one: Credential): [string, string | null][] => [
  ['id', one.id], ['name', one.name], ['status', one.status], ['principal', one.principal_type], ['policy', one.policy_profile_id], ['database', one.database_id],
  ['postgres user', one.pg_username], ['auth method', one.auth_method], ['expires', one.expires_at ?? 'never'], ['last used', one.last_used_at ?? 'never'], ['created', one.created_at],
  ...staleAttempts(one),
]
/** Shown only where there is something to look after. */
const staleAttempts = ({ stale_secret_attempts: stale }: Credential): [string, string][] =>
  stale ? [['old password', `tried ${stale.attempts} times, last at ${stale.last_at} from ${stale.addresses.join(', ')}`]] : []
const secrets = (issued: Issued): [string, string][] => [
  ['password', issued.password], ['connection string', issued.connection_string], ['mcp url', issued.mcp_url], ['mcp token', issued.mcp_token],
]

export function registerAgents(program: Command, io: Io): void {
  const agents = program.command('agents').description('credentials: create, pause, rotate and revoke them')
  runs(io, agents.command('create').description('make a credential; its secrets are shown once')
    .requiredOption('--name <name>', 'whose it is')
    .requiredOption('--policy <policy>', 'what it may do: pol_… or the name of a policy')
    .option('--principal <type>', 'agent or human (agent)')
    .option('--database <database>', 'hold it to one database: db_… or its name')
    .option('--expires <when>', '90m, 12h, 30d, an instant such as 2030-01-31T12:00:00Z, or never', expiry)
    .option('--auth-method <method>', 'scram-sha-256 or cleartext (scram-sha-256)'), create)
  runs(io, watchable(agents.command('list').description('list credentials')
    .option('--status <status>', 'active, killed or revoked')
    .option('--principal <type>', 'agent or human')), listAgents)
  const one = (name: string, text: string): Command => agents.command(name).description(text).argument('<agent>', 'agt_…')
  runs(io, watchable(one('inspect', 'show one, a revoked one too')), inspect)
  const many = (name: string, text: string): Command => choosing(agents.command(name).description(text))
  runs(io, many('kill', 'pause one or many: their sessions end at once, and each can be resumed').alias('disable'), kill)
  runs(io, one('resume', 'let a killed one in again, with the same secrets').alias('enable'), resume)
  runs(io, one('rotate', 'give one new secrets, shown once; the old ones stop working'), rotate)
  runs(io, many('revoke', 'end one or many for ever'), revoke)
  runs(io, one('mcp-config', 'print the configuration of an MCP client; the token comes from PGBEAM_MCP_TOKEN'), mcpConfig)
}

async function at(context: Context, text: string): Promise<{ params: { path: { project: string; agent: string } } }> {
  const agent = idOf('CredentialId', text)
  return { params: { path: { project: await context.project(), agent } } }
}

async function create(context: Context, options: { name: string; policy: string; principal?: string; database?: string; expires?: { at: string | null }; authMethod?: string }): Promise<void> {
  const project = await context.project()
  const api = await context.api()
  const body: CreateCredential = {
    name: options.name,
    policy_profile_id: await policyId(context, project, options.policy),
    ...(options.principal !== undefined && { principal_type: options.principal as 'agent' }),
    ...(options.database !== undefined && { database_id: await databaseId(context, project, options.database) }),
    ...(options.expires && { expires_at: options.expires.at }),
    ...(options.authMethod !== undefined && { auth_method: options.authMethod as 'cleartext' }),
  }
  const issued = context.body(await api.post('/v1/projects/{project}/agents', { params: { path: { project } }, body }))
  context.one(issued, [...entries(issued.credential), ...secrets(issued)])
  tellSecrets(context, issued, true)
}

/** What to do with secrets that are shown once. The lines hold none of them: they ask. */
function tellSecrets(context: Context, issued: Issued, isNew: boolean): void {
  const { id } = issued.credential
  context.hint(
    'Keep the password and the MCP token now: they are not shown again.',
    `Connect:      pgbeam connect ${id}   (asks for the password)`,
    `or:           ${psqlLine(issued.connection_string, context.settings.profile?.ca_file)}`,
    ...(isNew ? [`For MCP:      pgbeam agents mcp-config ${id}`, `Pause it:     pgbeam agents kill ${id}`] : []),
    `End it:       pgbeam agents revoke ${id}`,
  )
}

async function databaseId(context: Context, project: string, text: string): Promise<string> {
  if (text.startsWith('db_')) return idOf('DatabaseId', text)
  const found = (await databases(context, project)).filter(({ name }) => name === text)
  if (found.length === 1 && found[0]) return found[0].id
  if (found.length > 1) throw usage(`${text} is the name of several databases: ${found.map(({ id }) => id).join(', ')}`)
  throw new CliError(exitCodes.notFound, `there is no database ${text} in this project`, 'pgbeam db list shows them.')
}

async function listAgents(context: Context, options: { status?: string; principal?: string; watch?: number | true }): Promise<void> {
  const project = await context.project()
  const api = await context.api()
  const query = { ...(options.status !== undefined && { status: options.status as 'active' }), ...(options.principal !== undefined && { principal_type: options.principal as 'agent' }) }
  await watch(context, options.watch, async () => {
    context.list(await context.all<Credential>(api.pages('/v1/projects/{project}/agents', { params: { path: { project }, query } }), 'agents'), [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'PRINCIPAL', value: ({ principal_type }) => principal_type },
      { title: 'POLICY', value: ({ policy_profile_id }) => policy_profile_id },
      { title: 'EXPIRES', value: ({ expires_at }) => expires_at ?? 'never' },
      { title: 'LAST USED', value: ({ last_used_at }) => last_used_at ?? 'never' },
    ], 'No credentials yet. Make one: pgbeam agents create --name my-agent --policy read-only')
  })
}

async function inspect(context: Context, options: { watch?: number | true }, text: string): Promise<void> {
  const where = await at(context, text)
  const api = await context.api()
  await watch(context, options.watch, async () => {
    const found = context.body(await api.get('/v1/projects/{project}/agents/{agent}', where))
    const { budgets } = context.body(await api.get('/v1/projects/{project}/agents/{agent}/budgets', where))
    context.one({ ...found, budgets }, [...entries(found), ...budgets.map(spentOf)])
  })
}

const spentOf = ({ budget, limit, spent, held, resets_at }: Budget): [string, string] =>
  [budget.replaceAll('_', ' ').replace(/^budget /, ''), `${spent} of ${limit} spent${held > 0 ? `, ${held} at proxies` : ''}; whole again at ${resets_at}`]

async function setStatus(context: Context, text: string, status: 'active' | 'killed'): Promise<void> {
  const where = await at(context, text)
  const answer = await (await context.api()).patch('/v1/projects/{project}/agents/{agent}', { ...where, body: { status } })
  context.enforced(`${text} ${status === 'killed' ? 'killed' : 'resumed'}`, answer.enforcement, where.params.path.project)
  const changed = context.body(answer) as Credential
  context.one(changed, [['id', changed.id], ['name', changed.name], ['status', changed.status]])
}
async function kill(context: Context, options: ManyOptions, ...agents: string[]): Promise<void> {
  const [text = ''] = agents
  if (!isOne(agents, options)) return cutOffMany(context, 'kill', agents, options)
  await setStatus(context, text, 'killed')
  context.hint(`Let it in again: pgbeam agents resume ${text}`, `End it for ever: pgbeam agents revoke ${text}`)
}
async function resume(context: Context, _options: object, text: string): Promise<void> {
  await setStatus(context, text, 'active')
}

async function rotate(context: Context, _options: object, text: string): Promise<void> {
  const where = await at(context, text)
  const answer = await (await context.api()).post('/v1/projects/{project}/agents/{agent}/rotate', { ...where, body: {} })
  // A 202 has them beside the receipt.
  const issued: Issued = context.body(answer)
  // The new secrets are shown only now, whatever the proxies have done.
  const pending = context.tellEnforcement(`${text} rotated`, answer.enforcement, where.params.path.project)
  if (pending) context.warn(`${pending.message}. ${pending.hint ?? ''}`)
  context.one(issued, [...entries(issued.credential), ...secrets(issued)])
  tellSecrets(context, issued, false)
}

async function revoke(context: Context, options: ManyOptions, ...agents: string[]): Promise<void> {
  const [text = ''] = agents
  if (!isOne(agents, options)) return cutOffMany(context, 'revoke', agents, options)
  const where = await at(context, text)
  // Without this the answer has no body, and `--json` nothing to print.
  const answer = await (await context.api()).delete('/v1/projects/{project}/agents/{agent}', { ...where, headers: { Prefer: 'return=representation' } })
  context.enforced(`${text} revoked for ever`, answer.enforcement, where.params.path.project)
  context.one({ id: text, status: 'revoked', receipt: context.body(answer) ?? null }, [['id', text], ['status', 'revoked']])
}

async function mcpConfig(context: Context, _options: object, text: string): Promise<void> {
  const where = await at(context, text)
  const api = await context.api()
  const credential = context.body(await api.get('/v1/projects/{project}/agents/{agent}', where))
  if (credential.status === 'revoked') throw new CliError(exitCodes.conflict, `${text} is revoked, which is for ever`, 'Make another: pgbeam agents create')
  const project = context.body(await api.get('/v1/projects/{project}', { params: { path: { project: where.params.path.project } } }))
  // The token is shown once, when it is made; a configuration file is no place to keep it anyway.
  context.printJson({ mcpServers: { pgbeam: { type: 'http', url: project.mcp_url, headers: { Authorization: 'Bearer ${PGBEAM_MCP_TOKEN}' } } } })
  context.hint('Put the MCP token of the credential (shown when it was made) into PGBEAM_MCP_TOKEN.')
}
