/** The `pgbeam` command against a whole installation, from outside: what scripts and people rely on. */
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Home, launcher, runProgram, type Ran } from './support/cli.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let home: Home
const servers: Server[] = []
const listen = (server: Server): Promise<number> => new Promise((done) => {
  servers.push(server)
  server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port))
})
beforeAll(async () => {
  stack = await startStack({ schema: 'CREATE TABLE item (id int PRIMARY KEY, label text); INSERT INTO item VALUES (1, $$one$$), (2, $$two$$)' })
  home = new Home(stack).logIn()
})
afterAll(async () => {
  for (const server of servers) server.close()
  await stack?.stop()
})

/** A failure is told on standard error, in one line and perhaps a hint, and leaves nothing on standard output. */
function failedWith(ran: Ran, code: number, words: RegExp): void {
  expect({ code: ran.code, stdout: ran.stdout, stderr: ran.stderr }).toEqual({ code, stdout: '', stderr: expect.stringMatching(words) })
  expect(ran.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2)
}
const json = async (args: readonly string[]): Promise<any> => {
  const ran = await home.pgbeam([...args, '--json'])
  if (ran.code !== 0) throw new Error(`pgbeam ${args.join(' ')}: ${ran.stderr}`)
  return JSON.parse(ran.stdout)
}

