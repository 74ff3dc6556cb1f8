import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { backendsMax, backendsRequest, type BackendsRequest } from '@pgbeam/contracts'
import { makeId } from '@pgbeam/kernel'
import { createLog } from '../platform/log.js'
import type { Session } from '../relay/session.js'
import { BackendReport } from './backend-report.js'

const id = (kind: 'SessionId' | 'IncarnationId' | 'CredentialId' | 'DatabaseId', n = 0) => makeId(kind, n, new Uint8Array(10))
const owner = { id: id('CredentialId'), asOfSeq: 5, passthrough: undefined }
const opened = (n: number, pid = n) =>
  ({ id: id('SessionId', n), upstream: { pid, target: { id: id('DatabaseId') }, dialledAtMs: performance.now() - 20 } }) as unknown as Session

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['performance', 'Date', 'nextTick', 'queueMicrotask'] }))
afterEach(() => void jest.useRealTimers())

/** A control plane that answers, or fails, when it is told to. */
function scene() {
  const sent: BackendsRequest[] = []
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  let held = false
  let failing = false
  const request = (_subject: string, _types: unknown, body: Record<string, unknown>) => {
    sent.push(backendsRequest.parse({ ...body, nonce: 'n'.repeat(16) }))
    if (failing) return Promise.reject(new Error('away'))
    return held ? new Promise<void>((resolve, reject) => waiting.push({ resolve, reject })) : Promise.resolve()
  }
  const report = new BackendReport({ request } as never, id('IncarnationId'), { nowMs: () => 1_000_000 }, createLog('silent'))
  return {
    sent, report, waiting,
    hold: () => (held = true),
    fail: (now: boolean) => (failing = now),
    /** Lets so much time pass, and what follows from it happen. */
    pass: (ms: number) => jest.advanceTimersByTimeAsync(ms),
    told: () => sent.map(({ n, full, opened: news, closed }) => ({ n, full, opened: news.map(({ session_id }) => session_id), closed })),
  }
}
const ids = (...ns: number[]) => ns.map((n) => id('SessionId', n))

describe('what is open at databases', () => {
  it('is told together, a moment later, with when each backend was asked for', async () => {
    const { report, sent, pass } = scene()
    report.opened(opened(1, 77), owner)
    report.opened(opened(2), owner)
    expect(sent).toEqual([])
    await pass(250)
    expect(sent).toHaveLength(1)
    const [first] = sent[0]!.opened
    expect(first).toMatchObject({ session_id: id('SessionId', 1), credential_id: owner.id, database_id: id('DatabaseId'), pid: 77, as_of_seq: 5 })
    expect(1_000_000 - Date.parse(first!.started_at)).toBeGreaterThanOrEqual(19)
  })

  it('is not told of what was over before that, nor of a server without numbers', async () => {
    const { report, sent, pass } = scene()
    report.opened(opened(1), owner)
    report.closed(opened(1))
    report.opened(opened(2, 0), owner)
    await pass(1000)
    expect(sent).toEqual([])
  })

  it('that is over while it is being told is told of next', async () => {
    const { report, told, hold, waiting, pass } = scene()
    hold()
    report.opened(opened(1), owner)
    await pass(250)
    report.closed(opened(1))
    waiting.shift()!.resolve()
    await pass(250)
    expect(told()).toEqual([{ n: 1, full: false, opened: ids(1), closed: [] }, { n: 2, full: false, opened: [], closed: ids(1) }])
  })

  it('is told again where nobody answered, without what is over by then', async () => {
    const { report, told, fail, pass } = scene()
    fail(true)
    report.opened(opened(1), owner)
    report.opened(opened(2), owner)
    await pass(250)
    report.closed(opened(1))
    fail(false)
    await pass(1000)
    expect(told()).toEqual([{ n: 1, full: false, opened: ids(1, 2), closed: [] }, { n: 2, full: false, opened: ids(2), closed: ids(1) }])
    await pass(5000)
    expect(told()).toHaveLength(2)
  })

  it('is told from the beginning to a control plane that knows nothing, until that was answered', async () => {
    const { report, told, fail, pass } = scene()
    report.opened(opened(1), owner)
    await pass(250)
    report.closed(opened(1))
    report.opened(opened(2), owner)
    fail(true)
    report.startOver()
    await pass(250)
    fail(false)
    await pass(1000)
    expect(told().slice(1)).toEqual([{ n: 2, full: true, opened: ids(2), closed: [] }, { n: 3, full: true, opened: ids(2), closed: [] }])
  })

  it('goes in messages that are no longer than the control plane takes, at once where there is more', async () => {
    const { report, sent, pass } = scene()
    for (let n = 1; n <= 2 * backendsMax + 1; n++) report.opened(opened(n), owner)
    await pass(250)
    expect(sent.map(({ opened: news }) => news.length)).toEqual([backendsMax, backendsMax])
    await pass(250)
    expect(sent.at(-1)!.opened).toHaveLength(1)
  })

  it('does not pile up for ever while nobody answers', async () => {
    const { report, told, fail, pass } = scene()
    for (let n = 1; n <= 20_001; n++) report.opened(opened(n), owner)
    await pass(20_000)
    fail(true)
    const before = told().length
    for (let n = 1; n <= 20_001; n++) report.closed(opened(n))
    report.opened(opened(30_000), owner)
    await pass(250)
    fail(false)
    await pass(2000)
    expect(told().slice(before).map(({ full, opened: news, closed }) => [full, news, closed.length])).toEqual([[true, ids(30_000), 0], [true, ids(30_000), 0]])
  }, 60_000)
})
