import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { enrolReply, renewReply, seal, subjects, resolveReply } from '@pgbeam/contracts'
import { makeId, type CredentialId } from '@pgbeam/kernel'
import { headers } from '@nats-io/transport-node'
import type { Made } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy, newNonce, Refused } from '../testing/fake-proxy.js'
import { JoinTokenService } from './join-token.service.js'

const PASSWORD = 'planted-upstream-password'
let cluster: TestCluster
let made: Made
let proxy: FakeProxy
let tokens: JoinTokenService
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  made = await cluster.api().project(cluster.keys.org_id, PASSWORD)
  proxy = await FakeProxy.connected()
  await proxy.enrol(cluster.keys.join_token)
  await proxy.listen()
  tokens = cluster.replicas[0]?.app.get(JoinTokenService) as JoinTokenService
}, 60_000)
afterAll(async () => {
  await proxy?.stop()
  await cluster?.stop()
}, 30_000)

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof Refused) return error.code
    throw error
  }
  return 'accepted'
}

async function fresh<T>(work: (one: FakeProxy) => Promise<T>): Promise<T> {
  const one = await FakeProxy.connected()
  try {
    return await work(one)
  } finally {
    await one.stop()
  }
}

describe('enrolling', () => {
  it('gives every proxy the same fleet secrets, encrypted to its own key, and its key’s thumbprint as id', async () => {
    expect(proxy.proxyId).toBe(proxy.signer.kid)
    const others = await fresh(async (one) => {
      await one.enrol(cluster.keys.join_token)
      await one.leave()
      return one.secrets
    })
    expect(others).toEqual(proxy.secrets)
  })

  it('takes a token as often as it is good for, and no longer', async () => {
    const once = (await tokens.create({ expiresAt: null, uses: 1 })).token.reveal()
    const codes = await Promise.all([1, 2, 3].map(() => fresh((one) => refusal(one.enrol(once).then(() => one.leave())))))
    expect(codes.sort()).toEqual(['JOIN_TOKEN_REFUSED', 'JOIN_TOKEN_REFUSED', 'accepted'])
  })

  it('counts no second use for the same process asking again', async () => {
    const once = (await tokens.create({ expiresAt: null, uses: 1 })).token.reveal()
    await fresh(async (one) => {
      await one.enrol(once)
      expect(await refusal(one.enrol(once))).toBe('accepted')
      await one.leave()
      await eventually('its end', async () => ((await refusal(one.renew())) === 'UNKNOWN_INCARNATION' ? true : undefined))
      expect(await refusal(one.enrol(cluster.keys.join_token))).toBe('INCARNATION_ENDED')
    })
  })

  it.each<[string, () => Promise<string>]>([
    ['an expired token', async () => (await tokens.create({ expiresAt: new Date(Date.now() - 1000), uses: null })).token.reveal()],
    ['a revoked token', async () => {
      const { id, token } = await tokens.create({ expiresAt: null, uses: null })
      expect(await tokens.revoke(id)).toBe(true)
      return token.reveal()
    }],
    ['a token with another secret', async () => cluster.keys.join_token.replace(/\.[\w-]{43}\./, `.${randomBytes(32).toString('base64url')}.`)],
  ])('refuses %s', async (_case, token) => {
    const text = await token()
    expect(await fresh((one) => refusal(one.enrol(text)))).toBe('JOIN_TOKEN_REFUSED')
  })

  it('refuses who takes another process’s name, or registers a key that is not the one that signs', async () => {
    await fresh(async (one) => {
      const body = await one.enrolBody(cluster.keys.join_token)
      const taken = { ...body, incarnation: proxy.incarnation }
      expect(await refusal(one.request(subjects.enrol, 'enrol-request', 'enrol-reply', taken, enrolReply))).toBe('INCARNATION_TAKEN')
      expect(await refusal(one.request(subjects.enrol, 'enrol-request', 'enrol-reply', body, enrolReply, proxy.signer))).toBe('UNTRUSTED')
    })
  })
})