describe('the lines of the public vocabulary that run as they stand', () => {
  /** The lines of the document, or of its copy here where the document is not at hand. */
  function lines(): string[] {
    const of = (text: string): string[] => {
      const [, listed = ''] = /These lines run as they stand[^:]*: (.*)/.exec(text) ?? []
      return [...listed.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')
    }
    const copy = of(readFileSync(fileURLToPath(new URL('support/surface-lines.txt', import.meta.url)), 'utf8'))
    const document = process.env.PGBEAM_SURFACE_FILE
    if (document) expect(copy).toEqual(of(readFileSync(document, 'utf8')))
    return copy
  }

  it('run, ids and secrets aside', async () => {
    const all = lines()
    expect(all).toHaveLength(7)
    const { personal_key, api_key } = stack.bootstrap
    let policy = ''
    let agent = ''
    for (const line of all) {
      const real = line.replace('pol_…', policy).replace('agt_…', agent).replace('pbu_…', personal_key).replaceAll('pbo_…', api_key).replace('{projectId}', stack.project.id).replace('…/v1', `${stack.api.baseUrl}/v1`)
      expect(real).not.toContain('…')
      // A revoked credential cannot be rotated, and the document revokes first.
      if (line.includes('agents rotate')) agent = (await stack.createCredential({ policyId: policy })).id
      const ran = await home.shell(line.includes('agents rotate') ? line.replace('agt_…', agent) : real)
      expect({ line, code: ran.code, stderr: ran.code === 0 ? '' : ran.stderr }).toEqual({ line, code: 0, stderr: '' })
      if (line.includes('policies create')) policy = /pol_\w+/.exec(ran.stdout)?.[0] ?? ''
      else if (line.includes('agents create')) agent = /agt_\w+/.exec(ran.stdout)?.[0] ?? ''
      else if (line.includes('agents revoke')) expect(ran.stdout).toMatch(/revoked/)
      else if (line.includes('agents rotate')) expect(ran.stdout).toMatch(/postgresql:\/\//)
      else if (line.includes('projects list')) expect(ran.stdout).toContain(stack.project.id)
      else if (line.includes('POST')) expect(JSON.parse(ran.stdout)).toMatchObject({ credential: { name: 'analytics-bot', policy_profile_id: policy }, connection_string: expect.any(String) })
      else expect(JSON.parse(ran.stdout)).toMatchObject({ projects: [{ id: stack.project.id }] })
    }
  })

  it("are the same to Node's fetch with process.env.PGBEAM_API_KEY", async () => {
    const program = `const r = await fetch(process.env.PGBEAM_API_URL + '/v1/projects', { headers: { Authorization: 'Bearer ' + process.env.PGBEAM_API_KEY } }); console.log(r.status, (await r.json()).projects[0].id)`
    const ran = await home.shell(`node --input-type=module -e "$PROGRAM"`, { env: { PROGRAM: program, PGBEAM_API_KEY: stack.bootstrap.api_key } })
    expect(ran).toMatchObject({ code: 0, stdout: `200 ${stack.project.id}\n` })
  })
})

describe('a credential from its making to its end', () => {
  let made: { credential: { id: string }; password: string }
  const select = (password: string): Promise<Ran> => home.pgbeam(['connect', made.credential.id, '-c', 'SELECT label FROM item ORDER BY id'], { env: { PGPASSWORD: password } })

  it('connects, is paused, resumed, rotated and revoked', async () => {
    const policy = await json(['policies', 'create', '--name', 'reading', '--mode', 'read_only'])
    made = await json(['agents', 'create', '--name', 'bot', '--policy', 'reading', '--expires', '30d', '--database', stack.project.databaseName])
    expect(made).toMatchObject({ credential: { policy_profile_id: policy.id, database_id: stack.project.databaseId, expires_at: expect.any(String) } })
    const { id } = made.credential
    expect(await select(made.password)).toMatchObject({ code: 0, stdout: expect.stringMatching(/one[^]*two/) })
    expect(await home.pgbeam(['agents', 'disable', id])).toMatchObject({ code: 0, stderr: expect.stringMatching(/killed: enforced on 1 of 1 proxy/) })
    failedWith(await select(made.password), 6, /is killed.*\n.*agents resume/)
    expect((await home.pgbeam(['agents', 'enable', id])).code).toBe(0)
    expect((await select(made.password)).code).toBe(0)
    const rotated = await json(['agents', 'rotate', id])
    expect((await select(made.password)).code).toBe(4)
    expect((await select(rotated.password)).code).toBe(0)
    expect(await json(['agents', 'revoke', id])).toMatchObject({ status: 'revoked', receipt: { enforced: true } })
    failedWith(await select(rotated.password), 6, /revoked, which is for ever/)
    expect(await json(['agents', 'inspect', id])).toMatchObject({ status: 'revoked' })
  })

  it('tells a newcomer what to do next, without repeating a secret', async () => {
    const ran = await home.pgbeam(['agents', 'create', '--name', 'hinted', '--policy', 'reading'])
    const password = /password +(\S+)/.exec(ran.stdout)?.[1] ?? ''
    expect(password).not.toBe('')
    expect(ran.stderr).toMatch(/pgbeam connect agt_/)
    expect(ran.stderr).toMatch(/psql "postgresql:\/\/agent_\w+@localhost/)
    expect(ran.stderr).toMatch(/pgbeam agents revoke agt_/)
    expect(ran.stderr).not.toContain(password)
  })

  it('gives psql its password in the environment only, and no API key at all', async () => {
    const bin = mkdtempSync(join(home.dir, 'shim-'))
    writeFileSync(join(bin, 'psql'), '#!/bin/sh\n[ "$1" = --version ] && echo "psql (PostgreSQL) 15.0" && exit\necho "args=$*"; env\n', { mode: 0o755 })
    const { id, password } = await stack.createCredential()
    const ran = await home.pgbeam(['connect', id], { env: { PGPASSWORD: password, PATH: `${bin}:${home.env.PATH}`, PGBEAM_TOKEN: stack.bootstrap.personal_key } })
    expect(ran.code).toBe(0)
    const [args = '', ...env] = ran.stdout.split('\n')
    expect(args).toMatch(/sslmode='verify-full'.*sslrootcert='/)
    expect(args).not.toContain(password)
    expect(env).toContain(`PGPASSWORD=${password}`)
    expect(ran.stdout).not.toContain(stack.bootstrap.personal_key)
  })
})

describe('the other commands', () => {
  it('keys: made, listed, rotated and revoked, personal and of the organization', async () => {
    for (const org of [[], ['--org']]) {
      const { api_key, key } = await json(['keys', 'create', '--name', 'ci', ...org])
      expect(key).toMatch(org.length > 0 ? /^pbo_/ : /^pbu_/)
      const works = (value: string): Promise<Ran> => home.pgbeam(['auth', 'whoami'], { env: { PGBEAM_TOKEN: value } })
      expect((await works(key)).code).toBe(0)
      expect((await json(['keys', 'list', ...org])).map((one: { id: string }) => one.id)).toContain(api_key.id)
      const rotated = await json(['keys', 'rotate', api_key.id, '--grace-seconds', '60'])
      expect((await works(rotated.key)).code).toBe(0)
      expect((await home.pgbeam(['keys', 'revoke', api_key.id])).code).toBe(0)
      failedWith(await works(key), 4, /UNAUTHORIZED/)
    }
  })
  it('keys rotate of the stored key stores the new one', async () => {
    const own = new Home(stack)
    const { key, api_key } = await json(['keys', 'create', '--name', 'mine'])
    expect(await own.pgbeam(['auth', 'login', '--api-key'], { input: key })).toMatchObject({ code: 0 })
    expect((await own.pgbeam(['keys', 'rotate', api_key.id])).stderr).toMatch(/the new one is stored/)
    expect((await own.pgbeam(['auth', 'status'])).code).toBe(0)
  })
  it('projects and databases: made, tested, changed and deleted', async () => {
    const { host, port, name, username, password } = stack.upstream
    const options = ['--host', host, '--port', String(port), '--database', name, '--username', username, '--ssl-mode', 'disable']
    const made = await home.pgbeam(['projects', 'create', '--name', 'Second', ...options, '--password-stdin', '--json'], { input: password })
    expect(made.code).toBe(0)
    const { project, database } = JSON.parse(made.stdout)
    const there = ['--project', project.id]
    expect((await home.pgbeam(['policies', 'list'])).code).toBe(2) // two projects, and nothing says which
    expect(await json(['db', 'test', ...there])).toMatchObject({ ok: true })
    expect(await json(['projects', 'update', project.id, '--description', 'of a test', '--tag', 'a,b'])).toMatchObject({ description: 'of a test', tags: ['a', 'b'] })
    expect(await json(['db', 'update', database.id, '--query-timeout-ms', '5000', ...there])).toMatchObject({ query_timeout_ms: 5000 })
    const broken = await home.pgbeam(['db', 'add', ...options.with(1, 'localhost').with(3, '26999'), '--role', 'replica', '--password-stdin', '--json', ...there], { input: 'x' })
    failedWith(await home.pgbeam(['db', 'test', JSON.parse(broken.stdout).id, ...there]), 1, /cannot use this database/)
    expect((await json(['db', 'list', ...there])).length).toBe(2)
    expect((await home.pgbeam(['db', 'delete', JSON.parse(broken.stdout).id, '--yes', ...there])).code).toBe(0)
    const folder = mkdtempSync(join(home.dir, 'linked-'))
    expect((await home.pgbeam(['link', 'Second'], { cwd: folder })).code).toBe(0)
    mkdirSync(join(folder, 'deeper'))
    expect(await home.pgbeam(['projects', 'inspect', '--json'], { cwd: join(folder, 'deeper') })).toMatchObject({ code: 0, stdout: expect.stringContaining(project.id) })
    expect((await home.pgbeam(['projects', 'delete', project.id, '--yes'])).code).toBe(0)
    failedWith(await home.pgbeam(['agents', 'list', ...there]), 5, /NOT_FOUND/)
  })
  it('db delete, policies delete and inspect of what is not there end with 5', async () => {
    const nothing = '01m80r42rws6cpabgcjs05pjnj'
    for (const words of [['agents', 'inspect', `agt_${nothing}`], ['policies', 'show', `pol_${nothing}`], ['policies', 'show', 'no-such-name'], ['db', 'delete', `db_${nothing}`, '--yes'], ['projects', 'inspect', 'no-such-name'], ['keys', 'revoke', `key_${nothing}`]]) {
      expect({ words, code: (await home.pgbeam(words)).code }).toEqual({ words, code: 5 })
    }
  })
  it('api ls needs no key, and api request makes any request', async () => {
    expect((await new Home(stack).pgbeam(['api', 'ls', '--json'])).stdout).toContain('/v1/projects/{project}/agents')
    expect(await json(['api', 'request', 'get', '/v1/whoami'])).toMatchObject({ principal: { type: 'user' } })
    failedWith(await home.pgbeam(['api', 'request', 'POST', '/v1/projects', '-d', '{"name": 1}']), 2, /INVALID_INPUT/)
  })
  it('agents mcp-config points at the door of the project and holds no token', async () => {
    const { id, mcpToken } = await stack.createCredential()
    const { mcpServers } = await json(['agents', 'mcp-config', id])
    const { url, headers } = mcpServers.pgbeam
    expect(headers).toEqual({ Authorization: 'Bearer ${PGBEAM_MCP_TOKEN}' })
    // What the door answers to a known token is its own affair; an unknown one is told so.
    const ask = (token: string): Promise<Ran> => home.shell(`curl -s -o /dev/null -w '%{http_code}' --cacert ${stack.caFile} -X POST ${url} -H "Authorization: Bearer ${token}"`)
    expect((await ask(mcpToken)).stdout).not.toBe('401')
    expect((await ask('pba_wrong')).stdout).toBe('401')
  })
  it('doctor finds everything in order, and a certificate that it cannot trust', async () => {
    expect(await home.pgbeam(['doctor'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/proxy certificate +ok/) })
    const without = new Home(stack)
    const ran = await without.pgbeam(['doctor'], { env: { PGBEAM_TOKEN: stack.bootstrap.personal_key } })
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/proxy certificate +FAIL[^]*1 of 9 checks failed/) })
  })
  it('completion works in a real bash', async () => {
    const complete = (words: string): Promise<Ran> => home.shell(`eval "$(pgbeam completion bash 2>/dev/null)"; COMP_WORDS=(pgbeam ${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _pgbeam; printf '%s\\n' "\${COMPREPLY[@]}"`)
    expect((await complete('agents r')).stdout).toBe('resume\nrevoke\nrotate\n')
    expect((await complete("''")).stdout).toMatch(/^agents\n/)
  })
  it('--watch prints what has changed, and ends with 130 on Ctrl-C', async () => {
    const { id } = await stack.createCredential()
    const terminal = home.terminal(`pgbeam agents inspect ${id} --watch 0.2`)
    await terminal.expect(/status +active/)
    await home.pgbeam(['agents', 'kill', id])
    await terminal.expect(/status +killed/)
    terminal.type('\u0003')
    expect(await terminal.ended).toBe(130)
  })
})

describe('exit codes with a line each', () => {
  it('1: nothing listens there', async () => failedWith(await home.pgbeam(['projects', 'list'], { env: { PGBEAM_API_URL: 'http://127.0.0.1:26999', PGBEAM_TOKEN: stack.bootstrap.personal_key } }), 1, /nothing listens at 127.0.0.1:26999/))
  it('1: no such host', async () => failedWith(await home.pgbeam(['projects', 'list'], { env: { PGBEAM_API_URL: 'http://no-such-host.invalid', PGBEAM_TOKEN: stack.bootstrap.personal_key } }), 1, /there is no host no-such-host.invalid/))
  it('1: no answer in time', async () => {
    const port = await listen(createTcp(() => { /* silent */ }))
    failedWith(await home.pgbeam(['projects', 'list', '--timeout', '0.5'], { env: { PGBEAM_API_URL: `http://127.0.0.1:${port}`, PGBEAM_TOKEN: stack.bootstrap.personal_key } }), 1, /did not answer within 0.5 s/)
  })
  it.each([['expired', { notBefore: new Date(Date.now() - 3 * 86_400_000), days: 1 }, true, /certificate of localhost:\d+ has expired/], ['unknown', {}, false, /certificate of localhost:\d+ is not trusted/]] as const)('1: a certificate that is %s', async (_case, how, known, words) => {
    const { certPem, keyPem } = await stack.authority.issue({ names: ['localhost'], ...how })
    const port = await listen(createHttps({ cert: certPem, key: keyPem }, (_request, response) => void response.end('{}')))
    failedWith(await home.pgbeam(['projects', 'list'], { env: { PGBEAM_API_URL: `https://localhost:${port}`, PGBEAM_TOKEN: stack.bootstrap.personal_key, ...(known && { NODE_EXTRA_CA_CERTS: stack.caFile }) } }), 1, words)
  })
  it('1: something else than the API', async () => {
    const port = await listen(createHttp((_request, response) => void response.end('<html>')))
    failedWith(await home.pgbeam(['projects', 'list'], { env: { PGBEAM_API_URL: `http://127.0.0.1:${port}`, PGBEAM_TOKEN: stack.bootstrap.personal_key } }), 1, /is it the PgBeam API\?/)
  })
  it('2: a name that is none, with the one that was meant', async () => failedWith(await home.pgbeam(['agents', 'revok']), 2, /Did you mean revoke/))
  it('4: a wrong key, one that was revoked, none', async () => {
    const { key, api_key } = await json(['keys', 'create', '--name', 'short-lived'])
    await home.pgbeam(['keys', 'revoke', api_key.id])
    failedWith(await home.pgbeam(['projects', 'list'], { env: { PGBEAM_TOKEN: key } }), 4, /UNAUTHORIZED.*\n.*auth login/)
    failedWith(await home.pgbeam(['projects', 'list'], { env: { PGBEAM_TOKEN: `${key.slice(0, -1)}_` } }), 4, /mistyped/)
    failedWith(await new Home(stack).pgbeam(['projects', 'list']), 4, /nobody is logged in/)
  })
  it('6: a policy that is in use', async () => {
    const policy = await json(['policies', 'create', '--name', 'in use'])
    await json(['agents', 'create', '--name', 'x', '--policy', policy.id])
    failedWith(await home.pgbeam(['policies', 'delete', policy.id, '--yes']), 6, /409|INVALID_STATE|CONFLICT/)
  })
  it('7: too many requests', async () => {
    const body = JSON.stringify({ code: 'RATE_LIMITED', detail: 'slow down', request_id: 'r', errors: [] })
    const port = await listen(createHttp((_request, response) => void response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '60' }).end(body)))
    failedWith(await home.pgbeam(['projects', 'list'], { env: { PGBEAM_API_URL: `http://127.0.0.1:${port}`, PGBEAM_TOKEN: stack.bootstrap.personal_key } }), 7, /slow down.*\nTry again in 60 s/)
  })
  it('8: a statement that the policy refuses, with the rule', async () => {
    const reader: Credential = await stack.createCredential({ accessMode: 'read_only' })
    const ran = await home.pgbeam(['connect', reader.id, '-c', 'DROP TABLE item'], { env: { PGPASSWORD: reader.password } })
    expect(ran).toMatchObject({ code: 8, stdout: '', stderr: expect.stringMatching(/42501[^]*rule: /) })
  })
})

