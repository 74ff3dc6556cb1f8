/** Only in `npm run prove`, which fetches them: psycopg and asyncpg see through the proxy, in TLS and with channel binding where they know it, what they see directly. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { report } from './support/measure.js'
import { directly, throughProxy } from './support/record.js'
import { scriptSchema } from './support/record-scripts.js'
import { startStack, type Stack } from './support/stack.js'

const run = promisify(execFile)
const PACKAGES = ['psycopg[binary]==3.3.9', 'asyncpg==0.32.0']
const root = fileURLToPath(new URL('..', import.meta.url))
const venv = join(root, '.pgbeam-test', 'python')
const python = join(venv, 'bin', 'python')

describe('Python clients', () => {
  let stack: Stack
  beforeAll(async () => {
    if (!existsSync(python)) {
      mkdirSync(join(root, '.pgbeam-test'), { recursive: true })
      await run('python3', ['-m', 'venv', venv])
    }
    await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES])
    stack = await startStack({ schema: scriptSchema })
  }, 300_000)
  afterAll(() => stack?.stop())

  it('see the same', async () => {
    const credential = await stack.createCredential()
    const play = async (at: object) =>
      JSON.parse((await run(python, [join(root, 'test-e2e/support/record_clients.py')], { env: { PATH: process.env.PATH, AT: JSON.stringify(at) }, maxBuffer: 1e8 })).stdout) as Record<string, Record<string, unknown>>
    const { ca: _text, ...proxy } = throughProxy(stack, credential)
    const direct = await play(directly(stack))
    const through = await play({ ...proxy, ca: stack.caFile })
    expect(through).toEqual(direct)
    expect(Object.keys(through.psycopg ?? {})).toHaveLength(13)
    expect(Object.keys(through.asyncpg ?? {})).toHaveLength(9)
    expect(through.psycopg).toMatchObject({ cancel: ['57014', 'canceling statement due to user request'], notify: ['hello'], 'pipeline with an error': ['22012', 'division by zero'] })
    expect(through.asyncpg).toMatchObject({ notify: 'hello', timeout: 'cancelled by its own timeout', 'and then': 1 })
    report('Python clients', `${PACKAGES.join(', ')}: 22 observations equal to direct`)
  })
})
