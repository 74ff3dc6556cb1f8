/** What a newcomer does: paste the printed line, then revoke, pause, resume and rotate over REST and see the session obey. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { enforcementHeader } from './support/api.js'
import { connect, connectPostgresJs, conninfo, loginError, psql, PsqlSession } from './support/connect.js'
import { startupMessage, errorFields, RawClient } from './support/raw-client.js'
import { credentialOf, startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ schema: 'CREATE TABLE item (id int PRIMARY KEY, label text); INSERT INTO item VALUES (1, $$one$$), (2, $$two$$)' })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

describe('a credential connects', () => {
  it('with psql, sslmode=verify-full and the printed connection string', async () => {
    const url = new URL(credential.connectionString)
    url.searchParams.set('sslmode', 'verify-full')
    url.searchParams.set('sslrootcert', stack.caFile)
    expect(await psql([url.toString(), '-At', '-c', 'SELECT label FROM item ORDER BY id'])).toEqual({ code: 0, stdout: 'one\ntwo\n', stderr: '' })
  })

  it.each([
    ['channel binding required', { channel_binding: 'require' }, false],
    ['libpq 18 as it comes', {}, true],
    ['direct TLS', { sslnegotiation: 'direct' }, true],
    ['direct TLS with channel binding', { sslnegotiation: 'direct', channel_binding: 'require' }, true],
    ['protocol 3.2', { min_protocol_version: '3.2', max_protocol_version: '3.2' }, true],
    ['the latest protocol that libpq knows', { max_protocol_version: 'latest' }, true],
    ['only sslmode=require', { sslmode: 'require' }, false],
  ])('with psql and %s', async (_case, parameters, libpq18) => {
    const result = await psql([conninfo(stack, credential, parameters), '-At', '-c', 'SELECT count(*) FROM item'], { password: credential.password, libpq18 })
    expect(result).toEqual({ code: 0, stdout: '2\n', stderr: '' })
  })

  it('with node-postgres and with postgres.js', async () => {
    const client = await connect(stack, credential)
    expect((await client.query('SELECT $1::int + id AS sum FROM item ORDER BY id', [10])).rows).toEqual([{ sum: 11 }, { sum: 12 }])
    await client.end()
    const sql = connectPostgresJs(stack, credential)
    expect([...(await sql`SELECT label FROM item WHERE id = ${2}`)]).toEqual([{ label: 'two' }])
    await sql.end()
  })

  it('never without TLS: psql reads why', async () => {
    const result = await psql([conninfo(stack, credential, { sslmode: 'disable' }), '-c', 'SELECT 1'], { password: credential.password })
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(/TLS/)
  })

  it('and a plain startup is refused before any password is asked for', async () => {
    const client = await RawClient.connect(stack.proxy.port)
    client.send(startupMessage({ user: credential.user, database: credential.project.databaseName }))
    const fields = errorFields(await client.frame())
    expect(fields).toMatchObject({ S: 'FATAL', C: '28000' })
    expect(fields.M).toMatch(/TLS/)
    await client.untilClosed()
  })

  it('to no other database than those of its project', async () => {
    expect(await loginError(stack, credential, { database: 'postgres' })).toMatchObject({ code: '3D000' })
  })
})

describe('an open psql session obeys', () => {
  /** A session that has shown that it works. */
  async function openSession(one: Credential): Promise<PsqlSession> {
    const session = new PsqlSession(conninfo(stack, one), one.password)
    session.send("SELECT 'alive-' || count(*) FROM item;")
    await session.expect(/alive-2/)
    return session
  }
  async function endsAtOnce(session: PsqlSession): Promise<void> {
    session.send("SELECT 'still-' || 'here';")
    await session.closed
    expect(session.printed).not.toMatch(/still-here/)
    expect(session.printed).toMatch(/57P01|terminating|FATAL|server closed the connection|SSL/)
  }

  it('kill ends it, resume lets the same secret in again', async () => {
    const one = await stack.createCredential()
    const session = await openSession(one)
    const killed = await stack.api.call('PATCH', one.path, { body: { status: 'killed' } })
    expect(killed.status).toBe(200)
    expect(enforcementHeader(killed)).toMatchObject({ enforced: true, proxies: 1, sessions: 1 })
    await endsAtOnce(session)
    expect(await loginError(stack, one)).toMatchObject({ code: '28000' })
    expect((await stack.api.call('PATCH', one.path, { body: { status: 'active' } })).status).toBe(200)
    expect(await loginError(stack, one)).toBeUndefined()
  })

  it('rotate ends it; identity and policy stay, the old secret is dead and the new one works', async () => {
    const one = await stack.createCredential()
    const session = await openSession(one)
    const rotated = await stack.api.call('POST', `${one.path}/rotate`, { body: {} })
    expect(rotated.status).toBe(200)
    await endsAtOnce(session)
    const renewed = credentialOf(rotated.body, one.project, one.policyId)
    expect(renewed).toMatchObject({ id: one.id, user: one.user })
    expect(renewed.password).not.toBe(one.password)
    expect(await loginError(stack, one)).toMatchObject({ code: '28P01' })
    expect(await loginError(stack, renewed)).toBeUndefined()
    expect((await stack.api.get(one.path)).policy_profile_id).toBe(one.policyId)
  })

  it('revoke ends it for ever, and another credential of the project never notices', async () => {
    const one = await stack.createCredential()
    const other = await connect(stack, credential)
    const session = await openSession(one)
    const revoked = await stack.api.call('DELETE', one.path)
    expect(revoked.status).toBe(204)
    expect(enforcementHeader(revoked)).toMatchObject({ enforced: true })
    await endsAtOnce(session)
    expect(await loginError(stack, one)).toMatchObject({ code: '28P01' })
    expect(await stack.api.get(one.path)).toMatchObject({ id: one.id, status: 'revoked' })
    expect((await stack.api.call('PATCH', one.path, { body: { status: 'active' } })).status).toBe(409)
    expect((await stack.api.call('POST', `${one.path}/rotate`, { body: {} })).status).toBe(409)
    expect((await stack.api.call('DELETE', one.path)).status).toBe(204)
    expect(await loginError(stack, one)).toMatchObject({ code: '28P01' })
    expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await other.end()
  })
})

