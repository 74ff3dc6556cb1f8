/** Medians of the rounds, the table, and the targets with PASS or MISS. */

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** `[{ workload, target, figures }]` of all rounds → workload → target → figure → median */
export function summarise(runs) {
  const summary = {}
  for (const { workload, target, figures } of runs) {
    for (const [name, value] of Object.entries(figures)) {
      summary[workload] ??= {}
      summary[workload][target] ??= {}
      summary[workload][target][name] ??= []
      summary[workload][target][name].push(value)
    }
  }
  for (const targets of Object.values(summary)) {
    for (const figures of Object.values(targets)) for (const name of Object.keys(figures)) figures[name] = median(figures[name])
  }
  return summary
}

/** From the issue: what the proxy is measured by. */
const TARGETS = [
  { workload: 'simple', figure: 'cpuMicros', at: 'most', ratio: 1.6, text: 'CPU per small statement, varying literals: ≤ 1.6 × PgBouncer' },
  { workload: 'prepared', figure: 'cpuMicros', at: 'most', ratio: 1.6, text: 'CPU per small statement, prepared: ≤ 1.6 × PgBouncer' },
  { workload: 'copy', figure: 'mbPerSecond', at: 'least', ratio: 1, text: 'COPY out throughput: ≥ PgBouncer' },
]

export function judgeTargets(summary) {
  return TARGETS.flatMap(({ workload, figure, at, ratio, text }) => {
    const proxy = summary[workload]?.proxy?.[figure]
    const pgbouncer = summary[workload]?.pgbouncer?.[figure]
    if (proxy === undefined || pgbouncer === undefined) return []
    const reached = proxy / pgbouncer
    return [{ text, reached, pass: at === 'most' ? reached <= ratio : reached >= ratio }]
  })
}

const COLUMNS = { tps: ['tps', 0], loginsPerSecond: ['logins/s', 0], cpuMicros: ['CPU µs each', 1], mbPerSecond: ['MB/s', 0], cpuMillisPer100Mb: ['CPU ms/100 MB', 0], kibPerSession: ['KiB/session', 1], rssMib: ['RSS MiB', 0] }

export function formatReport(summary, workloads) {
  const lines = []
  for (const [name, targets] of Object.entries(summary)) {
    const figures = [...new Set(Object.values(targets).flatMap((one) => Object.keys(one)))]
    lines.push('', workloads[name].title)
    lines.push(`  ${''.padEnd(10)}${figures.map((one) => COLUMNS[one][0].padStart(15)).join('')}`)
    for (const [target, values] of Object.entries(targets)) {
      lines.push(`  ${target.padEnd(10)}${figures.map((one) => (values[one] === undefined ? '–' : values[one].toFixed(COLUMNS[one][1])).padStart(15)).join('')}`)
    }
  }
  const judged = judgeTargets(summary)
  if (judged.length > 0) lines.push('', `${'target'.padEnd(66)}${'figure'.padStart(8)}`)
  for (const { text, reached, pass } of judged) lines.push(`${text.padEnd(66)}${`${reached.toFixed(2)} ×`.padStart(8)}  ${pass ? 'PASS' : 'MISS'}`)
  return lines.join('\n')
}
