/** Who is asking: profiles and the keys in them. */
import type { Command } from 'commander'
import type { components } from '@pgbeam/client'
import { configPath, isExposed, withProfile, writeConfig } from '../config-file.js'
import { runs } from '../command.js'
import type { Context } from '../context.js'
import { CliError, describe, exitCodes, usage } from '../exit.js'
import { canAsk, variable, type Io } from '../io.js'
import { choose, secret } from '../prompts.js'
import { checkKey, checkUrl, DEFAULT_API_URL, keyDisplay, keyToSend, noSuchProfile, profileNameOf, type GlobalOptions } from '../settings.js'

type WhoAmI = components['schemas']['WhoAmI']

export function registerAuth(program: Command, io: Io): void {
  const auth = program.command('auth').description('store a key, see which one is used, change between profiles')
  runs<{ apiKey?: boolean }>(io, auth.command('login').description('check an API key and store it in a profile')
    .option('--api-key', 'with an API key: asked for without echo, or read from standard input'), login)
  runs(io, auth.command('status').description('which address and key are used, and whether the key works'), status)
  runs(io, auth.command('whoami').description('whom the key belongs to and what it is held to'), whoami)
  runs(io, auth.command('switch').description('use another profile from now on').argument('[name]', 'the profile'), switchProfile)
  runs(io, auth.command('logout').description('forget the key of a profile; the key itself goes on working'), logout)
}

async function login(context: Context, options: { apiKey?: boolean } & GlobalOptions): Promise<void> {
  const { io, config } = context
  if (!options.apiKey && !canAsk(io)) throw usage('pass --api-key: signing in through a browser is not available yet', 'The key is read from standard input: pgbeam auth login --api-key < key-file')
  const name = profileNameOf(options, io, config)
  const before = config.profiles[name]
  const apiUrl = options.apiUrl !== undefined ? checkUrl(options.apiUrl, '--api-url') : variable(io, 'PGBEAM_API_URL') ? checkUrl(variable(io, 'PGBEAM_API_URL') ?? '', 'PGBEAM_API_URL') : before?.api_url ?? DEFAULT_API_URL
  const key = await secret(io, `API key for ${apiUrl}`)
  checkKey(key, 'the key that was given')
  const answer = await (await context.connect(key, apiUrl)).get('/v1/whoami')
  const me = context.body(answer)
  // Another installation or another owner has other projects.
  const same = before?.api_url === apiUrl && before.org_id !== undefined && me.organizations.some(({ id }) => id === before.org_id)
  const kept = same ? { org_id: before.org_id, ...(before.project_id !== undefined && { project_id: before.project_id }), ...(before.ca_file !== undefined && { ca_file: before.ca_file }) } : {}
  writeConfig(io, { ...withProfile(config, name, { api_url: apiUrl, api_key: key, ...kept }), current: options.profile === undefined ? name : config.current ?? name })
  context.one({ profile: name, api_url: apiUrl, ...me }, [['profile', name], ['api', apiUrl], ...whoEntries(me), ['stored in', configPath(io)]])
  if (apiUrl.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(apiUrl)) context.warn(`${apiUrl} is not encrypted: the key crosses the network in the clear`)
  if (variable(io, 'PGBEAM_TOKEN') ?? variable(io, 'PGBEAM_API_KEY')) context.warn('PGBEAM_TOKEN or PGBEAM_API_KEY is set and goes before the stored key')
  context.hint('Next: pgbeam projects list')
}

function whoEntries(me: WhoAmI): [string, string | undefined][] {
  return [
    ['principal', `${me.principal.type} ${me.principal.id}`],
    ['key', me.key ? `${me.key.name} (${me.key.id}, ${me.key.kind})` : undefined],
    ['organizations', me.organizations.map(({ name, role }) => `${name} (${role})`).join(', ')],
    ['scopes', me.scopes.length > 0 ? me.scopes.join(', ') : 'all that its owner has'],
    ['projects', me.project_ids.length > 0 ? me.project_ids.join(', ') : 'all'],
    ['expires', me.expires_at ?? 'never'],
  ]
}

async function whoami(context: Context): Promise<void> {
  const me = context.body(await (await context.api()).get('/v1/whoami'))
  context.one(me, whoEntries(me))
}

async function status(context: Context): Promise<void> {
  const { settings, config, io } = context
  const { key } = settings
  keyToSend(settings)
  let me: WhoAmI
  try {
    me = context.body(await (await context.api()).get('/v1/whoami'))
  } catch (error) {
    const { exitCode, message, hint } = describe(error)
    throw new CliError(exitCode, `${settings.apiUrl} with the key of ${key?.from === 'profile' ? `profile ${settings.profileName}` : key?.from}: ${message}`, hint)
  }
  const from = key?.from === 'profile' ? `profile ${settings.profileName}` : key?.from
  context.one(
    { profile: settings.profileName, profiles: Object.keys(config.profiles), api_url: settings.apiUrl, api_url_from: settings.apiUrlFrom, key_from: key?.from, expires_at: me.expires_at, principal: me.principal },
    [
      ['profile', `${settings.profileName}${settings.profile ? '' : ' (not stored)'}`],
      ['other profiles', Object.keys(config.profiles).filter((name) => name !== settings.profileName).join(', ')],
      ['api', `${settings.apiUrl} (from ${settings.apiUrlFrom})`],
      ['key in use', `${keyDisplay(key?.value ?? '')} (from ${from})`],
      ...whoEntries(me),
    ],
  )
  if (isExposed(io)) context.warn(`others can read ${configPath(io)}: chmod 600 it`)
}

async function switchProfile(context: Context, _options: object, wanted?: string): Promise<void> {
  const { config, io } = context
  const names = Object.keys(config.profiles)
  if (names.length === 0) throw usage('there is no profile yet', 'pgbeam auth login --api-key makes one.')
  const name = wanted ?? (await choose(io, 'Which profile?', names.map((value) => ({ value, label: `${value} (${config.profiles[value]?.api_url})` }))))
  const profile = config.profiles[name]
  if (!profile) throw noSuchProfile(name, config)
  writeConfig(io, { ...config, current: name })
  context.one({ profile: name, api_url: profile.api_url }, [['profile', name], ['api', profile.api_url]])
  if (variable(io, 'PGBEAM_PROFILE')) context.warn('PGBEAM_PROFILE is set and goes before this choice')
}

async function logout(context: Context, options: GlobalOptions): Promise<void> {
  const { config, io } = context
  const name = profileNameOf(options, io, config)
  if (!config.profiles[name]) {
    if (options.profile !== undefined || variable(io, 'PGBEAM_PROFILE') !== undefined) throw noSuchProfile(name, config)
    throw new CliError(exitCodes.authentication, 'nobody is logged in')
  }
  const { [name]: _gone, ...profiles } = config.profiles
  const { current, ...rest } = config
  writeConfig(io, { ...rest, profiles, ...(current !== undefined && current !== name && { current }) })
  context.one({ profile: name, logged_out: true }, [['logged out of', name]])
  context.hint('The key itself still works elsewhere: pgbeam keys revoke ends one for ever.')
}
