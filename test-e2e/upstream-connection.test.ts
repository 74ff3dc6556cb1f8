/** From the proxy to the database: every sslmode and authentication method, and who is not trusted. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createAuthority } from '../scripts/lib/certificates.mjs'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect, loginError } from './support/connect.js'
import { authentication, fakePostgres, scramServer, welcome, type FakePostgres } from './support/fake-postgres.js'
import { infrastructure, type PostgresServer } from './support/infrastructure.js'
import { rawLogin } from './support/login.js'
import { int32, message, queryMessage } from './support/raw-client.js'
import { startStack, type Project, type Stack } from './support/stack.js'

let stack: Stack
let encrypted: PostgresServer
let plain: PostgresServer
let ca: string
let otherCa: string
const password = 'upstream-password'

beforeAll(async () => {
  stack = await startStack()
  const authority = await createAuthority('upstream CA')
  const leaf = await authority.issue({ names: ['localhost'] })
  const dir = join(stack.dir, 'upstreams')
  mkdirSync(dir, { recursive: true })
  const files = { certFile: join(dir, 'server.crt'), keyFile: join(dir, 'server.key') }
  writeFileSync(files.certFile, leaf.certPem)
  writeFileSync(files.keyFile, leaf.keyPem)
  ca = authority.certPem
  otherCa = (await createAuthority('another CA')).certPem
  const servers = await infrastructure()
  ;[encrypted, plain] = await Promise.all([
    servers.startPostgres({ dir: join(dir, 'tls'), password, ssl: files }),
    servers.startPostgres({ dir: join(dir, 'plain'), password }),
  ])
}, 180_000)
afterAll(async () => {
  await encrypted?.stop()
  await plain?.stop()
  await stack?.stop()
})

const project = (server: { port: number }, more: Record<string, unknown>) =>
  stack.createProject({ host: 'localhost', port: server.port, name: 'postgres', username: 'postgres', password, ...more })

/** Through the proxy: whether the upstream session is encrypted, or why there is none. */
async function outcome(target: Project): Promise<string> {
  const credential = await stack.createCredential({ project: target })
  const refused = await loginError(stack, credential)
  if (refused) return `${refused.code}: ${refused.message}`
  const client = await connect(stack, credential)
  const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
  await client.end()
  return rows[0].ssl ? 'encrypted' : 'plain'
}

describe('ssl_mode', () => {
  it.each([
    ['disable', 'plain', 'plain'],
    ['allow', 'plain', 'plain'],
    ['prefer', 'encrypted', 'plain'],
    ['require', 'encrypted', /^08006: .*does not offer TLS/],
    ['verify-ca', 'encrypted', /^08006: .*does not offer TLS/],
    ['verify-full', 'encrypted', /^08006: .*does not offer TLS/],
  ])('%s: with TLS at hand %s, without it %s', async (ssl_mode, withTls, without) => {
    const trust = ssl_mode.startsWith('verify') ? { ssl_ca: ca } : {}
    expect(await outcome(await project(encrypted, { ssl_mode, ...trust }))).toBe(withTls)
    const other = await outcome(await project(plain, { ssl_mode, ...trust }))
    if (typeof without === 'string') expect(other).toBe(without)
    else expect(other).toMatch(without)
  })
  it.each([
    ['disable', 'plain'],
    ['allow', 'plain'],
    ['prefer', 'encrypted'],
    ['require', /^08006: TLS with the database failed/],
    ['verify-ca', /^08006: TLS with the database failed/],
    ['verify-full', /^08006: TLS with the database failed/],
  ])('%s with another CA: %s', async (ssl_mode, expected) => {
    // `prefer` and weaker protect from nobody, as in libpq; a CA given to `require` is checked, as in libpq.
    const trust = ['disable', 'allow', 'prefer'].includes(ssl_mode) ? {} : { ssl_ca: otherCa }
    const seen = await outcome(await project(encrypted, { ssl_mode, ...trust }))
    if (typeof expected === 'string') expect(seen).toBe(expected)
    else expect(seen).toMatch(expected)
  })
  it.each([
    ['require', 'encrypted'],
    ['verify-ca', 'encrypted'],
    ['verify-full', /^08006: TLS with the database failed/],
  ])('%s with another host name in the certificate: %s', async (ssl_mode, expected) => {
    const seen = await outcome(await project(encrypted, { ssl_mode, ssl_ca: ca, host: '127.0.0.1' }))
    if (typeof expected === 'string') expect(seen).toBe(expected)
    else expect(seen).toMatch(expected)
  })
  it('verify-full without a CA of its own trusts the system, and so not this one', async () => {
    expect(await outcome(await project(encrypted, { ssl_mode: 'verify-full' }))).toMatch(/^08006/)
  })
})

