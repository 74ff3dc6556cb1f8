/**
 * The control plane's database is brought back from a backup, in the same server: nothing but a missing end tells the two lives
 * of the log apart. What was revoked since the backup is not let in by it.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import pg from 'pg'
import { enforcementHeader } from './support/api.js'
import { connect, loginError } from './support/connect.js'
import { shared } from './support/infrastructure.js'
import { report } from './support/measure.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const MAIN = fileURLToPath(new URL('../services/control-plane/dist/main.js', import.meta.url))

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ controlPlanes: 2, proxies: 2, schema: 'CREATE TABLE note (body text)' })
}, 180_000)
afterEach(async () => {
  if (!stack) return
  await onServer((sql) => sql(`DROP DATABASE IF EXISTS ${name()}_backup`))
  await stack.stop()
}, 60_000)

const name = () => new URL(stack.controlDatabaseUrl).pathname.slice(1)

async function onServer(work: (sql: (text: string) => Promise<unknown>) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: shared().control.url })
  await client.connect()
  try {
    await work((text) => client.query(text))
  } finally {
    await client.end()
  }
}
/** A database is copied while nobody is connected to it, for an instant. */
const backUp = () => onServer(async (sql) => {
  await sql(`ALTER DATABASE ${name()} ALLOW_CONNECTIONS false`)
  await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name()}'`)
  await eventually('a copy', () => sql(`CREATE DATABASE ${name()}_backup TEMPLATE ${name()}`).then(() => true, () => false))
  await sql(`ALTER DATABASE ${name()} ALLOW_CONNECTIONS true`)
})
const restore = () => onServer(async (sql) => {
  await sql(`DROP DATABASE ${name()} WITH (FORCE)`)
  await sql(`CREATE DATABASE ${name()} TEMPLATE ${name()}_backup OWNER ${new URL(stack.controlDatabaseUrl).username}`)
})

async function eventually(what: string, check: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!(await check().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`within ${timeoutMs} ms it never came to be that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const serving = async () => {
  for (const service of [...stack.proxies, ...stack.controlPlanes]) await eventually(`${service.name} serves`, async () => (await fetch(service.readyUrl)).ok)
}
const owner = () => stack.api.as(stack.bootstrap.personal_key)
const organization = () => `/v1/organizations/${stack.bootstrap.org_id}`
const onEachProxy = async (credential: Credential) => Promise.all(stack.proxies.map(async (proxy) => (await loginError(stack, credential, { proxy }))?.code ?? 'let in'))

/** Three credentials; two lose their access after the backup. */
async function scene() {
  const [kept, revoked, rotated] = await Promise.all([stack.createCredential(), stack.createCredential(), stack.createCredential()])
  const sessions = await Promise.all(stack.proxies.map((proxy) => connect(stack, kept, { proxy })))
  expect([await onEachProxy(kept), await onEachProxy(revoked), await onEachProxy(rotated)]).toEqual(Array.from({ length: 3 }, () => ['let in', 'let in']))
  await backUp()
  await serving()
  await eventually('a revoke is answered', async () => [204].includes((await stack.api.call('DELETE', revoked.path)).status))
  await eventually('a rotation is answered', async () => (await stack.api.call('POST', `${rotated.path}/rotate`, { body: {} })).status === 200)
  for (let i = 0; i < 5; i++) await stack.createCredential() // the proxies are further than the backup will be
  expect([await onEachProxy(revoked), await onEachProxy(rotated)]).toEqual([['28P01', '28P01'], ['28P01', '28P01']])
  return { kept, revoked, rotated, sessions }
}

/** Nobody is let in, an owner confirms, everybody is let in as the backup has it; and the next kill is enforced as ever. */
async function pausedUntilConfirmed({ kept, revoked, rotated, sessions }: Awaited<ReturnType<typeof scene>>): Promise<void> {
  for (const session of sessions) expect((await session.ended).error).toMatchObject({ code: '57P01' })
  await serving()
  for (const credential of [kept, revoked, rotated]) expect([credential.id, await onEachProxy(credential)]).toEqual([credential.id, ['28000', '28000']])
  const { restore } = await owner().get(organization())
  expect(restore.confirmed).toBe(false)
  const killed = await stack.api.call('PATCH', kept.path, { body: { status: 'killed' } })
  expect(enforcementHeader(killed)).toMatchObject({ enforced: true, proxies: 2 })
  await stack.api.patch(kept.path, { status: 'active' })
  expect(await onEachProxy(kept)).toEqual(['28000', '28000'])

  const sentAtMs = performance.now()
  const confirmed = await owner().call('POST', `${organization()}/restore:confirm`, { body: { log_epoch: restore.log_epoch } })
  expect([confirmed.status, confirmed.body.restore.confirmed]).toEqual([200, true])
  await eventually('proxies have heard', async () => (await onEachProxy(kept)).every((one) => one === 'let in'))
  report('restore: from the confirmation until every proxy lets credentials in', Math.round(performance.now() - sentAtMs), 'ms')
  const other = await stack.createCredential()
  expect(await onEachProxy(other)).toEqual(['let in', 'let in'])
  const answer = await stack.api.call('DELETE', other.path)
  expect([answer.status, enforcementHeader(answer)]).toEqual([204, expect.objectContaining({ enforced: true, proxies: 2, fenced: 0 })])
  expect(await onEachProxy(other)).toEqual(['28P01', '28P01'])
}

it('with log-epoch renew: every credential is served as killed until an owner confirms', async () => {
  const all = await scene()
  await Promise.all(stack.controlPlanes.map((one) => one.stop()))
  await restore()
  const said = execFileSync(process.execPath, [MAIN, 'log-epoch', 'renew'], { env: { PATH: process.env.PATH, ...stack.controlPlanes[0]!.env }, encoding: 'utf8' })
  expect(JSON.parse(said)).toEqual({ epoch: expect.any(String), unconfirmed: [stack.bootstrap.org_id] })
  await Promise.all(stack.controlPlanes.map((one) => one.start()))
  await pausedUntilConfirmed(all)
}, 180_000)

it('without a word, under running control planes: the proxies have seen more, and the same happens', async () => {
  const all = await scene()
  await restore()
  await pausedUntilConfirmed(all)
}, 180_000)
