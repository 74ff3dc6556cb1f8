import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Made } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'
import { eventHash, firstHash } from './event-hash.js'

interface EventRow {
  seq: string
  epoch: string
  kind: string
  project_id: string
  body: string
  at: Date
  prev_hash: string
  hash: string
}

let cluster: TestCluster
let made: Made
let proxy: FakeProxy
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  proxy = await FakeProxy.joined(cluster.keys.join_token)
  made = await cluster.api().project(cluster.keys.org_id)
}, 60_000)
afterAll(async () => {
  await proxy?.stop()
  await cluster?.stop()
}, 30_000)

const log = (): Promise<EventRow[]> => cluster.query<EventRow>('SELECT * FROM enforcement_event ORDER BY seq')
/** Runs tasks, at most `width` at a time. */
async function racing<T>(tasks: (() => Promise<T>)[], width: number): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let at = next++; at < tasks.length; at = next++) results[at] = await (tasks[at] as () => Promise<T>)()
    }),
  )
  return results
}

describe('the enforcement log', () => {
  it('numbers 120 concurrent changes over two replicas without a gap, chained by their hashes, and publishes them in order', async () => {
    const tasks = Array.from({ length: 60 }, (_, i) => async () => {
      const api = cluster.api(i % 2)
      const { credential } = await api.agent(made, { name: `bot ${i}` })
      return cluster.api((i + 1) % 2).patch(`${made.path}/agents/${credential.id}`, { status: 'killed' })
    })
    const answers = await racing(tasks, 16)
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200))
    const rows = await log()
    expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: rows.length }, (_, i) => i + 1))
    expect(rows.length).toBeGreaterThanOrEqual(120)
    let previous = firstHash
    for (const row of rows) {
      expect(row.prev_hash).toBe(previous)
      previous = eventHash(previous, { ...row, seq: BigInt(row.seq), projectId: row.project_id })
      expect(row.hash).toBe(previous)
    }
    await proxy.until(rows.length)
    const seen = proxy.events.map(({ seq }) => seq)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(new Set(seen)).toEqual(new Set(rows.map(({ seq }) => Number(seq))))
    for (const batch of proxy.batches) expect(batch.prev_seq).toBe((batch.events[0]?.seq ?? 0) - 1)
    // In a storm the position is stored now and then, and always when it is over: whoever publishes next goes on from there.
    await eventually('the stored position to be the last event', async () => {
      const [publisher] = await cluster.query<{ published_seq: string; epoch: string }>('SELECT published_seq, epoch FROM enforcement_publisher')
      return publisher?.epoch === rows[0]?.epoch && Number(publisher?.published_seq) === rows.length ? true : undefined
    })
  }, 60_000)

  it('agrees with the row after 100 racing PATCH, rotate and DELETE over two replicas: revoked is for ever', async () => {
    const { credential } = await cluster.api().agent(made)
    const path = `${made.path}/agents/${credential.id}`
    const tasks = Array.from({ length: 100 }, (_, i) => async () => {
      const api = cluster.api(i % 2)
      if (i === 50) return { deleting: true, ...(await api.delete(path)) }
      if (i % 10 === 3) return { deleting: false, ...(await api.post(`${path}/rotate`)) }
      return { deleting: false, ...(await api.patch(path, { status: i % 3 === 0 ? 'killed' : 'active' })) }
    })
    const answers = await racing(tasks, 20)
    for (const { deleting, status } of answers) expect(deleting ? [204] : [200, 409]).toContain(status)
    const [row] = await cluster.query<{ status: string; version: string; status_seq: string; scram_verifier: null; mcp_token_hash: null }>(
      'SELECT * FROM agent_credential WHERE id = $1',
      [credential.id],
    )
    const events = (await log()).filter(({ body }) => (JSON.parse(body) as { credential_id?: string }).credential_id === credential.id)
    const last = events.at(-1)
    expect(row).toMatchObject({ status: 'revoked', scram_verifier: null, mcp_token_hash: null, version: last?.seq, status_seq: last?.seq })
    expect(last?.kind).toBe('credential.revoked')
    expect(events.filter(({ kind }) => kind === 'credential.revoked')).toHaveLength(1)
    // Pauses and resumptions alternate: none was written that found the state already so.
    const statuses = events.map(({ kind }) => kind).filter((kind) => kind === 'credential.killed' || kind === 'credential.resumed')
    statuses.forEach((kind, at) => expect(kind).toBe(at % 2 === 0 ? 'credential.killed' : 'credential.resumed'))
    const after = await Promise.all([cluster.api(1).patch(path, { status: 'active' }), cluster.api(0).post(`${path}/rotate`), cluster.api(1).get(path)])
    expect(after.map(({ status }) => status)).toEqual([409, 409, 200])
    expect(after[2]?.body.status).toBe('revoked')
  }, 60_000)

  it('appends nothing for a call that finds the state as asked, and answers with the event that made it so', async () => {
    const { credential } = await cluster.api().agent(made)
    const path = `${made.path}/agents/${credential.id}`
    const seqOf = (answer: { headers: Headers }) => /seq=(\d+), enforced/.exec(answer.headers.get('pgbeam-enforcement') ?? '')?.[1]
    const killed = await cluster.api(0).patch(path, { status: 'killed' })
    await cluster.api(0).agent(made)
    const before = (await log()).length
    const again = await cluster.api(1).patch(path, { status: 'disabled' })
    expect([again.status, seqOf(again)]).toEqual([200, seqOf(killed)])
    expect((await log()).length).toBe(before)
    const revoked = await cluster.api(1).delete(path)
    const twice = await cluster.api(0).delete(path, { prefer: 'return=representation' })
    expect([revoked.status, twice.status, seqOf(twice)]).toEqual([204, 200, seqOf(revoked)])
    expect(twice.body).toMatchObject({ enforced: true, proxies: [{ acknowledged: true }] })
  })

  it('refuses to be changed or to bring a revoked credential back, even for who writes SQL', async () => {
    await expect(cluster.query(`UPDATE enforcement_event SET kind = 'credential.resumed'`)).rejects.toThrow(/only ever appended/)
    await expect(cluster.query('DELETE FROM enforcement_event')).rejects.toThrow(/only ever appended/)
    await expect(cluster.query(`UPDATE agent_credential SET status = 'active', scram_verifier = 'x', mcp_token_hash = '\\x00' WHERE status = 'revoked'`)).rejects.toThrow(
      /stays revoked/,
    )
  })
})
