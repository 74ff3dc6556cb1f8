/** Whole runs against a scripted API: exit codes, lines, and what is on which stream. */
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { makeToken } from '@pgbeam/kernel'
import { run } from './run.js'
import { fakeIo, type FakeIo } from './testing/fake-io.js'

const key = makeToken('personal', (count) => new Uint8Array(count).fill(7))
const AGENT = 'agt_01m80r42rws6cpabgcjs05pjnj'
const PROJECT = 'prj_01m80r42n4g96vhbaeps43mrsv'
const agent = { id: AGENT, name: 'bot', status: 'active', principal_type: 'agent', policy_profile_id: 'pol_1', expires_at: null, last_used_at: null }
const me = { principal: { type: 'user', id: 'usr_1' }, key: null, organization: null, organizations: [{ id: 'org_1', name: 'Org', slug: 'org', role: 'owner' }], scopes: [], project_ids: [], expires_at: null }

type Route = { status?: number; body?: unknown; headers?: Record<string, string> }
let routes: Record<string, Route>
let seen: { line: string; headers: IncomingHttpHeaders; body: string }[]
let baseUrl: string
let home: string
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    const line = `${request.method} ${request.url?.split('?')[0]}`
    seen.push({ line, headers: request.headers, body })
    const { status = 200, body: answer, headers = {} } = routes[line] ?? { status: 404, body: { code: 'NOT_FOUND', detail: 'no such thing', request_id: 'r', errors: [] } }
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(answer === undefined ? undefined : JSON.stringify(answer))
  })
})
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  seen = []
  home = mkdtempSync(join(tmpdir(), 'pgbeam-run-'))
  routes = {
    'GET /v1/whoami': { body: me },
    'GET /v1/organizations': { body: { organizations: me.organizations } },
    'GET /v1/projects': { body: { projects: [{ id: PROJECT, name: 'Shop', slug: 'shop' }], total: 1, next_page_token: null } },
    [`GET /v1/projects/${PROJECT}/agents`]: { body: { agents: [agent], next_page_token: null } },
    [`PATCH /v1/projects/${PROJECT}/agents/${AGENT}`]: { body: { ...agent, status: 'killed' }, headers: { 'pgbeam-enforcement': 'seq=4, enforced, elapsed-ms=9, proxies=2, fenced=0, sessions=3, statements=1' } },
    [`DELETE /v1/projects/${PROJECT}/agents/${AGENT}`]: { body: { seq: 5, enforced: true } },
    [`DELETE /v1/projects/${PROJECT}`]: { status: 204 },
  }
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const io = (more: Parameters<typeof fakeIo>[0] = {}): FakeIo => fakeIo({ home, cwd: home, ...more, env: { PGBEAM_API_URL: baseUrl, PGBEAM_TOKEN: key, ...more.env } })
const problem = (status: number, code: string, errors: object[] = [], headers: Record<string, string> = {}): Route => ({ status, headers, body: { code, detail: `it is ${code}`, request_id: 'req-1', errors } })
const profileFile = (): string => join(home, '.config/pgbeam/config.json')

