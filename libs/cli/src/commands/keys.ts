/** API keys: personal ones, and those of an organization. */
import { InvalidArgumentError, type Command } from 'commander'
import type { components, Enforcement } from '@pgbeam/client'
import { runs } from '../command.js'
import { withProfile, writeConfig } from '../config-file.js'
import type { Context } from '../context.js'
import type { Io } from '../io.js'
import { idOf, list, wholeNumber } from '../parse.js'
import { watch, watchable } from '../watch.js'

type ApiKey = components['schemas']['ApiKey']
type CreateApiKey = components['schemas']['CreateApiKey']
const LIFETIMES = ['30', '90', '365', 'none'] as const
const PERSONAL = '/v1/api-keys'
const OF_ORGANIZATION = '/v1/organizations/{organization}/api-keys'

function lifetime(value: string): string {
  if (!LIFETIMES.includes(value as never)) throw new InvalidArgumentError('It takes 30, 90, 365 or none.')
  return value
}

export function registerKeys(program: Command, io: Io): void {
  const keys = program.command('keys').description('API keys: your personal ones, with --org those of an organization')
  runs(io, keys.command('create').description('make a key; it is shown once')
    .requiredOption('--name <name>', 'what it is for')
    .option('--expires-in-days <days>', 'its life in days: 30, 90, 365 or none', lifetime, '90')
    .option('--org [organization]', 'a key of this organization instead of a personal one')
    .option('--scope <permission>', 'hold it to this permission (repeatable, or with commas)', list)
    .option('--only-project <id>', 'hold it to this project (repeatable, or with commas)', list)
    .option('--cidr <network>', 'hold it to these addresses (repeatable, or with commas)', list), create)
  runs(io, watchable(keys.command('list').description('list keys')
    .option('--org [organization]', 'the keys of this organization instead of your own')
    .option('--status <status>', 'active, expired or revoked')
    .option('--unused-for-days <days>', 'only active keys that nobody has used for so long', wholeNumber)), listKeys)
  runs(io, keys.command('rotate').description('put a second key of equal rights beside a key; it is shown once').argument('<key>', 'key_…')
    .option('--grace-seconds <seconds>', 'for how long the old key goes on working; 0 ends it at once', wholeNumber, 0), rotate)
  runs(io, keys.command('revoke').description('end a key for ever').argument('<key>', 'key_…'), revoke)
}

/** Undefined for personal keys. An organization's key has no personal ones beside it. */
async function organizationOf(context: Context, org: string | true | undefined): Promise<string | undefined> {
  if (org === undefined && !context.settings.key?.value.startsWith('pbo_')) return undefined
  return (await context.organization(typeof org === 'string' ? org : undefined)).id
}

async function create(context: Context, options: { name: string; expiresInDays: string; org?: string | true; scope?: string[]; onlyProject?: string[]; cidr?: string[] }): Promise<void> {
  const organization = await organizationOf(context, options.org)
  const body: CreateApiKey = {
    name: options.name,
    expires_in_days: options.expiresInDays === 'none' ? null : (Number(options.expiresInDays) as 30 | 90 | 365),
    ...(options.scope && { scopes: options.scope as CreateApiKey['scopes'] }),
    ...(options.onlyProject && { project_ids: options.onlyProject }),
    ...(options.cidr && { allowed_cidrs: options.cidr }),
  }
  const api = await context.api()
  const made = context.body(organization === undefined ? await api.post(PERSONAL, { body }) : await api.post(OF_ORGANIZATION, { params: { path: { organization } }, body }))
  context.one(made, entries(made.api_key, made.key))
  context.hint('Keep the key now: it is not shown again. Give it to a program in PGBEAM_API_KEY.', `End it with: pgbeam keys revoke ${made.api_key.id}`)
}

const entries = (key: ApiKey, full?: string): [string, string | null | undefined][] => [
  ['id', key.id], ['name', key.name], ['kind', key.kind], ['key', full], ['status', key.status], ['expires', key.expires_at ?? 'never'],
  ['scopes', key.scopes.join(', ')], ['projects', key.project_ids.join(', ')], ['addresses', key.allowed_cidrs.join(', ')],
]

