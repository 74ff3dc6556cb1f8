/**
 * Writes src/generated/api.ts, the types of every operation, from docs/openapi.json.
 * `--check` writes nothing and fails when the file would change.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const document = new URL('../../../docs/openapi.json', import.meta.url)
const target = fileURLToPath(new URL('../src/generated/api.ts', import.meta.url))
const HEADER = '// Generated from docs/openapi.json by `npm run openapi`: do not edit.\n'

const made = HEADER + astToString(await openapiTS(JSON.parse(readFileSync(document, 'utf8')), { silent: true, defaultNonNullable: false }))
const kept = existsSync(target) ? readFileSync(target, 'utf8') : ''
if (kept !== made) {
  if (process.argv.includes('--check')) {
    console.error('libs/client/src/generated/api.ts is not what docs/openapi.json says: run npm run openapi')
    process.exitCode = 1
  } else {
    writeFileSync(target, made)
  }
}