describe('the stored user', () => {
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: encrypted.url })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  it('logs in with SCRAM bound to the channel where the server offers it', async () => {
    expect(await outcome(await project(encrypted, { ssl_mode: 'verify-full', ssl_ca: ca }))).toBe('encrypted')
  })
  it('with a password that SASLprep changes', async () => {
    await admin(`CREATE ROLE unicode LOGIN PASSWORD '\u2168\u00ad'`) // ROMAN NUMERAL NINE and a soft hyphen: IX
    expect(await outcome(await project(encrypted, { ssl_mode: 'require', username: 'unicode', password: '\u2168\u00ad' }))).toBe('encrypted')
    expect(await outcome(await project(encrypted, { ssl_mode: 'require', username: 'unicode', password: 'IX' }))).toBe('encrypted')
  })
  it('with a wrong stored password: the server says so, and the client hears whose fault it is', async () => {
    expect(await outcome(await project(encrypted, { ssl_mode: 'require', password: 'wrong' }))).toMatch(/^28P01: /)
  })
})

describe('a scripted server', () => {
  const servers: FakePostgres[] = []
  afterAll(() => Promise.all(servers.map((one) => one.stop())))
  async function against(sslAnswer: Buffer, script: Parameters<typeof fakePostgres>[1], more: Record<string, unknown> = {}) {
    const server = await fakePostgres(sslAnswer, script)
    servers.push(server)
    const credential = await stack.createCredential({ project: await project(server, { ssl_mode: 'disable', ...more }) })
    const { transcript, client } = await rawLogin(stack, credential)
    client.destroy()
    return { error: transcript.error, received: server.received }
  }
  it('that asks for cleartext gets the password', async () => {
    const { error, received } = await against(Buffer.from('N'), async (peer) => {
      peer.send(authentication(3))
      expect((await peer.frame()).body.toString()).toBe(`${password}\0`)
      peer.send(welcome())
    })
    expect(error).toBeUndefined()
    expect(received[0]).toBe('p')
  })
  it('that asks for md5 gets its answer', async () => {
    const { error } = await against(Buffer.from('N'), async (peer) => {
      peer.send(authentication(5, Buffer.from([1, 2, 3, 4])))
      const { createHash } = await import('node:crypto')
      const md5 = (data: Buffer | string) => createHash('md5').update(data).digest('hex')
      const expected = `md5${md5(Buffer.concat([Buffer.from(md5(`${password}postgres`)), Buffer.from([1, 2, 3, 4])]))}\0`
      if ((await peer.frame()).body.toString() === expected) peer.send(welcome())
      else peer.socket.destroy()
    })
    expect(error).toBeUndefined()
  })
  it('that knows the password by SCRAM is believed', async () => {
    const { error } = await against(Buffer.from('N'), async (peer) => {
      if (await scramServer(peer, password)) peer.send(welcome())
    })
    expect(error).toBeUndefined()
  })
  it('whose signature is wrong is not', async () => {
    const { error } = await against(Buffer.from('N'), async (peer) => {
      await scramServer(peer, password, { signWith: 'a guess' })
      peer.send(welcome())
    })
    expect(error).toMatchObject({ S: 'FATAL', C: '08006', M: expect.stringContaining('could not prove') })
  })
  it('that skips its own proof is not', async () => {
    const { error } = await against(Buffer.from('N'), async (peer) => {
      peer.send(authentication(10, Buffer.from('SCRAM-SHA-256\0\0')))
      await peer.frame()
      peer.send(welcome())
    })
    expect(error).toMatchObject({ S: 'FATAL', C: '08006' })
  })
  it('that asks for two thousand million rounds is refused at once', async () => {
    const { error } = await against(Buffer.from('N'), async (peer) => {
      await scramServer(peer, password, { iterations: 2_147_483_647 })
    })
    expect(error).toMatchObject({ S: 'FATAL', C: '08P01' })
  })
  it('that puts bytes behind its answer to the request for TLS is not believed', async () => {
    const { error, received } = await against(Buffer.concat([Buffer.from('S'), welcome()]), async () => undefined, { ssl_mode: 'require' })
    expect(error).toMatchObject({ C: '08006', M: expect.stringContaining('unencrypted') })
    expect(received).toEqual([])
  })
  it('that answers the request for TLS with an error is refused', async () => {
    const { error } = await against(message('E', Buffer.from('SERROR\0\0')), async () => undefined, { ssl_mode: 'require' })
    expect(error).toMatchObject({ C: '08006' })
  })
  it('that wants Kerberos is named as such', async () => {
    const { error } = await against(Buffer.from('N'), async (peer) => {
      peer.send(authentication(7, int32(0)))
      await peer.frame()
    })
    expect(error).toMatchObject({ C: '08006', M: expect.stringContaining('authentication method') })
  })
  it('that is not there: the address is named, nothing else', async () => {
    const credential = await stack.createCredential({ project: await project({ port: 1 }, { ssl_mode: 'disable' }) })
    expect(await loginError(stack, credential)).toMatchObject({ code: '08006', message: expect.stringContaining('localhost:1') })
  })
})

