/** API keys: measured within one control-plane process, so that the figure is the verification's and not HTTP's. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { root } from '../scripts/lib/bootstrap.mjs'

const SCRIPT = 'services/control-plane/bench/key-verification.mjs'

/** @param env a control plane's, with an empty database */
export async function measureKeys(env) {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT], { cwd: root, env: { PATH: process.env.PATH, ...env }, timeout: 300_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

export const KEY_TARGETS = [
  { figure: 'cachedP99Ms', atMost: 0.3, unit: 'ms', text: 'Verification of one of 20,000 remembered keys, p99: ≤ 0.3 ms' },
  { figure: 'freshP99Ms', atMost: 3, unit: 'ms', text: 'Verification of a key not seen before, p99: ≤ 3 ms' },
  { figure: 'tellApartScore', atMost: 3.3, unit: 'σ', text: 'Unknown, revoked, expired keys told apart by time: ≤ 3.3 σ' },
]

export function formatKeys(figures) {
  const medians = `remembered p50 ${figures.cachedP50Ms.toFixed(3)} ms, not seen before p50 ${figures.freshP50Ms.toFixed(3)} ms`
  const rows = KEY_TARGETS.map(({ figure, atMost, unit, text }) => `${text.padEnd(66)}${`${figures[figure].toFixed(2)} ${unit}`.padStart(8)}  ${figures[figure] <= atMost ? 'PASS' : 'MISS'}`)
  return ['', `API keys: ${medians}`, ...rows].join('\n')
}
