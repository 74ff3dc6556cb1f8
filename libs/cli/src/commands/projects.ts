/** Projects, and the folder that is linked to one. */
import { rmSync } from 'node:fs'
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import { runs } from '../command.js'
import type { Context } from '../context.js'
import { CliError, exitCodes, usage } from '../exit.js'
import type { Io } from '../io.js'
import { list, policyOrNone } from '../parse.js'
import { findProject, nearestLink, writeLink } from '../project-lookup.js'
import { confirm } from '../prompts.js'
import { watch, watchable } from '../watch.js'
import { databaseBody, databaseOptions, type DatabaseOptions } from './database-options.js'

type Project = components['schemas']['Project']

const entries = (project: Project): [string, string | number | null][] => [
  ['id', project.id], ['name', project.name], ['status', project.status], ['organization', project.org_id], ['description', project.description],
  ['all credentials', project.agents_disabled ? 'paused (kill switch)' : 'as each says'], ['tags', project.tags.join(', ')], ['proxy host', project.proxy_host], ['databases', project.database_count], ['open sessions', project.active_connections],
  ['default policy', project.default_policy_profile_id], ['when control is lost', `${project.on_control_loss} applications with a stored user`],
  ['addresses', project.allowed_cidrs.map(({ cidr, label }) => (label ? `${cidr} (${label})` : cidr)).join(', ')], ['created', project.created_at],
]

const ON_CONTROL_LOSS = 'what a proxy that has lost its control plane does with applications that log in with a stored user: serve (which is the default) or refuse'

export function registerProjects(program: Command, io: Io): void {
  const projects = program.command('projects').description('projects: databases, their policies and credentials')
  runs(io, databaseOptions(projects.command('create').description('make a project with its first database; the password of the database is asked for')
    .requiredOption('--name <name>', 'what people call it')
    .option('--org <organization>', 'id, slug or name')
    .option('--description <text>', 'a few words')
    .option('--tag <tag>', 'a tag (repeatable, or with commas)', list)
    .option('--on-control-loss <choice>', ON_CONTROL_LOSS), 'required'), create)
  runs(io, watchable(projects.command('list').description('list projects').option('--org <organization>', 'only those of this organization')), listProjects)
  runs(io, watchable(projects.command('inspect').description('show one').argument('[project]', 'id, slug or name; else the one that is meant anyway')), inspect)
  runs(io, projects.command('update').description('change one').argument('[project]', 'id, slug or name')
    .option('--name <name>', 'another name')
    .option('--description <text>', 'a few words; an empty text removes them')
    .option('--tag <tag>', 'the tags from now on (repeatable, or with commas)', list)
    .option('--allow-cidr <network>', 'the addresses that may connect from now on (repeatable, or with commas)', list)
    .option('--allow-all-addresses', 'let every address connect')
    .option('--default-policy <policy>', 'the policy of applications that log in with a stored user whose database has none of its own: pol_… or none', policyOrNone)
    .option('--on-control-loss <choice>', ON_CONTROL_LOSS)
    .option('--kill-agents', 'pause all credentials of the project: their sessions end at once')
    .option('--resume-agents', 'let them in again, as each one is'), update)
  runs(io, projects.command('delete').description('delete one: its credentials are revoked for ever').argument('<project>', 'id, slug or name').option('-y, --yes', 'do not ask'), remove)
  runs(io, program.command('link').description('make a project the default of this folder and those below').argument('[project]', 'id, slug or name'), link)
  runs(io, program.command('unlink').description('forget the project of this folder'), unlink)
}

/** A project that stands on the command line goes before every other way to name one. */
async function meant(context: Context, named: string | undefined): Promise<string> {
  if (named === undefined) return context.project()
  return (await findProject({ flag: named, variable: undefined, cwd: context.io.cwd, profileDefault: undefined, list: () => context.projects() })).id
}

async function create(context: Context, options: DatabaseOptions & { name: string; org?: string; description?: string; tag?: string[]; onControlLoss?: string }): Promise<void> {
  const { id } = await context.organization(options.org)
  const database = await databaseBody(context, options, 'create')
  const { name, description, tag: tags, onControlLoss } = options
  const made = context.body(await (await context.api()).post('/v1/projects', {
    body: { name, org_id: id, database, ...(description !== undefined && { description }), ...(tags && { tags }), ...(onControlLoss !== undefined && { on_control_loss: onControlLoss as 'serve' }) },
  }))
  context.one(made, [...entries(made.project), ['database', `${made.database.id} (${made.database.name} on ${made.database.host}:${made.database.port})`]])
  context.hint(
    `Next: pgbeam link ${made.project.id}   (this folder means that project from now on)`,
    `      pgbeam db test ${made.database.id}`,
    '      pgbeam policies create --name read-only --mode read_only',
  )
}

