/**
 * One proxy is cut off from NATS without a word (nothing arrives any more, and no connection breaks): how long a revocation takes
 * then, when the last statement of the cut-off proxy began, and how soon it serves again once the line is mended.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createCredential } from '../services.mjs'
import { revoke } from './revocations.mjs'

export const LEASE_MS = 3_000

/** @returns one row a round: `{ answerMs, fenced, lastStatementMs, recoveryMs, sameSocket }` */
export async function measurePartitions(fleet, { ca, rounds }) {
  const at = fleet.proxies.length - 1
  const { lost } = fleet.cuttable
  const port = fleet.ports[at]
  const bystander = await createCredential(fleet.api, fleet.real, 'cut off, bystander')
  const rows = []
  for (let round = 0; round < rounds; round++) {
    const credential = await createCredential(fleet.api, fleet.real, `cut off ${round}`)
    const idle = new pg.Client({ host: 'localhost', port, user: bystander.user, password: bystander.password, database: bystander.database, ssl: { ca } })
    idle.on('error', () => { /* the query below fails then */ })
    await idle.connect()
    const backend = async () => (await idle.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
    const before = await backend()
    const name = `cut off ${round}`
    await fleet.busyHolder.open({ name, credential, ports: [port], count: 1, busy: true })
    lost.there = lost.back = true
    const { calledAtNs, answeredAtNs, answeredMs, told } = await revoke(fleet, undefined, credential.path)
    // Past the grace, so that it is a long cut for whoever runs something.
    await delay(LEASE_MS)
    fleet.cuttable.mend()
    const mendedAt = performance.now()
    for (let ready = false; !ready && performance.now() - mendedAt < 60_000;) {
      ready = await fetch(`${fleet.proxies[at].adminUrl}/readyz`).then(({ ok }) => ok, () => false)
      if (!ready) await delay(10)
    }
    const sameSocket = (await backend().catch(() => 0)) === before
    const recoveryMs = performance.now() - mendedAt
    const { lastStatementMs } = await fleet.busyHolder.closed(name, 60_000)
    await idle.end().catch(() => { /* it was ended */ })
    rows.push({ answerMs: Number(answeredAtNs - calledAtNs) / 1e6, fenced: /fenced=1\b/.test(told), lastStatementMs: lastStatementMs - answeredMs, recoveryMs, sameSocket })
  }
  return rows
}
