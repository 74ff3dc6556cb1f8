/** The hottest functions of the CPU profiles that Node wrote. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns lines like `12.3 %  relay/session.js:42 onClientData` */
export function hottest(dir, count = 25) {
  const micros = new Map()
  let total = 0
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(dir, file), 'utf8'))
    const byId = new Map(nodes.map((node) => [node.id, node.callFrame]))
    for (const [index, id] of samples.entries()) {
      const { functionName, url, lineNumber } = byId.get(id)
      if (functionName === '(idle)') continue
      const key = `${url.replace(/^.*\/(services|libs|node_modules)\//, '$1/') || 'native'}:${lineNumber + 1} ${functionName || '(anonymous)'}`
      micros.set(key, (micros.get(key) ?? 0) + timeDeltas[index])
      total += timeDeltas[index]
    }
  }
  return [...micros].sort((a, b) => b[1] - a[1]).slice(0, count).map(([key, time]) => `${((time / total) * 100).toFixed(1).padStart(5)} %  ${key}`)
}
