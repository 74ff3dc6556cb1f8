import { afterEach, describe, expect, it } from '@jest/globals'
import { createLog } from '../platform/log.js'
import { Heartbeat } from './heartbeat.js'
import { UsageLog } from './usage-log.js'

const reply = { nonce: 'n', epoch: 'e', head_seq: 1, db_time: '2026-11-22T00:00:00.000Z', lease_ms: 3000, renew_ms: 60_000 }
const started: Heartbeat[] = []
afterEach(() => { for (const one of started.splice(0)) one.stop() })

/** Renewals whose answers are given by hand. */
function scene() {
  const asked: { answer: () => Promise<void>; fail: () => Promise<void> }[] = []
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  const controlPlane = {
    lastHeardMs: 0,
    request: () => new Promise<never>((resolve, reject) => asked.push({
      answer: () => {
        controlPlane.lastHeardMs = performance.now()
        resolve(reply as never)
        return settled()
      },
      fail: () => {
        reject(new Error('no answer'))
        return settled()
      },
    })),
  }
  const heartbeat = new Heartbeat(
    controlPlane, 'inc', { position: { epoch: 'e', seq: 1 }, granted: () => undefined }, { countByProject: () => ({}) }, new UsageLog(), { set: () => undefined },
    () => Promise.resolve(), createLog('silent'),
  )
  started.push(heartbeat)
  void heartbeat.start()
  return { heartbeat, asked }
}

describe('whether the control plane answers', () => {
  it('is no when a renewal failed and nothing was heard since it was sent', async () => {
    const { heartbeat, asked } = scene()
    await asked[0]!.answer()
    expect(heartbeat.answered).toBe(true)
    heartbeat.askNow()
    await asked[1]!.fail()
    expect(heartbeat.answered).toBe(false)
    heartbeat.askNow()
    await asked[2]!.answer()
    expect(heartbeat.answered).toBe(true)
  })

  it('is not made a no by an earlier renewal that is given up later', async () => {
    const { heartbeat, asked } = scene()
    heartbeat.askNow()
    await asked[1]!.answer()
    await asked[0]!.fail()
    expect(heartbeat.answered).toBe(true)
  })
})
