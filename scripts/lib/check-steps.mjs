/** The steps of `npm run check`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PNPM, root, say } from './bootstrap.mjs'
import { openApiCheck } from './openapi.mjs'
import { interrupted, runToEnd, runTool } from './run.mjs'

const folders = ['libs', 'services', 'test-e2e', 'bench', 'scripts'].filter((folder) => existsSync(join(root, folder)))

const STEPS = {
  types: () => runToEnd('npx', ['--yes', PNPM, 'exec', 'turbo', 'run', 'typecheck', '--output-logs=errors-only', '--ui=stream']),
  lint: () => runTool('eslint', ['.', '--max-warnings=0', '--cache', '--cache-location', 'node_modules/.cache/eslint/']),
  imports: () => runTool('dependency-cruiser', ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...folders]),
  openapi: openApiCheck,
  unused: () => runTool('knip', ['--no-progress']),
}

/** Runs the named steps, or all. @returns {Promise<string[]>} the names of those that failed */
export async function check(only = []) {
  const unknown = only.filter((name) => !(name in STEPS))
  if (unknown.length > 0) throw new Error(`no check ${unknown.join(', ')}: there are ${Object.keys(STEPS).join(', ')}`)
  const failed = []
  for (const name of only.length > 0 ? only : Object.keys(STEPS)) {
    const startedAt = Date.now()
    say(`check: ${name}`)
    const code = await STEPS[name]()
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
    say(`check: ${name} ${code === 0 ? 'passed' : `FAILED with code ${code}`} in ${seconds} s`)
    if (code !== 0) failed.push(name)
    if (interrupted()) break
  }
  return failed
}
