import { afterEach, describe, expect, it } from '@jest/globals'
import { createLog } from '../platform/log.js'
import { ControlPlaneRefused } from './control-plane.js'
import { Heartbeat } from './heartbeat.js'
import { LogEvidence } from './log-evidence.js'
import { UsageLog } from './usage-log.js'

const reply = { nonce: 'n', epoch: 'e', head_seq: 1, db_time: '2026-11-22T00:00:00.000Z', lease_ms: 3000, renew_ms: 60_000 }
const started: Heartbeat[] = []
afterEach(() => { for (const one of started.splice(0)) one.stop() })

/** Renewals whose answers are given by hand. */
function scene() {
  const evidence = new LogEvidence()
  const asked: { body: Record<string, unknown>; answer: () => Promise<void>; fail: (error?: Error) => Promise<void> }[] = []
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  const controlPlane = {
    lastHeardMs: 0,
    request: (_subject: string, _types: unknown, body: Record<string, unknown>) => new Promise<never>((resolve, reject) => asked.push({
      body,
      answer: () => {
        controlPlane.lastHeardMs = performance.now()
        resolve(reply as never)
        return settled()
      },
      fail: (error = new Error('no answer')) => {
        reject(error)
        return settled()
      },
    })),
  }
  const heartbeat = new Heartbeat(
    controlPlane, 'inc', { position: { epoch: 'e', seq: 1 }, granted: () => undefined, evidence }, { countByProject: () => ({}) }, new UsageLog(), { set: () => undefined },
    () => Promise.resolve(), createLog('silent'),
  )
  started.push(heartbeat)
  void heartbeat.start()
  return { heartbeat, asked, evidence }
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

describe('a proxy whose position is doubted', () => {
  const doubt = () => new ControlPlaneRefused('SHOW_LOG_END', 'the log does not reach as far')

  it('shows at once what the control plane signed, once, and then when the next renewal is due', async () => {
    const { asked, evidence } = scene()
    evidence.note('e', 3, () => 'signed to 3')
    evidence.note('e', 2, () => 'signed to 2') // what was answered late shows less
    expect(asked[0]!.body).not.toHaveProperty('evidence')
    await asked[0]!.fail(doubt())
    expect(asked[1]!.body).toMatchObject({ evidence: 'signed to 3' })
    await asked[1]!.fail(doubt())
    expect(asked).toHaveLength(2)
  })

  it('keeps quiet about it again once it is believed', async () => {
    const { heartbeat, asked } = scene()
    await asked[0]!.fail(doubt())
    await asked[1]!.answer()
    heartbeat.askNow()
    expect(asked[2]!.body).not.toHaveProperty('evidence')
  })
})
