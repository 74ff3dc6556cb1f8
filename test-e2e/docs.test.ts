/** Each block of the documents that is marked `sh run` runs as it stands, those of one document one after the other. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Home } from './support/cli.js'
import { startStack, type Stack } from './support/stack.js'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
const blocksOf = (text: string): string[] => [...text.matchAll(/^```sh run\n([^]*?)^```$/gm)].map((match) => match[1] ?? '')
const documents = readdirSync(docs).filter((name) => name.endsWith('.md')).map((name) => [name, blocksOf(readFileSync(join(docs, name), 'utf8'))] as const).filter(([, blocks]) => blocks.length > 0)

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ schema: 'CREATE TABLE item (id int PRIMARY KEY)' })
})
afterAll(() => stack?.stop())

it('getting started, API keys and agent credentials are among them', () =>
  expect(documents.map(([name]) => name)).toEqual(expect.arrayContaining(['getting-started.md', 'api-keys.md', 'agent-credentials.md'])))

it.each(documents)('%s', async (name, blocks) => {
  // The first document is for the profile of `npm start`; the others say which variables they read.
  const home = new Home(stack).logIn()
  const variables: Record<string, string> = name === 'getting-started.md' ? {} : { PGBEAM_API_KEY: stack.bootstrap.api_key, PGBEAM_ORG: stack.bootstrap.org_id, PGBEAM_PROJECT: stack.project.id }
  const ran = await home.shell(`set -e\n${blocks.join('\n')}`, { cwd: mkdtempSync(join(home.dir, 'reader-')), env: variables, timeoutMs: 100_000 })
  expect({ code: ran.code, told: ran.code === 0 ? '' : ran.stderr.slice(-1000) }).toEqual({ code: 0, told: '' })
})
