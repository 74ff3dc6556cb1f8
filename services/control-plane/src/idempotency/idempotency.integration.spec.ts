import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Answer, Made } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { replicaProcess } from '../testing/replica-process.js'
import { IdempotencyRepository } from './idempotency.repository.js'

let cluster: TestCluster
let made: Made
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  made = await cluster.api().project(cluster.keys.org_id)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

let names = 0
const newName = (): string => `name-${++names}`
const agents = (): string => `${made.path}/agents`
const bot = (name: string) => ({ name, policy_profile_id: made.policyId })
const create = (key: string, name: string, replica = 0, api = cluster.api(replica)): Promise<Answer> => api.post(agents(), bot(name), { 'idempotency-key': key })
const countOf = async (name: string): Promise<number> => (await cluster.query(`SELECT FROM agent_credential WHERE name = $1`, [name])).length
const replayed = (answer: Answer): string | null => answer.headers.get('idempotency-replayed')
const organizationKeys = (): string => `/v1/organizations/${cluster.keys.org_id}/api-keys`

describe('a request with an Idempotency-Key', () => {
  it('has its effect once, and the same answer on every replica, secrets and headers too', async () => {
    const key = newName()
    const [first, second] = [await create(key, 'once'), await create(key, 'once', 1)]
    expect([first.status, second.status, replayed(first), replayed(second)]).toEqual([201, 201, null, 'true'])
    expect(second.body).toEqual(first.body)
    expect(second.body.password).toEqual(expect.stringMatching(/.{20}/))
    for (const header of ['etag', 'location']) expect(second.headers.get(header)).toBe(first.headers.get(header))
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
    expect(await countOf('once')).toBe(1)
  })

  it('keeps the header and the seq of a change that proxies enforce', async () => {
    const { credential } = await cluster.api().agent(made)
    const kill = (): Promise<Answer> => cluster.api().patch(`${agents()}/${credential.id}`, { status: 'killed' }, { 'idempotency-key': `kill-${credential.id}` })
    const [first, second] = [await kill(), await kill()]
    expect([second.status, second.headers.get('pgbeam-enforcement')]).toEqual([first.status, first.headers.get('pgbeam-enforcement')])
    expect(first.headers.get('pgbeam-enforcement')).toContain('seq=')
  })

  it('that failed for a lasting reason is answered with the same problem', async () => {
    const key = newName()
    const ask = (): Promise<Answer> => cluster.api().post(agents(), { name: '' }, { 'idempotency-key': key })
    const [first, second] = [await ask(), await ask()]
    expect([first.status, second.status, replayed(second), second.headers.get('content-type')]).toEqual([400, 400, 'true', 'application/problem+json; charset=utf-8'])
    expect(second.body).toEqual(first.body)
  })

  it('with another body, path or method is 409; with another name for each it is not', async () => {
    const key = newName()
    expect((await create(key, 'first body')).status).toBe(201)
    const others = [await create(key, 'second body', 1), await cluster.api().post(`${made.path}/policies`, bot('first body'), { 'idempotency-key': key })]
    for (const other of others) expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED'])
    expect([await countOf('second body'), (await create(newName(), 'second body')).status]).toEqual([0, 201])
  })

  it('twice in flight, on two replicas, has one effect, and the second hears what the first does', async () => {
    for (let round = 0; round < 5; round++) {
      const key = newName()
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => create(key, `raced ${round}`, i % 2)))
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201))
      expect(new Set(answers.map(({ body }) => body.credential.id)).size).toBe(1)
      expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1)
      expect(await countOf(`raced ${round}`)).toBe(1)
    }
  }, 30_000)

  it('is nobody else’s: another owner with the same name gets an answer of their own', async () => {
    const key = newName()
    const [own, other] = [await create(key, 'shared name'), await create(key, 'shared name', 0, cluster.api(0, cluster.keys.personal_key))]
    expect([own.status, other.status, replayed(other)]).toEqual([201, 201, null])
    expect(other.body.credential.id).not.toBe(own.body.credential.id)
  })

  it('is stored without its secrets in the clear, and given again only for a day', async () => {
    const key = newName()
    const first = await create(key, 'a day')
    const [row] = await cluster.query<{ answer: string; name: string }>(`SELECT encode(answer_ciphertext, 'escape') AS answer, name FROM idempotency_key WHERE name = $1`, [key])
    for (const secret of [first.body.password, first.body.mcp_token, first.body.credential.id]) expect(row?.answer).not.toContain(secret)
    await cluster.query(`UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE name = $1`, [key])
    const second = await create(key, 'a day')
    expect([second.status, replayed(second), await countOf('a day')]).toEqual([201, null, 2])
    await cluster.query(`UPDATE idempotency_key SET created_at = now() - interval '25 hours' WHERE name = $1`, [key])
    expect(await cluster.replicas[0]?.app.get(IdempotencyRepository).forget()).toBe(1)
    expect(await cluster.query(`SELECT FROM idempotency_key WHERE name = $1`, [key])).toEqual([])
  })

  it('keeps nothing that a password in its body could be guessed by', async () => {
    const name = newName()
    const path = agents()
    await create(name, 'hashed')
    const [row] = await cluster.query<{ request_hash: Buffer }>('SELECT request_hash FROM idempotency_key WHERE name = $1', [name])
    const guess = createHash('sha256').update(JSON.stringify(['POST', path, bot('hashed')])).digest()
    expect(row?.request_hash).toHaveLength(guess.length)
    expect(row?.request_hash.equals(guess)).toBe(false)
  })

  it.each(['', 'a b', 'ü', 'x'.repeat(256)])('named %p is 400', async (key) => {
    const answer = await fetch(`${cluster.replicas[0]?.url}${agents()}`, {
      method: 'POST', body: JSON.stringify(bot('badly named')), headers: { 'x-api-key': cluster.keys.api_key, 'content-type': 'application/json', 'idempotency-key': key },
    })
    expect([answer.status, ((await answer.json()) as { errors: { field: string }[] }).errors[0]?.field]).toEqual([400, 'Idempotency-Key'])
  })
})

