/** Databases of a project. */
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import { runs } from '../command.js'
import type { Context } from '../context.js'
import { CliError, exitCodes, usage } from '../exit.js'
import type { Io } from '../io.js'
import { idOf } from '../parse.js'
import { confirm, withSpinner } from '../prompts.js'
import { watch, watchable } from '../watch.js'
import { databaseBody, databaseOptions, defaultPolicyOption, type DatabaseOptions } from './database-options.js'

type Database = components['schemas']['Database']

const entries = (one: Database): [string, string | number | null][] => [
  ['id', one.id], ['name', one.name], ['host', one.host], ['port', one.port], ['username', one.username], ['ssl mode', one.ssl_mode], ['role', one.role],
  ['query timeout', one.query_timeout_ms === null ? null : `${one.query_timeout_ms} ms`], ['default policy', one.default_policy_profile_id], ['created', one.created_at],
]

export function registerDb(program: Command, io: Io): void {
  const db = program.command('db').description('databases of a project')
  runs(io, defaultPolicyOption(databaseOptions(db.command('add').description('add a database; its password is asked for'), 'required')), add)
  runs(io, watchable(db.command('list').description('list databases')), listDatabases)
  runs(io, db.command('inspect').description('show one; its password never comes back').argument('<database>', 'db_…'), inspect)
  runs(io, defaultPolicyOption(databaseOptions(db.command('update').description('change one: its sessions end').argument('<database>', 'db_…'), 'optional')), update)
  runs(io, db.command('delete').description('remove one: its sessions end, its password is destroyed').argument('<database>', 'db_…').option('-y, --yes', 'do not ask'), remove)
  runs(io, db.command('test').description('connect to one through a proxy').argument('[database]', 'db_…; may be left out where there is only one'), test)
}

const at = async (context: Context, text: string): Promise<{ params: { path: { project: string; database: string } } }> => {
  const database = idOf('DatabaseId', text)
  return { params: { path: { project: await context.project(), database } } }
}

async function add(context: Context, options: DatabaseOptions): Promise<void> {
  const project = await context.project()
  const body = await databaseBody(context, options, 'create')
  const made = context.body(await (await context.api()).post('/v1/projects/{project}/databases', { params: { path: { project } }, body }))
  context.one(made, entries(made))
  context.hint(`Next: pgbeam db test ${made.id}`)
}

async function listDatabases(context: Context, options: { watch?: number | true }): Promise<void> {
  const project = await context.project()
  await watch(context, options.watch, async () => {
    context.list(await databases(context, project), [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'HOST', value: ({ host, port }) => `${host}:${port}` },
      { title: 'USERNAME', value: ({ username }) => username },
      { title: 'SSL MODE', value: ({ ssl_mode }) => ssl_mode },
      { title: 'ROLE', value: ({ role }) => role },
    ], 'No databases. Add one: pgbeam db add --help')
  })
}

export async function databases(context: Context, project: string): Promise<Database[]> {
  return context.all<Database>((await context.api()).pages('/v1/projects/{project}/databases', { params: { path: { project } } }), 'databases')
}

async function inspect(context: Context, _options: object, text: string): Promise<void> {
  const found = context.body(await (await context.api()).get('/v1/projects/{project}/databases/{database}', await at(context, text)))
  context.one(found, entries(found))
}

async function update(context: Context, options: DatabaseOptions, text: string): Promise<void> {
  const where = await at(context, text)
  const body = await databaseBody(context, options, 'change')
  if (Object.keys(body).length === 0) throw usage('nothing to change', 'pgbeam db update --help says what can be.')
  const answer = await (await context.api()).patch('/v1/projects/{project}/databases/{database}', { ...where, body })
  context.enforced(`database ${text} changed`, answer.enforcement, where.params.path.project)
  const changed = context.body(answer) as Database
  context.one(changed, entries(changed))
}

async function remove(context: Context, { yes }: { yes?: boolean }, text: string): Promise<void> {
  const where = await at(context, text)
  await confirm(context.io, `Delete database ${text}? Its sessions end and its password is destroyed.`, yes)
  const answer = await (await context.api()).delete('/v1/projects/{project}/databases/{database}', where)
  context.enforced(`database ${text} deleted`, answer.enforcement, where.params.path.project)
  context.one({ id: text, status: 'deleted' }, [['id', text], ['status', 'deleted']])
}

async function test(context: Context, _options: object, text?: string): Promise<void> {
  const id = text ?? (await onlyDatabase(context))
  const where = await at(context, id)
  const api = await context.api()
  const result = context.body(await withSpinner(context.io, 'connecting', () => api.post('/v1/projects/{project}/databases/{database}/test-connection', { ...where, body: {} })))
  if (!result.ok) throw new CliError(exitCodes.failure, `the proxy cannot use this database: ${result.error ?? 'no reason given'}`, `Correct it with: pgbeam db update ${id} --help`)
  context.one(result, [['connection', 'works'], ['server', result.server_version], ['latency', result.latency_ms === null ? null : `${Math.round(result.latency_ms)} ms`]])
}

async function onlyDatabase(context: Context): Promise<string> {
  const all = await databases(context, await context.project())
  if (all.length === 1 && all[0]) return all[0].id
  throw usage(`which database? ${all.map((one) => `${one.id} (${one.name})`).join(', ') || 'There is none.'}`)
}
