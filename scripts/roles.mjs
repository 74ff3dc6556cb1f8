/** `npm run roles`: renews docs/roles.md from the routes and what they require. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ready, root, say } from './lib/bootstrap.mjs'

if (await ready(import.meta.url)) {
  const { builtDocuments } = await import('./lib/openapi.mjs')
  const path = join(root, 'docs/roles.md')
  writeFileSync(path, (await builtDocuments()).rolesTable())
  say(`roles: wrote ${path}`)
}
