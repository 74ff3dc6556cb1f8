/** The OpenAPI document: made from the built control plane, without starting it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PNPM, root, say } from './bootstrap.mjs'
import { runToEnd } from './run.mjs'

export const committedPath = join(root, 'docs/openapi.json')

/** Builds what documents are made from. */
export async function builtDocuments() {
  const code = await runToEnd('npx', ['--yes', PNPM, 'exec', 'turbo', 'run', 'build', '--filter=@pgbeam/control-plane', '--output-logs=errors-only', '--ui=stream'])
  if (code !== 0) throw new Error('the control plane does not build')
  return import(pathToFileURL(join(root, 'services/control-plane/dist/api-document.js')).href)
}

/** @returns {Promise<string>} the OpenAPI document as it should be committed */
export async function generate() {
  const { apiDocument } = await builtDocuments()
  return `${JSON.stringify(apiDocument(), null, 2)}\n`
}

/** @returns {Promise<number>} 1 when the committed document is not the one that the code says, or a linter finds something */
export async function openApiCheck() {
  const committed = existsSync(committedPath) ? readFileSync(committedPath, 'utf8') : ''
  if (committed !== (await generate())) {
    say('docs/openapi.json is not what the code says; renew it with: npm run openapi')
    return 1
  }
  const { lintOpenApi } = await import('./openapi-lint.mjs')
  const found = await lintOpenApi(committedPath)
  for (const line of found) console.error(line)
  return found.length === 0 ? 0 : 1
}