async function listProjects(context: Context, options: { org?: string; watch?: number | true }): Promise<void> {
  const query = options.org === undefined ? {} : { org_id: (await context.organization(options.org)).id }
  const api = await context.api()
  await watch(context, options.watch, async () => {
    context.list(await context.all<Project>(api.pages('/v1/projects', { params: { query } }), 'projects'), [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'DATABASES', value: ({ database_count }) => database_count },
      { title: 'SESSIONS', value: ({ active_connections }) => active_connections },
      { title: 'CREATED', value: ({ created_at }) => created_at },
    ], 'No projects yet. Make one: pgbeam projects create --help')
  })
}

async function inspect(context: Context, options: { watch?: number | true }, named?: string): Promise<void> {
  const project = await meant(context, named)
  const api = await context.api()
  await watch(context, options.watch, async () => {
    const found = context.body(await api.get('/v1/projects/{project}', { params: { path: { project } } }))
    context.one(found, entries(found))
  })
}

async function update(context: Context, options: { name?: string; description?: string; tag?: string[]; allowCidr?: string[]; allowAllAddresses?: boolean; defaultPolicy?: { id: string | null }; onControlLoss?: string; killAgents?: boolean; resumeAgents?: boolean }, named?: string): Promise<void> {
  const body = {
    ...(options.name !== undefined && { name: options.name }),
    ...(options.description !== undefined && { description: options.description || null }),
    ...(options.tag && { tags: options.tag }),
    ...(options.allowCidr && { allowed_cidrs: options.allowCidr.map((cidr) => ({ cidr })) }),
    ...(options.allowAllAddresses && { allowed_cidrs: [] }),
    ...(options.defaultPolicy && { default_policy_profile_id: options.defaultPolicy.id }),
    ...(options.onControlLoss !== undefined && { on_control_loss: options.onControlLoss as 'serve' }),
    ...(options.killAgents && { agents_disabled: true }),
    ...(options.resumeAgents && { agents_disabled: false }),
  }
  if (options.killAgents && options.resumeAgents) throw usage('it takes either --kill-agents or --resume-agents')
  if (Object.keys(body).length === 0) throw usage('nothing to change', 'pgbeam projects update --help says what can be.')
  const project = await meant(context, named)
  const answer = await (await context.api()).patch('/v1/projects/{project}', { params: { path: { project } }, body })
  context.enforced(`project ${project} changed`, answer.enforcement, project)
  const changed = context.body(answer) as Project
  context.one(changed, entries(changed))
}

async function remove(context: Context, { yes }: { yes?: boolean }, named: string): Promise<void> {
  const project = await meant(context, named)
  await confirm(context.io, `Delete project ${named}? Its credentials are revoked for ever.`, yes)
  const answer = await (await context.api()).delete('/v1/projects/{project}', { params: { path: { project } } })
  context.enforced(`project ${project} deleted`, answer.enforcement, project)
  context.one({ id: project, status: 'deleted' }, [['id', project], ['status', 'deleted']])
}

async function link(context: Context, _options: object, named?: string): Promise<void> {
  const { io } = context
  // The folder's own link is what is being replaced, so it does not count here.
  const { id } = await findProject({ flag: named ?? context.options.project, variable: undefined, cwd: '/', profileDefault: named === undefined ? context.defaultProject : undefined, list: () => context.projects() })
  const project = context.body(await (await context.api()).get('/v1/projects/{project}', { params: { path: { project: id } } }))
  const file = writeLink(io.cwd, project)
  context.one({ project_id: project.id, file }, [['project', `${project.name} (${project.id})`], ['written to', file]])
}

async function unlink(context: Context): Promise<void> {
  const found = nearestLinkOrBroken(context)
  if (!found) throw new CliError(exitCodes.notFound, 'no folder from here upwards is linked to a project')
  rmSync(found)
  context.one({ unlinked: found }, [['removed', found]])
}

function nearestLinkOrBroken(context: Context): string | undefined {
  try {
    return nearestLink(context.io.cwd)?.file
  } catch (error) {
    // A file that names no project is the one to remove.
    const [file] = /^\S+\.json/.exec((error as Error).message) ?? []
    if (error instanceof CliError && file) return file
    throw error
  }
}
