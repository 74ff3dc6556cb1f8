/**
 * Revoke, kill and rotate on 200 open sessions over three proxies, 64 of them in the middle of something: when the call's
 * answer is read, it is over for all of them, and nobody else noticed.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { enforcementHeader, type Answer } from './support/api.js'
import { connect, loginError } from './support/connect.js'
import { rawSession } from './support/login.js'
import { errorFields, executeMessage, bindMessage, message, parseMessage, queryMessage, syncMessage, type RawClient } from './support/raw-client.js'
import { credentialOf, startStack, type Credential, type Stack } from './support/stack.js'
import { report } from './support/measure.js'

const IDLE = 136
const EACH_BUSY = 16
let stack: Stack
beforeAll(async () => {
  stack = await startStack({ proxies: 3, schema: 'CREATE TABLE witness (who text); CREATE TABLE loaded (n int)' })
})
afterAll(() => stack?.stop())

/** What a session may be doing when its credential goes away. Each ends in a state where the server is at work for it. */
const busy: Record<string, (client: RawClient, mark: string) => Promise<unknown> | void> = {
  'a statement that runs': (client, mark) => {
    client.send(queryMessage(`SELECT pg_sleep(60) /* ${mark} */`))
  },
  'a pipeline with a write behind what runs': (client, mark) => {
    client.send(queryMessage(`SELECT pg_sleep(60) /* ${mark} */`), queryMessage(`INSERT INTO witness VALUES ('pipelined ${mark}')`))
  },
  'an extended pipeline with a write in a transaction of its own behind': (client, mark) => {
    const steps = (sql: string) => [parseMessage(sql), bindMessage(), executeMessage(), syncMessage()]
    client.send(...steps(`SELECT pg_sleep(60) /* ${mark} */`), ...steps(`INSERT INTO witness VALUES ('extended ${mark}')`))
  },
  'a COPY in': async (client) => {
    client.send(queryMessage('COPY loaded FROM STDIN'))
    await client.framesUntil('G')
    client.send(message('d', Buffer.from('1\n')))
  },
}
busy['a COPY out'] = async (client, mark) => {
  client.send(queryMessage(`COPY (SELECT pg_sleep(0.2), repeat('x', 9000) FROM generate_series(1, 10000) /* ${mark} */) TO STDOUT`))
  await client.framesUntil('H')
}
const busyKinds = Object.keys(busy).slice(0, 4)

interface Open {
  readonly client: RawClient
  readonly kind: string
}

async function openSessions(credential: Credential, mark: string): Promise<Open[]> {
  const open: Open[] = []
  const kinds = [...busyKinds.flatMap((kind, i) => Array<string>(EACH_BUSY - (i === 3 ? EACH_BUSY / 2 : 0)).fill(kind)), ...Array<string>(EACH_BUSY / 2).fill('a COPY out'), ...Array<string>(IDLE).fill('idle')]
  for (let at = 0; at < kinds.length; at += 20) {
    open.push(...(await Promise.all(kinds.slice(at, at + 20).map(async (kind, i) => {
      const client = await rawSession(stack, credential, { proxy: stack.proxies[(at + i) % 3]!, parameters: { application_name: mark } })
      await busy[kind]?.(client, mark)
      return { client, kind }
    }))))
  }
  return open
}

const running = async (mark: string) =>
  Number((await stack.onUpstream<{ n: string }>("SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'", [mark]))[0]!.n)

/** Another credential on the same proxies: every statement that it sends is answered. */
async function bystander(): Promise<{ stop: () => Promise<number> }> {
  const credential = await stack.createCredential()
  let going = true
  const clients = await Promise.all(stack.proxies.map((proxy) => connect(stack, credential, { proxy })))
  const loops = clients.map(async (client) => {
    let answered = 0
    while (going) {
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
      answered++
    }
    await client.end()
    return answered
  })
  return {
    stop: async () => {
      going = false
      return (await Promise.all(loops)).reduce((sum, n) => sum + n, 0)
    },
  }
}

/** Sends a statement on every session in this very turn, and sees each of them fail and close. */
async function nextStatementFails(sessions: readonly Open[]): Promise<{ told: number }> {
  for (const { client } of sessions) client.send(queryMessage("INSERT INTO witness VALUES ('late')"))
  let told = 0
  await Promise.all(sessions.map(async ({ client, kind }) => {
    const seen: string[] = []
    try {
      for (;;) {
        const frame = await client.frame()
        seen.push(frame.type)
        if (frame.type === 'E' && errorFields(frame).C === '57P01') told++
        if (frame.type === 'C') throw new Error(`a command completed after the answer: ${kind}`)
      }
    } catch (error) {
      if (!/closed the connection/.test(String(error))) throw error
    }
    await client.closed
    if (kind === 'idle') expect(seen).toEqual(['E'])
  }))
  return { told }
}

const verbs: Record<string, { change: (credential: Credential) => Promise<Answer>; status: number; login: string }> = {
  revoke: { change: (one) => stack.api.call('DELETE', one.path), status: 204, login: '28P01' },
  kill: { change: (one) => stack.api.call('PATCH', one.path, { body: { status: 'killed' } }), status: 200, login: '28000' },
  rotate: { change: (one) => stack.api.call('POST', `${one.path}/rotate`, { body: {} }), status: 200, login: '28P01' },
}