async function listKeys(context: Context, options: { org?: string | true; status?: string; unusedForDays?: number; watch?: number | true }): Promise<void> {
  const organization = await organizationOf(context, options.org)
  const query = {
    ...(options.status !== undefined && { status: options.status as 'active' }),
    ...(options.unusedForDays !== undefined && { unused_for_days: options.unusedForDays }),
  }
  const api = await context.api()
  await watch(context, options.watch, async () => {
    const pages = organization === undefined ? api.pages(PERSONAL, { params: { query } }) : api.pages(OF_ORGANIZATION, { params: { path: { organization }, query } })
    context.list(await context.all<ApiKey>(pages, 'api_keys'), [
      { title: 'ID', value: ({ id }) => id },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'KEY', value: ({ prefix, tail }) => `${prefix}…${tail}` },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'EXPIRES', value: ({ expires_at }) => expires_at ?? 'never' },
      { title: 'LAST USED', value: ({ last_used_at }) => last_used_at ?? 'never' },
    ], organization === undefined ? 'No personal keys; --org lists those of an organization.' : 'No keys.')
  })
}

/** A key is found by its id alone: among the personal ones, else in one of the organizations. */
async function ownerOf(context: Context, key: string): Promise<string | undefined> {
  const api = await context.api()
  if (!context.settings.key?.value.startsWith('pbo_')) {
    try {
      await api.get('/v1/api-keys/{key}', { params: { path: { key } } })
      return undefined
    } catch (error) {
      if ((error as { status?: number }).status !== 404) throw error
    }
  }
  const { organizations } = context.body(await api.get('/v1/organizations'))
  let missing: unknown
  for (const { id } of organizations) {
    try {
      await api.get('/v1/organizations/{organization}/api-keys/{key}', { params: { path: { organization: id, key } } })
      return id
    } catch (error) {
      const { status } = error as { status?: number }
      if (status !== 404 && status !== 403) throw error
      missing = error
    }
  }
  throw missing
}

async function rotate(context: Context, { graceSeconds }: { graceSeconds: number }, text: string): Promise<void> {
  const key = idOf('ApiKeyId', text)
  const organization = await ownerOf(context, key)
  const api = await context.api()
  const body = { grace_seconds: graceSeconds }
  const answer = organization === undefined
    ? await api.post('/v1/api-keys/{key}/rotate', { params: { path: { key } }, body })
    : await api.post('/v1/organizations/{organization}/api-keys/{key}/rotate', { params: { path: { organization, key } }, body })
  const made = context.body(answer)
  context.one(made, [...entries(made.api_key, made.key), ['old key ends', made.replaced.expires_at ?? made.replaced.revoked_at ?? 'now']])
  const { profile, profileName } = context.settings
  const stored = profile?.api_key
  if (stored?.startsWith(made.replaced.prefix) && stored.endsWith(made.replaced.tail)) {
    const { managed_by: _managed, ...rest } = profile ?? { api_url: '' }
    writeConfig(context.io, withProfile(context.config, profileName, { ...rest, api_key: made.key }))
    context.note(`This was the key of profile ${profileName}: the new one is stored there.`)
  }
  tellEnforced(context, `${text} rotated`, answer.enforcement)
  context.hint('Keep the new key now: it is not shown again.', ...(graceSeconds > 0 ? [`When nothing uses the old one any more: pgbeam keys revoke ${made.replaced.id}`] : []))
}

async function revoke(context: Context, _options: object, text: string): Promise<void> {
  const key = idOf('ApiKeyId', text)
  const organization = await ownerOf(context, key)
  const api = await context.api()
  const { enforcement } = await (organization === undefined
    ? api.delete('/v1/api-keys/{key}', { params: { path: { key } } })
    : api.delete('/v1/organizations/{organization}/api-keys/{key}', { params: { path: { organization, key } } }))
  context.one({ id: key, status: 'revoked' }, [['id', key], ['status', 'revoked']])
  tellEnforced(context, `${text} revoked for ever`, enforcement)
}

/** Which processes of the control plane have forgotten the key; those that could not be reached ask the database about it. */
function tellEnforced(context: Context, done: string, enforcement: Enforcement | undefined): void {
  if (!enforcement?.enforced) return // asked for without waiting, or by a control plane that gives no receipts of keys
  const { replicas, fenced, elapsedMs } = enforcement
  context.note(`${context.errStyle.green(done)}: enforced on ${replicas - fenced} of ${replicas} control plane${replicas === 1 ? '' : 's'} in ${elapsedMs} ms`)
}
