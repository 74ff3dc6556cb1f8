/** Recognisable secrets are planted, everything is made to happen to them, and every place where something is written or sent is searched. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect as connectNats, type NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { connect, connectPostgresJs, loginError } from './support/connect.js'
import { rawLogin } from './support/login.js'
import { queryMessage, syncMessage, parseMessage } from './support/raw-client.js'
import { credentialOf, startStack, type Credential, type Project, type Stack } from './support/stack.js'

let stack: Stack
let collector: Server
const spans: Buffer[] = []
const onNats: string[] = []
const answers: string[] = []
const toClients: Buffer[] = []
const secrets = new Map<string, string>()
/** Known to those who keep policies; not to clients, nor to logs, metrics and spans. */
const FILTER_TEXT = 'plantedFilterText'
let nats: NatsConnection

beforeAll(async () => {
  collector = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => spans.push(chunk))
    request.on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const endpoint = { PGBEAM_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '200' }
  stack = await startStack({ proxies: 2, env: { controlPlane: { ...endpoint, PGBEAM_LOG_LEVEL: 'trace' }, proxy: { ...endpoint, PGBEAM_LOG_LEVEL: 'trace' } } })
  nats = await connectNats({ servers: stack.nats.url })
  nats.subscribe('>', { callback: (_error, message) => { onNats.push(message.subject, message.string()) } })
  await nats.flush()
}, 180_000)
afterAll(async () => {
  await nats?.close()
  await stack?.stop()
  collector?.close()
})

/** A JWS hides its body in base64url: what is searched is what it says. */
const readable = (text: string): string =>
  text.split('.').map((part) => (/^[\w-]{8,}$/.test(part) ? `${part} ${Buffer.from(part, 'base64url').toString('latin1')}` : part)).join('.')

async function live(): Promise<Credential[]> {
  const upstream = 'plantedUpstreamPassw0rd'
  secrets.set('the upstream password', upstream)
  const admin = new pg.Client({ connectionString: stack.upstream.superuserUrl })
  await admin.connect()
  await admin.query(`CREATE ROLE planted_user LOGIN SUPERUSER PASSWORD '${upstream}'`)
  await admin.end()
  const project = await stack.createProject({ username: 'planted_user', password: upstream })
  const made = [await stack.createCredential({ project }), await stack.createCredential({ project, extra: { auth_method: 'cleartext' } }), await stack.createCredential({ project, accessMode: 'read_only' })]
  const keep = (name: string, one: Credential) => {
    secrets.set(`${name}: password`, one.password)
    secrets.set(`${name}: MCP token`, one.mcpToken)
  }
  for (const [i, one] of made.entries()) {
    keep(`credential ${i}`, one)
    for (const proxy of stack.proxies) expect(await loginError(stack, one, { proxy })).toBeUndefined()
  }
  for (const [name, value] of Object.entries(stack.bootstrap)) if (/key|token/.test(name)) secrets.set(`bootstrap ${name}`, value)
  secrets.set('the encryption key', /v1:([\w-]+)/.exec(stack.controlPlanes[0]!.env.PGBEAM_ENCRYPTION_KEYS!)![1]!)
  const call = async (...args: Parameters<typeof stack.api.call>) => {
    const answer = await stack.api.call(...args)
    answers.push(answer.text, JSON.stringify([...answer.headers]))
    return answer
  }
  const [first, cleartext, reader] = made as [Credential, Credential, Credential]
  // Everything that can go wrong with a secret in hand.
  await call('POST', `/v1/projects/${project.id}/databases/${project.databaseId}/test-connection`, { body: {} })
  await call('PATCH', `/v1/projects/${project.id}/databases/${project.databaseId}`, { body: { password: `${upstream}-not`, port: 'x' } })
  secrets.set('a rejected upstream password', `${upstream}-not`)
  await call('POST', `/v1/projects/${project.id}/databases`, { body: { host: 'localhost', port: 1, name: 'gone', username: 'u', password: 'plantedSecondPassw0rd', ssl_mode: 'disable' } })
  secrets.set('a second upstream password', 'plantedSecondPassw0rd')
  await call('GET', `/v1/projects/${project.id}/databases`)
  await call('GET', `/v1/projects/${project.id}/agents`)
  await call('GET', '/v1/whoami')
  await call('GET', first.path, { key: `${stack.bootstrap.api_key}x` })
  await call('GET', `${first.path}?key=${encodeURIComponent('plantedInQuery')}`)
  secrets.set('a value in a query string', 'plantedInQuery')
  const typo = 'plantedWrongPassw0rd'
  secrets.set('a password that somebody mistyped', typo)
  for (const one of made) await loginError(stack, { ...one, password: typo })
  for (const one of [first, cleartext, reader]) {
    const { client, transcript } = await rawLogin(stack, one, one === cleartext ? { parameters: {} , password: one.password } : {}).catch(() => ({ client: undefined, transcript: undefined }))
    if (!client) continue
    if (!transcript?.error) {
      client.send(queryMessage('SELECT current_user, session_user'), queryMessage('SELEKT'), parseMessage('DROP TABLE nothing'), syncMessage(), queryMessage('DROP TABLE nothing'))
      for (let i = 0; i < 4; i++) await client.framesUntil('Z')
    }
    toClients.push(client.received)
    client.destroy()
  }
  const js = connectPostgresJs(stack, first)
  await js`SELECT ${'plantedParameter'}::text`
  secrets.set('a statement parameter', 'plantedParameter')
  await js.end()
  const client = await connect(stack, first)
  await client.query("SELECT 'plantedLiteral'")
  secrets.set('a literal in a statement', 'plantedLiteral')
  await client.query("SELECT 'plantedLiteral'::int").catch(() => undefined)
  await client.end()
  const rotated = credentialOf((await stack.api.post(`${first.path}/rotate`)), project, first.policyId)
  keep('rotated', rotated)
  await loginError(stack, first)
  expect(await loginError(stack, rotated)).toBeUndefined()
  await call('PATCH', reader.path, { body: { status: 'killed' } })
  await loginError(stack, reader)
  await call('DELETE', cleartext.path)
  await loginError(stack, cleartext)
  await call('GET', cleartext.path)
  await liveUnderMasks(project, call)
  const mcp = await fetch(`https://localhost:${stack.proxy.mcpPort}/mcp`, { headers: { authorization: `Bearer ${rotated.mcpToken}` } }).catch((error: Error) => ({ text: async () => String(error.cause) }))
  answers.push(await mcp.text())
  return made
}