describe.each(['agent', 'human'])('for an %s', (principal) => {
  it.each(Object.keys(verbs))('%s stops 200 sessions on three proxies before it answers', async (verb) => {
    const { change, status, login } = verbs[verb]!
    const mark = `${principal}-${verb}`
    const credential = await stack.createCredential({ extra: { principal_type: principal } })
    const sessions = await openSessions(credential, mark)
    expect(sessions).toHaveLength(200)
    expect(sessions.filter(({ kind }) => kind !== 'idle')).toHaveLength(64)
    await expect(running(mark)).resolves.toBeGreaterThanOrEqual(56) // a COPY in shows as active, too
    const others = await bystander()

    const answer = await change(credential)
    const { told } = await nextStatementFails(sessions)

    expect(answer.status).toBe(status)
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true, proxies: 3, sessions: 200 })
    report(`${mark}: call to answer with 200 sessions`, Math.round(answer.elapsedMs), 'ms')
    expect(told).toBeGreaterThanOrEqual(IDLE)
    expect(await others.stop()).toBeGreaterThanOrEqual(3)
    const deadline = performance.now() + 15_000
    while ((await running(mark)) > 0) if (performance.now() > deadline) throw new Error('statements still run upstream after 15 s')
    expect(await stack.onUpstream('SELECT * FROM witness')).toEqual([])
    expect(await stack.onUpstream('SELECT * FROM loaded')).toEqual([])
    for (const proxy of stack.proxies) expect(await loginError(stack, credential, { proxy })).toMatchObject({ code: login })

    const now = await stack.api.get(credential.path)
    expect(now).toMatchObject({ id: credential.id, pg_username: credential.user, policy_profile_id: credential.policyId, principal_type: principal })
    if (verb === 'kill') {
      expect((await stack.api.call('PATCH', credential.path, { body: { status: 'active' } })).status).toBe(200)
      for (const proxy of stack.proxies) expect(await loginError(stack, credential, { proxy })).toBeUndefined()
    }
    if (verb === 'rotate') {
      const renewed = credentialOf(answer.body, credential.project, credential.policyId)
      expect(renewed).toMatchObject({ id: credential.id, user: credential.user })
      for (const proxy of stack.proxies) expect(await loginError(stack, renewed, { proxy })).toBeUndefined()
      expect(JSON.stringify(now)).not.toContain(renewed.password)
    }
    if (verb === 'revoke') {
      expect((await stack.api.call('PATCH', credential.path, { body: { status: 'active' } })).status).toBe(409)
      expect((await stack.api.call('PATCH', credential.path, { body: { name: 'back' } })).status).toBe(409)
      for (const proxy of stack.proxies) expect(await loginError(stack, credential, { proxy })).toMatchObject({ code: '28P01' })
    }
  })
})

describe('a call that changes nothing', () => {
  it('kill twice: 200, and the first receipt again', async () => {
    const credential = await stack.createCredential()
    const first = await stack.api.call('PATCH', credential.path, { body: { status: 'killed' } })
    const second = await stack.api.call('PATCH', credential.path, { body: { status: 'killed' } })
    expect(enforcementHeader(second).seq).toBe(enforcementHeader(first).seq)
    expect(second.status).toBe(200)
  })
  it('revoke twice: 204, and the first receipt again', async () => {
    const credential = await stack.createCredential()
    const first = await stack.api.call('DELETE', credential.path)
    const second = await stack.api.call('DELETE', credential.path)
    expect(second.status).toBe(204)
    expect(enforcementHeader(second).seq).toBe(enforcementHeader(first).seq)
  })
})