describe('exit codes', () => {
  it.each([
    ['400', problem(400, 'INVALID_INPUT', [{ field: 'name', code: 'too_big', detail: 'x' }]), 2],
    ['400 for a field that does not work yet', problem(400, 'INVALID_INPUT', [{ field: 'write_mode', code: 'not_available', detail: 'x' }]), 1],
    ['401', problem(401, 'UNAUTHORIZED'), 4],
    ['403', problem(403, 'FORBIDDEN'), 4],
    ['404', problem(404, 'NOT_FOUND'), 5],
    ['409', problem(409, 'INVALID_STATE'), 6],
    ['412', problem(412, 'PRECONDITION_FAILED'), 6],
    ['429', problem(429, 'RATE_LIMITED', [], { 'retry-after': '30' }), 7],
    ['500', problem(500, 'INTERNAL_ERROR'), 1],
    ['a web page', { status: 200, body: undefined, headers: { 'content-type': 'text/html', 'x-nothing': '1' } }, 1],
  ])('an answer of %s', async (_case, route, code) => {
    routes['GET /v1/whoami'] = route
    const one = io()
    expect(await run(['auth', 'whoami'], one)).toBe(code)
    expect(one.printed.stdout).toBe('')
    expect(one.printed.stderr).toMatch(/^pgbeam: [^\n]+\n([^\n]+\n)?$/)
  })
  it.each([
    ['a mistyped key', { PGBEAM_TOKEN: `${key.slice(0, -1)}x` }, 4, /mistyped or cut off/],
    ['no key', { PGBEAM_TOKEN: '' }, 4, /nobody is logged in/],
    ['nothing that listens', { PGBEAM_API_URL: 'http://127.0.0.1:26999' }, 1, /nothing listens at 127.0.0.1:26999/],
    ['a host that does not exist', { PGBEAM_API_URL: 'http://no-such-host.invalid' }, 1, /there is no host no-such-host.invalid/],
    ['an address that is none', { PGBEAM_API_URL: 'nowhere' }, 2, /PGBEAM_API_URL: nowhere is not an address/],
  ])('%s', async (_case, env, code, line) => {
    const one = io({ env })
    expect(await run(['auth', 'whoami'], one)).toBe(code)
    expect(one.printed).toEqual({ stdout: '', stderr: expect.stringMatching(line) })
  })
  it.each([
    ['backends=3, backends-ended=3', '3 sessions at databases were open there: all are ended by another proxy'],
    ['backends=1, backends-ended=1', '1 session at a database was open there: it is ended by another proxy'],
    ['backends=3, backends-ended=2', '3 sessions at databases were open there: 2 ended by another proxy, what runs in the other goes on at the database'],
    ['backends=0, backends-ended=0', 'no session at a database is known that was open there'],
  ])('of a proxy that could not be reached is told what became of its sessions at databases: %s', async (parts, line) => {
    const route = `PATCH /v1/projects/${PROJECT}/agents/${AGENT}`
    const header = 'seq=4, enforced, elapsed-ms=3001, proxies=2, fenced=1, sessions=0, statements=0'
    const told = async (header: string) => {
      routes[route] = { body: agent, headers: { 'pgbeam-enforcement': header } }
      const one = io()
      expect(await run(['agents', 'kill', AGENT], one)).toBe(0)
      return one.printed.stderr
    }
    expect((await told(`${header}, ${parts}`)).split('\n')).toContain(line)
    expect(await told(header)).not.toMatch(/open there/)
  })
  it('a change that not every proxy has confirmed is no success', async () => {
    routes[`PATCH /v1/projects/${PROJECT}/agents/${AGENT}`] = { status: 202, body: { seq: 4, enforced: false }, headers: { 'pgbeam-enforcement': 'seq=4, pending, proxies=2' } }
    const one = io()
    expect(await run(['agents', 'kill', AGENT], one)).toBe(1)
    expect(one.printed).toEqual({ stdout: '', stderr: expect.stringMatching(/not every proxy has confirmed[^]*enforcement\/4/) })
  })
})

it('a key that is revoked: on how many control planes that is enforced, on standard error', async () => {
  const KEY = 'key_01m80r42rws6cpabgcjs05pjnk'
  routes[`GET /v1/api-keys/${KEY}`] = { body: { id: KEY } }
  routes[`DELETE /v1/api-keys/${KEY}`] = { status: 204, headers: { 'pgbeam-enforcement': 'seq=4, enforced, elapsed-ms=9, proxies=0, fenced=1, sessions=0, statements=0, replicas=3' } }
  const one = io()
  expect(await run(['keys', 'revoke', KEY], one)).toBe(0)
  expect(one.printed.stderr).toMatch(/^key_\S+ revoked for ever: enforced on 2 of 3 control planes in 9 ms$/m)
})

