/** What is kept of secrets from before rotations, and what is counted when somebody tries one. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { parseVerifier } from '@pgbeam/scram'
import { Forgetting } from '../fleet/forgetting.js'
import type { Answer, Made } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { FakeProxy, Refused } from '../testing/fake-proxy.js'

jest.setTimeout(30_000)
let cluster: TestCluster
let made: Made
let proxy: FakeProxy
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  made = await cluster.api().project(cluster.keys.org_id)
  proxy = await FakeProxy.joined(cluster.keys.join_token)
}, 60_000)
afterAll(async () => {
  await proxy?.stop()
  await cluster?.stop()
}, 30_000)

const create = async (): Promise<string> => (await cluster.api().agent(made)).credential.id as string
const path = (id: string): string => `${made.path}/agents/${id}`
const rotate = (id: string): Promise<Answer> => cluster.api().post(`${path(id)}/rotate`)
const snapshot = async (id: string) => (await proxy.resolve({ credential_id: id })).snapshot?.credential
const kept = async (id: string): Promise<number> => (await cluster.query('SELECT FROM retired_key WHERE credential_id = $1', [id])).length

describe('what a secret is recognised by after a rotation', () => {
  it('is its StoredKey, of the last two rotations, and nothing that would let it in', async () => {
    const id = await create()
    const storedKeys: string[] = []
    for (let n = 0; n < 4; n++) {
      storedKeys.unshift(parseVerifier((await snapshot(id))?.verifier ?? '').storedKey.toString('base64'))
      expect((await rotate(id)).status).toBe(200)
    }
    const now = await snapshot(id)
    expect(now?.retired_keys.map(({ stored_key }) => stored_key)).toEqual(storedKeys.slice(0, 2))
    for (const { until } of now?.retired_keys ?? []) expect(Math.round((Date.parse(until) - Date.now()) / 86_400_000)).toBe(30)
    expect(await kept(id)).toBe(2)
  })

  it.each<[string, (id: string) => Promise<Answer>, number]>([
    ['a revoke', (id) => cluster.api().delete(path(id)), 204],
    ['a revoke of many', (id) => cluster.api().post(`${made.path}/agents:revoke`, { ids: [id] }), 200],
    ['a revoke that does not wait', (id) => cluster.api().call('DELETE', path(id), undefined, { prefer: 'respond-async' }), 202],
  ])('is destroyed by %s, with the verifier, in the transaction that revokes', async (_case, revoke, status) => {
    const id = await create()
    await rotate(id)
    expect(await kept(id)).toBe(1)
    expect((await revoke(id)).status).toBe(status)
    expect(await kept(id)).toBe(0)
    expect(await cluster.query('SELECT status, scram_verifier, mcp_token_hash FROM agent_credential WHERE id = $1', [id])).toEqual([{ status: 'revoked', scram_verifier: null, mcp_token_hash: null }])
    expect(await snapshot(id)).toBeUndefined()
  })

  it('is there still when a revoke fails before it is committed: both go, or none', async () => {
    const id = await create()
    await rotate(id)
    await cluster.query(`BEGIN; UPDATE agent_credential SET status = 'revoked', scram_verifier = NULL, mcp_token_hash = NULL WHERE id = '${id}'; ROLLBACK`)
    expect([await kept(id), (await snapshot(id))?.status]).toEqual([1, 'active'])
  })

  it('is destroyed when its project is deleted, and stays through a kill', async () => {
    const other = await cluster.api().project(cluster.keys.org_id)
    const { id } = (await cluster.api().agent(other)).credential
    await cluster.api().post(`${other.path}/agents/${id}/rotate`)
    await cluster.api().patch(`${other.path}/agents/${id}`, { status: 'killed' })
    expect(await kept(id)).toBe(1)
    expect((await cluster.api().delete(other.path)).status).toBe(204)
    expect(await kept(id)).toBe(0)
  })

  it('is not told to proxies when its time is over, and is deleted within the hour', async () => {
    const id = await create()
    await rotate(id)
    await cluster.query(`UPDATE retired_key SET expires_at = now() - interval '1 second' WHERE credential_id = $1`, [id])
    expect((await snapshot(id))?.retired_keys).toEqual([])
    await (cluster.replicas[1]?.app.get(Forgetting) as Forgetting).run()
    expect(await kept(id)).toBe(0)
  })

  it('is not kept at all where the setting says so', async () => {
    await cluster.addReplica({ PGBEAM_STALE_SECRET_DAYS: '0' })
    const id = await create()
    await cluster.api(2).post(`${path(id)}/rotate`)
    expect(await kept(id)).toBe(0)
  })
})

describe('attempts with a secret from before a rotation', () => {
  const attempt = (credential_id: string, attempts: number, second: number, addresses = ['192.0.2.1']) => {
    const at = (plus: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second + plus)).toISOString()
    return { credential_id, attempts, first_at: at(0), last_at: at(1), addresses }
  }
  const shown = async (id: string) => (await cluster.api(1).get(path(id))).body.stale_secret_attempts

  it('are one entry with a count, first and last time, and addresses, in every view of the credential', async () => {
    const id = await create()
    expect(await shown(id)).toBeNull()
    await proxy.reportStale(1, [attempt(id, 3, 10, ['192.0.2.1', '192.0.2.2'])])
    await proxy.reportStale(2, [attempt(id, 4, 5, ['192.0.2.3', '192.0.2.2'])])
    const expected = { attempts: 7, first_at: '2026-01-01T00:00:05.000Z', last_at: '2026-01-01T00:00:11.000Z', addresses: ['192.0.2.3', '192.0.2.2', '192.0.2.1'] }
    expect(await shown(id)).toEqual(expected)
    const listed = (await cluster.api().get(`${made.path}/agents?page_size=100`)).body.agents.find((one: { id: string }) => one.id === id)
    expect(listed.stale_secret_attempts).toEqual(expected)
    expect((await rotate(id)).body.credential.stale_secret_attempts).toEqual(expected)
  })

  it('are counted once, however often their report comes', async () => {
    const id = await create()
    await Promise.all([1, 2, 3, 4].map(() => proxy.reportStale(10, [attempt(id, 5, 0)])))
    await proxy.reportStale(9, [attempt(id, 5, 0)])
    expect((await shown(id)).attempts).toBe(5)
  })

  it('keep ten addresses, the latest first', async () => {
    const id = await create()
    const addresses = Array.from({ length: 10 }, (_, n) => `192.0.2.${n}`)
    await proxy.reportStale(20, [attempt(id, 10, 0, addresses)])
    await proxy.reportStale(21, [attempt(id, 1, 0, ['198.51.100.1'])])
    expect((await shown(id)).addresses).toEqual(['198.51.100.1', ...addresses.slice(0, 9)])
  })

  it('neither change the tag that If-Match goes by, nor fail for a credential that nobody has', async () => {
    const id = await create()
    const tag = (await cluster.api().get(path(id))).headers.get('etag')
    await proxy.reportStale(30, [attempt('agt_01jd3v5k8q0000000000000000', 1, 0), attempt(id, 1, 0)])
    expect([(await cluster.api().get(path(id))).headers.get('etag'), (await shown(id)).attempts]).toEqual([tag, 1])
  })

  it('of a message that another process signed, or that is too long, are not believed', async () => {
    const id = await create()
    const stranger = await FakeProxy.connected()
    Object.assign(stranger, { controlKid: proxy.controlKid, controlKey: proxy.controlKey })
    const codes: string[] = []
    const failing = async (work: Promise<unknown>): Promise<void> => void (await work.catch((error: unknown) => codes.push(error instanceof Refused ? error.code : String(error))))
    await failing(stranger.reportStale(1, [attempt(id, 1, 0)]))
    await failing(proxy.reportStale(40, Array.from({ length: 201 }, () => attempt(id, 1, 0))))
    await failing(proxy.reportStale(41, [attempt(id, 1, 0, Array<string>(11).fill('a'))]))
    await stranger.stop()
    expect([codes, await shown(id)]).toEqual([['UNKNOWN_INCARNATION', 'UNTRUSTED', 'UNTRUSTED'], null])
  })
})