describe('other changes are enforced, too', () => {
  const session = async (credential: Credential) => {
    const client = await rawSession(stack, credential)
    const ended = (async () => {
      for (;;) {
        const frame = await client.frame(30_000)
        if (frame.type === 'E') return errorFields(frame)
      }
    })()
    return { client, ended }
  }
  it('an expiry that passes ends an idle session, with no message needed, and is told to who proves the secret', async () => {
    const credential = await stack.createCredential({ extra: { expires_at: new Date(Date.now() + 4000).toISOString() } })
    const { ended } = await session(credential)
    expect(await ended).toMatchObject({ S: 'FATAL', C: '57P01', M: expect.stringContaining('expired') })
    expect(await loginError(stack, credential)).toMatchObject({ code: '28000', message: expect.stringContaining('expired') })
    expect(await loginError(stack, { ...credential, password: 'wrong' })).toMatchObject({ code: '28P01' })
  })
  it('an expiry brought forward ends open sessions', async () => {
    const credential = await stack.createCredential()
    const { ended } = await session(credential)
    const answer = await stack.api.call('PATCH', credential.path, { body: { expires_at: new Date(Date.now() + 1000).toISOString() } })
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true })
    expect(await ended).toMatchObject({ C: '57P01' })
  })
  it('another policy ends open sessions, and the next one obeys it', async () => {
    const credential = await stack.createCredential({ accessMode: 'read_write' })
    const { ended } = await session(credential)
    const answer = await stack.api.call('PATCH', credential.path, { body: { policy_profile_id: await stack.policy('read_only') } })
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true })
    expect(await ended).toMatchObject({ C: '57P01' })
    const client = await connect(stack, credential)
    await expect(client.query('DELETE FROM witness')).rejects.toMatchObject({ code: '42501' })
    await client.end()
  })
  it('a policy edited in place ends the sessions under it and no others', async () => {
    const policy = await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'edited', access_mode: 'read_write' })
    const under = await stack.createCredential({ policyId: policy.id })
    const beside = await connect(stack, await stack.createCredential())
    const { ended } = await session(under)
    const answer = await stack.api.call('PUT', `/v1/projects/${stack.project.id}/policies/${policy.id}`, { body: { name: 'edited', access_mode: 'read_only' } })
    expect(answer.status).toBe(200)
    expect(enforcementHeader(answer)).toMatchObject({ enforced: true, sessions: 1 })
    expect(await ended).toMatchObject({ C: '57P01' })
    expect((await beside.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await beside.end()
  })
  it.each([['kill', 'paused'], ['revoke', 'revoked']])('%s of many credentials ends the sessions of all of them, and of no other one, under one receipt', async (verb, word) => {
    const project = await stack.createProject()
    const credentials = await Promise.all(Array.from({ length: 5 }, () => stack.createCredential({ project })))
    const spared = await stack.createCredential({ project, extra: { principal_type: 'human' } })
    const beside = await connect(stack, spared)
    const open = [...(await Promise.all(credentials.map((credential) => session(credential)))), await session(credentials[0]!)]
    const filter = { principal_type: 'agent' }
    const dry = await stack.api.post(`/v1/projects/${project.id}/agents:${verb}`, { filter, dry_run: true })
    expect([dry.changed, (await beside.query('SELECT 1 AS one')).rows]).toEqual([5, [{ one: 1 }]])
    const answer = await stack.api.call('POST', `/v1/projects/${project.id}/agents:${verb}`, { body: { filter } })
    expect([answer.status, answer.body.changed, enforcementHeader(answer)]).toMatchObject([200, 5, { enforced: true, sessions: 6, seq: answer.body.receipt.seq }])
    for (const { ended } of open) expect(await ended).toMatchObject({ C: '57P01', M: expect.stringContaining(word) })
    for (const credential of credentials) expect(await loginError(stack, credential)).toMatchObject({ code: verb === 'kill' ? '28000' : '28P01' })
    expect((await beside.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await beside.end()
  })
  it("a project's kill switch ends all its sessions and refuses all its logins once their secret is proven, until it is released", async () => {
    const project = await stack.createProject()
    const path = `/v1/projects/${project.id}`
    const [agent, human] = [await stack.createCredential({ project }), await stack.createCredential({ project, extra: { principal_type: 'human' } })]
    const beside = await connect(stack, await stack.createCredential())
    const open = [await session(agent), await session(human)]
    const thrown = await stack.api.call('PATCH', path, { body: { agents_disabled: true } })
    expect([thrown.status, thrown.body.agents_disabled, enforcementHeader(thrown)]).toMatchObject([200, true, { enforced: true, sessions: 2 }])
    for (const { ended } of open) expect(await ended).toMatchObject({ C: '57P01', M: expect.stringContaining('kill switch of the project') })
    expect(await loginError(stack, agent)).toMatchObject({ code: '28000', message: expect.stringContaining('kill switch of the project') })
    expect(await loginError(stack, { ...human, password: 'wrong' })).toMatchObject({ code: '28P01' })
    const again = await stack.api.call('PATCH', path, { body: { agents_disabled: true } })
    expect(enforcementHeader(again)['seq']).toEqual(enforcementHeader(thrown)['seq'])
    const released = await stack.api.call('PATCH', path, { body: { agents_disabled: false } })
    expect([released.body.agents_disabled, enforcementHeader(released)]).toMatchObject([false, { enforced: true, sessions: 0 }])
    for (const credential of [agent, human]) expect(await loginError(stack, credential)).toBeUndefined()
    expect((await beside.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await beside.end()
  })
  it("a project's allowed_cidrs end the sessions from elsewhere and refuse their logins by name", async () => {
    const project = await stack.createProject()
    const credential = await stack.createCredential({ project })
    const { ended } = await session(credential)
    await stack.api.patch(`/v1/projects/${project.id}`, { allowed_cidrs: [{ cidr: '192.0.2.0/24', label: 'office' }] })
    expect(await ended).toMatchObject({ C: '57P01' })
    expect(await loginError(stack, credential)).toMatchObject({ code: '28000', message: expect.stringContaining('127.0.0.1') })
    await stack.api.patch(`/v1/projects/${project.id}`, { allowed_cidrs: [{ cidr: '127.0.0.0/8', label: 'here' }] })
    expect(await loginError(stack, credential)).toBeUndefined()
  })
})
