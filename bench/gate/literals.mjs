/** Very many texts of one shape, each another literal, once and then once more: what the verdict cache makes of them. */
import { exactCpuMicros, memoryBytes } from '../process-stats.mjs'
import { query } from './sessions.mjs'
import { textOf } from './statements.mjs'

/** The proxy's metrics of the verdict cache, by the end of their names. */
async function cacheMetrics(proxy) {
  const text = await (await fetch(`${proxy.adminUrl}/metrics`)).text()
  return Object.fromEntries([...text.matchAll(/^pgbeam_verdict_cache_(\w+?)(?:_total)?(?:\{[^}]*\})? (\S+)/gm)].map(([, name, value]) => [name, Number(value)]))
}

/** @returns the figures of the first time and the second, with what the cache held after each */
export async function measureLiterals({ sessions, proxy, shape, count }) {
  const passes = []
  for (let pass = 0; pass < 2; pass++) {
    const before = { cache: await cacheMetrics(proxy), rss: memoryBytes(proxy.pid), cpu: exactCpuMicros(proxy.pid), at: performance.now() }
    let n = 0
    const answered = await sessions.all(() => (n < count ? query(textOf(shape, n++)) : undefined))
    const seconds = (performance.now() - before.at) / 1000
    const cpuMicros = (exactCpuMicros(proxy.pid) - before.cpu) / answered
    const cache = await cacheMetrics(proxy)
    const hits = cache.hits - before.cache.hits
    const misses = cache.misses - before.cache.misses
    passes.push({
      statements: answered, tps: answered / seconds, cpuMicros, hitRate: hits / (hits + misses), evictions: cache.evictions - before.cache.evictions,
      entries: cache.entries, cacheBytes: cache.bytes, cacheBytesMax: cache.bytes_max, rssBefore: before.rss, rssAfter: memoryBytes(proxy.pid),
    })
  }
  return passes
}
