/** Percentiles, the table, and the targets with PASS or MISS. */

/** Nearest rank. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** What a storm has to be, by the second. */
const STORM = { events: 1000, transactions: 100 }

const FIGURES = [
  { key: 'answerMs', text: 'call to answer' },
  { key: 'lastStatementMs', text: "answer to the last statement, by the database's clock" },
  { key: 'lastByteMs', text: 'answer to the last row read by a client' },
  { key: 'closedMs', text: 'call to the last socket closed' },
]

export function summarise(rows) {
  return FIGURES.flatMap(({ key, text }) => {
    const values = rows.map((row) => row[key]).filter((value) => value !== undefined)
    return values.length === 0 ? [] : [{ key, text, count: values.length, p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: percentile(values, 1) }]
  })
}

/** @param figures what `measureRevocation` returns */
export function judge({ runs, storm, partitions, leaseMs }) {
  const targets = []
  for (const { title, rows } of runs) {
    const answer = summarise(rows).find(({ key }) => key === 'answerMs')
    targets.push({ text: `call to answer, p99: ≤ 50 ms (${title})`, figure: `${answer.p99.toFixed(1)} ms`, pass: answer.p99 <= 50 })
    for (const { key, text, max } of summarise(rows).filter(({ key }) => key.startsWith('last'))) {
      targets.push({ text: `${text}: never after it (${title})`, figure: `${max.toFixed(1)} ms`, pass: max < 0, key })
    }
  }
  if (storm) {
    const ratio = storm.stormP99Ms / storm.quietP99Ms
    targets.push({ text: `SELECT 1 under ${STORM.events} events a second, p99: ≤ 2 × quiet`, figure: `${ratio.toFixed(2)} ×`, pass: ratio <= 2 })
    const rates = [storm.events, storm.transactions].map((count) => count / storm.seconds)
    targets.push({ text: `the storm itself: ≥ ${STORM.events} events in ≥ ${STORM.transactions} transactions a second`, figure: rates.map((rate) => rate.toFixed(0)).join(' in '), pass: rates[0] >= STORM.events && rates[1] >= STORM.transactions })
    targets.push({ text: 'events applied by each proxy: all of them', figure: storm.applied.join(' '), pass: storm.logged >= storm.events && storm.applied.every((count) => count >= storm.logged) })
  }
  if (partitions) {
    const worst = (key) => Math.max(...partitions.map((row) => row[key]))
    const ms = (value) => `${value.toFixed(0)} ms`
    const answerMs = worst('answerMs')
    targets.push({ text: `cut off: call to answer: ≤ lease + 500 ms, the proxy named as fenced`, figure: ms(answerMs), pass: answerMs <= leaseMs + 500 && partitions.every(({ fenced }) => fenced) })
    targets.push({ text: 'cut off: last statement of the cut-off proxy: never after the answer', figure: ms(worst('lastStatementMs')), pass: worst('lastStatementMs') < 0 })
    targets.push({ text: 'cut off: idle sessions answer again, on the same sockets: ≤ 2 s after the line is back', figure: ms(worst('recoveryMs')), pass: worst('recoveryMs') <= 2000 && partitions.every(({ sameSocket }) => sameSocket) })
  }
  return targets
}

/** One run's table: shown as soon as it is known, since the next takes minutes. */
export function formatRun({ title, rows, load }) {
  return [
    `revocation: ${title} (${rows.length} revocations, ${rows.reduce((sum, { sessions }) => sum + sessions, 0)} sessions)`,
    `  busy sessions ask ${load.statementsPerSecond.toFixed(0)} statements a second together; the machine is at ${(load.cpuShare * 100).toFixed(0)} % of its cores`,
    `  ${''.padEnd(56)}${['count', 'p50 ms', 'p99 ms', 'max ms'].map((one) => one.padStart(10)).join('')}`,
    ...summarise(rows).map(({ text, count, p50, p99, max }) => `  ${text.padEnd(56)}${String(count).padStart(10)}${[p50, p99, max].map((one) => one.toFixed(1).padStart(10)).join('')}`),
  ].join('\n')
}

export function formatRevocation(figures) {
  const { runs, storm } = figures
  const lines = runs.flatMap((run) => ['', formatRun(run)])
  if (storm) {
    lines.push('', `storm: ${storm.events} events in ${storm.transactions} transactions within ${storm.seconds.toFixed(0)} s`)
    lines.push(`  SELECT 1 p50 ${storm.quietP50Ms.toFixed(2)} → ${storm.stormP50Ms.toFixed(2)} ms, p99 ${storm.quietP99Ms.toFixed(2)} → ${storm.stormP99Ms.toFixed(2)} ms`)
  }
  lines.push('', `${'target'.padEnd(96)}${'figure'.padStart(10)}`)
  for (const { text, figure, pass } of judge(figures)) lines.push(`${text.padEnd(96)}${figure.padStart(10)}  ${pass ? 'PASS' : 'MISS'}`)
  return lines.join('\n')
}
