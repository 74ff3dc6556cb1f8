import { statSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { connect } from '@nats-io/transport-node'
import { parseJoinToken } from '@pgbeam/contracts'
import { tokenKind } from '@pgbeam/kernel'
import { TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start()
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

it('writes keys that work to a file that only its owner reads, once', async () => {
  const { keys } = cluster
  expect(statSync(cluster.bootstrapFile).mode & 0o777).toBe(0o600)
  expect([tokenKind(keys.api_key), tokenKind(keys.personal_key)]).toEqual(['organization', 'personal'])
  expect(parseJoinToken(keys.join_token).id).toMatch(/^jtk_/)
  expect((await cluster.api().get('/v1/whoami')).status).toBe(200)
  await cluster.addReplica()
  expect(cluster.keys).toEqual(keys)
  expect(await cluster.query('SELECT id FROM organization')).toHaveLength(1)
})

it('leaves no secret in the database or on NATS: planted ones are looked for in every table and every message', async () => {
  const tap = await connect({ servers: process.env['NATS_URL'] ?? '' })
  const tapped: string[] = []
  tap.subscribe('>', {
    callback: (_error, message) => {
      const text = message.string()
      tapped.push(message.subject, text, ...text.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1')))
    },
  })
  await tap.flush()
  const proxy = await FakeProxy.joined(cluster.keys.join_token)
  const made = await cluster.api().project(cluster.keys.org_id, 'planted-upstream-secret')
  const issued = await cluster.api().agent(made)
  const path = `${made.path}/agents/${issued.credential.id}`
  await proxy.resolve({ credential_id: issued.credential.id })
  const rotated = (await cluster.api().post(`${path}/rotate`)).body
  await proxy.until((await proxy.renew()).head_seq)
  const { keys } = cluster
  const secrets = [
    'planted-upstream-secret', issued.password, issued.mcp_token, rotated.password, rotated.mcp_token, keys.api_key, keys.personal_key,
    parseJoinToken(keys.join_token).secret.reveal(), keys.owner_link.split('#')[1] ?? '', proxy.secrets?.salt_secret ?? '', proxy.secrets?.fleet_key ?? '',
  ]
  const tables = await cluster.query<{ name: string }>(`SELECT table_schema || '.' || table_name AS name FROM information_schema.tables WHERE table_schema IN ('public', 'migrations')`)
  const dumps = await Promise.all(tables.map(async ({ name }) => {
    const rows = await cluster.query(`SELECT * FROM ${name}`)
    return JSON.stringify(rows, (_key, value: unknown) => (isBytes(value) ? Buffer.from(value.data).toString('latin1') : value))
  }))
  const seen = [...dumps, ...tapped].join('\n')
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(15)
    expect(seen.includes(secret)).toBe(false)
  }
  // The search finds what is there: ids and names are no secrets.
  expect([dumps.join('').includes('db.example'), tapped.join('').includes(issued.credential.id)]).toEqual([true, true])
  await proxy.stop()
  await tap.close()
}, 30_000)

function isBytes(value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer'
}
