import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import type { Catalog } from '@pgbeam/policy'
import { WatchedCatalog } from './watched-catalog.js'

beforeEach(() => { jest.useFakeTimers() })
afterEach(() => { jest.useRealTimers() })

function watched() {
  const catalog = new WatchedCatalog()
  const readings: (() => void)[] = []
  catalog.users = 1
  catalog.load = () => new Promise<void>((resolve) => {
    readings.push(() => {
      catalog.loaded({ version: String(readings.length) } as Catalog)
      resolve()
    })
  })
  return { catalog, readings }
}

it('DDL has the catalog read anew, once for however many statements', async () => {
  const { catalog, readings } = watched()
  catalog.loaded({ version: 'old' } as Catalog)
  for (let n = 0; n < 50; n++) catalog.changed()
  await jest.advanceTimersByTimeAsync(1000)
  expect(readings.length).toBe(1)
  readings[0]?.()
  await jest.advanceTimersByTimeAsync(5000)
  expect(readings.length).toBe(1)
  expect(catalog.current.version).toBe('1')
})

it('DDL that comes while the catalog is being read has it read once more', async () => {
  const { catalog, readings } = watched()
  catalog.changed()
  await jest.advanceTimersByTimeAsync(0)
  catalog.changed()
  readings[0]?.()
  await jest.advanceTimersByTimeAsync(5000)
  expect(readings.length).toBe(2)
})

it('DDL without end has the catalog read once a second, and nobody who asks for a name waits for its end', async () => {
  const { catalog, readings } = watched()
  let settled = 0
  const loadAtOnce = catalog.load
  catalog.load = () => {
    const reading = loadAtOnce()
    readings.at(-1)?.()
    return reading
  }
  for (let ms = 0; ms < 10_000; ms += 100) {
    catalog.changed()
    void catalog.refresh().then(() => settled++)
    await jest.advanceTimersByTimeAsync(100)
  }
  expect(readings.length).toBeGreaterThanOrEqual(9)
  expect(readings.length).toBeLessThanOrEqual(11)
  expect(settled).toBeGreaterThan(80)
})

it('a catalog that no session uses is not read for DDL', async () => {
  const { catalog, readings } = watched()
  catalog.users = 0
  catalog.changed()
  await jest.advanceTimersByTimeAsync(5000)
  expect(readings.length).toBe(0)
})

it('a reading that failed leaves the last one in force', async () => {
  const { catalog, readings } = watched()
  catalog.loaded({ version: 'old' } as Catalog)
  catalog.load = () => Promise.reject(new Error('no connection'))
  catalog.changed()
  await jest.advanceTimersByTimeAsync(5000)
  expect([catalog.current.version, readings.length]).toEqual(['old', 0])
})
