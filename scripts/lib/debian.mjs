/** Debian's packages: installed where we are root, else unpacked into a folder of the checkout, which takes no rights. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const UNPACKED = fileURLToPath(new URL('../../.pgbeam-test/debian', import.meta.url))

export function isDebian() {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

/** Installs a Debian package and says so; the package lists are fetched only when the first try needs them. */
export function installDebianPackage(name, say = console.error) {
  if (process.getuid?.() !== 0 || !isDebian()) return false
  say(`Installing ${name} with apt-get, since it is not on this machine`)
  const install = () => apt(['install', '-y', '--no-install-recommends', name])
  let result = install()
  if (result.status !== 0) {
    apt(['update'])
    result = install()
  }
  if (result.status !== 0) say(`apt-get could not install ${name}: ${lastLine(result)}`)
  return result.status === 0
}

/**
 * Unpacks a package, and those that it needs and that are not installed, without installing any. Kept for the next time.
 * @param {string} name
 * @returns {string | undefined} the folder that stands for `/`; undefined where there is no apt, or it does not know the package
 */
export function unpackDebianPackage(name, say = console.error) {
  const folder = join(UNPACKED, name)
  if (existsSync(folder)) return folder
  if (!isDebian()) return undefined
  say(`Unpacking ${name} of Debian into ${folder}, since it is not on this machine`)
  const half = `${folder}.${process.pid}`
  mkdirSync(half, { recursive: true })
  try {
    const download = () => apt(['download', ...new Set([name, ...missing(name)])], half)
    let result = download()
    if (result.status !== 0 && process.getuid?.() === 0) {
      apt(['update'])
      result = download()
    }
    if (result.status !== 0) {
      say(`apt-get could not download ${name}: ${lastLine(result)}`)
      return undefined
    }
    for (const file of readdirSync(half).filter((one) => one.endsWith('.deb'))) {
      const unpack = spawnSync('dpkg-deb', ['--extract', join(half, file), half], { encoding: 'utf8' })
      if (unpack.status !== 0) throw new Error(`dpkg-deb could not unpack ${file}: ${lastLine(unpack)}`)
      rmSync(join(half, file))
    }
    if (!existsSync(folder)) renameSync(half, folder)
    return folder
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
}

/** What an installation would bring, upgrades of what is there left out. */
function missing(name) {
  const plan = apt(['install', '--simulate', '--no-install-recommends', name])
  return [...(plan.stdout ?? '').matchAll(/^Inst (\S+) \(/gm)].map((line) => line[1])
}

function apt(args, cwd) {
  return spawnSync('apt-get', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' })
}

const lastLine = (result) => (result.stderr ?? result.error?.message ?? '').trim().split('\n').at(-1)
