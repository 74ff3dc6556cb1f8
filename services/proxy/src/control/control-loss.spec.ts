import { expect, it } from '@jest/globals'
import { ControlLoss } from './control-loss.js'

function lost() {
  const heard = { monotonicMs: 1_000, wallMs: 5_000, uptimeMs: 90_000 }
  const now = { ...heard }
  return { heard, now, loss: new ControlLoss(() => heard, 10_000, () => now) }
}

it.each([
  ['time has passed', { monotonicMs: 11_001, uptimeMs: 100_001 }, true],
  ['the machine has slept', { monotonicMs: 1_200, uptimeMs: 100_001 }, true],
  ['the wall clock was set', { wallMs: 1e12 }, false],
  ['it is not over yet', { monotonicMs: 11_000, uptimeMs: 100_000 }, false],
])('the control plane is lost for too long when %s: %j is %s', (_case, change, tooLong) => {
  const { loss, now } = lost()
  Object.assign(now, change)
  expect([loss.look(), loss.tooLong]).toEqual([tooLong, tooLong])
})
it('is said once, and over when there is word again', () => {
  const { loss, now, heard } = lost()
  now.monotonicMs = 20_000
  expect([loss.look(), loss.look(), loss.tooLong]).toEqual([true, false, true])
  heard.monotonicMs = 19_000
  expect([loss.look(), loss.tooLong]).toEqual([false, false])
})
