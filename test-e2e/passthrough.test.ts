/**
 * Applications that log in with a database's own stored user: named by host or options, covered by the default policies, and served
 * as their project asks for where a proxy has lost its control plane.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { enforcementHeader, type Answer } from './support/api.js'
import { connect, conninfo, loginError, psql } from './support/connect.js'
import { Line } from './support/line.js'
import { RawClient, terminateMessage } from './support/raw-client.js'
import { scramLogin } from './support/raw-scram.js'
import { firstDifference, recordBoth, typesOf, type Destination } from './support/record.js'
import { startStack, type Project, type Proxy, type Stack } from './support/stack.js'

let stack: Stack
/** Between NATS and each proxy but the first. The last proxy soon loses its patience. */
const lines: Line[] = []
beforeAll(async () => {
  stack = await startStack({
    proxies: 3, schema: "CREATE TABLE note (body text); CREATE TABLE person (id int PRIMARY KEY, ssn text); INSERT INTO person VALUES (1, '078-05-1120'), (2, '219-09-9999')",
    env: {
      proxy: async (index, { natsUrl }): Promise<Record<string, string>> => {
        if (index === 0) return {}
        lines[index] = await Line.to(natsUrl)
        return { NATS_URL: lines[index].url, PGBEAM_FENCED_GRACE_MS: '500', ...(index === 2 && { PGBEAM_CONTROL_LOSS_MAX_MS: '6000' }) }
      },
    },
  })
}, 180_000)
afterAll(async () => {
  await stack?.stop()
  await Promise.all(lines.map((line) => line?.stop()))
}, 60_000)

const appOf = (project: Project) => ({ user: stack.upstream.username, password: stack.upstream.password, project })
const hostOf = (project: Project) => `${project.slug}.proxy.localhost`
const byHost = (project: Project) => ({ host: '127.0.0.1', ssl: { ca: stack.ca, servername: hostOf(project) } })
const byOptions = (project: Project) => ({ options: `project=${project.slug}` })
const open = (project: Project, proxy?: Proxy) => connect(stack, appOf(project), { ...(proxy && { proxy }), config: byOptions(project) })
const insert = (client: pg.Client) => client.query("INSERT INTO note VALUES ('x')").then(() => 'inserted', (error: { code?: string }) => error.code)