describe('many credentials at once', () => {
  const OTHER = 'agt_01m80r42rws6cpabgcjs05pjnk'
  const enforced = { 'pgbeam-enforcement': 'seq=9, enforced, elapsed-ms=12, proxies=2, fenced=0, sessions=7, statements=0' }
  const answer = { dry_run: false, agents: [AGENT, OTHER], changed: 2, already: 1, receipt: { seq: 9, enforced: true } }
  const of = (verb: string): string => `POST /v1/projects/${PROJECT}/agents:${verb}`
  const sent = (): unknown[] => seen.filter(({ line }) => line.includes('agents:')).map(({ line, body }) => [line, JSON.parse(body)])
  beforeEach(() => {
    for (const verb of ['kill', 'revoke']) routes[of(verb)] = { body: answer, headers: enforced }
    routes[`GET /v1/projects/${PROJECT}/policies`] = { body: { policies: [{ id: 'pol_1', name: 'read-only' }], next_page_token: null } }
  })

  it.each(['kill', 'revoke'])('%s goes ahead in a script: one call for all ids, whose changed ones are printed, and what the proxies did on standard error', async (verb) => {
    const one = io()
    expect(await run(['agents', verb, AGENT, OTHER], one)).toBe(0)
    expect(sent()).toEqual([[of(verb), { ids: [AGENT, OTHER], dry_run: false }]])
    expect(one.printed.stdout).toBe(`${AGENT}\n${OTHER}\n`)
    expect(one.printed.stderr).toMatch(/^2 credentials (killed, 1 already without access|revoked for ever, 1 already revoked): enforced on 2 of 2 proxies in 12 ms, 7 sessions ended, 0 statements cancelled$/m)
  })
  it('are chosen by conditions: a policy by its name, times by how long ago they were', async () => {
    const startedAt = Date.now()
    expect(await run(['agents', 'revoke', '--policy', 'read-only', '--principal-type', 'human', '--last-used-before', '30d', '--created-before', '2026-01-31T12:00:00+02:00'], io())).toBe(0)
    const [[, body]] = sent() as [[string, { filter: Record<string, string> }]]
    const { last_used_before: unused = '', ...filter } = body.filter
    expect(filter).toEqual({ policy_profile_id: 'pol_1', principal_type: 'human', created_before: '2026-01-31T10:00:00.000Z' })
    expect(Math.abs(Date.parse(unused) - (startedAt - 30 * 86_400_000))).toBeLessThan(60_000)
  })
  it('are only told of with --dry-run, of a single one too', async () => {
    routes[of('revoke')] = { body: { ...answer, dry_run: true, receipt: null } }
    const one = io()
    expect(await run(['agents', 'revoke', AGENT, '--dry-run'], one)).toBe(0)
    expect(sent()).toEqual([[of('revoke'), { ids: [AGENT], dry_run: true }]])
    expect(one.printed).toEqual({ stdout: `${AGENT}\n${OTHER}\n`, stderr: expect.stringMatching(/would be revoked for ever: 2 credentials; 1 already revoked/) })
  })
  it('are not asked about on a terminal with --yes', async () => {
    expect(await run(['agents', 'kill', AGENT, OTHER, '--yes'], io({ terminal: true }))).toBe(0)
    expect(sent()).toEqual([[of('kill'), { ids: [AGENT, OTHER], dry_run: false }]])
  })
  it('are the whole answer with --json', async () => {
    const one = io()
    expect(await run(['agents', 'kill', '--principal-type', 'agent', '--json'], one)).toBe(0)
    expect(JSON.parse(one.printed.stdout)).toEqual(answer)
  })
  it('that not every proxy has confirmed are no success', async () => {
    routes[of('kill')] = { status: 202, body: { seq: 9, enforced: false, agents: [AGENT], changed: 1, already: 0, dry_run: false }, headers: { 'pgbeam-enforcement': 'seq=9, pending, proxies=2' } }
    const one = io()
    expect(await run(['agents', 'kill', AGENT, OTHER], one)).toBe(1)
    expect(one.printed).toEqual({ stdout: '', stderr: expect.stringMatching(/not every proxy has confirmed[^]*enforcement\/9/) })
  })
})

it.each([['--kill-agents', true], ['--resume-agents', false]])('projects update %s throws or releases the kill switch of the project, and tells what the proxies did', async (flag, agents_disabled) => {
  const project = { id: PROJECT, name: 'Shop', tags: [], allowed_cidrs: [], agents_disabled }
  routes[`PATCH /v1/projects/${PROJECT}`] = { body: project, headers: { 'pgbeam-enforcement': 'seq=9, enforced, elapsed-ms=12, proxies=2, fenced=0, sessions=7, statements=0' } }
  const one = io()
  expect(await run(['projects', 'update', flag], one)).toBe(0)
  expect(seen.filter(({ line }) => line.startsWith('PATCH')).map(({ body }) => JSON.parse(body))).toEqual([{ agents_disabled }])
  expect(one.printed.stderr).toMatch(/enforced on 2 of 2 proxies in 12 ms, 7 sessions ended/)
  expect(one.printed.stdout).toMatch(agents_disabled ? /all credentials +paused \(kill switch\)/ : /all credentials +as each says/)
})