describe('renewing', () => {
  it('shows the head of the log and the database’s time, and stores sessions and use', async () => {
    const { credential } = await cluster.api().agent(made)
    const usedAt = new Date(Date.now() - 5_000).toISOString()
    proxy.sessions = { [made.projectId]: 7 }
    const reply = await proxy.renew([{ credential_id: credential.id, at: usedAt }])
    expect(reply.epoch).toBe(proxy.epoch)
    expect(Math.abs(Date.parse(reply.db_time) - Date.now())).toBeLessThan(5_000)
    expect((await cluster.api(1).get(made.path)).body.active_connections).toBe(7)
    expect((await cluster.api(1).get(`${made.path}/agents/${credential.id}`)).body.last_used_at).toBe(usedAt)
    expect((await cluster.api().get('/v1/proxies')).body.proxies).toContainEqual(
      expect.objectContaining({ id: proxy.proxyId, incarnation: proxy.incarnation, sessions: 7, address: 'localhost:1' }),
    )
  })

  it('ignores what was repeated, forged, or comes from nobody', async () => {
    const body = { nonce: newNonce(), ...proxy.renewBody() }
    const first = seal('renew-request', body, proxy.signer)
    await proxy.send(subjects.renew, first, 'renew-reply', renewReply, body.nonce)
    const row = () => cluster.query('SELECT renewal_n, sessions, applied_seq, heard_at FROM proxy_incarnation WHERE id = $1', [proxy.incarnation])
    const before = await row()
    expect(await refusal(proxy.send(subjects.renew, first, 'renew-reply', renewReply))).toBe('STALE_RENEWAL')
    await fresh(async (one) => {
      const stolen = { ...proxy.renewBody(), sessions: { [made.projectId]: 1000 }, applied_seq: 10_000 }
      expect(await refusal(one.hello(cluster.keys.join_token).then(() => one.renew()))).toBe('UNKNOWN_INCARNATION')
      expect(await refusal(one.request(subjects.renew, 'renew-request', 'renew-reply', stolen, renewReply))).toBe('UNTRUSTED')
      const asLeave = seal('leave', { nonce: newNonce(), ...stolen }, proxy.signer)
      expect(await refusal(one.send(subjects.renew, asLeave, 'renew-reply', renewReply))).toBe('UNTRUSTED')
      for (const rubbish of ['', '{}', 'a.b.c', 'x'.repeat(10_000)]) {
        expect(await refusal(one.send(subjects.renew, rubbish, 'renew-reply', renewReply))).toBe('UNTRUSTED')
      }
    })
    expect(await row()).toEqual(before)
  })
})

