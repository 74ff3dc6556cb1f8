/**
 * A proxy that stands still cannot end its sessions at the database; another one does it: those of the credentials that a change
 * is about, and no others. The receipt says how far that went.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { enforcementHeader, type Answer } from './support/api.js'
import { rawSession } from './support/login.js'
import { queryMessage, type RawClient } from './support/raw-client.js'
import { startStack, type Credential, type Project, type Proxy, type Stack } from './support/stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ proxies: 2, schema: 'CREATE TABLE witness (who text)' })
})
afterAll(() => stack?.stop())

interface Subject {
  readonly credential: Credential
  readonly mark: string
  readonly client: RawClient
}
/** A statement that runs for long on the second proxy, with a write before it in its transaction and one behind it. */
async function busy(project?: Project): Promise<Subject> {
  const credential = await stack.createCredential(project ? { project } : {})
  const mark = `fenced-${randomBytes(6).toString('hex')}`
  const client = await rawSession(stack, credential, { proxy: frozen(), parameters: { application_name: mark } })
  client.send(queryMessage(`INSERT INTO witness VALUES ('${mark}'); SELECT pg_sleep(600)`), queryMessage(`INSERT INTO witness VALUES ('${mark}')`))
  await waitUntil('the statement runs', async () => (await backends([mark])) === 1, { timeoutMs: 20_000, everyMs: 10 })
  await reported(credential.id)
  return { credential, mark, client }
}
const frozen = (): Proxy => stack.proxies[1]!
const reported = (credentialId: string) =>
  waitUntil('the session is reported', async () => (await stack.onControlDatabase('SELECT FROM upstream_backend WHERE credential_id = $1', [credentialId])).length > 0, { timeoutMs: 20_000, everyMs: 20 })
const backends = async (marks: readonly string[]) => (await stack.onUpstream("SELECT FROM pg_stat_activity WHERE application_name = ANY ($1) AND wait_event = 'PgSleep'", [marks])).length
const written = async (marks: readonly string[]) => stack.onUpstream('SELECT FROM witness WHERE who = ANY ($1)', [marks])
const prefer = { headers: { prefer: 'return=representation' } }

async function thaw(): Promise<void> {
  for (const proxy of stack.proxies) proxy.thaw()
  await waitUntil('both proxies serve', async () => (await Promise.all(stack.proxies.map(({ readyUrl }) => fetch(readyUrl)))).every(({ ok }) => ok), { timeoutMs: 30_000 })
}
/** What the receipt says about the proxy that stands still. */
async function fencedOf(answer: Answer, project: Project): Promise<any> {
  const { seq } = enforcementHeader(answer)
  const receipt = () => stack.api.get(`/v1/projects/${project.id}/enforcement/${seq}`)
  const told = async () => (await receipt()).proxies.find((proxy: { fenced: boolean }) => proxy.fenced)
  // A look that takes longer than an answer waits for it is told of a little later.
  await waitUntil('somebody has looked', async () => (await told())?.backends_known !== null, { timeoutMs: 20_000 })
  return told()
}

