/** The full counts, step by step, with a record of each step on disk. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, totalmem, release } from 'node:os'
import { join } from 'node:path'
import { root, say } from './bootstrap.mjs'
import { check } from './check-steps.mjs'
import { jestRun, workDir } from './jest-run.mjs'
import { proofDocument } from './proof-document.mjs'
import { interrupted } from './run.mjs'
import { withInfrastructure } from './test-stages.mjs'

const ENV = { PGBEAM_PROOF: 'full', FAST_CHECK_RUNS: '2000' }

function commit() {
  try {
    const head = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
    const dirty = execFileSync('git', ['status', '--porcelain', '--', '.', ':!docs/proof'], { cwd: root, encoding: 'utf8' }).trim()
    return dirty ? `${head}-modified` : head
  } catch {
    return 'no-commit'
  }
}

function steps() {
  const e2e = readdirSync(join(root, 'test-e2e')).filter((name) => name.endsWith('.test.ts')).sort()
  return [
    { name: 'check', run: async () => ({ passed: 0, failed: (await check()).length, notes: [] }) },
    { name: 'unit', run: (env) => jestRun('prove-unit', ['--testPathIgnorePatterns', '/node_modules/', '/dist/', '\\.integration\\.spec\\.ts$'], { env }) },
    { name: 'integration', run: (env) => withInfrastructure((more) => jestRun('prove-integration', ['\\.integration\\.spec\\.ts$', '--runInBand', '--forceExit'], { env: { ...env, ...more } })) },
    { name: 'model', run: (env) => jestRun('prove-model', ['--testRegex=/scripts/model/.*\\.test\\.mjs$', '--runInBand'], { env }) },
    ...e2e.map((file) => ({
      name: file.replace(/\.test\.ts$/, ''),
      run: (env) => jestRun(`prove-${file}`, ['--config', 'test-e2e/jest.config.mjs', '--runInBand', `/${file.replaceAll('.', '\\.')}$`], { env }),
    })),
  ]
}

const readLines = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)) : [])

const HELP = `npm run prove -- [options] [names]
  names       only the steps that have one of these in their name, whether they passed before or not
  --restart   forget what passed on this commit
  --list      name the steps`

/** @returns {Promise<number>} the exit code */
export async function prove(args) {
  const unknown = args.filter((one) => one.startsWith('-') && !['--restart', '--list', '--help'].includes(one))
  if (unknown.length > 0 || args.includes('--help')) {
    if (unknown.length > 0) console.error(`pgbeam: prove: no option ${unknown.join(', ')}`)
    console.log(HELP)
    return unknown.length > 0 ? 2 : 0
  }
  if (args.includes('--list')) {
    console.log(steps().map(({ name }) => name).join('\n'))
    return 0
  }
  const at = commit()
  const recordFile = join(workDir, `proof-${at}.json`)
  mkdirSync(workDir, { recursive: true })
  if (args.includes('--restart')) rmSync(recordFile, { force: true })
  const wanted = args.filter((one) => !one.startsWith('--'))
  const record = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : { commit: at, startedAt: new Date().toISOString(), steps: {} }
  const all = steps()
  const chosen = wanted.length === 0 ? all : all.filter(({ name }) => wanted.some((part) => name.includes(part)))
  for (const step of chosen) {
    if (record.steps[step.name]?.failed === 0 && !wanted.length) {
      say(`prove: ${step.name} passed earlier on this commit`)
      continue
    }
    say(`prove: ${step.name}`)
    const measurementsFile = join(workDir, `measurements-${step.name}.jsonl`)
    rmSync(measurementsFile, { force: true })
    const startedAt = Date.now()
    const { passed, failed, notes } = await step.run({ ...ENV, PGBEAM_MEASUREMENTS: measurementsFile })
    if (interrupted()) {
      say('prove: ended; what passed is kept, and the next run goes on from there')
      return 130
    }
    record.steps[step.name] = { passed, failed, notes, seconds: Math.round((Date.now() - startedAt) / 1000), measurements: readLines(measurementsFile) }
    writeFileSync(recordFile, JSON.stringify(record, null, 2))
  }
  const results = all.map(({ name }) => ({ name, ...record.steps[name] })).filter((one) => one.seconds !== undefined)
  const complete = results.length === all.length
  const document = proofDocument({
    commit: at, complete, results, date: new Date(),
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node ${process.versions.node}`,
  })
  const file = join(root, 'docs/proof', `${new Date().toISOString().slice(0, 10)}-${at}.md`)
  mkdirSync(join(root, 'docs/proof'), { recursive: true })
  writeFileSync(file, document)
  const failed = results.reduce((sum, one) => sum + one.failed, 0)
  const passed = results.reduce((sum, one) => sum + one.passed, 0)
  console.log(`written to ${file.slice(root.length)}${complete ? '' : ' (not every step has run)'}`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}
