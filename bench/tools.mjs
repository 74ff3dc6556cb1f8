/** pgbench, psql and PgBouncer: found, or installed from Debian. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installDebianPackage } from '../scripts/lib/debian.mjs'

function find(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}

function need(name, packages, afterInstall) {
  for (const each of packages) {
    const found = find(name)
    if (found) return found
    if (installDebianPackage(each)) afterInstall?.()
  }
  const found = find(name)
  if (!found) throw new Error(`${name} is missing: install the package ${packages[0]}`)
  return found
}

export function findTools() {
  return {
    // Debian ships pgbench with the server.
    pgbench: need('pgbench', ['postgresql-15', 'postgresql']),
    psql: need('psql', ['postgresql-client']),
    // The package may start a service of its own, which nobody asked for.
    pgbouncer: need('pgbouncer', ['pgbouncer'], () => spawnSync('invoke-rc.d', ['--quiet', 'pgbouncer', 'stop'], { stdio: 'ignore' })),
  }
}

/** Runs a tool to its end; a failure shows what it said. */
export function runTool(command, args, { env, discardOutput = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C', ...env }, stdio: ['ignore', discardOutput ? 'ignore' : 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve(stdout) : reject(new Error(`${command} failed with code ${code}: ${(stderr + stdout).slice(-1500)}`))))
  })
}
