/** The tables of the gate's bench, and its targets with PASS or MISS. */
import { GATE, OPEN } from './policies.mjs'

const TPS_LOSS_MAX = 0.05
const WARM_MICROS_MAX = 3
const COLD_SMALL_MICROS_MAX = 150
const COLD_500_MICROS_MAX = 1500

/** @param figures what `measureGate` returns */
export function judgeGate({ warm, cold }) {
  const targets = []
  for (const [protocol, { rows }] of Object.entries(warm ?? {})) {
    for (const { base, tpsRatio, extraCpuMicros } of rows.filter((row) => row.name === GATE && row.base !== OPEN)) {
      // Over a session without a lease the figure is that of the lease, too: shown above, and no target.
      const against = `warm gate against ${base}, ${protocol}`
      targets.push({ text: `${against}: ≤ 5 % fewer statements a second`, figure: `${((1 - tpsRatio.median) * 100).toFixed(1)} ± ${(tpsRatio.error * 100).toFixed(1)} %`, pass: tpsRatio.median >= 1 - TPS_LOSS_MAX })
      targets.push({ text: `${against}: ≤ 3 µs CPU more`, figure: `${extraCpuMicros.median.toFixed(1)} ± ${extraCpuMicros.error.toFixed(1)} µs`, pass: extraCpuMicros.median <= WARM_MICROS_MAX })
    }
  }
  if (cold === undefined) return targets
  const { small, long } = cold.decide
  targets.push({ text: 'deciding a never-seen small statement, CPU: ≤ 150 µs', figure: `${small.cpuMicros.toFixed(0)} µs`, pass: small.cpuMicros <= COLD_SMALL_MICROS_MAX })
  targets.push({ text: `deciding a never-seen one of ${long.characters} characters, CPU: ≤ 1.5 ms`, figure: `${long.cpuMicros.toFixed(0)} µs`, pass: long.cpuMicros <= COLD_500_MICROS_MAX })
  return targets
}

const spread = ({ median, error, q25, q75 }, scale = 1, digits = 1) => {
  const [middle, half, low, high] = [median, error, q25, q75].map((one) => (one * scale).toFixed(digits))
  return `${middle} ± ${half} (${low} to ${high})`
}
const line = (name, ...cells) => `  ${name.padEnd(32)}${cells.map((one) => String(one).padStart(32)).join('')}`
const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`

function compared({ title, rows }) {
  const { rounds } = rows[0].extraCpuMicros
  const lines = ['', `${title}: median ± error (quartiles) of the differences, of ${rounds} rounds or blocks of them`, line('', 'statements/s, % of it', 'proxy CPU µs', 'database CPU µs', 'tps', 'CPU µs each')]
  for (const base of [...new Set(rows.map((row) => row.base))]) {
    lines.push(`  over ${base}`)
    for (const row of rows.filter((one) => one.base === base)) {
      lines.push(line(`  ${row.name}`, spread(row.tpsRatio, 100), spread(row.extraCpuMicros), spread(row.extraDatabaseMicros), row.tps.toFixed(0), row.cpuMicros.toFixed(1)))
    }
  }
  return lines
}

function neverSeen({ decide, wire }) {
  const rows = Object.entries(decide).map(([name, { characters, cpuMicros, p50Micros, p99Micros, firstMicros }]) =>
    line(`${characters} characters`, cpuMicros.toFixed(0), `${p50Micros.toFixed(0)} / ${p99Micros.toFixed(0)}`, firstMicros.toFixed(0), spread(wire[name].extraCpuMicros, 1, 0)))
  return ['', 'Never-seen statements', line('', 'decide: CPU µs', 'p50 / p99 µs', 'the very first µs', 'proxy CPU µs over seen'), ...rows]
}

function manyLiterals([name, passes]) {
  const rows = passes.map((one, at) =>
    line(at === 0 ? 'the first time' : 'the second time', one.tps.toFixed(0), one.cpuMicros.toFixed(0), `${(one.hitRate * 100).toFixed(1)} %`,
      `${one.entries} in ${mib(one.cacheBytes)} of ${mib(one.cacheBytesMax)}`, one.evictions, `${mib(one.rssBefore)} → ${mib(one.rssAfter)}`))
  return ['', `${passes[0].statements} statements that differ in ${name}`, line('', 'tps', 'CPU µs each', 'hit rate', 'cache', 'evictions', 'RSS'), ...rows]
}

export function formatGate(figures) {
  const { lookUp, warm = {}, rules = [], cold, literals = {} } = figures
  const own = Object.values(lookUp).map(({ characters, micros }) => `${micros.toFixed(2)} µs for ${characters} characters`)
  const lines = ['', `Looking up a remembered verdict, by itself: ${own.join(', ')}`, ...[...Object.values(warm), ...rules].flatMap(compared), ...(cold ? neverSeen(cold) : []), ...Object.entries(literals).flatMap(manyLiterals)]
  const judged = judgeGate(figures)
  if (judged.length > 0) lines.push('', `${'target'.padEnd(88)}${'figure'.padStart(14)}`)
  for (const { text, figure, pass } of judged) lines.push(`${text.padEnd(88)}${figure.padStart(14)}  ${pass ? 'PASS' : 'MISS'}`)
  return lines.join('\n')
}
