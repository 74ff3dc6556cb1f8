/** Only in `npm run prove`, which fetches it: schemathesis makes up requests from docs/openapi.json, and holds every answer against it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { committedDocument } from '@pgbeam/api-testing'
import { ApiSeeds, Outside } from './support/api-seeds.js'
import { report } from './support/measure.js'
import { startStack, type Stack } from './support/stack.js'

const run = promisify(execFile)
const PACKAGE = 'schemathesis==4.32.5'
const root = fileURLToPath(new URL('..', import.meta.url))
const work = join(root, '.pgbeam-test')
const venv = join(work, 'schemathesis')
const st = join(venv, 'bin', 'st')
const EXAMPLES = process.env['PGBEAM_SCHEMATHESIS_EXAMPLES'] ?? '15'
/** For each header: everything stays within eight minutes. */
const RUN_SECONDS = process.env['PGBEAM_SCHEMATHESIS_SECONDS'] ?? '200'

interface Call {
  readonly operation: string
  readonly status: number
}

describe('schemathesis', () => {
  let outside: Outside
  let stack: Stack
  const operations = Object.entries(committedDocument().paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))

  beforeAll(async () => {
    if (!existsSync(st)) {
      mkdirSync(work, { recursive: true })
      await run('python3', ['-m', 'venv', venv])
    }
    await run(join(venv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', PACKAGE])
    outside = await Outside.start()
    // One for the calls with each header, and one for the seeds of each: tries of passwords are limited by control plane.
    stack = await startStack({ controlPlanes: 4, env: { controlPlane: outside.env } })
  }, 300_000)
  afterAll(async () => {
    await stack?.stop()
    await outside?.stop()
  }, 60_000)

  it.each([
    [0, 'Authorization: Bearer '],
    [1, 'X-API-Key: '],
  ])('finds nothing wrong, and every operation to succeed at least once, at control plane %i with %s', async (index, header) => {
    const { baseUrl } = stack.apis[index]!
    const seeds = await ApiSeeds.start(stack, stack.apis[2 + index]!.as(stack.bootstrap.personal_key), outside)
    const log = join(work, `schemathesis-${header.slice(0, 5)}.log`)
    const callsFile = join(work, 'schemathesis-calls.jsonl')
    rmSync(callsFile, { force: true })
    const args = [
      '--config-file', join(root, 'test-e2e/support/schemathesis.toml'), 'run', join(root, 'docs/openapi.json'), '--url', baseUrl, '--checks', 'all', '--workers', '1', '--generation-with-security-parameters', 'false', '--max-examples', EXAMPLES, '--max-time', RUN_SECONDS,
      '--continue-on-failure', '--no-color', '--generation-database', 'none', '--request-timeout', '30',
    ]
    const env = {
      ...process.env, SCHEMATHESIS_HOOKS: 'schemathesis_hooks', PYTHONPATH: join(root, 'test-e2e/support'), PGBEAM_SEEDS: seeds.url,
      PGBEAM_CALLS: callsFile, PGBEAM_HEADER: `${header}${stack.bootstrap.personal_key}`,
    }
    const ended = await run('sh', ['-c', '"$0" "$@" > "$LOG" 2>&1', st, ...args], { env: { ...env, LOG: log }, cwd: work }).then(
      () => 0,
      (error: { code: number }) => error.code,
    )
    seeds.stop()
    const calls = readFileSync(callsFile, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Call)
    if (ended !== 0) throw new Error(`schemathesis ended with ${ended}; ${log} ends with:\n${readFileSync(log, 'utf8').slice(-4_000)}`)
    expect(calls.filter(({ status }) => status === 500)).toEqual([])
    // The way back from an OpenID provider has one good answer: on to the next page.
    const succeeded = new Set(calls.filter(({ operation, status }) => (status >= 200 && status < 300) || (operation === 'GET /v1/auth/oidc/callback' && status === 303)).map(({ operation }) => operation))
    expect([...succeeded].sort()).toEqual([...operations].sort())
    report('schemathesis', `${header.split(':')[0]}: ${calls.length} calls, ${succeeded.size} operations succeeded, nothing found`)
  }, 420_000)

  it('knows every operation that there is', () => expect(operations).toHaveLength(74))
})
