import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Browser, type Seen } from '../testing/browser.js'
import { TestCluster } from '../testing/environment.js'

jest.setTimeout(30_000) // each password takes a fifth of a second of a core, and cores may be busy

const PASSWORD = 'correct horse battery'
let cluster: TestCluster
let organization: string
let owner: Browser
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  organization = `/v1/organizations/${cluster.keys.org_id}`
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const browser = (replica = 0): Browser => new Browser(cluster.replicas[replica]?.url ?? '')
const codeOf = ({ status, body }: Seen): [number, string | undefined] => [status, body?.code]
const ownerToken = (): string => cluster.keys.owner_link.split('#')[1] ?? ''

let guests = 0
/** Somebody who came by an invitation and is signed in. */
async function guest(role = 'member'): Promise<{ browser: Browser; email: string; id: string }> {
  const email = `guest${guests++}@people.test`
  const { token } = (await cluster.api().post(`${organization}/invitations`, { email, role })).body
  const own = browser()
  const { status, body } = await own.post('/v1/auth/sign-up', { token, name: 'Guest', password: PASSWORD })
  expect(status).toBe(201)
  return { browser: own, email, id: body.user.id }
}

describe('the first owner', () => {
  it('sets e-mail address and password with the link of the first start, once', async () => {
    expect(cluster.keys.owner_link).toMatch(/^http:\/\/localhost:0\/welcome#[\w-]{43}$/)
    owner = browser()
    const set = { token: ownerToken(), email: 'Owner@People.test', name: 'Olga', password: PASSWORD }
    expect(codeOf(await owner.post('/v1/auth/owner-link', { ...set, password: 'short' }))).toEqual([400, 'INVALID_INPUT'])
    const entered = await owner.post('/v1/auth/owner-link', set)
    expect([entered.status, entered.body.user]).toEqual([200, { id: cluster.keys.user_id, name: 'Olga', email: 'owner@people.test' }])
    expect((await owner.get('/v1/whoami')).body).toMatchObject({ principal: { type: 'user', id: cluster.keys.user_id }, key: null, organizations: [{ id: cluster.keys.org_id, role: 'owner' }] })
    expect(codeOf(await browser().post('/v1/auth/owner-link', set))).toEqual([409, 'INVALID_STATE'])
    expect(codeOf(await browser().post('/v1/auth/owner-link', { ...set, token: 'x'.repeat(43) }))).toEqual([404, 'NOT_FOUND'])
  })

  it('may do by the session what the role allows, at every replica', async () => {
    const elsewhere = owner.at(cluster.replicas[1]?.url ?? '')
    expect((await elsewhere.call('PATCH', organization, { name: 'Mine' })).body).toMatchObject({ name: 'Mine', role: 'owner' })
    expect((await elsewhere.get(`${organization}/access-events?page_size=1`)).body.events).toMatchObject([{ event: 'organization.changed', actor_id: cluster.keys.user_id }])
  })
})

describe('signing in', () => {
  it('takes e-mail address and password, and gives a cookie that no script reads', async () => {
    const own = browser(1)
    const { status, body, cookies } = await own.post('/v1/auth/sign-in', { email: 'OWNER@people.test', password: PASSWORD })
    expect([status, body.user.email, body.session]).toMatchObject([200, 'owner@people.test', { method: 'password', current: true }])
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toMatch(/^pgbeam_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)
    expect(JSON.stringify(body)).not.toContain(own.cookies.get('pgbeam_session'))
    expect(JSON.stringify(await cluster.query(`SELECT s.*, encode(secret_hash, 'escape') AS hash FROM user_session s`))).not.toContain(own.cookies.get('pgbeam_session'))
  })

  it('says the same of a wrong password and of an address that nobody has', async () => {
    const [wrong, unknown] = [
      await browser().post('/v1/auth/sign-in', { email: 'owner@people.test', password: 'correct horse battery?' }),
      await browser().post('/v1/auth/sign-in', { email: 'nobody@people.test', password: PASSWORD }),
    ]
    expect([codeOf(wrong), wrong.body.detail, wrong.cookies]).toEqual([codeOf(unknown), unknown.body.detail, []])
    expect(codeOf(wrong)).toEqual([401, 'UNAUTHORIZED'])
  })

  it('is refused for a while after ten wrong passwords, also with the right one', async () => {
    const { email } = await guest()
    for (let i = 0; i < 10; i++) expect((await browser().post('/v1/auth/sign-in', { email, password: `wrong password ${i}` })).status).toBe(401)
    const refused = await browser().post('/v1/auth/sign-in', { email, password: PASSWORD })
    expect(codeOf(refused)).toEqual([429, 'RATE_LIMITED'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800)
    expect((await browser().post('/v1/auth/sign-in', { email: 'owner@people.test', password: PASSWORD })).status).toBe(200)
  }, 30_000)

  it('is not for pages of other sites', async () => {
    const others: Record<string, string>[] = [{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]
    for (const headers of others) {
      expect(codeOf(await browser().post('/v1/auth/sign-in', { email: 'owner@people.test', password: PASSWORD }, headers))).toEqual([403, 'FORBIDDEN'])
    }
    expect(codeOf(await browser().post('/v1/auth/sign-in', { email: 'owner@people.test', password: PASSWORD }, { 'content-type': 'text/plain' }))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  it('takes no body that a stranger makes large', async () => {
    const large = { email: 'owner@people.test', password: PASSWORD, more: 'x'.repeat(20_000) }
    expect(codeOf(await browser().post('/v1/auth/sign-in', large))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  })
})

describe('an account', () => {
  it('comes by an invitation alone, which is accepted by it', async () => {
    const { browser: own, email, id } = await guest('admin')
    expect((await own.get('/v1/whoami')).body.organizations).toMatchObject([{ id: cluster.keys.org_id, role: 'admin' }])
    expect(await cluster.query('SELECT email FROM user_account WHERE id = $1', [id])).toEqual([{ email }])
    expect(codeOf(await browser().post('/v1/auth/sign-up', { token: 'x'.repeat(43), name: 'Nobody', password: PASSWORD }))).toEqual([404, 'NOT_FOUND'])
  })

  it('is not made twice for one address: its owner signs in and accepts', async () => {
    const person = await guest()
    await cluster.api().delete(`${organization}/members/${person.id}`)
    const { token } = (await cluster.api().post(`${organization}/invitations`, { email: person.email })).body
    expect(codeOf(await browser().post('/v1/auth/sign-up', { token, name: 'Twice', password: PASSWORD }))).toEqual([409, 'RESOURCE_EXISTS'])
    expect((await person.browser.post('/v1/invitations/accept', { token })).status).toBe(200)
  })
})

describe('a session', () => {
  it('changes things only from pages of this origin, and with application/json', async () => {
    const own = owner
    const name = { name: 'Changed' }
    const others: Record<string, string>[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]
    for (const headers of others) expect(codeOf(await own.call('PATCH', organization, name, headers))).toEqual([403, 'FORBIDDEN'])
    const noOrigin = await fetch(`${own.baseUrl}${organization}`, {
      method: 'PATCH', headers: { cookie: `pgbeam_session=${own.cookies.get('pgbeam_session')}`, 'content-type': 'application/json' }, body: JSON.stringify(name),
    })
    expect(noOrigin.status).toBe(403)
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
      expect(codeOf(await own.call('PATCH', organization, name, { 'content-type': type }))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    }
    expect((await own.get(organization)).body.name).toBe('Mine')
  })

  it('counts for nothing beside a key', async () => {
    const { browser: own } = await guest()
    expect((await own.get('/v1/whoami', { authorization: `Bearer ${cluster.keys.api_key}` })).body.principal.type).toBe('organization')
    expect((await own.get('/v1/whoami', { authorization: 'Bearer nonsense' })).status).toBe(401)
  })

  it('is listed, and once it is ended it is over at every replica on the very next request, 20 times', async () => {
    const { browser: own, email } = await guest()
    for (let round = 0; round < 20; round++) {
      const second = browser(round % 2)
      expect((await second.post('/v1/auth/sign-in', { email, password: PASSWORD })).status).toBe(200)
      const elsewhere = second.at(cluster.replicas[1]?.url ?? '')
      expect((await elsewhere.get('/v1/whoami')).status).toBe(200)
      const { sessions } = (await own.get('/v1/auth/sessions')).body
      const [theirs] = sessions.filter(({ current }: { current: boolean }) => !current)
      expect(theirs).toMatchObject({ method: 'password', address: expect.stringContaining('127.0.0.1'), agent: 'node' })
      expect((await own.delete(`/v1/auth/sessions/${theirs.id as string}`)).status).toBe(204)
      expect([codeOf(await elsewhere.get('/v1/whoami')), codeOf(await second.get('/v1/whoami'))]).toEqual([[401, 'UNAUTHORIZED'], [401, 'UNAUTHORIZED']])
    }
    expect((await own.get('/v1/auth/sessions')).body.sessions).toHaveLength(1)
  }, 60_000)

  it('is ended by signing out, which takes the cookie away', async () => {
    const { browser: own } = await guest()
    const before = own.at(own.baseUrl)
    const { status, cookies } = await own.post('/v1/auth/sign-out')
    expect([status, cookies.length, own.cookies.size]).toEqual([204, 1, 0])
    expect((await before.get('/v1/whoami')).status).toBe(401)
    expect((await cluster.api(0, cluster.keys.personal_key).post('/v1/auth/sign-out')).status).toBe(403)
  })

  it('of somebody else is unknown', async () => {
    const [one, two] = [await guest(), await guest()]
    const { sessions } = (await one.browser.get('/v1/auth/sessions')).body
    expect(codeOf(await two.browser.delete(`/v1/auth/sessions/${sessions[0].id as string}`))).toEqual([404, 'NOT_FOUND'])
    expect((await one.browser.get('/v1/whoami')).status).toBe(200)
  })

  it.each<[string, string]>([
    ['is thirty days old', `expires_at = now() - interval '1 second'`],
    ['was not used for a week', `last_seen_at = now() - interval '7 days 1 second'`],
  ])('is over when it %s', async (_case, change) => {
    const { browser: own, id } = await guest()
    await cluster.query(`UPDATE user_session SET ${change} WHERE user_id = $1`, [id])
    expect((await own.get('/v1/whoami')).status).toBe(401)
  })

  it('opens an organization no longer once its person was removed', async () => {
    const { browser: own, id } = await guest('admin')
    const elsewhere = own.at(cluster.replicas[1]?.url ?? '')
    expect((await elsewhere.get(organization)).status).toBe(200)
    expect((await owner.delete(`${organization}/members/${id}`)).status).toBe(204)
    expect((await elsewhere.get(organization)).status).toBe(403)
  })
})

describe('a password', () => {
  it('is changed by whoever knows it, and ends the other sessions', async () => {
    const { browser: own, email } = await guest()
    const other = browser(1)
    await other.post('/v1/auth/sign-in', { email, password: PASSWORD })
    const change = (current: string) => own.post('/v1/auth/password', { current_password: current, new_password: 'another horse battery' })
    expect(codeOf(await change('not my password'))).toEqual([403, 'FORBIDDEN'])
    expect((await other.get('/v1/whoami')).status).toBe(200)
    expect((await change(PASSWORD)).status).toBe(204)
    expect([(await other.get('/v1/whoami')).status, (await own.get('/v1/whoami')).status]).toEqual([401, 200])
    expect((await browser().post('/v1/auth/sign-in', { email, password: PASSWORD })).status).toBe(401)
    expect((await browser().post('/v1/auth/sign-in', { email, password: 'another horse battery' })).status).toBe(200)
  })

  it('is not changed by a key', async () => {
    const body = { current_password: PASSWORD, new_password: 'another horse battery' }
    expect((await cluster.api(0, cluster.keys.personal_key).post('/v1/auth/password', body)).status).toBe(403)
  })
})

describe('the command owner-link create', () => {
  const command = async (...args: string[]): Promise<string> => {
    const entry = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
    return (await promisify(execFile)(process.execPath, [entry, 'owner-link', ...args], { env: { PATH: process.env['PATH'], ...cluster.env } })).stdout.trim()
  }

  it('makes a link for whoever forgot their password, which ends their sessions', async () => {
    const { browser: own, email, id } = await guest()
    const link = await command('create', '--user', id)
    expect(link).toMatch(/^http:\/\/localhost:0\/welcome#[\w-]{43}$/)
    const again = browser()
    const used = await again.post('/v1/auth/owner-link', { token: link.split('#')[1], email, password: 'a password not forgotten' })
    expect([used.status, used.body.user.id]).toEqual([200, id])
    expect([(await own.get('/v1/whoami')).status, (await again.get('/v1/whoami')).status]).toEqual([401, 200])
    expect((await browser().post('/v1/auth/sign-in', { email, password: PASSWORD })).status).toBe(401)
  }, 30_000)

  it('fails for somebody who is not there', async () => {
    await expect(command('create', '--user', 'usr_01jd3v5k8q0000000000000000')).rejects.toMatchObject({ code: 1, stdout: '' })
    await expect(command('destroy')).rejects.toMatchObject({ code: 2, stdout: '' })
  }, 30_000)
})

describe('the record', () => {
  it('has every sign-in, its end, and every password that was set, with the address', async () => {
    const { browser: own, id, email } = await guest()
    await own.post('/v1/auth/password', { current_password: PASSWORD, new_password: 'another horse battery' })
    await browser().post('/v1/auth/sign-in', { email, password: 'another horse battery' })
    await own.post('/v1/auth/sign-out')
    const rows = await cluster.query<{ kind: string; actor_address: string }>('SELECT kind, actor_address FROM access_change WHERE actor_id = $1 ORDER BY seq', [id])
    expect(rows.map(({ kind }) => kind)).toEqual(['user.created', 'invitation.accepted', 'member.added', 'session.started', 'user.password_set', 'session.started', 'session.ended'])
    expect(rows.every(({ actor_address }) => actor_address.includes('127.0.0.1'))).toBe(true)
  })
})
