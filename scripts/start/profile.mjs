/**
 * The profile of `npm start` for the `pgbeam` command, so that `npx pgbeam agents list` works at once.
 * A profile that a person made, or changed, is never overwritten.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const PROFILE = 'local'

/** Where libs/cli keeps its profiles. */
function configFile(env, home) {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'pgbeam/config.json')
}

/**
 * @param {{ dev: object, folder: string, env?: object, home?: string }} options folder: the clone that this profile belongs to
 * @returns {{ prefix: string, note?: string }} what to write before a command of pgbeam for it to reach this installation
 */
export function writeProfile({ dev, folder, env = process.env, home = homedir() }) {
  const file = configFile(env, home)
  try {
    const config = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { profiles: {} }
    const before = config.profiles[PROFILE]
    if (before && before.managed_by === undefined) return { prefix: byVariables(dev), note: `pgbeam's profile ${PROFILE} is your own and was left alone: the lines above name their key themselves.` }
    const profile = { api_url: dev.api_url, api_key: dev.personal_key, org_id: dev.org_id, project_id: dev.project_id, ca_file: dev.ca_file, managed_by: folder }
    const current = config.current ?? PROFILE
    save(file, { ...config, current, profiles: { ...config.profiles, [PROFILE]: profile } })
    return { prefix: current === PROFILE ? 'npx pgbeam' : `npx pgbeam --profile ${PROFILE}` }
  } catch (error) {
    return { prefix: byVariables(dev), note: `No profile for pgbeam was written: ${file}: ${error.message}` }
  }
}

const byVariables = (dev) => `PGBEAM_API_URL=${dev.api_url} PGBEAM_TOKEN=$(node -p 'require("./.pgbeam/dev.json").personal_key') npx pgbeam`

/** Whole or not at all, and never readable by others, not even for an instant. */
function save(file, config) {
  const folder = join(file, '..')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const partial = `${file}.${process.pid}`
  writeFileSync(partial, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  renameSync(partial, file)
}