async function eventually<T>(what: string, check: () => Promise<T | undefined | false>, timeoutMs = 30_000): Promise<T> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const found = await check()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endMs) throw new Error(`within ${timeoutMs} ms it never came to be that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const refusal = async (project: Project, change: { user?: string; password?: string; proxy?: Proxy } = {}) => {
  try {
    const client = await connect(stack, { ...appOf(project), ...change }, { ...change, config: byOptions(project) })
    await client.end()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('an application', () => {
  let project: Project
  beforeAll(async () => {
    project = await stack.createProject()
  })

  it.each([
    ['its host', (of: Project) => byHost(of)],
    ['its options', (of: Project) => byOptions(of)],
    ['its options, with settings beside it', (of: Project) => ({ options: `-c work_mem=7MB project=${of.slug} -c application_name=shop` })],
    ['both', (of: Project) => ({ ...byHost(of), ...byOptions(of) })],
  ])('that names its project by %s logs in as the stored user', async (way, config) => {
    const client = await connect(stack, appOf(project), { config: config(project) })
    expect((await client.query('SELECT current_user AS who')).rows).toEqual([{ who: stack.upstream.username }])
    if (way.includes('settings')) expect((await client.query('SHOW work_mem')).rows).toEqual([{ work_mem: '7MB' }])
    await client.end()
  })
  it('logs in with psql by either, with its certificate checked', async () => {
    const { password } = stack.upstream
    const ways: Record<string, string>[] = [{ host: hostOf(project), hostaddr: '127.0.0.1' }, { options: `project=${project.slug}` }]
    for (const parameters of ways)
      expect(await psql([conninfo(stack, appOf(project), parameters), '-Atc', 'SELECT 7'], { password })).toEqual({ code: 0, stdout: '7\n', stderr: '' })
  })
  it('that names two projects at once, or none, does not', async () => {
    const other = await stack.createProject()
    const login = (config: pg.ClientConfig) => connect(stack, appOf(project), { config }).then(() => 'in', (error: { code?: string }) => error.code)
    expect(await login({ ...byHost(project), ...byOptions(other) })).toBe('08P01')
    expect(await login({})).toBe('28P01')
  })
  it('is counted among the connections of its project, and has no credential', async () => {
    const one = await stack.createProject()
    const client = await open(one)
    await eventually('it is counted', async () => (await stack.api.get(`/v1/projects/${one.id}`)).active_connections === 1)
    expect((await stack.api.get(`/v1/projects/${one.id}/agents`)).agents).toEqual([])
    await client.end()
  })
  it('is held to the time limit of its database', async () => {
    const one = await stack.createProject({ query_timeout_ms: 300 })
    const client = await open(one)
    await client.query('SET statement_timeout = 0')
    expect(await client.query('SELECT pg_sleep(60)').catch((error: { code?: string }) => error.code)).toBe('57014')
    await client.end()
  })
})

describe('a failed login', () => {
  async function transcript(proxy: Proxy, user: string, database: string, options: Record<string, string>, servername?: string): Promise<string> {
    const client = await RawClient.connect(proxy.port)
    await client.upgrade({ ca: stack.ca, ...(servername === undefined ? {} : { servername }) })
    await scramLogin(client, { user, database, ...options }, { password: 'wrong', mechanism: 'SCRAM-SHA-256', nonce: 'fixed' })
    await client.untilClosed()
    return client.received.toString('latin1').replace(/r=fixed[^,]*/, 'r=<nonce>').replace(/s=[^,]*/, 's=<salt>').replaceAll(user, '<user>').replace(/E[^]{4}(?=SFATAL)/, 'E') // its length is that of the name
  }
  it('is the same bytes for a wrong password, an unknown user, database or project, and a credential of another project, by host and by options', async () => {
    const [ours, theirs] = [await stack.createProject(), await stack.createProject()]
    const credential = await stack.createCredential({ project: theirs })
    const [name, user] = [ours.databaseName, stack.upstream.username]
    const cases = [[user, name, ours.slug], ['nobody', name, ours.slug], [user, 'nothing', ours.slug], [user, name, 'shop-00000000'], [credential.user, name, ours.slug]] as const
    const seen: string[] = []
    for (const proxy of stack.proxies.slice(0, 2))
      for (const [who, database, slug] of cases) {
        seen.push(await transcript(proxy, who, database, { options: `project=${slug}` }))
        seen.push(await transcript(proxy, who, database, {}, `${slug}.proxy.localhost`))
      }
    expect(seen).toHaveLength(20)
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).toContain('28P01')
  })
  it('too many times over is no guessing any more: the right password gets the same answer then, and so does a name that nobody has', async () => {
    const [guessed, other] = [await stack.createProject(), await stack.createProject()]
    for (const user of [stack.upstream.username, 'nobody']) {
      const wrong: (string | undefined)[] = []
      for (let n = 0; n < 60; n++) wrong.push(await refusal(guessed, { user, password: `guess ${n}` }))
      expect(wrong.slice(0, 50)).toEqual(Array<string>(50).fill('28P01'))
      expect(wrong).toContain('53300')
      expect(await eventually('there is nothing left to try', async () => {
        await refusal(guessed, { user, password: 'guess' })
        return (await refusal(guessed, { user })) === '53300'
      })).toBe(true)
    }
    expect(await refusal(other)).toBeUndefined()
  }, 60_000)
  it('of a credential with its right secret is one, too, where another project is named', async () => {
    const [ours, theirs] = [await stack.createProject(), await stack.createProject()]
    const credential = await stack.createCredential({ project: ours })
    const login = (config: pg.ClientConfig) => connect(stack, credential, { config }).then((client) => client.end(), (error: { code?: string }) => error.code)
    expect(await login(byOptions(ours))).toBeUndefined()
    expect(await login(byHost(ours))).toBeUndefined()
    expect([await login(byOptions(theirs)), await login(byHost(theirs))]).toEqual(['28P01', '28P01'])
  })
})

describe('default policies', () => {
  const patch = (project: Project, where: 'project' | 'database', policy: string | null): Promise<Answer> =>
    stack.api.call('PATCH', `/v1/projects/${project.id}${where === 'project' ? '' : `/databases/${project.databaseId}`}`, { body: { default_policy_profile_id: policy } })
  const enforced = (answer: Answer, sessions: number) => expect([answer.status, enforcementHeader(answer)]).toEqual([200, expect.objectContaining({ enforced: true, sessions })])

  it('cover it by its database, then by its project, and without any it is the database itself, byte for byte; credentials do not notice', async () => {
    const project = await stack.createProject()
    const [policy, agent] = [await stack.policy('read_only', project), await stack.createCredential({ project })]
    const agents = await connect(stack, agent)
    const free = await open(project)
    expect(await insert(free)).toBe('inserted')

    enforced(await patch(project, 'database', policy), 1)
    expect((await free.ended).error).toMatchObject({ code: '57P01' })
    const byDatabase = await open(project)
    expect([await insert(byDatabase), (await byDatabase.query('SELECT 7 AS n')).rows]).toEqual(['42501', [{ n: 7 }]])

    enforced(await patch(project, 'project', policy), 0) // its database has one of its own
    expect(await insert(byDatabase)).toBe('42501')
    enforced(await patch(project, 'database', null), 1)
    const byProject = await open(project)
    expect(await insert(byProject)).toBe('42501')
    enforced(await patch(project, 'project', null), 1)
    await byProject.ended

    // What every policy refuses is not refused without one.
    const freed = await open(project)
    await freed.query('CREATE TABLE IF NOT EXISTS dropped (a int)')
    await freed.query('DROP TABLE dropped')
    await freed.end()

    expect(await insert(agents)).toBe('inserted')
    await agents.end()
    const { host, port } = stack.proxy
    const { username: user, password, name: database } = stack.upstream
    const application: Destination = { host, port, user, password, database, ca: stack.ca, servername: hostOf(project) }
    const { direct, through } = await recordBoth(stack, application, async (tap) => {
      const client = await RawClient.connect(tap.port)
      const { error } = await scramLogin(client, { user, database }, { password })
      if (error) throw new Error(JSON.stringify(error))
      for (const sql of ['CREATE TEMP TABLE t (a int, b text); INSERT INTO t SELECT n, repeat(\'x\', n) FROM generate_series(1, 50) AS n', 'SELECT a + 0 AS a, b || b AS b FROM t', 'SELECT 1/0', 'SET client_encoding = latin1', 'SHOW client_encoding', 'TABLE nothing', 'SELECT current_user, session_user']) {
        client.send(Buffer.concat([Buffer.from('Q'), int32(Buffer.byteLength(sql) + 5), Buffer.from(`${sql}\0`)]))
        await client.framesUntil('Z')
      }
      client.send(functionCall(2026)) // pg_backend_pid(): whatever policies refuse, the database answers
      await client.framesUntil('Z')
      client.send(terminateMessage())
      await client.closed
    })
    const withoutPid = (frames: typeof direct) => frames.map((one) => one.map((frame) => (frame.type === 'V' ? { ...frame, body: Buffer.from('pid') } : frame)))
    expect(typesOf(direct[0]!)).toContain('V')
    expect(firstDifference(withoutPid(direct), withoutPid(through))).toBeUndefined()
  }, 60_000)

  it('mask what it reads by its database, then by its project, and not at all without any: the recorded bytes are those of the database', async () => {
    const project = await stack.createProject()
    const masked = async (kind: string): Promise<string> =>
      (await stack.api.post(`/v1/projects/${project.id}/policies`, { name: kind, access_mode: 'read_only', masking_rules: [{ table: 'person', column: 'ssn', kind }] })).id
    const people = async () => {
      const client = await open(project)
      const { rows } = await client.query('SELECT id, ssn FROM person ORDER BY id')
      await client.end()
      return rows.map(({ ssn }: { ssn: string | null }) => ssn)
    }
    const real = ['078-05-1120', '219-09-9999']
    expect(await people()).toEqual(real)
    const nulls = await masked('null')
    await patch(project, 'database', nulls)
    await patch(project, 'project', await masked('redact'))
    expect(await people()).toEqual([null, null])
    await patch(project, 'database', null)
    const redacted = await people()
    expect([redacted[0] === redacted[1], redacted.includes(null), redacted.some((ssn) => ssn !== null && real.includes(ssn))]).toEqual([true, false, false])
    await patch(project, 'project', null)
    const { host, port } = stack.proxy
    const { username: user, password, name: database } = stack.upstream
    const { direct, through } = await recordBoth(stack, { host, port, user, password, database, ca: stack.ca, servername: hostOf(project) }, async (tap) => {
      const client = await RawClient.connect(tap.port)
      await scramLogin(client, { user, database }, { password })
      for (const sql of ['SELECT * FROM person ORDER BY ssn', "SELECT ssn::int FROM person", 'EXPLAIN SELECT FROM person WHERE ssn > \'1\'']) {
        client.send(Buffer.concat([Buffer.from('Q'), int32(Buffer.byteLength(sql) + 5), Buffer.from(`${sql}\0`)]))
        await client.framesUntil('Z')
      }
      client.send(terminateMessage())
      await client.closed
    })
    expect(typesOf(direct[0]!)).toMatch(/TDDCZTEZT/)
    expect(firstDifference(direct, through)).toBeUndefined()
  }, 60_000)

  it('that are replaced end its sessions, and the next ones are decided by what they say now', async () => {
    const project = await stack.createProject()
    const { id: policy } = await stack.api.post(`/v1/projects/${project.id}/policies`, { name: 'default', access_mode: 'read_only' })
    await patch(project, 'project', policy)
    const [client, elsewhere] = [await open(project), await open(project, stack.proxies[1])]
    expect(await insert(client)).toBe('42501')
    enforced(await stack.api.call('PUT', `/v1/projects/${project.id}/policies/${policy}`, { body: { name: 'default', access_mode: 'read_write' } }), 2)
    for (const one of [client, elsewhere]) expect((await one.ended).error).toMatchObject({ code: '57P01' })
    const again = await open(project)
    expect(await insert(again)).toBe('inserted')
    await again.end()
  })
})

describe('what else a project can change', () => {
  it('the kill switch is one for credentials: an application goes on, and the addresses that are allowed are its own, too', async () => {
    const project = await stack.createProject()
    const [agent, app] = [await connect(stack, await stack.createCredential({ project })), await open(project)]
    await stack.api.patch(`/v1/projects/${project.id}`, { agents_disabled: true })
    expect((await agent.ended).error).toMatchObject({ code: '57P01' })
    expect([await insert(app), await refusal(project)]).toEqual(['inserted', undefined])
    await stack.api.patch(`/v1/projects/${project.id}`, { allowed_cidrs: [{ cidr: '192.0.2.0/24' }] })
    expect((await app.ended).error).toMatchObject({ code: '57P01' })
    expect(await refusal(project)).toBe('28000')
  })
  it('another stored password ends its sessions; the old one is a wrong one from then on, and the new one the right one', async () => {
    const project = await stack.createProject()
    const { username, password } = stack.upstream
    const app = await open(project)
    await stack.onUpstream(`ALTER ROLE ${username} PASSWORD 'another one'`)
    try {
      const answer = await stack.api.call('PATCH', `/v1/projects/${project.id}/databases/${project.databaseId}`, { body: { password: 'another one' } })
      expect(enforcementHeader(answer)).toMatchObject({ enforced: true, sessions: 1 })
      expect((await app.ended).error).toMatchObject({ code: '57P01' })
      expect([await refusal(project), await refusal(project, { password: 'another one' })]).toEqual(['28P01', undefined])
    } finally {
      await stack.onUpstream(`ALTER ROLE ${username} PASSWORD '${password}'`)
    }
  })
  it.each([
    ['its database', (project: Project) => `/v1/projects/${project.id}/databases/${project.databaseId}`],
    ['its project', (project: Project) => `/v1/projects/${project.id}`],
  ])('once %s is deleted, its sessions are over and its password is a wrong one', async (_case, path) => {
    const project = await stack.createProject()
    const app = await open(project)
    expect(enforcementHeader(await stack.api.call('DELETE', path(project)))).toMatchObject({ enforced: true, sessions: 1 })
    await app.ended
    expect(await refusal(project)).toBe('28P01')
  })
})

describe('a proxy that has lost its control plane', () => {
  const lost = () => stack.proxies[1]!
  const ready = async (index: number) => (await fetch(stack.proxies[index]!.readyUrl)).ok
  const cutOff = async (index = 1) => {
    lines[index]!.cut()
    await eventually('the proxy is fenced', async () => !(await ready(index)))
  }
  const mend = async (index = 1) => {
    lines[index]!.mend()
    await eventually('the proxy serves', () => ready(index))
  }
  const receipt = (project: Project, answer: Answer) => stack.api.get(`/v1/projects/${project.id}/enforcement/${enforcementHeader(answer).seq}`)

  it('goes on serving applications where the project asks for that, and only them; a receipt that concerns them says so, until the proxy has applied the change', async () => {
    const project = await stack.createProject()
    const agent = await stack.createCredential({ project })
    const [policy, app, idle] = [await stack.policy('read_only', project), await open(project, lost()), await connect(stack, agent, { proxy: lost() })]
    await cutOff()
    try {
      // Longer than the grace, in a transaction and out of it.
      await app.query('BEGIN')
      expect((await app.query('SELECT pg_sleep(1.5), 7 AS n')).rows).toMatchObject([{ n: 7 }])
      await app.query('COMMIT')
      expect([await insert(app), await refusal(project, { proxy: lost() })]).toEqual(['inserted', undefined])
      expect(await loginError(stack, agent, { proxy: lost() })).toMatchObject({ code: '57P03' })

      // Nothing that is about credentials alone waits for it.
      expect(enforcementHeader(await stack.api.call('PATCH', agent.path, { body: { status: 'killed' } }))).toMatchObject({ enforced: true, fenced: 1 })

      const answer = await stack.api.call('PATCH', `/v1/projects/${project.id}`, { body: { default_policy_profile_id: policy } })
      expect([answer.status, enforcementHeader(answer)]).toEqual([202, expect.objectContaining({ enforced: false, pending: true, fenced: 1, 'passthrough-unconfirmed': 1 })])
      const unconfirmed = answer.body.proxies.filter((one: { passthrough_unconfirmed: boolean }) => one.passthrough_unconfirmed)
      expect(unconfirmed).toMatchObject([{ acknowledged: false, fenced: true }])
      expect(answer.body).toMatchObject({ enforced: false, missing: [unconfirmed[0].incarnation], reason: expect.stringContaining(`passthrough unconfirmed on ${unconfirmed[0].id}`) })
      expect(await receipt(project, answer)).toMatchObject({ enforced: false, missing: [unconfirmed[0].incarnation] })
      // And it is true: who logs in there is not under the policy yet.
      const before = await open(project, lost())
      expect(await insert(before)).toBe('inserted')

      await mend()
      expect((await before.ended).error).toMatchObject({ code: '57P01' })
      expect(await eventually('the receipt is enforced', async () => {
        const now = await receipt(project, answer)
        return now.enforced && now
      })).toMatchObject({ enforced: true, missing: [], reason: null })
      const after = await open(project, lost())
      expect(await insert(after)).toBe('42501')
      await after.end()
      expect((await idle.ended).error).toMatchObject({ code: '57P01' })
    } finally {
      await mend()
    }
  }, 120_000)

  it('stops applications with everybody else where the project asks for that, and the end of its lease is proof again', async () => {
    const project = await stack.createProject()
    const app = await open(project, lost())
    expect(enforcementHeader(await stack.api.call('PATCH', `/v1/projects/${project.id}`, { body: { on_control_loss: 'refuse' } }))).toMatchObject({ enforced: true, sessions: 0 })
    expect(await insert(app)).toBe('inserted')
    await open(project, lost()).then((again) => again.end())
    await cutOff()
    try {
      expect(await insert(app)).toBe('57P01')
      expect(await refusal(project, { proxy: lost() })).toBe('57P03')
      const policy = await stack.policy('read_only', project)
      const answer = await stack.api.call('PATCH', `/v1/projects/${project.id}`, { body: { default_policy_profile_id: policy } })
      expect([answer.status, enforcementHeader(answer)]).toEqual([200, expect.objectContaining({ enforced: true, fenced: 1 })])
    } finally {
      await mend()
    }
  }, 120_000)

  it('that was cut off before the project refused may still serve, and the receipts of that and of what comes after it say so', async () => {
    const project = await stack.createProject()
    const app = await open(project, lost())
    await cutOff()
    try {
      const refused = await stack.api.call('PATCH', `/v1/projects/${project.id}`, { body: { on_control_loss: 'refuse' } })
      const deleted = await stack.api.call('DELETE', `/v1/projects/${project.id}/databases/${project.databaseId}`)
      expect([refused.status, deleted.status]).toEqual([202, 202])
      expect([refused.body.reason, deleted.body.reason]).toEqual([expect.stringContaining('passthrough unconfirmed'), expect.stringContaining('passthrough unconfirmed')])
      await mend()
      expect((await app.ended).error).toMatchObject({ code: '57P01' })
      for (const answer of [refused, deleted]) await eventually('its receipt is enforced', async () => (await receipt(project, answer)).enforced)
    } finally {
      await mend()
    }
  }, 120_000)

  it('for longer than anybody should be served without one ends its applications too, until it is back', async () => {
    const [project, impatient] = [await stack.createProject(), stack.proxies[2]!]
    const app = await open(project, impatient)
    await cutOff(2)
    try {
      expect((await app.ended).error).toMatchObject({ code: '57P01', message: expect.stringContaining('lost its control plane') })
      expect(await refusal(project, { proxy: impatient })).toBe('57P03')
    } finally {
      await mend(2)
    }
    await eventually('it serves again', async () => (await refusal(project, { proxy: impatient })) === undefined)
  }, 120_000)

  it('that was never asked for the applications of a project serves none of them, and holds up no receipt', async () => {
    const project = await stack.createProject()
    await open(project, stack.proxies[0]).then((app) => app.end())
    await cutOff()
    try {
      expect(await refusal(project, { proxy: lost() })).toBe('57P03')
      const answer = await stack.api.call('DELETE', `/v1/projects/${project.id}/databases/${project.databaseId}`)
      expect([answer.status, enforcementHeader(answer)]).toEqual([204, expect.objectContaining({ enforced: true, fenced: 1 })])
    } finally {
      await mend()
    }
  }, 120_000)
})

const int32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(n)
  return bytes
}
/** Text results, no arguments. */
const functionCall = (oid: number): Buffer => Buffer.concat([Buffer.from('F'), int32(14), int32(oid), Buffer.alloc(6)])
