import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeToken } from '@pgbeam/kernel'
import type { Answer, Made } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'

const PATH = '/v1/github/secret-scanning'
const KEY_ID = 'key-1'

let cluster: TestCluster
let github: Server
let asked = 0
let key: KeyObject
let made: Made
beforeAll(async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  key = pair.privateKey
  const published = { public_keys: [{ key_identifier: KEY_ID, key: pair.publicKey.export({ type: 'spki', format: 'pem' }), is_current: true }] }
  github = createServer((_request, response) => {
    asked++
    response.setHeader('content-type', 'application/json').end(JSON.stringify(published))
  })
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve))
  cluster = await TestCluster.start(0)
  await cluster.addReplica({ PGBEAM_GITHUB_KEYS_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}/` })
  made = await cluster.api().project(cluster.keys.org_id)
}, 60_000)
afterAll(async () => {
  github?.close()
  await cluster?.stop()
}, 30_000)

function report(finds: unknown, { signer = key, keyId = KEY_ID, tamper = (text: string): string => text } = {}): Promise<Answer> {
  const text = JSON.stringify(finds)
  const headers = { 'Github-Public-Key-Identifier': keyId, 'Github-Public-Key-Signature': sign('sha256', Buffer.from(text), signer).toString('base64') }
  return cluster.api(0, null).post(PATH, tamper(text), headers)
}
const find = (token: string): object => ({ token, type: 'pgbeam_key', url: 'https://github.com/some/repo/blob/main/.env', source: 'content' })
const newKey = async (): Promise<{ id: string; key: string }> => {
  const { body } = await cluster.api().post(`/v1/organizations/${cluster.keys.org_id}/api-keys`, { name: 'leaky', expires_in_days: 30 })
  return { id: body.api_key.id as string, key: body.key as string }
}
const opens = async (token: string): Promise<number> => (await cluster.api(0, token).get('/v1/whoami')).status

it('a key that GitHub found in public is revoked, and where it was found is on record', async () => {
  const leaked = await newKey()
  const stranger = makeToken('organization', randomBytes)
  const answer = await report([find(leaked.key), find(stranger), find('not a key')])
  expect(answer.status).toBe(200)
  expect(answer.body.map(({ label }: { label: string }) => label)).toEqual(['true_positive', 'false_positive', 'false_positive'])
  expect(answer.body[0].token_hash).toBe(createHash('sha256').update(leaked.key).digest('base64'))
  expect(JSON.stringify(answer.body)).not.toContain(leaked.key)
  expect(await opens(leaked.key)).toBe(401)
  const { events } = (await cluster.api().get(`/v1/organizations/${cluster.keys.org_id}/api-keys/${leaked.id}/events`)).body
  expect(events.map(({ event }: { event: string }) => event)).toEqual(['key.revoked', 'key.leaked', 'key.created'])
  expect(events[1].detail.url).toContain('github.com/some/repo')
  // Reported again: still ours, and nothing more to do.
  expect((await report([find(leaked.key)])).body[0].label).toBe('true_positive')
  expect((await cluster.api().get(`/v1/organizations/${cluster.keys.org_id}/api-keys/${leaked.id}/events`)).body.events).toHaveLength(3)
})

it('an organization that decided to look for itself keeps the key, and has the find on record', async () => {
  const leaked = await newKey()
  await cluster.query('UPDATE organization SET leaked_keys_revoked = false')
  try {
    expect((await report([find(leaked.key)])).body[0].label).toBe('true_positive')
    expect(await opens(leaked.key)).toBe(200)
    expect((await cluster.api().get(`/v1/organizations/${cluster.keys.org_id}/api-keys/${leaked.id}/events`)).body.events[0].event).toBe('key.leaked')
  } finally {
    await cluster.query('UPDATE organization SET leaked_keys_revoked = true')
  }
})

it("a credential's MCP token that was found in public pauses the credential", async () => {
  const { credential, mcp_token } = await cluster.api().agent(made)
  expect((await report([find(mcp_token)])).body[0].label).toBe('true_positive')
  expect((await cluster.api().get(`${made.path}/agents/${credential.id}`)).body.status).toBe('killed')
})

describe('nothing is revoked by', () => {
  const forger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  it.each<[string, Parameters<typeof report>[1], number]>([
    ['whoever signs with a key of their own', { signer: forger }, 401],
    ['a key name that GitHub does not publish', { keyId: 'key-2' }, 401],
    ['a body that was changed on the way', { tamper: (text) => `${text} ` }, 401],
  ])('%s', async (_case, how, status) => {
    const kept = await newKey()
    expect((await report([find(kept.key)], how)).status).toBe(status)
    expect(await opens(kept.key)).toBe(200)
  })

  it('a request without a signature, or with a signed body that is no alert', async () => {
    expect((await cluster.api(0, null).post(PATH, [])).status).toBe(401)
    expect((await report({ token: 'x' })).status).toBe(400)
    expect((await report(Array.from({ length: 101 }, () => find('x')))).status).toBe(400)
    expect((await report([find('x'.repeat(300_000))])).status).toBe(413)
  })

  it('and whoever invents key names does not make us ask GitHub each time', async () => {
    const before = asked
    for (let i = 0; i < 5; i++) await report([], { keyId: `invented-${i}` })
    expect(asked - before).toBeLessThanOrEqual(1)
  })
})