/** A session under hashed masks and a row filter, whose key a login trigger of the database's owner writes down. */
async function liveUnderMasks(project: Project, call: typeof stack.api.call): Promise<void> {
  const admin = new pg.Client({ connectionString: stack.upstream.superuserUrl })
  await admin.connect()
  await admin.query('CREATE TABLE public.planted (id int, note text)')
  await admin.query("INSERT INTO public.planted VALUES (1, 'one'), (2, 'two')")
  await admin.query(`CREATE FUNCTION public.write_down() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    IF current_setting('pgbeam.mask_inner', true) <> '' THEN
      EXECUTE format('COPY (SELECT current_setting(''pgbeam.mask_inner''), current_setting(''pgbeam.mask_outer'')) TO %L', current_setting('data_directory') || '/planted_mask_key');
    END IF; END $$`)
  await admin.query('CREATE EVENT TRIGGER write_down ON login EXECUTE FUNCTION public.write_down()')
  try {
    const policy = (await stack.api.post(`/v1/projects/${project.id}/policies`, {
      name: 'planted', access_mode: 'read_only', masking_rules: [{ table: 'planted', column: 'note', kind: 'hash' }], row_filters: [{ table: 'planted', predicate: `note <> '${FILTER_TEXT}'` }],
    })) as { id: string }
    const credential = await stack.createCredential({ project, policyId: policy.id })
    const { client, transcript } = await rawLogin(stack, credential)
    expect(transcript.error).toBeUndefined()
    const asked = [
      'SELECT * FROM planted', 'SELECT note::int FROM planted', 'EXPLAIN VERBOSE SELECT * FROM planted', 'SELECT nothing FROM planted', 'SELECT * FROM planted WHERE', 'SET client_min_messages = debug5', 'SELECT count(*) FROM planted', 'SELECT * FROM pg_stat_activity', 'SHOW ALL', 'SELECT * FROM pg_settings',
      'PREPARE p AS SELECT * FROM planted', 'EXPLAIN EXECUTE p', 'EXECUTE p(1)', 'SELECT * FROM pg_prepared_statements', 'SELECT current_query()', "SELECT current_setting('pgbeam.mask_inner')", 'SELECT lo_get(1)', 'COPY planted TO STDOUT', 'DISCARD ALL', 'SELECT 1 / (id - 1) FROM planted',
    ]
    client.send(...asked.map(queryMessage), parseMessage('SELECT note::int FROM planted'), syncMessage())
    for (let i = 0; i <= asked.length; i++) await client.framesUntil('Z')
    toClients.push(client.received)
    client.destroy()
    await call('POST', `/v1/projects/${project.id}/policy-evaluations`, { body: { sql: 'SELECT * FROM planted', policy_id: policy.id } })
    // A change behind the proxy's back, so that the statement's own check speaks.
    const moved = (await rawLogin(stack, credential)).client
    moved.send(queryMessage('SELECT * FROM planted'))
    await moved.framesUntil('Z')
    await admin.query('ALTER TABLE public.planted RENAME COLUMN note TO remark')
    await admin.query('ALTER TABLE public.planted ADD COLUMN note text')
    moved.send(queryMessage('SELECT * FROM planted'), queryMessage('SELECT * FROM planted'))
    for (let i = 0; i < 2; i++) await moved.framesUntil('Z')
    toClients.push(moved.received)
    moved.destroy()
    const { rows: [written] } = await admin.query<{ key: string }>("SELECT pg_read_file('planted_mask_key') AS key")
    const halves = written!.key.trim().split('\t')
    expect(halves.map((half) => half.length)).toEqual([128, 128])
    for (const [i, half] of halves.entries()) {
      secrets.set(`half ${i} of the mask key`, half)
      // The key itself, without the padding of HMAC.
      secrets.set(`half ${i} of the mask key, its key`, Buffer.from(Buffer.from(half, 'hex').subarray(0, 32).map((byte) => byte ^ (i === 0 ? 0x36 : 0x5c))).toString('hex'))
    }
  } finally {
    await admin.query('DROP EVENT TRIGGER write_down')
    await admin.end()
  }
}

