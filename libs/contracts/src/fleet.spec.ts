import { describe, expect, it } from '@jest/globals'
import { makeId } from '@pgbeam/kernel'
import { ack, backendsMax, staleRequest, terminateReply } from './fleet.js'

const INT4_MAX = 2_147_483_647
const incarnation = makeId('IncarnationId', 1, new Uint8Array(10))
const nonce = 'n'.repeat(22)
const at = '2026-01-01T00:00:00.000Z'

describe('what a proxy counts', () => {
  const shapes = {
    'sessions of an event': (count: number) => ack.safeParse({ incarnation, epoch: 'e', applied_seq: 1, counted: { after_seq: 0, ended: [{ seq: 1, sessions_dropped: count, statements_cancelled: 0 }] } }),
    'statements of an event': (count: number) => ack.safeParse({ incarnation, epoch: 'e', applied_seq: 1, counted: { after_seq: 0, ended: [{ seq: 1, sessions_dropped: 0, statements_cancelled: count }] } }),
    'logins with an old secret': (count: number) =>
      staleRequest.safeParse({ nonce, incarnation, n: 1, attempts: [{ credential_id: makeId('CredentialId', 1, new Uint8Array(10)), attempts: count, first_at: at, last_at: at, addresses: ['::1'] }] }),
  }

  it.each(Object.entries(shapes))('%s fits into the column that it is stored in, together with what others count', (_what, parse) => {
    expect([1, INT4_MAX, INT4_MAX + 1, -1].map((count) => parse(count).success)).toEqual([true, true, false, false])
  })

  it.each([
    ['that it acknowledges', 4, 5, 9, true],
    ['beyond its acknowledgement', 4, 10, 9, false],
    ['from before those it counts', 4, 4, 9, false],
    ['behind its acknowledgement alone', 10, 11, 9, false],
  ])('is of events %s', (_what, after_seq, seq, applied_seq, fits) => {
    const body = { incarnation, epoch: 'e', applied_seq, counted: { after_seq, ended: [{ seq, sessions_dropped: 1, statements_cancelled: 0 }] } }
    expect(ack.safeParse(body).success).toBe(fits)
  })

  it('nobody has ended more sessions at a database than a request names', () => {
    expect([0, backendsMax, backendsMax + 1].map((ended) => terminateReply.safeParse({ nonce, ended, error: null }).success)).toEqual([true, true, false])
  })
})
