/** `npm run openapi`: renews docs/openapi.json from the routes and the schemas that check requests. */
import { writeFileSync } from 'node:fs'
import { ready, say } from './lib/bootstrap.mjs'

if (await ready(import.meta.url)) {
  const { committedPath, generate } = await import('./lib/openapi.mjs')
  writeFileSync(committedPath, await generate())
  say(`openapi: wrote ${committedPath}`)
}
