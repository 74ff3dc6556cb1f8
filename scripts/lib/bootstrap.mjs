/**
 * From a bare clone to built code under the pinned Node: no dependencies, and it runs on stock Node 20.
 * Every command of this repository begins with it, so none needs a step before it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { constants } from 'node:os'
import { join } from 'node:path'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const PNPM = 'pnpm@12.21.0'
const NEEDED = [24, 9]
const stampFile = join(root, 'node_modules/.pgbeam-installed')
const pinnedNode = join(root, 'node_modules/.bin/node')

export const say = (line) => process.stderr.write(`pgbeam: ${line}\n`)

function installKey() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Runs a quiet command with a sign of life every few seconds; its output is shown when it fails. */
function run(what, command, args) {
  const startedAt = Date.now()
  const seconds = () => Math.round((Date.now() - startedAt) / 1000)
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: 'true', TURBO_TELEMETRY_DISABLED: '1', npm_config_update_notifier: 'false' },
    })
    let output = ''
    let latest = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-200_000)
      latest = output.trimEnd().split(/[\r\n]/).at(-1)?.trim().slice(0, 100) ?? ''
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const heartbeat = setInterval(() => say(`  … ${what}, ${seconds()} s${latest && ` (${latest})`}`), 5_000)
    child.once('error', (error) => {
      clearInterval(heartbeat)
      reject(new Error(`${what}: ${error.message}`))
    })
    child.once('close', (code) => {
      clearInterval(heartbeat)
      if (code === 0) resolve({ seconds: seconds(), output })
      else reject(new Error(`${what} failed with code ${code}:\n${output.trimEnd().split('\n').slice(-60).join('\n')}`))
    })
  })
}

const pnpm = (...args) => ['npx', ['--yes', PNPM, ...args]]

async function install() {
  const key = installKey()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === key) return
  say('installing packages from the lockfile (the first time takes a minute or two)')
  const { seconds } = await run('installing', ...pnpm('install', '--frozen-lockfile', '--reporter=append-only'))
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stampFile, key)
  say(`packages installed in ${seconds} s`)
}

async function build() {
  const { seconds, output } = await run('building', ...pnpm('exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--ui=stream'))
  const cached = /FULL TURBO/.test(output)
  say(cached ? 'build is up to date' : `built in ${seconds} s`)
}

/** The Node that runs the product: the pinned one of the lockfile on Linux, the machine's own elsewhere. */
function productNode() {
  if (existsSync(pinnedNode) && spawnSync(pinnedNode, ['--version'], { stdio: 'ignore' }).status === 0) return pinnedNode
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return process.execPath
  say(`Node ${process.versions.node} is too old here: install Node ${NEEDED.join('.')} or newer (https://nodejs.org), then run this again.`)
  return process.exit(1)
}

/**
 * Makes sure that packages and build are there and that the calling script runs under the product's Node.
 * @returns true in the process that should do the work; the first process only waits for it and exits with its code.
 */
export async function ready(scriptUrl, { build: wantsBuild = true } = {}) {
  if (process.env.PGBEAM_BOOTSTRAPPED === String(process.ppid)) {
    // Not inherited further: a command started from here bootstraps by itself.
    delete process.env.PGBEAM_BOOTSTRAPPED
    return true
  }
  try {
    await install()
    if (wantsBuild) await build()
  } catch (error) {
    say(error.message)
    process.exit(1)
  }
  const child = spawn(productNode(), [fileURLToPath(scriptUrl), ...process.argv.slice(2)], {
    stdio: 'inherit', cwd: process.cwd(),
    env: { ...process.env, PGBEAM_BOOTSTRAPPED: String(process.pid), TURBO_TELEMETRY_DISABLED: '1', PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
  })
  // Ctrl-C reaches the child from the terminal as well; it stops things in order and this process waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const [code, signal] = await new Promise((done) => child.once('exit', (...how) => done(how)))
  process.exit(code ?? 128 + (constants.signals[signal] ?? 1))
}
