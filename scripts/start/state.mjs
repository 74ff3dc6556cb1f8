/**
 * What a development installation keeps between starts, below `.pgbeam/` (0700):
 * dev.json (for people and tools), secrets.json (what the parts need to meet again), bootstrap.json (written once by the
 * control plane), and the folders of the servers.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandLine, endProcess, isAlive } from '../lib/processes.mjs'
import { removeData } from '../lib/postgres.mjs'

const MARKS = /start\.mjs|services\/(control-plane|proxy)\/dist|nats-server|bin\/postgres/
const OWNER_LINK_LIFETIME_MS = 86_400_000

export function openState(root) {
  const dir = join(root, '.pgbeam')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
  return new State(dir)
}

class State {
  constructor(dir) {
    this.dir = dir
    this.devFile = join(dir, 'dev.json')
    this.bootstrapFile = join(dir, 'bootstrap.json')
    this.secretsFile = join(dir, 'secrets.json')
    this.pidsFile = join(dir, 'pids.json')
  }

  path(...names) {
    return join(this.dir, ...names)
  }

  /** The last start's dev.json, if there is one. */
  previous() {
    return readJson(this.devFile) ?? {}
  }

  bootstrap() {
    return readJson(this.bootstrapFile)
  }

  /** Whether the link for the owner's first sign-in may still be good. */
  firstStartIsRecent() {
    return Date.now() - statSync(this.bootstrapFile).mtimeMs < OWNER_LINK_LIFETIME_MS
  }

  /** Made once; losing this file means that nothing stored can be decrypted any more. */
  secrets() {
    const kept = readJson(this.secretsFile)
    if (kept) return kept
    const password = () => randomBytes(24).toString('base64url')
    const made = {
      encryption_keys: `v1:${randomBytes(32).toString('base64url')}`,
      control_superuser: password(), control_role: password(), sample_superuser: password(), sample_role: password(),
      targets: {},
    }
    this.saveSecrets(made)
    return made
  }

  saveSecrets(secrets) {
    writeJson(this.secretsFile, secrets)
  }

  /** Written as each part starts, since a start that is killed half way never gets to dev.json. */
  savePids(pids) {
    writeJson(this.pidsFile, pids)
  }

  saveDev(dev) {
    writeJson(this.devFile, dev)
  }

  /** Ends what an earlier start left behind after a crash. @throws when one is still running in good order */
  async clearLeftovers() {
    const { start, ...others } = readJson(this.pidsFile) ?? {}
    if (start && start !== process.pid && isAlive(start) && /start\.mjs/.test(commandLine(start))) {
      throw new Error(`PgBeam already runs here (process ${start}): stop it with Ctrl-C first`)
    }
    for (const pid of Object.values(others)) {
      if (isAlive(pid) && MARKS.test(commandLine(pid))) await endProcess(pid, { signal: /bin\/postgres/.test(commandLine(pid)) ? 'SIGINT' : 'SIGTERM' })
    }
  }

  /** Deletes everything, the databases included. */
  reset() {
    for (const name of ['control', 'sample']) {
      if (existsSync(this.path(name))) removeData(this.path(name))
    }
    rmSync(this.dir, { recursive: true, force: true })
    mkdirSync(this.dir, { recursive: true, mode: 0o700 })
  }
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Whole or not at all, and never readable by others, not even for an instant. */
function writeJson(file, value) {
  const partial = `${file}.${process.pid}`
  rmSync(partial, { force: true })
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(partial, file)
}