it('revoke, kill, rotate, a kill of many, another policy and the kill switch of a project end at the database what a proxy that stands still has there', async () => {
  const [ofPolicy, ofProject] = [await stack.createProject(), await stack.createProject()]
  const changes: [Subject, (one: Subject) => Promise<Answer>][] = [
    [await busy(), ({ credential }) => stack.api.call('DELETE', credential.path, prefer)],
    [await busy(), ({ credential }) => stack.api.call('PATCH', credential.path, { body: { status: 'killed' } })],
    [await busy(), ({ credential }) => stack.api.call('POST', `${credential.path}/rotate`, { body: {} })],
    [await busy(), ({ credential }) => stack.api.call('POST', `/v1/projects/${credential.project.id}/agents:kill`, { body: { ids: [credential.id] } })],
    [await busy(ofPolicy), ({ credential }) => stack.api.call('PUT', `/v1/projects/${ofPolicy.id}/policies/${credential.policyId}`, { body: { name: 'read-write', access_mode: 'read_only' } })],
    [await busy(ofProject), () => stack.api.call('PATCH', `/v1/projects/${ofProject.id}`, { body: { agents_disabled: true } })],
  ]
  const bystander = await busy()
  const marks = changes.map(([{ mark }]) => mark)
  frozen().freeze()
  try {
    const answers = await Promise.all(changes.map(async ([subject, change]) => [subject, await change(subject)] as const))
    for (const [{ credential }, answer] of answers) {
      expect([answer.status < 300 && answer.status !== 202, enforcementHeader(answer)]).toMatchObject([true, { enforced: true, proxies: 2, fenced: 1 }])
      expect(await fencedOf(answer, credential.project)).toMatchObject({ fenced: true, acknowledged: false, backends_known: 1, backends_ended: 1 })
    }
    expect(await backends(marks)).toBe(0)
    expect(await backends([bystander.mark])).toBe(1)
    const acknowledged = (await stack.api.get(`/v1/projects/${stack.project.id}/enforcement/${enforcementHeader(answers[0]![1]).seq}`)).proxies.find((proxy: { fenced: boolean }) => !proxy.fenced)
    expect(acknowledged).toMatchObject({ backends_known: null, backends_ended: null })
  } finally {
    await thaw()
  }
  for (const [{ client }] of changes) await client.untilClosed(30_000)
  expect(await written(marks)).toEqual([])
  expect(await backends([bystander.mark])).toBe(1) // with its client, on the same sockets
  bystander.client.destroy()
})

it('a number that belongs to another session by now is left alone', async () => {
  const [subject, bystander] = [await busy(), await busy()]
  frozen().freeze()
  try {
    await stack.onControlDatabase(
      `UPDATE upstream_backend SET started_at = started_at - interval '1 hour', pid = (SELECT pid FROM upstream_backend WHERE credential_id = $2) WHERE credential_id = $1`,
      [subject.credential.id, bystander.credential.id],
    )
    const answer = await stack.api.call('DELETE', subject.credential.path)
    // What was opened an hour ago is not there any more.
    expect(await fencedOf(answer, subject.credential.project)).toMatchObject({ backends_known: 1, backends_ended: 1 })
    expect(await backends([bystander.mark])).toBe(1)
  } finally {
    await thaw()
  }
  for (const { client } of [subject, bystander]) client.destroy()
})

it('where nobody can do it the receipt says so: no other proxy, or a database that is logged in to in another way by now', async () => {
  const moved = await stack.createProject()
  const [subject, elsewhere] = [await busy(), await busy(moved)]
  frozen().freeze()
  try {
    const path = `/v1/projects/${moved.id}/databases/${moved.databaseId}`
    const change = await stack.api.call('PATCH', path, { body: { port: stack.upstream.port + 1 } })
    expect(await fencedOf(change, moved)).toMatchObject({ backends_known: 1, backends_ended: 0 })
    stack.proxy.freeze()
    const answer = await stack.api.call('DELETE', subject.credential.path)
    const all = async () => (await stack.api.get(`/v1/projects/${stack.project.id}/enforcement/${enforcementHeader(answer).seq}`)).proxies as { incarnation: string; backends_known: number | null }[]
    await waitUntil('somebody has looked', async () => (await all()).every(({ backends_known: known }) => known !== null), { timeoutMs: 20_000 })
    expect((await all()).map(({ backends_known: known, backends_ended: ended }: any) => [known, ended]).sort()).toEqual([[0, 0], [1, 0]])
    expect(await backends([subject.mark])).toBe(1)
  } finally {
    await thaw()
  }
  for (const { client } of [subject, elsewhere]) client.destroy()
})

it('sessions that are over are forgotten, and all of them when a proxy says goodbye', async () => {
  const subject = await busy()
  const ids = async () => (await stack.onControlDatabase('SELECT session_id FROM upstream_backend WHERE credential_id = $1', [subject.credential.id])).length
  expect(await ids()).toBe(1)
  await stack.api.call('DELETE', subject.credential.path)
  await waitUntil('it is forgotten', async () => (await ids()) === 0, { timeoutMs: 20_000 })
  const last = await busy()
  await frozen().stop()
  expect(await stack.onControlDatabase('SELECT FROM upstream_backend WHERE credential_id = $1', [last.credential.id])).toEqual([])
  await frozen().start()
})