it.each([
  [['--default-policy', 'pol_01m80r42rws6cpabgcjs05pjnj'], { default_policy_profile_id: 'pol_01m80r42rws6cpabgcjs05pjnj' }],
  [['--default-policy', 'none', '--on-control-loss', 'refuse'], { default_policy_profile_id: null, on_control_loss: 'refuse' }],
])('projects update %j sets what applications with a stored user may do', async (options, body) => {
  const project = { id: PROJECT, name: 'Shop', tags: [], allowed_cidrs: [], on_control_loss: 'serve', ...body }
  routes[`PATCH /v1/projects/${PROJECT}`] = { body: project, headers: { 'pgbeam-enforcement': 'seq=9, enforced, elapsed-ms=12, proxies=2, fenced=0, sessions=7, statements=0' } }
  const one = io()
  expect(await run(['projects', 'update', ...options], one)).toBe(0)
  expect(seen.filter(({ line }) => line.startsWith('PATCH')).map((call) => JSON.parse(call.body))).toEqual([body])
  expect(one.printed.stdout).toContain(`${project.on_control_loss} applications with a stored user`)
})

it('projects update is no success where a proxy that cannot be reached may go on serving applications, and says so', async () => {
  routes[`PATCH /v1/projects/${PROJECT}`] = { status: 202, body: { seq: 9, enforced: false }, headers: { 'pgbeam-enforcement': 'seq=9, pending, elapsed-ms=3001, proxies=2, fenced=1, passthrough-unconfirmed=1, sessions=0, statements=0' } }
  const one = io()
  expect(await run(['projects', 'update', '--default-policy', 'none'], one)).toBe(1)
  expect(one.printed.stderr).toMatch(/1 proxy that cannot be reached may go on serving applications with the stored user[^]*enforcement\/9/)
})

describe('output', () => {
  it('is a table for people, without colours where it is no terminal', async () => {
    const one = io()
    expect(await run(['agents', 'list'], one)).toBe(0)
    expect(one.printed.stdout).toMatch(/^ID +NAME +STATUS/)
    expect(one.printed.stdout).not.toContain('\u001b')
  })
  it.each([[{}, true], [{ NO_COLOR: '1' }, false], [{ TERM: 'dumb' }, false]])('on a terminal with %j has colours: %s', async (env, colours) => {
    const one = io({ terminal: true, env: env })
    await run(['agents', 'list'], one)
    expect(one.printed.stdout.includes('\u001b')).toBe(colours)
  })
  it('has no colours with --no-color', async () => {
    const one = io({ terminal: true })
    await run(['agents', 'list', '--no-color'], one)
    expect(one.printed.stdout).not.toContain('\u001b')
  })
  it.each([[['agents', 'list', '--json']], [['--json', 'agents', 'list']]])('is JSON and nothing else with %j', async (words) => {
    const one = io()
    expect(await run(words, one)).toBe(0)
    expect(JSON.parse(one.printed.stdout)).toEqual([agent])
    expect(one.printed.stderr).toBe('')
  })
  it('tells what the proxies did on standard error', async () => {
    const one = io()
    expect(await run(['agents', 'kill', AGENT], one)).toBe(0)
    expect(one.printed.stderr).toMatch(/killed: enforced on 2 of 2 proxies in 9 ms, 3 sessions ended, 1 statement cancelled/)
    expect(one.printed.stdout).toMatch(/status +killed/)
  })
  it('warns of a key that ends soon', async () => {
    routes['GET /v1/whoami'] = { body: me, headers: { 'pgbeam-key-expires-at': new Date(Date.now() + 3 * 86_400_000 + 60_000).toISOString() } }
    const one = io()
    await run(['auth', 'whoami'], one)
    expect(one.printed.stderr).toMatch(/the API key ends in 3 days/)
  })
})

describe('asking', () => {
  it('does not happen where nobody is there: delete wants --yes', async () => {
    const one = io()
    expect(await run(['projects', 'delete', PROJECT], one)).toBe(2)
    expect(one.printed).toEqual({ stdout: '', stderr: expect.stringMatching(/--yes/) })
    expect(seen).toEqual([])
  })
  it('is not needed with --yes', async () => {
    expect(await run(['projects', 'delete', PROJECT, '--yes'], io())).toBe(0)
    expect(seen.map(({ line }) => line)).toEqual([`DELETE /v1/projects/${PROJECT}`])
  })
  it.each([['kill', `PATCH /v1/projects/${PROJECT}/agents/${AGENT}`], ['revoke', `DELETE /v1/projects/${PROJECT}/agents/${AGENT}`]])('never happens for %s', async (verb, line) => {
    expect(await run(['agents', verb, AGENT], io())).toBe(0)
    expect(seen.map((one) => one.line)).toContain(line)
  })
})

