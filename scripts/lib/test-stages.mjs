/** The stages of `npm test`, their infrastructure, and the line that sums them up. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { say } from './bootstrap.mjs'
import { check } from './check-steps.mjs'
import { jestRun } from './jest-run.mjs'
import { startNats } from './nats.mjs'
import { startPostgres } from './postgres.mjs'
import { interrupted } from './run.mjs'

const LIMIT_MS = Number(process.env.PGBEAM_TEST_LIMIT_MINUTES ?? 40) * 60_000
const INTEGRATION = '\\.integration\\.spec\\.ts$'

/** Integration specs get a superuser of a real Postgres 18 in which they make databases of their own, and a NATS server. */
export async function withInfrastructure(work) {
  const dir = mkdtempSync(join(tmpdir(), 'pgbeam-integration-'))
  const started = []
  try {
    const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: randomBytes(18).toString('base64url') })
    started.push(postgres)
    const nats = await startNats({ dir: join(dir, 'nats'), say })
    started.push(nats)
    return await work({ PGBEAM_TEST_DATABASE_URL: postgres.url, NATS_URL: nats.url })
  } finally {
    for (const one of started.reverse()) await one.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

const STAGES = {
  async check() {
    const failed = await check()
    return { passed: 0, failed: failed.length, notes: failed.map((name) => `check: ${name} failed`) }
  },
  unit: (args, timeoutMs) => jestRun('unit', ['--testPathIgnorePatterns', '/node_modules/', '/dist/', INTEGRATION, '--maxWorkers=2', ...args], { timeoutMs }),
  integration: (args, timeoutMs) =>
    withInfrastructure((env) => jestRun('integration', [...(args.length > 0 ? args : [INTEGRATION]), '--runInBand', '--forceExit'], { env, timeoutMs })),
  e2e: (args, timeoutMs) => jestRun('e2e', ['--config', 'test-e2e/jest.config.mjs', '--runInBand', ...args], { timeoutMs }),
}

const USAGE = `npm test -- [--only ${Object.keys(STAGES).join(',')}] [what jest takes: a part of a file's path, -t "a title"]
Without arguments everything runs, in about half an hour. "npm run prove" runs the full counts.
`

function parseArguments(args) {
  const at = args.indexOf('--only')
  const only = at === -1 ? Object.keys(STAGES) : (args[at + 1] ?? '').split(',')
  const unknown = only.filter((name) => !(name in STAGES))
  if (unknown.length > 0) throw new Error(`--only takes ${Object.keys(STAGES).join(', ')}, not ${unknown.join(', ')}`)
  return { only, rest: at === -1 ? args : [...args.slice(0, at), ...args.slice(at + 2)] }
}

/** @returns {Promise<number>} the exit code */
export async function runTests(args) {
  if (args.includes('--help')) {
    process.stdout.write(USAGE)
    return 0
  }
  const { only, rest } = parseArguments(args)
  const deadline = Date.now() + LIMIT_MS
  const total = { passed: 0, failed: 0, notes: [] }
  for (const name of only) {
    say(`test: ${name} (${Math.round((deadline - Date.now()) / 60_000)} minutes left)`)
    const startedAt = Date.now()
    const result = await STAGES[name](rest, Math.max(deadline - Date.now(), 1_000)).catch((error) => ({ passed: 0, failed: 1, notes: [`${name}: ${error.stack}`] }))
    say(`test: ${name}: ${result.passed} passed, ${result.failed} failed in ${Math.round((Date.now() - startedAt) / 1000)} s`)
    total.passed += result.passed
    total.failed += result.failed
    total.notes.push(...result.notes)
    if (!interrupted()) continue
    total.failed = Math.max(total.failed, 1)
    total.notes.push('it was ended before it was through')
    break
  }
  for (const note of total.notes) console.log(note)
  if (only.length < Object.keys(STAGES).length) console.log(`ran only ${only.join(', ')}`)
  if (total.passed === 0 && total.failed === 0) total.failed = only.includes('check') && only.length === 1 ? 0 : 1
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
}