describe('on a terminal', () => {
  it('login asks for the key without showing it', async () => {
    const own = new Home(stack)
    const terminal = own.terminal('pgbeam auth login --api-key')
    await terminal.expect(/API key for/)
    terminal.type(`${stack.bootstrap.personal_key}\r`)
    expect(await terminal.ended).toBe(0)
    expect(terminal.shown).not.toContain(stack.bootstrap.personal_key)
    expect(statSync(join(own.dir, '.config/pgbeam/config.json')).mode & 0o777).toBe(0o600)
    expect((await own.pgbeam(['projects', 'list'])).code).toBe(0)
  })
  it.each([['n', 3, true], ['y', 0, false], ['\u0003', 130, true]])('delete asks, and %j ends with %i', async (answer, code, stays) => {
    const { id } = await json(['policies', 'create', '--name', `asked ${code}`])
    const terminal = home.terminal(`pgbeam policies delete ${id}`)
    await terminal.expect(/Delete policy/)
    terminal.type(answer)
    expect(await terminal.ended).toBe(code)
    expect((await home.pgbeam(['policies', 'show', id])).code).toBe(stays ? 0 : 5)
  })
  it('connect asks for the password, and psql is the one that answers', async () => {
    const credential = await stack.createCredential()
    const terminal = home.terminal(`pgbeam connect ${credential.id}`, { PAGER: '' })
    await terminal.expect(/Password of agt_/)
    terminal.type(`${credential.password}\r`)
    await terminal.expect(/=> /)
    terminal.type("SELECT 'a' || 'live';\n")
    await terminal.expect(/alive/)
    terminal.type('\\q\n')
    expect(await terminal.ended).toBe(0)
    expect(terminal.shown).not.toContain(credential.password)
  })
  it('revoke asks nothing', async () => {
    const { id } = await stack.createCredential()
    const terminal = home.terminal(`pgbeam agents revoke ${id}`)
    expect(await terminal.ended).toBe(0)
    expect(terminal.shown).toMatch(/revoked/)
  })
})

