/** After a restore nothing that is stored is believed until an owner has looked at it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { seal } from '@pgbeam/contracts'
import { makeLogger } from '../platform/logger.js'
import type { Made } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'
import { makePerson } from '../testing/people.js'
import { logEpochCommand } from './log-epoch.command.js'

let cluster: TestCluster
let made: Made
let proxy: FakeProxy
beforeAll(async () => {
  cluster = await TestCluster.start()
  made = await cluster.api().project(cluster.keys.org_id)
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)
beforeEach(async () => {
  proxy = await FakeProxy.joined(cluster.keys.join_token)
})
afterEach(async () => {
  await proxy.leave()
  await proxy.stop()
})

const owner = () => cluster.api(0, cluster.keys.personal_key)
const path = () => `/v1/organizations/${cluster.keys.org_id}`
const restoreOf = async (): Promise<{ confirmed: boolean; log_epoch: string }> => (await owner().get(path())).body.restore
const confirm = (log_epoch: string, api = owner()) => api.post(`${path()}/restore:confirm`, { log_epoch })
const served = async (credential: { id: string }) => (await proxy.resolve({ credential_id: credential.id })).snapshot?.credential.status

/** What a command prints. */
async function command(...args: string[]): Promise<{ code: number; out: string }> {
  const { write } = process.stdout
  let out = ''
  process.stdout.write = (text: string) => Boolean((out += text))
  try {
    return { code: await logEpochCommand(args, cluster.config(), makeLogger('silent')), out }
  } finally {
    process.stdout.write = write
  }
}
const show = async () => JSON.parse((await command('show')).out) as { epoch: string; unconfirmed: string[] }

describe('after the epoch of the log was renewed', () => {
  it('every credential is served as killed until an owner confirms, and then as it is stored', async () => {
    const { credential: active } = await cluster.api().agent(made)
    const { credential: killed } = await cluster.api().agent(made)
    await cluster.api().patch(`${made.path}/agents/${killed.id}`, { status: 'killed' })
    expect([await served(active), await served(killed)]).toEqual(['active', 'killed'])
    expect((await command('renew')).code).toBe(0)
    expect([await served(active), await served(killed)]).toEqual(['killed', 'killed'])
    const { credential: later } = await cluster.api().agent(made)
    expect(await served(later)).toBe('killed')
    const { confirmed, log_epoch } = await restoreOf()
    expect(confirmed).toBe(false)
    expect(await show()).toEqual({ epoch: log_epoch, unconfirmed: [cluster.keys.org_id] })

    const answer = await confirm(log_epoch)
    expect([answer.status, answer.body.restore]).toEqual([200, { confirmed: true, log_epoch }])
    expect([await served(active), await served(killed), await served(later)]).toEqual(['active', 'killed', 'active'])
    // What proxies hold is of before: they are told to ask again.
    const [event] = await cluster.query<{ kind: string; project_id: string; epoch: string }>('SELECT kind, project_id, epoch FROM enforcement_event ORDER BY seq DESC LIMIT 1')
    expect(event).toEqual({ kind: 'project.changed', project_id: made.projectId, epoch: log_epoch })
    const { events } = (await owner().get(`${path()}/access-events`)).body
    expect(events[0]).toMatchObject({ event: 'organization.restore_confirmed', actor_id: expect.stringMatching(/^key_/), detail: { log_epoch } })
    // Again: nothing is left to do.
    const head = await cluster.query('SELECT seq FROM enforcement_head')
    expect((await confirm(log_epoch)).status).toBe(200)
    expect(await cluster.query('SELECT seq FROM enforcement_head')).toEqual(head)
  })

  it('only what was looked at is confirmed: another life of the log is another restore', async () => {
    const { log_epoch } = await restoreOf()
    await command('renew')
    expect((await confirm(log_epoch)).body).toMatchObject({ code: 'INVALID_STATE' })
    expect((await restoreOf()).confirmed).toBe(false)
    expect((await command('confirm', log_epoch)).code).toBe(1)
    expect((await restoreOf()).confirmed).toBe(false)
  })

  it('the confirmation waits for no replica whose row came with the backup', async () => {
    await command('renew')
    const { log_epoch } = await restoreOf()
    await cluster.query("INSERT INTO control_replica (id, applied_seq, enrolled_seq) VALUES ('of before', 0, 0)")
    const answer = await confirm(log_epoch)
    // One whose lease had to be outwaited would be given up.
    expect([answer.status, await cluster.query("SELECT ended_at FROM control_replica WHERE id = 'of before'")]).toEqual([200, [{ ended_at: null }]])
    await cluster.query("DELETE FROM control_replica WHERE id = 'of before'")
  })

  it('admins and keys of the organization cannot confirm', async () => {
    await command('renew')
    const { log_epoch } = await restoreOf()
    const admin = await makePerson(cluster, { [cluster.keys.org_id]: 'admin' })
    for (const api of [admin.api, cluster.api()]) expect((await confirm(log_epoch, api)).status).toBe(403)
    expect((await restoreOf()).confirmed).toBe(false)
  })

  it('whoever runs the control plane may stand for all owners, where it is certain that nothing was lost', async () => {
    await command('renew')
    const { credential } = await cluster.api().agent(made)
    const { epoch } = await show()
    expect(await served(credential)).toBe('killed')
    const { code, out } = await command('confirm', epoch)
    expect([code, JSON.parse(out)]).toEqual([0, { epoch, unconfirmed: [] }])
    expect(await served(credential)).toBe('active')
  })
})

