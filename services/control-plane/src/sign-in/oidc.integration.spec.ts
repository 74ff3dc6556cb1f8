import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Browser, type Seen } from '../testing/browser.js'
import { TestCluster } from '../testing/environment.js'
import { FakeOpenId } from '@pgbeam/api-testing'

jest.setTimeout(30_000) // each password takes a fifth of a second of a core, and cores may be busy

const PASSWORD = 'correct horse battery'
let cluster: TestCluster
let provider: FakeOpenId
let organization: string
beforeAll(async () => {
  cluster = await TestCluster.start(1) // without a provider
  provider = await FakeOpenId.start()
  const env = { PGBEAM_OIDC_ISSUER: provider.issuer, PGBEAM_OIDC_CLIENT_ID: FakeOpenId.client.id, PGBEAM_OIDC_CLIENT_SECRET: FakeOpenId.client.secret, PGBEAM_OIDC_NAME: 'Example SSO' }
  await cluster.addReplica(env)
  await cluster.addReplica(env)
  organization = `/v1/organizations/${cluster.keys.org_id}`
}, 60_000)
afterEach(() => void (provider.lies = {}))
afterAll(async () => {
  await provider?.stop()
  await cluster?.stop()
}, 30_000)

const browser = (replica = 1): Browser => new Browser(cluster.replicas[replica]?.url ?? '')
const codeOf = ({ status, body }: Seen): [number, string | undefined] => [status, body?.code]
const invite = async (email: string): Promise<string> => (await cluster.api().post(`${organization}/invitations`, { email })).body.token as string

/** To the provider and back, as `subject`; back at another replica than the one that sent the browser there. */
async function visit(own: Browser, subject: string, body: object = {}): Promise<Seen> {
  const started = await own.post('/v1/auth/oidc/start', body)
  expect(started.status).toBe(200)
  const back = own.at(cluster.replicas[2]?.url ?? '')
  const seen = await back.get(provider.grant(started.body.authorization_url as string, subject), { 'sec-fetch-site': 'cross-site' })
  own.cookies.clear()
  for (const [name, value] of back.cookies) own.cookies.set(name, value)
  return seen
}

