/** Only in `npm run prove`, which fetches it: schemathesis makes up requests from docs/openapi.json, and holds every answer against it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { committedDocument } from '@pgbeam/api-testing'
import { report } from './support/measure.js'
import { startStack, type Stack } from './support/stack.js'

const run = promisify(execFile)
const PACKAGE = 'schemathesis==4.32.5'
const root = fileURLToPath(new URL('..', import.meta.url))
const work = join(root, '.pgbeam-test')
const venv = join(work, 'schemathesis')
const st = join(venv, 'bin', 'st')
const EXAMPLES = process.env['PGBEAM_SCHEMATHESIS_EXAMPLES'] ?? '15'
/** People whom the calls may remove. */
const MEMBERS = 12
/** For each header: everything stays within eight minutes. */
const RUN_SECONDS = process.env['PGBEAM_SCHEMATHESIS_SECONDS'] ?? '200'

/** What no API key opens: sign-in and sessions of people, and reports that GitHub signs. Their own tests reach their 2xx. */
const withoutKeys = (path: string): boolean => path.startsWith('/v1/auth/') || path === '/v1/github/secret-scanning' || path === '/v1/invitations/accept'

interface Call {
  readonly operation: string
  readonly status: number
}

describe('schemathesis', () => {
  let stack: Stack
  let seed: object
  const operations = Object.entries(committedDocument().paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
  const calls: Call[] = []

  beforeAll(async () => {
    if (!existsSync(st)) {
      mkdirSync(work, { recursive: true })
      await run('python3', ['-m', 'venv', venv])
    }
    await run(join(venv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', PACKAGE])
    stack = await startStack()
    const { org_id, user_id, personal_key } = stack.bootstrap
    const own = stack.api.as(personal_key)
    const credential = await stack.createCredential()
    const killed = await stack.api.call('PATCH', `/v1/projects/${stack.project.id}/agents/${credential.id}`, { body: { status: 'killed' } })
    const key = { name: 'seed', expires_in_days: 30 }
    const members: string[] = []
    while (members.length < MEMBERS) {
      const { token } = await own.post(`/v1/organizations/${org_id}/invitations`, { email: `member-${members.length}@example.org` })
      members.push((await stack.api.as(null).post('/v1/auth/sign-up', { token, name: 'Member', password: randomBytes(12).toString('base64url') })).user.id as string)
    }
    seed = {
      key: personal_key, org: org_id, user: user_id, members, project: stack.project.id, database: stack.project.databaseId, policy: await stack.policy('read_only'), agent: credential.id,
      seq: Number(/seq=(\d+)/.exec(killed.headers.get('pgbeam-enforcement') ?? '')?.[1]),
      personal_key: (await own.post('/v1/api-keys', key)).api_key.id, organization_key: (await own.post(`/v1/organizations/${org_id}/api-keys`, key)).api_key.id,
    }
  }, 300_000)
  afterAll(() => stack?.stop())

  it.each(['Authorization: Bearer ', 'X-API-Key: '])('finds nothing wrong with %s', async (header) => {
    const log = join(work, `schemathesis-${header.slice(0, 5)}.log`)
    const callsFile = join(work, 'schemathesis-calls.jsonl')
    rmSync(callsFile, { force: true })
    const args = [
      '--config-file', join(root, 'test-e2e/support/schemathesis.toml'), 'run', join(root, 'docs/openapi.json'), '--url', stack.api.baseUrl, '--checks', 'all', '--workers', '1', '--generation-with-security-parameters', 'false', '--max-examples', EXAMPLES, '--max-time', RUN_SECONDS,
      '--continue-on-failure', '--no-color', '--header', `${header}${stack.bootstrap.personal_key}`, '--generation-database', 'none', '--request-timeout', '30',
    ]
    const env = {
      ...process.env, SCHEMATHESIS_HOOKS: 'schemathesis_hooks', PYTHONPATH: join(root, 'test-e2e/support'), PGBEAM_BASE: stack.api.baseUrl, PGBEAM_SEED: JSON.stringify(seed),
      PGBEAM_CALLS: callsFile,
    }
    const ended = await run('sh', ['-c', '"$0" "$@" > "$LOG" 2>&1', st, ...args], { env: { ...env, LOG: log }, cwd: work }).then(
      () => 0,
      (error: { code: number }) => error.code,
    )
    const made = readFileSync(callsFile, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Call)
    calls.push(...made)
    if (ended !== 0) throw new Error(`schemathesis ended with ${ended}; ${log} ends with:\n${readFileSync(log, 'utf8').slice(-4_000)}`)
    expect(made.filter(({ status }) => status === 500)).toEqual([])
    report('schemathesis', `${header.split(':')[0]}: ${made.length} calls of ${new Set(made.map(({ operation }) => operation)).size} operations, nothing found`)
  }, 420_000)

  it('called every operation, and each that a key opens succeeded at least once', () => {
    const called = new Set(calls.map(({ operation }) => operation))
    const succeeded = new Set(calls.filter(({ status }) => status >= 200 && status < 300).map(({ operation }) => operation))
    expect([...called].sort()).toEqual([...operations].sort())
    expect(operations.filter((operation) => !succeeded.has(operation) && !withoutKeys(operation.split(' ')[1] ?? ''))).toEqual([])
  })
})
