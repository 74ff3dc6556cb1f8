/** The `pgbeam` command: what its start costs over that of a bare Node, interleaved so that a noisy moment hits both alike. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../scripts/lib/bootstrap.mjs'

const RUNS = 21
const LAUNCHER = join(root, 'libs/cli/bin/pgbeam.cjs')

/** @returns milliseconds */
function timed(args, env) {
  const startedAt = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - startedAt
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** Without V8's compile cache, as at the very first start, and with it, as at every other. */
export function measureCli() {
  const cache = mkdtempSync(join(tmpdir(), 'pgbeam-cli-bench-'))
  const env = { PATH: process.env.PATH, HOME: cache }
  const cold = { ...env, NODE_DISABLE_COMPILE_CACHE: '1' }
  const warm = { ...env, NODE_COMPILE_CACHE: cache }
  const taken = { bare: [], cold: [], warm: [] }
  try {
    timed([LAUNCHER, '--version'], warm)
    for (let run = 0; run < RUNS; run++) {
      taken.bare.push(timed(['-e', '0'], env))
      taken.cold.push(timed([LAUNCHER, '--version'], cold))
      taken.warm.push(timed([LAUNCHER, '--version'], warm))
    }
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
  const bareMs = median(taken.bare)
  return { bareMs, coldOverBareMs: median(taken.cold) - bareMs, warmOverBareMs: median(taken.warm) - bareMs }
}

const TARGETS = [
  { figure: 'coldOverBareMs', atMost: 150, text: 'pgbeam --version over a bare Node, nothing cached: ≤ 150 ms' },
  { figure: 'warmOverBareMs', atMost: 150, text: 'pgbeam --version over a bare Node, compile cache warm: ≤ 150 ms' },
]

export function formatCli(figures) {
  const rows = TARGETS.map(({ figure, atMost, text }) => `${text.padEnd(66)}${`${figures[figure].toFixed(0)} ms`.padStart(8)}  ${figures[figure] <= atMost ? 'PASS' : 'MISS'}`)
  return ['', `The pgbeam command (bare Node ${figures.bareMs.toFixed(0)} ms, medians of ${RUNS})`, ...rows].join('\n')
}
