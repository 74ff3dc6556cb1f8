/** Spin: it makes a C program of a model, which goes through every state that the model can reach. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installDebianPackage } from './debian.mjs'
import { onPath } from './nats.mjs'

const run = promisify(execFile)
const MEMORY_MB_MAX = 2_000
const TIME_MS_MAX = 600_000

/** Spin reads models through the C preprocessor and writes C: it is of no use without a compiler. */
export function installSpin() {
  const wanted = [['spin', ['spin']], ['gcc', ['gcc', 'libc6-dev']]]
  for (const [binary, packages] of wanted) {
    if (onPath(binary)) continue
    for (const name of packages) if (!installDebianPackage(name)) throw new Error(`${binary} is needed: install it (${packages.join(' and ')} on Debian) and run this again`)
  }
}

/**
 * Goes through all states of a model.
 * @param {string} model file
 * @param {string[]} defines what the model is compiled with, as `NAME` or `NAME=value`
 * @param {{ liveness?: boolean }} [how] breadth first, for the shortest way to a broken assertion; or, with `liveness`, what
 *   never happens however fair every process is
 * @returns {Promise<{ error?: string, steps?: number, states: number, seconds: number, memoryMb: number }>} `error`: what is
 *   broken, and after how many steps
 */
export async function verify(model, defines, { liveness = false } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'pgbeam-spin-'))
  try {
    copyFileSync(model, join(dir, 'model.pml'))
    await run('spin', ['-a', ...defines.map((one) => `-D${one}`), 'model.pml'], { cwd: dir })
    const mode = liveness ? ['-DNFAIR=3'] : ['-DSAFETY', '-DBFS']
    await run('gcc', ['-O2', '-w', `-DMEMLIM=${MEMORY_MB_MAX}`, ...mode, '-o', 'pan', 'pan.c'], { cwd: dir })
    const startedAt = Date.now()
    const { stdout } = await run('./pan', [...(liveness ? ['-a', '-f', '-m1000000'] : ['-E'])], { cwd: dir, timeout: TIME_MS_MAX, maxBuffer: 1e8 })
    return { ...resultOf(stdout), seconds: (Date.now() - startedAt) / 1_000 }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What a verifier printed. One that gave up before the last state has shown nothing, and is an error of its own. */
export function resultOf(output) {
  const number = (pattern) => {
    const found = pattern.exec(output)
    if (!found) throw new Error(`spin: no ${pattern} in: ${output.slice(-2_000)}`)
    return Number(found[1])
  }
  const errors = number(/errors: (\d+)/)
  const sizes = { states: number(/^\s*(\d+) states, stored/m), memoryMb: Math.round(number(/([\d.]+)\s+total actual memory usage/)) }
  if (errors > 0) {
    const [, error, steps] = /^pan:1: (.*) \(at depth (\d+)\)$/m.exec(output) ?? []
    if (error === undefined) throw new Error(`spin: an error without a name in: ${output.slice(0, 2_000)}`)
    return { error: error.replaceAll(/\s+/g, ' '), steps: Number(steps), ...sizes }
  }
  if (/Search not completed|max search depth too small|reached -DMEMLIM/.test(output)) throw new Error(`spin did not come to an end: ${output.slice(0, 2_000)}`)
  return sizes
}
