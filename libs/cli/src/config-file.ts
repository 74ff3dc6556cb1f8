/** Profiles: which API, which key, which project. One file, readable by its owner only. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError, exitCodes } from './exit.js'
import { variable, type Io } from './io.js'

export interface Profile {
  readonly api_url: string
  readonly api_key: string
  readonly org_id?: string
  readonly project_id?: string
  /** The authority of the proxy's certificate, where the system does not know it. */
  readonly ca_file?: string
  /** The folder whose `npm start` keeps this profile up to date; gone once a person has changed it. */
  readonly managed_by?: string
}
export interface Config {
  readonly current?: string
  readonly profiles: Readonly<Record<string, Profile>>
}

export function configFolder(io: Io): string {
  const xdg = variable(io, 'XDG_CONFIG_HOME')
  if (xdg) return join(xdg, 'pgbeam')
  if (io.platform === 'win32') return join(variable(io, 'APPDATA') ?? join(io.home, 'AppData/Roaming'), 'pgbeam')
  return join(io.home, '.config/pgbeam')
}
export const configPath = (io: Io): string => join(configFolder(io), 'config.json')

/** @throws CliError for a file that is no configuration: nothing is guessed, and nothing is overwritten */
export function readConfig(io: Io): Config {
  const path = configPath(io)
  if (!existsSync(path)) return { profiles: {} }
  const broken = new CliError(exitCodes.failure, `${path} is not a configuration of pgbeam`, 'Correct it or remove it; pgbeam auth login --api-key writes a new one.')
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw broken
    throw error
  }
  const { profiles } = (parsed ?? {}) as Partial<Config>
  if (typeof profiles !== 'object' || profiles === null || Array.isArray(profiles)) throw broken
  for (const profile of Object.values(profiles) as Partial<Profile>[]) if (typeof profile?.api_url !== 'string' || typeof profile.api_key !== 'string') throw broken
  return parsed as Config
}

/** Whole or not at all, and never readable by others, not even for an instant. */
export function writeConfig(io: Io, config: Config): void {
  const folder = configFolder(io)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const partial = join(folder, `config.json.${process.pid}`)
  writeFileSync(partial, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: 'w' })
  chmodSync(partial, 0o600)
  renameSync(partial, configPath(io))
}

/** Whether others can read the keys. */
export function isExposed(io: Io): boolean {
  const path = configPath(io)
  return io.platform !== 'win32' && existsSync(path) && (statSync(path).mode & 0o077) !== 0
}

export function withProfile(config: Config, name: string, profile: Profile): Config {
  return { ...config, profiles: { ...config.profiles, [name]: profile } }
}
