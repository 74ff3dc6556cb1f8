import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Api, Made } from '../../testing/api.js'
import { TestCluster } from '../../testing/environment.js'

let cluster: TestCluster
let made: Made
let api: Api
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  api = cluster.api()
  made = await api.project(cluster.keys.org_id)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const tagOf = async (path: string): Promise<string> => (await api.get(path)).headers.get('etag') ?? ''

/** Something of each kind that can be read, changed and removed: its address, and a body that changes it. */
async function resources(): Promise<[path: string, method: 'PUT' | 'PATCH', body: object][]> {
  const own = await api.project(cluster.keys.org_id)
  const spare = await api.post(`${own.path}/policies`, { name: 'spare' })
  const { credential } = await api.agent(own)
  const organizationKeys = `/v1/organizations/${cluster.keys.org_id}/api-keys`
  const key = async (path: string) => (await cluster.api(0, path === '/v1/api-keys' ? cluster.keys.personal_key : undefined).post(path, { name: 'k', expires_in_days: 30 })).body.api_key.id
  return [
    [`${own.path}/policies/${spare.body.id}`, 'PUT', { name: 'other' }],
    [`${own.path}/agents/${credential.id}`, 'PATCH', { name: 'other' }],
    [`${own.path}/databases/${own.databaseId}`, 'PATCH', { port: 5433 }],
    [`${organizationKeys}/${await key(organizationKeys)}`, 'PATCH', { name: 'other' }],
    [own.path, 'PATCH', { name: 'other' }],
  ]
}

describe('an ETag', () => {
  it('is on everything of its own address: the same until it changes, 304 for whoever has it, 412 for whoever has an old one', async () => {
    for (const [path, method, body] of await resources()) {
      const first = await api.get(path)
      const etag = first.headers.get('etag') ?? ''
      expect([path, etag]).toEqual([path, expect.stringMatching(/^"[\w-]{22}"$/)])
      const again = await api.get(path, { 'if-none-match': `"x", W/${etag}` })
      expect([path, again.status, again.body, again.headers.get('etag')]).toEqual([path, 304, undefined, etag])
      expect((await api.get(path, { 'if-none-match': '"x"' })).status).toBe(200)

      const changed = await api.call(method, path, body, { 'if-match': etag })
      expect([path, changed.status, changed.headers.get('etag')]).toEqual([path, 200, await tagOf(path)])
      expect(changed.headers.get('etag')).not.toBe(etag)
      for (const [verb, sent] of [[method, body], ['DELETE', undefined]] as const) {
        const late = await api.call(verb, path, sent, { 'if-match': etag })
        expect([path, verb, late.status, late.body.code]).toEqual([path, verb, 412, 'PRECONDITION_FAILED'])
      }
      expect([path, await tagOf(path)]).toEqual([path, changed.headers.get('etag')])
      const unquoted = await api.call(method, path, body, { 'if-match': etag.replaceAll('"', '') })
      expect([unquoted.status, unquoted.body.errors[0].field]).toEqual([400, 'If-Match'])
      expect((await api.call('DELETE', path, undefined, { 'if-match': `"x", ${changed.headers.get('etag')}` })).status).toBe(204)
    }
  })

  it('comes with what was just made, which Location names', async () => {
    const { credential } = await api.agent(made)
    const answer = await api.post(`${made.path}/agents`, { name: 'bot', policy_profile_id: made.policyId })
    const path = `${made.path}/agents/${answer.body.credential.id}`
    expect([answer.headers.get('location'), answer.headers.get('etag')]).toEqual([path, await tagOf(path)])
    expect(await tagOf(`${made.path}/agents/${credential.id}`)).not.toBe(answer.headers.get('etag'))
  })

  it('does not change because a credential is used', async () => {
    const { credential } = await api.agent(made)
    const path = `${made.path}/agents/${credential.id}`
    const before = await api.get(path)
    await cluster.query('UPDATE agent_credential SET last_used_at = now() WHERE id = $1', [credential.id])
    const after = await api.get(path)
    expect([after.headers.get('etag'), after.body.last_used_at]).toEqual([before.headers.get('etag'), expect.any(String)])
  })

  it('as a condition on a route that could not hold it is 400', async () => {
    const answer = await api.post(`${made.path}/agents`, { name: 'bot', policy_profile_id: made.policyId }, { 'if-match': '*' })
    expect([answer.status, answer.body.errors]).toEqual([400, [{ field: 'If-Match', code: 'not_available', detail: 'is not for this route' }]])
  })
})

describe('If-Match', () => {
  it('of 50 writers at once on two replicas lets each increment count exactly once', async () => {
    const path = `${made.path}/policies/${(await api.post(`${made.path}/policies`, { name: '0' })).body.id}`
    let succeeded = 0
    let refused = 0
    const increment = async (writer: number): Promise<void> => {
      const own = cluster.api(writer % 2)
      const seen = await own.get(path)
      const answer = await own.call('PUT', path, { name: String(Number(seen.body.name) + 1) }, { 'if-match': seen.headers.get('etag') ?? '' })
      if (answer.status === 200) succeeded++
      else {
        expect([answer.status, answer.body.code]).toEqual([412, 'PRECONDITION_FAILED'])
        refused++
        if (writer % 5 === 0) await increment(writer) // some give up, some try again
      }
    }
    await Promise.all(Array.from({ length: 50 }, (_, writer) => increment(writer)))
    expect(Number((await api.get(path)).body.name)).toBe(succeeded)
    expect(succeeded).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
  }, 60_000)
})
