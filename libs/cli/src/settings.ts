/** Which API is asked, and with which key: from the command line, the environment, the profile, in this order. */
import { tokenDisplay, tokenKind } from '@pgbeam/kernel'
import type { Config, Profile } from './config-file.js'
import { CliError, exitCodes, usage } from './exit.js'
import { variable, type Io } from './io.js'
import { didYouMean } from './suggest.js'

export const DEFAULT_API_URL = 'http://localhost:7400'
export const DEFAULT_PROFILE = 'default'

export interface GlobalOptions {
  readonly profile?: string
  readonly apiUrl?: string
  readonly project?: string
  readonly json?: boolean
  readonly color?: boolean
  readonly timeout?: number
}
export interface Key {
  readonly value: string
  readonly from: 'PGBEAM_TOKEN' | 'PGBEAM_API_KEY' | 'profile'
}
export interface Settings {
  readonly apiUrl: string
  readonly apiUrlFrom: '--api-url' | 'PGBEAM_API_URL' | 'profile' | 'default'
  readonly profileName: string
  readonly profile: Profile | undefined
  readonly key: Key | undefined
}

export const profileNameOf = (options: GlobalOptions, io: Io, config: Config): string =>
  options.profile ?? variable(io, 'PGBEAM_PROFILE') ?? config.current ?? DEFAULT_PROFILE

export function settingsFrom(options: GlobalOptions, io: Io, config: Config): Settings {
  const profileName = profileNameOf(options, io, config)
  const profile = config.profiles[profileName]
  const named = options.profile ?? variable(io, 'PGBEAM_PROFILE')
  if (named !== undefined && !profile) throw noSuchProfile(named, config)
  const [apiUrl, apiUrlFrom] = pickUrl(options, io, profile)
  const fromToken = variable(io, 'PGBEAM_TOKEN')
  const fromKey = variable(io, 'PGBEAM_API_KEY')
  const key: Key | undefined = fromToken
    ? { value: fromToken, from: 'PGBEAM_TOKEN' }
    : fromKey
      ? { value: fromKey, from: 'PGBEAM_API_KEY' }
      : profile && { value: profile.api_key, from: 'profile' }
  return { apiUrl, apiUrlFrom, profileName, profile, key }
}

export const noSuchProfile = (name: string, { profiles }: Config): CliError =>
  usage(`there is no profile ${name}`, didYouMean(name, Object.keys(profiles)) ?? `There ${Object.keys(profiles).length === 0 ? 'is none' : `are: ${Object.keys(profiles).join(', ')}`}.`)

function pickUrl(options: GlobalOptions, io: Io, profile: Profile | undefined): [string, Settings['apiUrlFrom']] {
  if (options.apiUrl !== undefined) return [checkUrl(options.apiUrl, '--api-url'), '--api-url']
  const fromEnv = variable(io, 'PGBEAM_API_URL')
  if (fromEnv !== undefined) return [checkUrl(fromEnv, 'PGBEAM_API_URL'), 'PGBEAM_API_URL']
  return profile ? [profile.api_url, 'profile'] : [DEFAULT_API_URL, 'default']
}

/** @returns the address without a trailing slash, or /v1, which people paste along */
export function checkUrl(text: string, from: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw usage(`${from}: ${text} is not an address`, 'It looks like https://pgbeam.example or http://localhost:7400.')
  }
  if (!/^https?:$/.test(url.protocol)) throw usage(`${from}: ${text} is not an http or https address`)
  if (url.username || url.password) throw usage(`${from}: a key does not belong into the address`, 'Set PGBEAM_TOKEN, or store it with pgbeam auth login --api-key.')
  return `${url.origin}${url.pathname}`.replace(/\/+(v1\/*)?$/, '')
}

/** The key to send, after the checks that need no network. @throws CliError 4 without a usable one */
export function keyToSend({ key, profile, profileName, apiUrl }: Settings): string {
  if (!key) throw new CliError(exitCodes.authentication, 'no key: nobody is logged in', 'Run pgbeam auth login --api-key, or set PGBEAM_TOKEN. npm start in a clone makes a profile for its own installation.')
  checkKey(key.value, key.from === 'profile' ? `profile ${profileName}` : key.from)
  if (key.from === 'profile' && profile && profile.api_url !== apiUrl) {
    throw usage(`the key of profile ${profileName} belongs to ${profile.api_url} and is not sent to ${apiUrl}`, 'Set PGBEAM_TOKEN to a key of that installation, or choose another profile.')
  }
  return key.value
}

/** @throws CliError 4 for what cannot be a key of the API; a mistyped one is known by its checksum */
export function checkKey(value: string, from: string): void {
  const kind = tokenKind(value)
  const refuse = (words: string): CliError => new CliError(exitCodes.authentication, `${from}: ${words}`, 'Keys begin with pbu_ (personal) or pbo_ (organization).')
  if (kind === 'mcp') throw refuse('this is an MCP token of a credential, not an API key')
  if (kind === undefined) throw refuse(/^pb[uo]_/.test(value) ? 'this key is mistyped or cut off (its checksum is wrong)' : 'this is not a PgBeam key')
}

/** What may be shown of a key. */
export function keyDisplay(value: string): string {
  if (tokenKind(value) === undefined) return '(not a key)'
  const { prefix, tail } = tokenDisplay(value)
  return `${prefix}…${tail}`
}