describe('an account at an OpenID provider', () => {
  it('is offered where one is configured', async () => {
    expect((await browser(0).get('/v1/auth/methods')).body).toEqual({ password: true, oidc: null })
    expect(codeOf(await browser(0).post('/v1/auth/oidc/start'))).toEqual([404, 'NOT_FOUND'])
    expect((await browser().get('/v1/auth/methods')).body).toEqual({ password: true, oidc: { name: 'Example SSO' } })
  })

  it('joins by an invitation, and signs in without one afterwards', async () => {
    const own = browser()
    const seen = await visit(own, 'ann', { invitation: await invite('ann@elsewhere.test') })
    expect([seen.status, seen.headers.get('location')]).toEqual([303, 'http://localhost:0/'])
    expect([...own.cookies.keys()]).toEqual(['pgbeam_session'])
    const { principal, organizations } = (await own.get('/v1/whoami')).body
    expect(organizations).toMatchObject([{ id: cluster.keys.org_id, role: 'member' }])
    expect(await cluster.query('SELECT name, email, password_hash FROM user_account WHERE id = $1', [principal.id])).toEqual([{ name: 'Name of ann', email: 'ann@elsewhere.test', password_hash: null }])
    const later = browser()
    expect((await visit(later, 'ann')).status).toBe(303)
    expect((await later.get('/v1/whoami')).body.principal).toEqual(principal)
    expect((await later.get('/v1/auth/sessions')).body.sessions.map(({ method }: { method: string }) => method)).toEqual(['oidc', 'oidc'])
    expect((await browser().post('/v1/auth/sign-in', { email: 'ann@elsewhere.test', password: PASSWORD })).status).toBe(401)
  })

  it('of a stranger opens nothing, also where the e-mail address is that of somebody here', async () => {
    const somebody = browser()
    await somebody.post('/v1/auth/sign-up', { token: await invite('ben@people.test'), name: 'Ben', password: PASSWORD })
    const stranger = browser()
    expect(codeOf(await visit(stranger, 'ben'))).toEqual([403, 'FORBIDDEN'])
    expect([...stranger.cookies.keys()]).toEqual([])
  })

  it('is tied to whoever is signed in, and to nobody else then', async () => {
    const own = browser()
    await own.post('/v1/auth/sign-up', { token: await invite('cleo@people.test'), name: 'Cleo', password: PASSWORD })
    expect((await visit(own, 'cleo', { link: true })).status).toBe(303)
    const later = browser()
    expect((await visit(later, 'cleo')).status).toBe(303)
    expect((await later.get('/v1/whoami')).body.principal).toEqual((await own.get('/v1/whoami')).body.principal)
    const other = browser()
    await other.post('/v1/auth/sign-up', { token: await invite('dan@people.test'), name: 'Dan', password: PASSWORD })
    expect(codeOf(await visit(other, 'cleo', { link: true }))).toEqual([409, 'RESOURCE_EXISTS'])
    expect(codeOf(await browser().post('/v1/auth/oidc/start', { link: true }))).toEqual([401, 'UNAUTHORIZED'])
  })

  it('is not tied to whoever is signed in by the time the browser comes back', async () => {
    const [own, other] = [browser(), browser()]
    await own.post('/v1/auth/sign-up', { token: await invite('eva@people.test'), name: 'Eva', password: PASSWORD })
    await other.post('/v1/auth/sign-up', { token: await invite('finn@people.test'), name: 'Finn', password: PASSWORD })
    const { authorization_url } = (await own.post('/v1/auth/oidc/start', { link: true })).body
    own.cookies.set('pgbeam_session', other.cookies.get('pgbeam_session') ?? '')
    expect(codeOf(await own.get(provider.grant(authorization_url, 'eva')))).toEqual([403, 'FORBIDDEN'])
    expect(await cluster.query(`SELECT FROM user_identity WHERE subject = 'eva'`)).toEqual([])
  })
})

describe('the way back from the provider', () => {
  it.each<[string, FakeOpenId['lies']]>([
    ['another nonce', { nonce: 'x'.repeat(43) }],
    ['another audience', { audience: 'somebody-else' }],
    ['another issuer', { issuer: 'https://evil.example' }],
    ['a signature of another key', { wrongKey: true }],
  ])('lets nobody in with %s in the ID token', async (_case, lies) => {
    provider.lies = lies
    const own = browser()
    expect(codeOf(await visit(own, 'ann'))).toEqual([502, 'BAD_GATEWAY'])
    expect(own.cookies.size).toBe(0)
  })

  it('works in the browser that began, once, and with the state that it got', async () => {
    const own = browser()
    const { authorization_url } = (await own.post('/v1/auth/oidc/start')).body
    const back = provider.grant(authorization_url, 'ann')
    expect(codeOf(await browser().get(back))).toEqual([400, 'INVALID_INPUT'])
    const forged = own.at(own.baseUrl)
    expect(codeOf(await forged.get(back.replace(/state=[^&]+/, 'state=forged')))).toEqual([400, 'INVALID_INPUT'])
    expect((await own.get(back)).status).toBe(303)
    expect(codeOf(await own.get(back))).toEqual([400, 'INVALID_INPUT'])
  })

  it('takes no cookie that was tampered with, and shows nothing of what is in it', async () => {
    const own = browser()
    const { authorization_url } = (await own.post('/v1/auth/oidc/start', { invitation: await invite('gus@people.test') })).body
    const sealed = own.cookies.get('pgbeam_oidc') ?? ''
    expect(sealed).toMatch(/^v1:[\w-]{100,}$/)
    own.cookies.set('pgbeam_oidc', `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`)
    expect(codeOf(await own.get(provider.grant(authorization_url, 'gus')))).toEqual([400, 'INVALID_INPUT'])
  })
})
