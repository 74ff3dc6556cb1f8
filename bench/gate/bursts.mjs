/**
 * Short bursts of each way in turn, in another order each round: what makes the machine slow for a second slows all of them, and
 * the median of the differences within rounds is left.
 */
import { childrenOf, exactCpuMicros } from '../process-stats.mjs'

const median = (values) => quantile(values, 0.5)
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const low = Math.floor(at)
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low)
}

/** @param ways `[{ name, sessions, make }]`, `make()` giving the next message. @returns `[{ name: { tps, cpuMicros, databaseMicros } }]`, one for each round */
export async function inTurns({ ways, rounds, burstMs, proxyPid, databasePid }) {
  const backends = childrenOf(databasePid)
  const databaseMicros = () => backends.reduce((sum, pid) => sum + exactCpuMicros(pid), 0)
  const figures = []
  for (let round = 0; round < rounds; round++) {
    const row = {}
    for (const { name, sessions, make } of shuffled(ways)) {
      const before = { proxy: exactCpuMicros(proxyPid), database: databaseMicros(), at: performance.now() }
      const until = before.at + burstMs
      const count = await sessions.all(() => (performance.now() < until ? make() : undefined))
      row[name] = {
        tps: (count / (performance.now() - before.at)) * 1000,
        cpuMicros: (exactCpuMicros(proxyPid) - before.proxy) / count,
        databaseMicros: (databaseMicros() - before.database) / count,
      }
    }
    figures.push(row)
  }
  return figures
}

export function shuffled(list) {
  const mixed = [...list]
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1))
    ;[mixed[at], mixed[other]] = [mixed[other], mixed[at]]
  }
  return mixed
}

function spread(values) {
  const [q25, q75] = [quantile(values, 0.25), quantile(values, 0.75)]
  // Half of the 95 % interval of the median, as for values that are normally distributed.
  return { median: median(values), q25, q75, error: (1.96 * 1.253 * (q75 - q25)) / 1.349 / Math.sqrt(values.length), rounds: values.length }
}

/** One value for each block of rounds: rounds of the same sessions are not independent of each other. */
function byBlock(rows, value) {
  const blocks = new Set(rows.map(({ block }) => block))
  if (blocks.size === 1) return rows.map(value)
  return [...blocks].map((block) => median(rows.filter((row) => row.block === block).map(value)))
}

/** What `name` costs over `base`, round by round; where rows carry the `block` that they were measured in, block by block. */
export function compare(rows, name, base) {
  return {
    name, base,
    tps: median(rows.map((row) => row[name].tps)),
    cpuMicros: median(rows.map((row) => row[name].cpuMicros)),
    databaseMicros: median(rows.map((row) => row[name].databaseMicros)),
    tpsRatio: spread(byBlock(rows, (row) => row[name].tps / row[base].tps)),
    extraCpuMicros: spread(byBlock(rows, (row) => row[name].cpuMicros - row[base].cpuMicros)),
    extraDatabaseMicros: spread(byBlock(rows, (row) => row[name].databaseMicros - row[base].databaseMicros)),
  }
}
