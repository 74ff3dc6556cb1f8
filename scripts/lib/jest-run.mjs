/** One jest run, with its counts. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'
import { runTool } from './run.mjs'

export const workDir = join(root, '.pgbeam-test')

/**
 * Runs jest and counts what it says. A skipped or todo test is a failure, since nobody would notice it otherwise; so is a
 * file that did not load, and a run without any test.
 * @returns {{ passed: number, failed: number, notes: string[] }}
 */
export async function jestRun(name, args, { env = {}, timeoutMs } = {}) {
  mkdirSync(workDir, { recursive: true })
  const outputFile = join(workDir, `jest-${name}.json`)
  rmSync(outputFile, { force: true })
  const code = await runTool('jest', [...args, '--ci', '--json', `--outputFile=${outputFile}`], {
    timeoutMs,
    env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning', NODE_ENV: 'test', ...env },
  })
  if (!existsSync(outputFile)) return { passed: 0, failed: 1, notes: [`${name}: jest ended with code ${code} and no result`] }
  return { ...judge(name, JSON.parse(readFileSync(outputFile, 'utf8')), code), output: outputFile }
}

/** The counts of one jest result file. */
export function judge(name, result, code) {
  const notes = []
  const skipped = result.numPendingTests + result.numTodoTests
  if (skipped > 0) notes.push(`${name}: ${skipped} tests were skipped, which counts as failed`)
  const broken = result.numRuntimeErrorTestSuites
  if (broken > 0) notes.push(`${name}: ${broken} test files did not run`)
  let failed = result.numFailedTests + skipped + broken
  const passed = result.numPassedTests
  if (passed + failed === 0) {
    notes.push(`${name}: no test was found`)
    failed = 1
  }
  if (code !== 0 && failed === 0) {
    notes.push(`${name}: jest ended with code ${code}`)
    failed = 1
  }
  return { passed, failed, notes }
}