describe('test-connection', () => {
  const test = (target: Project) => stack.api.post(`/v1/projects/${target.id}/databases/${target.databaseId}/test-connection`)
  it('measures a database that works', async () => {
    expect(await test(await project(encrypted, { ssl_mode: 'verify-full', ssl_ca: ca }))).toMatchObject({ ok: true, error: null, latency_ms: expect.any(Number), server_version: expect.stringMatching(/^18/) })
  })
  it.each([
    ['a wrong password', { password: 'wrong' }, /password authentication failed/],
    ['no such database', { name: 'nowhere' }, /does not exist/],
    ['a wrong CA', { ssl_mode: 'verify-full', get ssl_ca() { return otherCa } }, /TLS/],
    ['nobody there', { port: 1 }, /cannot be reached: nothing listens on this port/],
  ])('says what is wrong: %s', async (_case, more, error) => {
    const result = await test(await project(encrypted, { ssl_mode: 'require', ...more }))
    expect(result).toMatchObject({ ok: false, server_version: null, error: expect.stringMatching(error) })
    expect(JSON.stringify(result)).not.toContain(password)
  })
})

describe('a statement whose client went away', () => {
  it('does not run on: the database notices', async () => {
    const credential = await stack.createCredential()
    const { client } = await rawLogin(stack, credential)
    client.send(queryMessage('SELECT pg_sleep(60) /* abandoned */'))
    const running = async () => (await stack.onUpstream("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%/* abandoned */' AND state = 'active'")).length
    const until = async (n: number) => {
      const deadline = performance.now() + 20_000
      while ((await running()) !== n) if (performance.now() > deadline) throw new Error(`there were never ${n} such statements`)
    }
    await until(1)
    client.destroy()
    await until(0)
  })
  it('and a server that cannot watch is asked without', async () => {
    let refused = 0
    const server = await fakePostgres(Buffer.from('N'), async (peer) => {
      if (peer.startup.toString().includes('client_connection_check_interval')) {
        refused++
        peer.send(message('E', Buffer.from('SFATAL\0VFATAL\0C42704\0Munrecognized configuration parameter "client_connection_check_interval"\0\0')))
        peer.socket.end()
        return
      }
      peer.send(welcome())
    })
    const target = await project(server, { ssl_mode: 'disable' })
    for (let i = 0; i < 2; i++) {
      const { client, transcript } = await rawLogin(stack, await stack.createCredential({ project: target }))
      expect(transcript.error).toBeUndefined()
      client.destroy()
    }
    expect(refused).toBe(1)
    await server.stop()
  })
})

it('a revocation behind upstream TLS stops the running statement, and nothing pipelined behind it happens', async () => {
  const target = await project(encrypted, { ssl_mode: 'require' })
  const owner = await stack.createCredential({ project: target })
  const admin = await connect(stack, owner)
  await admin.query('CREATE TABLE tls_witness (who int)')
  const credential = await stack.createCredential({ project: target })
  const clients = await Promise.all(Array.from({ length: 8 }, async (_, i) => {
    const { client } = await rawLogin(stack, credential, { parameters: { application_name: 'behind tls' } })
    client.send(queryMessage('SELECT pg_sleep(60)'), ...Array.from({ length: 50 }, () => queryMessage(`INSERT INTO tls_witness VALUES (${i})`)))
    return client
  }))
  const running = async () => Number((await admin.query("SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'behind tls' AND state = 'active'")).rows[0].n)
  await waitUntil('all run', async () => (await running()) === 8, { timeoutMs: 10_000 })
  expect((await stack.api.call('DELETE', credential.path)).status).toBe(204)
  await waitUntil('none runs', async () => (await running()) === 0, { timeoutMs: 3000 })
  expect((await admin.query('SELECT * FROM tls_witness')).rows).toEqual([])
  for (const client of clients) client.destroy()
  await admin.end()
})