describe('resolving', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

  it('gives the snapshot with the upstream password, which only the proxy that asked can read', async () => {
    const issued = await cluster.api().agent(made, { auth_method: 'cleartext', principal_type: 'human', database_id: made.databaseId })
    const reply = await proxy.resolve({ credential_id: issued.credential.id })
    expect(reply.snapshot).toMatchObject({
      credential: { id: issued.credential.id, status: 'active', principal_type: 'human', auth_method: 'cleartext', database_id: made.databaseId },
      policy: { id: made.policyId, access_mode: 'read_only' },
      databases: [{ id: made.databaseId, host: 'db.example', ssl_mode: 'verify-full', username: 'pgbeam' }],
    })
    expect(reply.snapshot?.credential.verifier).toMatch(/^SCRAM-SHA-256\$4096:/)
    const jwe = reply.snapshot?.databases[0]?.password_jwe ?? ''
    expect(await proxy.decrypt(jwe)).toBe(PASSWORD)
    await fresh((one) => expect(one.decrypt(jwe)).rejects.toThrow())
    const byToken = await proxy.resolve({ mcp_token_sha256: sha256(issued.mcp_token) })
    expect(byToken.snapshot?.credential.id).toBe(issued.credential.id)
  })

  it('knows nothing of revoked and unknown credentials, by name or by token, and of old secrets after a rotation', async () => {
    const issued = await cluster.api().agent(made)
    const path = `${made.path}/agents/${issued.credential.id}`
    const rotated = (await cluster.api().post(`${path}/rotate`, {}, { prefer: 'respond-async' })).body
    expect((await proxy.resolve({ mcp_token_sha256: sha256(issued.mcp_token) })).snapshot).toBeNull()
    expect((await proxy.resolve({ mcp_token_sha256: sha256(rotated.mcp_token) })).snapshot).not.toBeNull()
    const { seq } = (await cluster.api().delete(path, { prefer: 'respond-async' })).body
    for (const which of [{ credential_id: issued.credential.id }, { mcp_token_sha256: sha256(rotated.mcp_token) }]) {
      expect(await proxy.resolve(which)).toMatchObject({ snapshot: null, as_of_seq: seq })
    }
    const unknown: CredentialId = makeId('CredentialId', Date.now(), randomBytes(10))
    expect((await proxy.resolve({ credential_id: unknown })).snapshot).toBeNull()
  })

  it('is one consistent view: its state is that of the log at its own position, while changes race', async () => {
    const { credential } = await cluster.api().agent(made)
    const path = `${made.path}/agents/${credential.id}`
    let changing = true
    const changes = (async () => {
      for (let i = 0; i < 30; i++) await cluster.api(i % 2).patch(path, { status: i % 2 === 0 ? 'killed' : 'active' }, { prefer: 'respond-async' })
      changing = false
    })()
    const views: { seq: number; status: string | undefined }[] = []
    while (changing) {
      const reply = await proxy.resolve({ credential_id: credential.id })
      views.push({ seq: reply.as_of_seq, status: reply.snapshot?.credential.status })
    }
    await changes
    const events = await cluster.query<{ seq: number; kind: string }>(
      `SELECT seq::int, kind FROM enforcement_event WHERE body::jsonb ->> 'credential_id' = $1 ORDER BY seq`,
      [credential.id],
    )
    expect(views.length).toBeGreaterThan(10)
    for (const view of views) {
      const last = events.filter(({ seq }) => seq <= view.seq).at(-1)
      expect(view.status).toBe(last?.kind === 'credential.killed' ? 'killed' : 'active')
    }
  }, 30_000)

  it('does not answer a foreign signature', async () => {
    const { credential } = await cluster.api().agent(made)
    await fresh(async (one) => {
      await one.hello(cluster.keys.join_token)
      const body = { incarnation: proxy.incarnation, credential_id: credential.id }
      expect(await refusal(one.request(subjects.resolve, 'resolve-request', 'resolve-reply', body, resolveReply))).toBe('UNTRUSTED')
      expect(await refusal(one.resolve({ credential_id: credential.id }))).toBe('UNKNOWN_INCARNATION')
    })
  })
})

describe('catching up', () => {
  it('gives what came after a position, and says when a position is of no use', async () => {
    const head = (await proxy.renew()).head_seq
    await cluster.api().agent(made)
    expect(await proxy.since(head)).toMatchObject({ complete: true, head_seq: head + 1, events: [{ seq: head + 1, kind: 'credential.created' }] })
    expect(await proxy.since(head + 1)).toMatchObject({ complete: true, events: [] })
    expect(await proxy.since(head + 100)).toMatchObject({ complete: false, events: [] })
    expect(await proxy.since(0, 'another-life')).toMatchObject({ complete: false, events: [], epoch: proxy.epoch })
  })
})

describe('a connection test', () => {
  it('is made by a live proxy, with a password that only it can read', async () => {
    let asked = ''
    proxy.nats.subscribe(subjects.probe(proxy.incarnation), {
      callback: (_error, message) => {
        asked = message.string()
        const body = JSON.parse(Buffer.from(asked.split('.')[1] ?? '', 'base64url').toString()) as { nonce: string }
        const reply = { nonce: body.nonce, ok: false, latency_ms: 12, server_version: null, error: 'password authentication failed' }
        message.respond(seal('probe-reply', reply, proxy.signer), { headers: headers() })
      },
    })
    await proxy.renew()
    const answer = await cluster.api().post(`${made.path}/databases/${made.databaseId}/test-connection`)
    expect([answer.status, answer.body]).toEqual([200, { ok: false, latency_ms: 12, error: 'password authentication failed', server_version: null }])
    expect(asked).not.toContain(PASSWORD)
    const target = (JSON.parse(Buffer.from(asked.split('.')[1] ?? '', 'base64url').toString()) as { target: { password_jwe: string } }).target
    expect(await proxy.decrypt(target.password_jwe)).toBe(PASSWORD)
  })
})

