import { expect, it } from '@jest/globals'
import { ClockReader } from './clock-reader.js'

const machine = { monotonic: { now: () => 12.5 }, wall: { now: () => 1_700_000_000_000 }, uptimeS: () => 90.25 }

it('a reading has every clock in milliseconds', () =>
  expect(new ClockReader(machine).all()).toEqual({ monotonicMs: 12.5, wallMs: 1_700_000_000_000, uptimeMs: 90_250 }))

it('a reading is of the moment: the one before stays what it was', () => {
  let ms = 0
  const reader = new ClockReader({ ...machine, monotonic: { now: () => ++ms } })
  const [first, second] = [reader.all(), reader.all()]
  expect([first.monotonicMs, second.monotonicMs]).toEqual([1, 2])
})

it('a quick one does not ask for the time since boot, and allocates nothing', () => {
  const reader = new ClockReader({ ...machine, uptimeS: () => { throw new Error('this opens a file') } })
  const first = reader.quick()
  expect(first).toEqual({ monotonicMs: 12.5, wallMs: 1_700_000_000_000, uptimeMs: Number.NaN })
  expect(reader.quick()).toBe(first)
})