it('a non-terminal with nothing to read never hangs: every command that asks says what to pass', async () => {
  const { id } = await stack.createCredential()
  const { id: policy } = await json(['policies', 'create', '--name', 'unasked'])
  const database = ['--host', 'h', '--database', 'd', '--username', 'u']
  const asking = [
    ['auth', 'login'], ['auth', 'login', '--api-key'], ['auth', 'switch'], ['orgs', 'switch'], ['projects', 'create', '--name', 'x', ...database], ['projects', 'delete', stack.project.id],
    ['db', 'add', ...database], ['db', 'update', stack.project.databaseId, '--ask-password'], ['db', 'delete', stack.project.databaseId], ['policies', 'delete', policy], ['policies', 'create', '--name', 'x', '--file', '-'], ['connect', id],
  ]
  for (const words of asking) {
    const ran = await home.pgbeam(words, { timeoutMs: 15_000 })
    expect({ words, code: ran.code, stdout: ran.stdout }).toEqual({ words, code: 2, stdout: '' })
  }
})

it('the bundle runs alone, in an empty folder, on the Node of the machine', async () => {
  const folder = mkdtempSync(join(home.dir, 'alone-'))
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'dist'))
  copyFileSync(launcher, join(folder, 'bin/pgbeam.cjs'))
  copyFileSync(join(launcher, '../../dist/pgbeam.cjs'), join(folder, 'dist/pgbeam.cjs'))
  // Not the one that runs the product, where there is another: people bring their own.
  const own = (process.env.PATH ?? '').split(':').filter((one) => !one.includes('node_modules')).map((one) => join(one, 'node')).find((file) => { try { return statSync(file).isFile() } catch { return false } }) ?? process.execPath
  const ran = await runProgram(own, [join(folder, 'bin/pgbeam.cjs'), 'projects', 'list', '--json'], { cwd: folder, env: { HOME: home.dir, PATH: '/usr/bin:/bin' } })
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(stack.project.id) })
  expect(readdirSync(folder).sort()).toEqual(['bin', 'dist'])
})
