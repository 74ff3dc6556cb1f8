/** `npm run openapi`: renews docs/openapi.json from the routes and the schemas that check requests, and the client's types from it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ready, root, say } from './lib/bootstrap.mjs'

if (await ready(import.meta.url, { build: false })) {
  const { committedPath, generate } = await import('./lib/openapi.mjs')
  const { runToEnd } = await import('./lib/run.mjs')
  writeFileSync(committedPath, await generate())
  say(`openapi: wrote ${committedPath}`)
  process.exitCode = await runToEnd(process.execPath, [join(root, 'libs/client/scripts/generate.mjs')])
}
