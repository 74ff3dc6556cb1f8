import { describe, expect, it } from '@jest/globals'
import { settled, settledEventsMax, type Settled } from '@pgbeam/contracts'
import { makeId } from '@pgbeam/kernel'
import { createLog } from '../platform/log.js'
import { SettledReport } from './settled-report.js'

const incarnation = makeId('IncarnationId', 0, new Uint8Array(10))
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

function report() {
  const sent: Settled[] = []
  const controlPlane = { publish: (_subject: string, _type: string, body: unknown) => Promise.resolve(void sent.push(settled.parse(body))) }
  return { sent, report: new SettledReport(controlPlane, incarnation, createLog('silent')) }
}

describe('what events closed is told', () => {
  it('in one message for all that are done with in one turn', async () => {
    const { sent, report: to } = report()
    to.add('e1', 1, { sessions: 2, statements: 1 })
    to.add('e1', 2, { sessions: 0, statements: 0 })
    expect(sent).toEqual([])
    await nextTurn()
    to.add('e1', 3, { sessions: 1, statements: 0 })
    await nextTurn()
    expect(sent.map(({ events }) => events)).toEqual([
      [{ seq: 1, sessions_dropped: 2, statements_cancelled: 1 }, { seq: 2, sessions_dropped: 0, statements_cancelled: 0 }],
      [{ seq: 3, sessions_dropped: 1, statements_cancelled: 0 }],
    ])
  })

  it('in messages that are no longer than the control plane takes, each of one life of the log', async () => {
    const { sent, report: to } = report()
    for (let seq = 1; seq <= settledEventsMax + 5; seq++) to.add('e1', seq, { sessions: 1, statements: 0 })
    to.add('e2', 1, { sessions: 1, statements: 0 })
    await nextTurn()
    expect(sent.map(({ epoch, events }) => [epoch, events.length])).toEqual([['e1', settledEventsMax], ['e1', 5], ['e2', 1]])
  })
})