const found = (text: string) => [...secrets].filter(([, value]) => text.includes(value)).map(([name]) => name)

describe('after everything has happened to them, planted secrets are in', () => {
  let logs: string
  let tables: string
  let metrics: string
  beforeAll(async () => {
    await live()
    await stack.proxy.waitForLog(/session closed/)
    await waitUntil('spans of both services were exported', () => /"login"/.test(String(Buffer.concat(spans))) && /resolve/.test(String(Buffer.concat(spans))), { timeoutMs: 30_000 })
    logs = [...stack.controlPlanes, ...stack.proxies].map((service) => service.log()).join('\n')
    const names = await stack.onControlDatabase<{ name: string }>("SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
    expect(names.length).toBeGreaterThan(8)
    tables = (await Promise.all(names.map(async ({ name }) => JSON.stringify(await stack.onControlDatabase(`SELECT t::text AS row FROM ${name} t`))))).join('\n')
    metrics = (await Promise.all([`${stack.api.baseUrl}/metrics`, ...stack.proxies.map((proxy) => `http://127.0.0.1:${proxy.adminPort}/metrics`)].map(async (url) => (await fetch(url)).text()))).join('\n')
  }, 120_000)

  it('no log line, at trace level', () => {
    expect(logs).toContain('session opened')
    expect(logs).toContain('login refused')
    expect(found(logs)).toEqual([])
    expect(logs.includes(FILTER_TEXT)).toBe(false)
    expect(found(`${logs} ${secrets.get('the upstream password')}`)).toEqual(['the upstream password'])
  })
  it('no message on NATS, subjects and decoded bodies alike', () => {
    const all = onNats.map(readable).join('\n')
    expect(all).toContain('pgbeam.v1.resolve')
    expect(all).toContain('as_of_seq')
    expect(found(all)).toEqual([])
    const planted = [...secrets][0]![1]
    expect(found(readable(`a.${Buffer.from(JSON.stringify({ x: planted })).toString('base64url')}.b`))).toHaveLength(1)
  })
  it('no row of the control database', () => {
    expect(tables).toContain('planted_user')
    expect(tables).toContain('SCRAM-SHA-256$4096:')
    expect(found(tables)).toEqual([])
    for (const value of secrets.values()) for (const encoding of ['base64', 'base64url', 'hex'] as const) expect(tables).not.toContain(Buffer.from(value).toString(encoding).replace(/=+$/, '').slice(0, -1))
  })
  it('no answer of the REST API but those that issue them, and no header', () => {
    expect(answers.length).toBeGreaterThan(20)
    expect(found(answers.join('\n'))).toEqual([])
  })
  it('no metric', () => {
    expect(metrics).toContain('pgbeam_sessions')
    expect(found(metrics)).toEqual([])
    expect(metrics.includes(FILTER_TEXT)).toBe(false)
  })
  it('no span', () => {
    const all = Buffer.concat(spans).toString()
    expect(all.includes('"login"') && all.includes('resolve')).toBe(true) // not toContain: it would print half a megabyte
    expect(found(all)).toEqual([])
    expect(all.includes(FILTER_TEXT)).toBe(false)
  })
  it('no byte that a client receives (the stored user’s name is another matter, and documented)', () => {
    const all = Buffer.concat(toClients).toString('latin1')
    expect(all).toContain('planted_user')
    expect(all.includes('catalog_changed')).toBe(true)
    expect(found(all)).toEqual([])
    expect(all.includes(FILTER_TEXT)).toBe(false)
    for (const inside of ['pg_identify_object_as_address', 'pgbeam.mask', 'pgbeam_catalog_moved', 'OFFSET 0']) expect(all.includes(inside)).toBe(false)
  })
})
