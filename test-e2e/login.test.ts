/** Getting in: channel binding, cleartext, what must fail, and that failures tell nothing about who exists. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect, conninfo, loginError, psql } from './support/connect.js'
import { rawLogin } from './support/login.js'
import { cstring, errorFields, message, RawClient, startupMessage, type Frame } from './support/raw-client.js'
import { scramLogin } from './support/raw-scram.js'
import { credentialOf, startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ proxies: 3 })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

async function tls(proxy = stack.proxy): Promise<RawClient> {
  const client = await RawClient.connect(proxy.port)
  await client.upgrade({ ca: stack.ca })
  return client
}

describe('SCRAM', () => {
  it.each(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'] as const)('lets a client in with %s, and proves that the server knows the secret', async (mechanism) => {
    const { client, transcript } = await rawLogin(stack, credential, { mechanism })
    expect(transcript).toMatchObject({ mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'], serverSignatureOk: true })
    expect(transcript.error).toBeUndefined()
    client.destroy()
  })
  it.each([
    ['channel binding data of another certificate', { mechanism: 'SCRAM-SHA-256-PLUS', binding: randomBytes(32) }, '28000'],
    ['a c= that does not repeat the flag', { mechanism: 'SCRAM-SHA-256', channelAttribute: Buffer.from('y,,') }, '28000'],
    ['an empty c=', { mechanism: 'SCRAM-SHA-256-PLUS', channelAttribute: Buffer.alloc(0) }, '28000'],
    ['the y flag, although PLUS is offered', { mechanism: 'SCRAM-SHA-256', gs2Flag: 'y' }, '28000'],
    ['a wrong password', { password: 'wrong' }, '28P01'],
  ] as const)('refuses %s', async (_case, options, code) => {
    const { client, transcript } = await rawLogin(stack, credential, options)
    expect(transcript.error).toMatchObject({ S: 'FATAL', C: code })
    await client.untilClosed()
  })
})

describe('a credential with auth_method cleartext', () => {
  let plain: Credential
  beforeAll(async () => {
    plain = await stack.createCredential({ extra: { auth_method: 'cleartext' } })
  })
  const start = (client: RawClient, one: Credential, extra: Record<string, string> = {}) => {
    client.send(startupMessage({ user: one.user, database: one.project.databaseName, ...extra }))
  }
  const authKind = (frame: Frame) => ({ type: frame.type, kind: frame.body.readInt32BE(0) })

  it('logs in with a client that knows no SCRAM', async () => {
    const client = await tls()
    start(client, plain)
    expect(authKind(await client.frame())).toEqual({ type: 'R', kind: 3 })
    client.send(message('p', cstring(plain.password)))
    const frames = await client.framesUntil('Z')
    expect(authKind(frames[0]!)).toEqual({ type: 'R', kind: 0 })
    client.destroy()
  })
  it('and with psql', async () => {
    expect(await psql([conninfo(stack, plain), '-Atc', 'SELECT 7'], { password: plain.password })).toEqual({ code: 0, stdout: '7\n', stderr: '' })
  })
  it('is refused with another password', async () => {
    expect(await loginError(stack, { ...plain, password: 'wrong' })).toMatchObject({ code: '28P01' })
  })
  it('is never asked for its password without TLS', async () => {
    const client = await RawClient.connect(stack.proxy.port)
    start(client, plain)
    const frame = await client.frame()
    expect(frame.type).toBe('E')
    expect(errorFields(frame)).toMatchObject({ C: '28000' })
    await client.untilClosed()
  })
  it('is the only kind that is offered cleartext', async () => {
    const client = await tls()
    start(client, credential)
    expect(authKind(await client.frame())).toEqual({ type: 'R', kind: 10 })
    client.destroy()
  })
  it('unless a client asks for it', async () => {
    const client = await tls()
    start(client, credential, { options: 'auth=cleartext' })
    expect(authKind(await client.frame())).toEqual({ type: 'R', kind: 3 })
    client.send(message('p', cstring(credential.password)))
    expect((await client.framesUntil('Z')).at(-1)!.type).toBe('Z')
    client.destroy()
  })
})

describe('a failed login tells nothing about who exists', () => {
  /** Every byte the server sent, with the parts that must differ (its nonce) blanked, and the salt's place kept. */
  async function transcript(user: string, proxyIndex: number, mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS' | 'cleartext'): Promise<string> {
    const client = await tls(stack.proxies[proxyIndex])
    if (mechanism === 'cleartext') {
      client.send(startupMessage({ user, database: credential.project.databaseName, options: 'auth=cleartext' }))
      await client.frame()
      client.send(message('p', cstring('wrong')))
    } else {
      await scramLogin(client, { user, database: credential.project.databaseName }, { password: 'wrong', mechanism, nonce: 'fixed' })
    }
    await client.untilClosed()
    return client.received.toString('latin1').replace(/r=fixed[^,]*/, 'r=<nonce>').replaceAll(user, '<user>')
  }
  const salt = (text: string) => /s=([^,]*)/.exec(text)?.[1]
  const withoutSalt = (text: string) => text.replace(/s=[^,]*/, 's=<salt>')

  it.each(['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS', 'cleartext'] as const)(
    'wrong password, unknown user and revoked user are the same bytes on three proxies, with %s, before and after create, rotate and revoke',
    async (mechanism) => {
      const one = await stack.createCredential()
      const unknown = `agent_01jd3v5k8q${randomBytes(8).toString('hex')}`
      const each = async (user: string) => Promise.all([0, 1, 2].map((proxy) => transcript(user, proxy, mechanism)))
      const seen: string[] = []
      const salts = new Map<string, Set<string | undefined>>()
      const look = async (user: string) => {
        for (const text of await each(user)) {
          seen.push(withoutSalt(text))
          salts.set(user, (salts.get(user) ?? new Set()).add(salt(text)))
        }
      }
      await look(unknown)
      await look(`agent_${'u'.repeat(26)}`) // cannot be an id: there is no u in their alphabet
      await look(one.user)
      await stack.api.post(`${one.path}/rotate`)
      await look(one.user)
      await stack.api.delete(one.path)
      await look(one.user)
      expect(seen).toHaveLength(15)
      expect(new Set(seen).size).toBe(1)
      expect(seen[0]).toContain('28P01')
      for (const found of salts.values()) expect(found.size).toBe(1)
      if (mechanism !== 'cleartext') expect(new Set([...salts.values()].map((set) => [...set][0])).size).toBe(3)
    },
  )
  it('and the salt of a name is there before its credential is', async () => {
    // What a name's salt is cannot depend on whether the name is taken: it is asked for, made, and asked for again.
    const { path, user } = await stack.createCredential()
    const before = salt(await transcript(user, 0, 'SCRAM-SHA-256'))
    await stack.api.delete(path)
    expect(salt(await transcript(user, 1, 'SCRAM-SHA-256'))).toBe(before)
  })
  it('while who proves the secret of a killed credential is told', async () => {
    const one = await stack.createCredential()
    await stack.api.patch(one.path, { status: 'killed' })
    expect(await loginError(stack, one)).toMatchObject({ code: '28000', message: expect.stringContaining('paused') })
    expect(await loginError(stack, { ...one, password: 'wrong' })).toMatchObject({ code: '28P01' })
    const rotated = credentialOf(await stack.api.post(`${one.path}/rotate`), one.project, one.policyId)
    expect(await loginError(stack, rotated)).toMatchObject({ code: '28000' })
  })
})