describe('a read-only credential', () => {
  it('reads, and is told which rule refuses a write', async () => {
    const reader = await stack.createCredential({ accessMode: 'read_only' })
    const client = await connect(stack, reader)
    expect((await client.query('SELECT count(*)::int AS items FROM item')).rows).toEqual([{ items: 2 }])
    await expect(client.query('DELETE FROM item WHERE id = 1')).rejects.toMatchObject({ code: '42501', detail: expect.stringMatching(/rule/i), hint: expect.any(String) })
    expect(await stack.onUpstream('SELECT count(*)::int AS items FROM item')).toEqual([{ items: 2 }])
    await client.end()
  })
})

describe('a database that changes behind a read-only session', () => {
  it('is read anew for a name that was not there before, and the statement waits for it', async () => {
    const reader = await connect(stack, await stack.createCredential({ accessMode: 'read_only' }))
    await expect(reader.query('SELECT * FROM arrived_later')).rejects.toMatchObject({ code: '42501', detail: 'rule: unresolved_name' })
    await stack.onUpstream(`CREATE TABLE arrived_later (n int); INSERT INTO arrived_later VALUES (1); GRANT SELECT ON arrived_later TO ${stack.upstream.username}`)
    expect((await reader.query('SELECT n FROM arrived_later')).rows).toEqual([{ n: 1 }])
    const large = `SELECT n FROM arrived_too WHERE n IN (${Array.from({ length: 2000 }, (_, i) => i).join(', ')})`
    await stack.onUpstream(`CREATE TABLE arrived_too (n int); INSERT INTO arrived_too VALUES (7); GRANT SELECT ON arrived_too TO ${stack.upstream.username}`)
    expect((await reader.query(large)).rows).toEqual([{ n: 7 }])
    await reader.end()
  })
})
