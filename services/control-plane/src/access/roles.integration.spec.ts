/** Every cell of docs/roles.md, tried: each operation by each actor, on things of their own organization and of another. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { makeId } from '@pgbeam/kernel'
import { randomBytes } from 'node:crypto'
import { Database } from '../platform/database/database.js'
import { RouteTable, type Route } from '../platform/http/route-table.js'
import { SessionRepository } from '../sign-in/session.repository.js'
import { Api, type Answer, type Made } from '../testing/api.js'
import { TestCluster } from '../testing/environment.js'
import { makePerson, type Person } from '../testing/people.js'
import { casesOf, operationOf, rolesDocument, type Actor, type Operation, type Whose } from './role-table.js'

interface Team {
  readonly id: string
  readonly path: string
  /** Makes what is asked about. */
  readonly owner: Person
  readonly keys: Readonly<Record<'owner' | 'admin' | 'member' | 'organization_key', { readonly key: string; readonly userId: string | null }>>
  readonly made: Made
}

let cluster: TestCluster
let routes: readonly Route[]
let own: Team
let other: Team
beforeAll(async () => {
  cluster = await TestCluster.start()
  routes = cluster.replicas[0]?.app.get(RouteTable).all() ?? []
  own = await team()
  other = await team()
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

async function team(): Promise<Team> {
  const owner = await makePerson(cluster)
  const { id } = (await owner.api.post('/v1/organizations', { name: 'Team' })).body as { id: string }
  const path = `/v1/organizations/${id}`
  const [second, admin, member] = [await makePerson(cluster, { [id]: 'owner' }), await makePerson(cluster, { [id]: 'admin' }), await makePerson(cluster, { [id]: 'member' })]
  const organizationKey = (await owner.api.post(`${path}/api-keys`, { name: 'acting', expires_in_days: 30 })).body.key as string
  const of = ({ key, id: userId }: Person) => ({ key, userId })
  const keys = { owner: of(second), admin: of(admin), member: of(member), organization_key: { key: organizationKey, userId: null } }
  return { id, path, owner, keys, made: await owner.api.project(id) }
}

/**
 * The key of an actor; a stranger is the owner of the other organization. What people do about themselves, such as joining a
 * third organization, is done by somebody new, who is asked for nothing else.
 */
async function keyOf(actor: Actor, whose: Whose): Promise<{ key: string | null; userId: string | null }> {
  if (actor === 'nobody') return { key: null, userId: null }
  if (whose !== 'none' || actor === 'organization_key') return actor === 'stranger' ? other.keys.owner : own.keys[actor]
  const { key, id: userId } = await makePerson(cluster, actor === 'stranger' ? { [other.id]: 'owner' } : { [own.id]: actor })
  return { key, userId }
}
/** A stranger asks about ours, all others about theirs or the other's. */
const teamOf = (actor: Actor, whose: Whose): Team => (whose === 'other' && actor !== 'stranger' && actor !== 'nobody' ? other : own)

const idIn = (answer: Answer, name: string): string => (answer.body[name] as { id: string }).id

/** A new thing of each kind, since some operations end it. */
const fresh: Readonly<Record<string, (at: Team, asker: { key: string | null; userId: string | null }, path: string) => Promise<string> | string>> = {
  organization: (at) => at.id,
  project: async (at, _asker, path) => (path.endsWith('{project}') ? (await at.owner.api.project(at.id)).projectId : at.made.projectId),
  database: async ({ owner, made }) => (await owner.api.post(`${made.path}/databases`, { host: 'db.example', name: `d${randomBytes(4).toString('hex')}`, username: 'u', password: 'p', role: 'replica' })).body.id as string,
  policy: async ({ owner, made }) => (await owner.api.post(`${made.path}/policies`, { name: randomBytes(4).toString('hex') })).body.id as string,
  agent: async ({ owner, made }) => idIn(await owner.api.post(`${made.path}/agents`, { name: 'bot', policy_profile_id: made.policyId }), 'credential'),
  seq: async ({ owner, made, path: organization }, asker, path) => {
    if (!path.includes('{project}')) {
      if (!path.includes('{organization}') && asker.userId === null) return '1'
      const [api, keys] = path.includes('{organization}') ? [owner.api, `${organization}/api-keys`] : [cluster.api(0, asker.key), '/v1/api-keys']
      const key = idIn(await api.post(keys, { name: 'k', expires_in_days: 30 }), 'api_key')
      return /seq=(\d+)/.exec((await api.delete(`${keys}/${key}`)).headers.get('pgbeam-enforcement') ?? '')?.[1] ?? 'none'
    }
    const agent = idIn(await owner.api.post(`${made.path}/agents`, { name: 'bot', policy_profile_id: made.policyId }), 'credential')
    const killed = await owner.api.patch(`${made.path}/agents/${agent}`, { status: 'killed' })
    return /seq=(\d+)/.exec(killed.headers.get('pgbeam-enforcement') ?? '')?.[1] ?? 'none'
  },
  key: async ({ owner, path: organization }, asker, path) => {
    if (path.includes('{organization}')) return idIn(await owner.api.post(`${organization}/api-keys`, { name: 'k', expires_in_days: 30 }), 'api_key')
    if (asker.userId === null) return makeId('ApiKeyId', Date.now(), randomBytes(10))
    return idIn(await cluster.api(0, asker.key).post('/v1/api-keys', { name: 'k', expires_in_days: 30 }), 'api_key')
  },
  user: async ({ id }) => (await makePerson(cluster, { [id]: 'member' })).id,
  invitation: async ({ owner, path }) => idIn(await invite(owner.api, path), 'invitation'),
  session: async (_at, { userId }) => {
    if (userId === null) return makeId('SignInId', Date.now(), randomBytes(10))
    const app = cluster.replicas[0]?.app
    const sessions = app?.get(SessionRepository, { strict: false }) as SessionRepository
    return (app?.get(Database) as Database).transaction(async (tx) => (await sessions.start(tx, userId, 'password', { address: null, agent: null })).session.id)
  },
}
const invite = (api: Api, path: string): Promise<Answer> => api.post(`${path}/invitations`, { email: `${randomBytes(6).toString('hex')}@people.test` })

/** A body that is right, where one is needed. */
const bodies: Readonly<Record<string, (at: Team) => Promise<object> | object>> = {
  'POST /v1/api-keys': () => ({ name: 'k', expires_in_days: 30 }),
  'PATCH /v1/api-keys/{key}': () => ({ name: 'renamed' }),
  'POST /v1/organizations': () => ({ name: 'Another' }),
  'PATCH /v1/organizations/{organization}': () => ({ name: 'Renamed' }),
  'POST /v1/organizations/{organization}/api-keys': () => ({ name: 'k', expires_in_days: 30 }),
  'PATCH /v1/organizations/{organization}/api-keys/{key}': () => ({ name: 'renamed' }),
  'POST /v1/organizations/{organization}/invitations': () => ({ email: `${randomBytes(6).toString('hex')}@people.test` }),
  'POST /v1/organizations/{organization}/restore:confirm': async ({ owner, path }) => ({ log_epoch: (await owner.api.get(path)).body.restore.log_epoch as string }),
  'PATCH /v1/organizations/{organization}/members/{user}': () => ({ role: 'admin' }),
  'POST /v1/invitations/accept': async () => {
    const elsewhere = await makePerson(cluster)
    const { id } = (await elsewhere.api.post('/v1/organizations', { name: 'Elsewhere' })).body as { id: string }
    return { token: (await invite(elsewhere.api, `/v1/organizations/${id}`)).body.token as string }
  },
  'POST /v1/auth/password': () => ({ current_password: 'x', new_password: 'x'.repeat(12) }),
  'POST /v1/projects': ({ id }) => ({ name: 'P', org_id: id, database: { host: 'db.example', name: 'd', username: 'u', password: 'p' } }),
  'PATCH /v1/projects/{project}': () => ({ name: 'Renamed' }),
  'POST /v1/projects/{project}/agents': ({ made }) => ({ name: 'bot', policy_profile_id: made.policyId }),
  'PATCH /v1/projects/{project}/agents/{agent}': () => ({ name: 'renamed' }),
  'POST /v1/projects/{project}/agents:kill': () => ({ filter: { created_before: '2020-01-01T00:00:00Z' } }),
  'POST /v1/projects/{project}/agents:revoke': () => ({ filter: { created_before: '2020-01-01T00:00:00Z' } }),
  'POST /v1/projects/{project}/databases': () => ({ host: 'db.example', name: `d${randomBytes(4).toString('hex')}`, username: 'u', password: 'p', role: 'replica' }),
  'PATCH /v1/projects/{project}/databases/{database}': () => ({ port: 5433 }),
  'POST /v1/projects/{project}/databases/{database}/scan-pii': () => ({}),
  'POST /v1/projects/{project}/policies': () => ({ name: randomBytes(4).toString('hex') }),
  'POST /v1/projects/{project}/policy-evaluations': () => ({ sql: 'SELECT 1', policy: {} }),
  'PUT /v1/projects/{project}/policies/{policy}': () => ({ name: randomBytes(4).toString('hex') }),
}

async function ask({ name }: Operation, actor: Actor, whose: Whose, oneself = false): Promise<number> {
  const [method = '', template = ''] = name.split(' ')
  const [at, asker] = [teamOf(actor, whose), await keyOf(actor, whose)]
  let path = template
  for (const [whole, param = ''] of template.matchAll(/\{(\w+)\}/g)) {
    path = path.replace(whole, oneself && param === 'user' ? (asker.userId ?? '') : ((await fresh[param]?.(at, asker, template)) ?? `unknown-${param}`))
  }
  return (await cluster.api(0, asker.key).call(method, path, await bodies[name]?.(at))).status
}

/** Answers that are no matter of rights. There is no proxy here to connect from. */
const ownAnswers: Readonly<Record<string, number>> = {
  'POST /v1/projects/{project}/databases/{database}/test-connection': 503,
  'GET /v1/projects/{project}/databases/{database}/schema-catalog': 503,
  'POST /v1/projects/{project}/databases/{database}/scan-pii': 503,
  'POST /v1/projects/{project}/policy-evaluations': 503,
}

/** What an answer says about the right to ask. */
const said = ({ name }: Operation, status: number): string | number => (status < 300 || status === ownAnswers[name] ? 'allowed' : status)

it('is answered as docs/roles.md says: every operation, by everybody, about things of every organization', async () => {
  const operations = routes.map(operationOf)
  const wrong: unknown[] = []
  const tried = { allowed: 0, own_only: 0, open: 0, 401: 0, 403: 0, 404: 0 }
  for (const operation of operations) {
    for (const { actor, whose, verdict } of casesOf(operation)) {
      tried[verdict]++
      // What is open asks for something else than a key: see the list of public routes in access.integration.spec.ts.
      if (verdict === 'open') continue
      const status = await ask(operation, actor, whose)
      const expected = verdict === 'own_only' ? 403 : verdict
      if (said(operation, status) !== expected) wrong.push([operation.name, actor, whose, status, expected])
    }
  }
  expect(wrong).toEqual([])
  expect([operations.length, tried]).toEqual([74, { allowed: 229, own_only: 1, open: 54, 401: 64, 403: 67, 404: 203 }])
}, 240_000)

it('goes ahead on oneself where the table says so', async () => {
  const operations = routes.map(operationOf).filter(({ orForOneself }) => orForOneself)
  expect(operations.map(({ name }) => name)).toEqual(['DELETE /v1/organizations/{organization}/members/{user}'])
  for (const operation of operations) expect(await ask(operation, 'member', 'own', true)).toBe(204)
})

it('stands in docs/roles.md, which `npm run roles` renews', () => {
  expect(readFileSync(new URL('../../../../docs/roles.md', import.meta.url), 'utf8')).toBe(rolesDocument(routes))
})