describe('what a client may ask for at startup', () => {
  it.each([
    ['a setting', { options: '-c statement_timeout=4321' }, 'SHOW statement_timeout', '4321ms'],
    ['a setting with an escaped space', { options: '-c search_path=pg_catalog,\\ public' }, 'SHOW search_path', 'pg_catalog, public'],
    ['application_name', { application_name: 'my app' }, 'SHOW application_name', 'my app'],
    ['a long one', { options: `-c application_name=${'x'.repeat(60)}  ${'-c geqo=off '.repeat(300)}` }, 'SHOW geqo', 'off'],
  ])('%s is passed on', async (_case, parameters, sql, value) => {
    const { client, transcript } = await rawLogin(stack, credential, { parameters: parameters })
    expect(transcript.error).toBeUndefined()
    client.send(message('Q', cstring(sql)))
    const row = (await client.framesUntil('Z')).find(({ type }) => type === 'D')
    expect(row?.body.toString('utf8', 6)).toBe(value)
    client.destroy()
  })
  it.each([
    ['replication', { replication: 'database' }, '0A000'],
    ['an unknown switch', { options: '-d 5' }, '0A000'],
    ['a setting that does not exist', { options: '-c no_such_setting=1' }, '42704'],
  ])('%s is refused, not dropped', async (_case, parameters, code) => {
    const { transcript } = await rawLogin(stack, credential, { parameters: parameters })
    expect(transcript.error).toMatchObject({ S: 'FATAL', C: code })
  })
  it('under read_only, a setting that would lift its guards is refused', async () => {
    const reader = await stack.createCredential({ accessMode: 'read_only' })
    for (const options of ['-c default_transaction_read_only=off', '-c standard_conforming_strings=off', '-c role=postgres', '-c session_replication_role=replica']) {
      const { transcript } = await rawLogin(stack, reader, { parameters: { options } })
      expect(transcript.error).toMatchObject({ S: 'FATAL', C: '42501', H: expect.any(String) })
    }
  })
  it('protocol options that nobody knows, and a newer minor version, are negotiated', async () => {
    const client = await tls()
    const login = await scramLogin(client, { user: credential.user, database: credential.project.databaseName, '_pq_.unknown': '1' }, { password: credential.password, minor: 9 })
    expect(login.error).toBeUndefined()
    const negotiated = login.frames.find(({ type }) => type === 'v')!
    expect(negotiated.body.readInt32BE(0)).toBe((3 << 16) | 2)
    expect(negotiated.body.toString('utf8', 8)).toBe('_pq_.unknown\0')
    const key = login.frames.find(({ type }) => type === 'K')!
    expect(key.body.length).toBeGreaterThan(8)
    client.destroy()
  })
  it('protocol 3.1 is answered with 3.0, and a key of 4 bytes', async () => {
    const client = await tls()
    const login = await scramLogin(client, { user: credential.user, database: credential.project.databaseName }, { password: credential.password, minor: 1 })
    expect(login.frames.find(({ type }) => type === 'v')!.body.readInt32BE(0)).toBe(3 << 16)
    expect(login.frames.find(({ type }) => type === 'K')!.body).toHaveLength(8)
    client.destroy()
  })
})

it('logins are counted where the fleet shows them, and the credential remembers when it was used', async () => {
  const one = await stack.createCredential()
  const client = await connect(stack, one)
  const until = performance.now() + 15_000
  for (;;) {
    const [seen, project] = [await stack.api.get(one.path), await stack.api.get(`/v1/projects/${one.project.id}`)]
    if (seen.last_used_at !== null && project.active_connections >= 1) break
    if (performance.now() > until) throw new Error('last_used_at and active_connections never showed the login')
  }
  await client.end()
})