describe('auth', () => {
  it('login reads the key from standard input, checks it and keeps it where only its owner reads', async () => {
    const one = io({ input: `${key}\n`, env: { PGBEAM_TOKEN: '' } })
    expect(await run(['auth', 'login', '--api-key'], one)).toBe(0)
    expect(JSON.parse(readFileSync(profileFile(), 'utf8'))).toEqual({ current: 'default', profiles: { default: { api_url: baseUrl, api_key: key } } })
    expect(statSync(profileFile()).mode & 0o777).toBe(0o600)
    expect(statSync(join(profileFile(), '..')).mode & 0o777).toBe(0o700)
    expect(one.printed.stdout + one.printed.stderr).not.toContain(key)
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${key}`)
    const later = io({ env: { PGBEAM_TOKEN: '' } })
    expect(await run(['auth', 'status'], later)).toBe(0)
    expect(later.printed.stdout).toMatch(/from profile default/)
    expect(later.printed.stdout).not.toContain(key)
    expect(await run(['auth', 'logout'], io())).toBe(0)
    expect(readFileSync(profileFile(), 'utf8')).not.toContain(key)
  })
  it.each([['refused by the API', `${key}\n`, problem(401, 'UNAUTHORIZED'), 4], ['no key', 'hello\n', { body: me }, 4], ['nothing at all', '', { body: me }, 2]])('login keeps nothing that is %s', async (_case, input, route, code) => {
    routes['GET /v1/whoami'] = route
    const one = io({ input, env: { PGBEAM_TOKEN: '' } })
    expect(await run(['auth', 'login', '--api-key'], one)).toBe(code)
    expect(one.printed.stdout).toBe('')
    expect(existsSync(profileFile())).toBe(false)
  })
  it('login respects XDG_CONFIG_HOME', async () => {
    expect(await run(['auth', 'login', '--api-key'], io({ input: key, env: { PGBEAM_TOKEN: '', XDG_CONFIG_HOME: join(home, 'xdg') } }))).toBe(0)
    expect(existsSync(join(home, 'xdg/pgbeam/config.json'))).toBe(true)
  })
  it('switch takes another profile, and asks for one by its candidates where nobody is there', async () => {
    mkdirSync(join(profileFile(), '..'), { recursive: true })
    writeFileSync(profileFile(), JSON.stringify({ current: 'a', profiles: { a: { api_url: baseUrl, api_key: key }, b: { api_url: baseUrl, api_key: key } } }))
    const one = io()
    expect(await run(['auth', 'switch'], one)).toBe(2)
    expect(one.printed.stderr).toMatch(/a, b/)
    expect(await run(['auth', 'switch', 'b'], io())).toBe(0)
    expect(JSON.parse(readFileSync(profileFile(), 'utf8'))).toMatchObject({ current: 'b' })
  })
  it('a broken configuration is said, and left as it is', async () => {
    mkdirSync(join(profileFile(), '..'), { recursive: true })
    writeFileSync(profileFile(), '{')
    const one = io({ input: key })
    expect(await run(['auth', 'login', '--api-key'], one)).toBe(1)
    expect(one.printed.stderr).toMatch(/is not a configuration of pgbeam/)
    expect(readFileSync(profileFile(), 'utf8')).toBe('{')
  })
})

describe('policies', () => {
  it('create --dry-run prints what would be sent, and sends nothing', async () => {
    const one = io()
    const words = ['policies', 'create', '--name', 'p', '--mode', 'read_only', '--allow', 'select,explain', '--deny', 'copy', '--mask', 'users.email=hash', '--max-rows', '10', '--dry-run']
    expect(await run(words, one)).toBe(0)
    expect(JSON.parse(one.printed.stdout)).toEqual({
      name: 'p', access_mode: 'read_only', statement_rules: { allow: ['select', 'explain'], deny: ['copy'] }, masking_rules: [{ table: 'users', column: 'email', kind: 'hash' }], max_rows: 10,
    })
    expect(seen).toEqual([])
  })
  it('update keeps the statement rules that are not named', async () => {
    const policy = { id: 'pol_01m80r42qztf3y86rck5fazezh', project_id: PROJECT, name: 'p', access_mode: 'read_only', statement_rules: { allow: ['select'], deny: [] }, table_allowlist: ['a'], version: 3, created_at: 'x', updated_at: 'x' }
    const path = `/v1/projects/${PROJECT}/policies/${policy.id}`
    routes[`GET ${path}`] = { body: policy, headers: { etag: '"3"' } }
    routes[`PUT ${path}`] = { body: policy }
    expect(await run(['policies', 'update', policy.id, '--deny', 'copy', '--deny-table', 'b,c.*'], io())).toBe(0)
    expect(JSON.parse(seen.find(({ line }) => line.startsWith('PUT'))?.body ?? '')).toEqual({
      name: 'p', access_mode: 'read_only', statement_rules: { allow: ['select'], deny: ['copy'] }, table_allowlist: ['a'], table_denylist: ['b', 'c.*'],
    })
  })
  it('update changes what is named, under the version that it read', async () => {
    const policy = { id: 'pol_01m80r42qztf3y86rck5fazezh', project_id: PROJECT, name: 'p', access_mode: 'read_only', version: 3, created_at: 'x', updated_at: 'x' }
    const path = `/v1/projects/${PROJECT}/policies/${policy.id}`
    routes[`GET ${path}`] = { body: policy, headers: { etag: '"3"' } }
    routes[`PUT ${path}`] = { body: { ...policy, access_mode: 'read_write' } }
    expect(await run(['policies', 'update', policy.id, '--mode', 'read_write'], io())).toBe(0)
    const put = seen.find(({ line }) => line.startsWith('PUT'))
    expect(JSON.parse(put?.body ?? '')).toEqual({ name: 'p', access_mode: 'read_write' })
    expect(put?.headers['if-match']).toBe('"3"')
  })
})

describe('a dry run', () => {
  const evaluations = `/v1/projects/${PROJECT}/policy-evaluations`
  const blocked = {
    verdict: 'block', rule: 'table_denied', reason: 'public.salaries is denied by this policy', hint: 'Denied tables: salaries; others may be used.', sqlstate: '42501', statement_kinds: [],
    masked_columns: [], row_filter_predicate: null, rewritten_sql: null, notes: [], database_id: 'db_01m80r42qztf3y86rck5fazezh',
  }
  it('prints what the policy says, and ends with 8 where it refuses', async () => {
    routes[`POST ${evaluations}`] = { body: blocked }
    const one = io()
    expect(await run(['policies', 'dry-eval', 'SELECT * FROM salaries', '--policy', 'pol_01m80r42qztf3y86rck5fazezh'], one)).toBe(8)
    expect(one.printed.stdout).toMatch(/table_denied[^]*Denied tables: salaries/)
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ sql: 'SELECT * FROM salaries', policy_id: 'pol_01m80r42qztf3y86rck5fazezh' })
  })
  it('takes a policy that is not stored, and ends with 0 where the statement may run', async () => {
    routes[`POST ${evaluations}`] = { body: { ...blocked, verdict: 'allow', rule: 'ok', sqlstate: null, hint: null } }
    const file = join(home, 'policy.json')
    writeFileSync(file, '{"access_mode":"read_only","table_allowlist":["orders"]}')
    expect(await run(['policies', 'dry-eval', 'SELECT 1', '--file', file], io())).toBe(0)
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ sql: 'SELECT 1', policy: { access_mode: 'read_only', table_allowlist: ['orders'] } })
  })
  it('lint finds a rule about a table that is not there, and what is probably not meant', async () => {
    routes[`POST ${evaluations}`] = { body: { ...blocked, rule: 'unresolved_rule', reason: 'this policy has a rule about nothing' } }
    const file = join(home, 'policy.json')
    writeFileSync(file, '{"table_allowlist":["nothing"],"table_denylist":["nothing"]}')
    const one = io()
    expect(await run(['policies', 'lint', '--file', file], one)).toBe(1)
    expect(one.printed.stdout).toMatch(/warning[^]*on both lists[^]*error[^]*a rule about nothing/)
  })
  it('needs one policy', async () => expect(await run(['policies', 'dry-eval', 'SELECT 1'], io())).toBe(2))
})

describe('link', () => {
  it('makes a project the one of its folder, and unlink forgets it', async () => {
    routes[`GET /v1/projects/${PROJECT}`] = { body: { id: PROJECT, name: 'Shop', slug: 'shop' } }
    expect(await run(['link', 'shop'], io())).toBe(0)
    expect(JSON.parse(readFileSync(join(home, '.pgbeam/project.json'), 'utf8'))).toEqual({ project_id: PROJECT, name: 'Shop' })
    expect(await run(['unlink'], io())).toBe(0)
    expect(await run(['unlink'], io())).toBe(5)
  })
})

it('hints can be pasted: through npx where the command was called so', async () => {
  const one = io({ env: { npm_command: 'exec' } })
  await run(['agents', 'kill', AGENT], one)
  expect(one.printed.stderr).toMatch(/npx pgbeam agents resume/)
})