describe('a kept answer', () => {
  it('is not shown to a key that was revoked meanwhile, nor to one with other rights', async () => {
    const issued = (await cluster.api().post(organizationKeys(), { name: 'short-lived', expires_in_days: 30 })).body
    const narrow = (await cluster.api().post(organizationKeys(), { name: 'narrow', expires_in_days: 30, scopes: ['agent:write'] })).body
    const key = newName()
    expect((await create(key, 'seen', 0, cluster.api(0, issued.key))).status).toBe(201)
    const other = await create(key, 'seen', 0, cluster.api(0, narrow.key))
    expect([other.status, other.body.code, JSON.stringify(other.body)]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED', expect.not.stringContaining('password')])
    expect(replayed(await create(key, 'seen', 1))).toBe('true') // a key of the same owner and the same rights
    await cluster.api().delete(`${organizationKeys()}/${issued.api_key.id}`)
    for (const replica of [0, 1]) {
      const late = await create(key, 'seen', replica, cluster.api(replica, issued.key))
      expect([late.status, late.body.code]).toEqual([401, 'UNAUTHORIZED'])
    }
  })

  it('does not come of a failure that may pass', async () => {
    const key = newName()
    const test = (): Promise<Answer> => cluster.api().post(`${made.path}/databases/${made.databaseId}/test-connection`, {}, { 'idempotency-key': key })
    const [first, second] = [await test(), await test()]
    expect([first.status, second.status, replayed(second)]).toEqual([503, 503, null])
  })
})

describe('a replica that is killed while it runs a request', () => {
  it('leaves it to be run anew once its lease has ended, and until then nobody else runs it', async () => {
    const key = newName()
    const replica = await replicaProcess(cluster)
    const release = await cluster.lockTable('agent_credential')
    try {
      const lost = replica.api.post(agents(), bot('killed'), { 'idempotency-key': key }).catch(() => 'lost')
      await cluster.until(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE '%agent_credential%'`)
      replica.process.kill('SIGKILL')
      expect(await lost).toBe('lost')
    } finally {
      await release()
    }
    const [row] = await cluster.query<{ status: number | null; ahead: boolean }>(`SELECT status, lease_until > now() AS ahead FROM idempotency_key WHERE name = $1`, [key])
    expect(row).toEqual({ status: null, ahead: true })
    const during = await create(key, 'killed')
    expect([during.status, during.body.code, Number(during.headers.get('retry-after'))]).toEqual([409, 'CONFLICT', expect.any(Number)])
    expect(Number(during.headers.get('retry-after'))).toBeGreaterThan(0)
    await cluster.query(`UPDATE idempotency_key SET lease_until = now() - interval '1 second' WHERE name = $1`, [key])
    const [after, again] = [await create(key, 'killed', 0), await create(key, 'killed', 1)]
    expect([after.status, replayed(after), again.status, replayed(again)]).toEqual([201, null, 201, 'true'])
    expect(await countOf('killed')).toBe(1)
  }, 60_000)
})