it('an older database that was brought back without a word is noticed by the first proxy that has seen more', async () => {
  const { credential } = await cluster.api().agent(made)
  const before = (await show()).epoch
  expect((await show()).unconfirmed).toEqual([])
  await proxy.until(Number((await cluster.query<{ seq: string }>('SELECT seq FROM enforcement_head'))[0]?.seq))
  await cluster.query('UPDATE enforcement_head SET seq = seq - 1')
  await cluster.query('UPDATE proxy_incarnation SET applied_seq = 0')
  const epoch = await eventually('another epoch', async () => {
    const now = (await proxy.renew()).epoch
    return now === before ? undefined : now
  })
  expect(await cluster.query('SELECT p.id FROM proxy_incarnation p, enforcement_head h WHERE p.applied_seq > h.seq')).toEqual([]) // else it would have acknowledged what is yet to come
  expect(await show()).toEqual({ epoch, unconfirmed: [cluster.keys.org_id] })
  expect(await served(credential)).toBe('killed')
  // Once: the next renewal finds nothing to be missing.
  expect((await proxy.renew()).epoch).toBe(epoch)
  await cluster.query('UPDATE enforcement_head SET seq = seq + 1')
  expect((await confirm(epoch)).status).toBe(200)
  expect(await served(credential)).toBe('active')
}, 30_000)

it('a proxy that claims to have seen more pauses nobody unless it shows what the control plane signed, and gets no lease', async () => {
  const { credential } = await cluster.api().agent(made)
  const honest = await FakeProxy.joined(cluster.keys.join_token)
  const before = await show()
  await proxy.until(Number((await cluster.query<{ seq: string }>('SELECT seq FROM enforcement_head'))[0]?.seq))
  const last = proxy.evidence as string
  const seq = proxy.appliedSeq + 1
  const forged = seal('enforcement-batch', { epoch: proxy.epoch, prev_seq: seq, events: [] }, proxy.signer)
  const otherPurpose = seal('ack', { incarnation: proxy.incarnation, epoch: proxy.epoch, applied_seq: seq }, proxy.signer)
  proxy.renewEvery(3_600_000)
  try {
    for (const evidence of [undefined, last, forged, otherPurpose, last.replace(/\.[^.]*$/, '.AAAA'), 'x']) {
      proxy.evidence = evidence
      proxy.appliedSeq = seq + 1_000
      await expect(proxy.renew()).rejects.toThrow('SHOW_LOG_END')
    }
    expect([await show(), (await honest.renew()).epoch]).toEqual([before, before.epoch])
    proxy.appliedSeq = seq - 1
    expect(await served(credential)).toBe(before.unconfirmed.length === 0 ? 'active' : 'killed')
    // Believed again once it says what is.
    expect((await proxy.renew()).head_seq).toBe(seq - 1)
  } finally {
    await honest.leave()
    await honest.stop()
  }
}, 30_000)
