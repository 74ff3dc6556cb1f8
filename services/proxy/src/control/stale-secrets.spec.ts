import { describe, expect, it } from '@jest/globals'
import { StaleSecrets, type Deliver } from './stale-secrets.js'

type Report = Parameters<Deliver>[0]
function reporter() {
  const stale = new StaleSecrets()
  const sent: Report[] = []
  let fails = false
  const deliver: Deliver = async (report) => {
    sent.push(report)
    if (fails) throw new Error('nobody answers')
  }
  return { stale, sent, report: () => stale.report(deliver).catch(() => undefined), fail: (to: boolean) => { fails = to } }
}

describe('attempts with old secrets', () => {
  it('of one credential are one entry, however many there are: first, last, and from where', async () => {
    const { stale, sent, report } = reporter()
    for (let n = 0; n < 10_000; n++) stale.note('agt_1', `192.0.2.${n % 12}`, n)
    stale.note('agt_2', '::1', 5)
    await report()
    expect(sent).toHaveLength(1)
    const [one, two] = sent[0]!.attempts
    expect(one).toMatchObject({ credential_id: 'agt_1', attempts: 10_000, first_at: '1970-01-01T00:00:00.000Z', last_at: '1970-01-01T00:00:09.999Z' })
    expect([one?.addresses.length, one?.addresses[0], two?.attempts, stale.total]).toEqual([10, '192.0.2.3', 1, 10_001])
  })
  it('are not reported where there are none, nor twice', async () => {
    const { stale, sent, report } = reporter()
    await report()
    stale.note('agt_1', 'a', 1)
    await report()
    await report()
    expect(sent.map(({ n }) => n)).toEqual([1])
  })
  it('that may not have arrived are sent again as they were, under the same number, and what came since after them', async () => {
    const { stale, sent, report, fail } = reporter()
    fail(true)
    stale.note('agt_1', 'a', 1)
    await report()
    stale.note('agt_1', 'a', 2)
    await report()
    fail(false)
    await report()
    await report()
    expect(sent.map(({ n, attempts }) => [n, attempts[0]?.attempts])).toEqual([[1, 1], [1, 1], [1, 1], [2, 1]])
  })
  it('of very many credentials are reported in parts, and do not grow without end', async () => {
    const { stale, sent, report } = reporter()
    for (let n = 0; n < 20_000; n++) stale.note(`agt_${n}`, 'a', n)
    for (let parts = 0; parts < 60; parts++) await report()
    expect([sent.length, sent.every(({ attempts }) => attempts.length === 200), stale.total]).toEqual([50, true, 20_000])
  })
})
