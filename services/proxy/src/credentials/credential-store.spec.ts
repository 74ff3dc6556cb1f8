import { describe, expect, it } from '@jest/globals'
import type { EnforcementEvent } from '@pgbeam/contracts'
import { passthroughKey, type Credential } from './credential.js'
import { CredentialStore, type Resolved } from './credential-store.js'

const id = 'agt_01jd3v5k8q0000000000000000'
const credential = (asOfSeq: number): Credential => ({ key: id, id, projectId: 'prj_1', policyId: 'pol_1', databases: [{ id: 'db_1' }], asOfSeq, stale: false }) as unknown as Credential
const event = (seq: number, about: Partial<EnforcementEvent> = { credential_id: id as never }) =>
  ({ seq, kind: 'credential.killed', project_id: 'prj_1', at: '', hash: '', ...about }) as EnforcementEvent

/** A store whose resolves are answered by hand. */
function byHand(startSeq = 10) {
  const asked: ((answer: Resolved) => void)[] = []
  const store = new CredentialStore(() => new Promise((resolve) => asked.push(resolve)), 'e1', startSeq)
  const answer = (asOf: number, found: Credential | null = credential(asOf), epoch = 'e1') => {
    asked.shift()?.({ reply: { epoch, as_of_seq: asOf }, credential: found ?? undefined })
  }
  const nextAsk = async () => {
    for (let turn = 0; turn < 1000 && asked.length === 0; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
    if (asked.length === 0) throw new Error('nothing was asked again')
  }
  return { store, answer, asked, nextAsk }
}

describe('a credential', () => {
  it('is asked for once, however many want it, and kept', async () => {
    const { store, answer, asked } = byHand()
    const all = [1, 2, 3].map(() => Promise.resolve(store.get(id, 'here')))
    expect(asked).toHaveLength(1)
    answer(10)
    const found = await Promise.all(all)
    expect(new Set(found).size).toBe(1)
    expect(store.get(id, 'here')).toBe(found[0])
  })
  it.each([
    ['about it', {}],
    ['about its policy', { credential_id: undefined, policy_id: 'pol_1' as never }],
    ['about its database', { credential_id: undefined, database_id: 'db_1' as never }],
    ['about its project', { credential_id: undefined }],
  ])('is stale from the turn in which an event %s is applied', async (_case, about) => {
    const { store, answer } = byHand()
    const asking = store.get(id, 'here')
    answer(10)
    const found = (await asking) as Credential
    store.apply(event(11, { credential_id: id as never, ...about }))
    expect(found.stale).toBe(true)
    expect(store.get(id, 'here')).toBeInstanceOf(Promise)
  })
  it('stays when the event is about something else, or older than what is known', async () => {
    const { store, answer } = byHand(12)
    const asking = store.get(id, 'here')
    answer(12)
    const found = (await asking) as Credential
    store.apply(event(11))
    store.apply(event(12))
    store.apply(event(13, { credential_id: 'agt_other' as never }))
    store.apply(event(14, { credential_id: undefined, policy_id: 'pol_other' as never }))
    expect(found.stale).toBe(false)
    expect(store.get(id, 'here')).toBe(found)
  })
  it('whose answer an event has overtaken on its way is asked for again', async () => {
    const { store, answer, nextAsk } = byHand()
    const asking = store.get(id, 'here')
    store.apply(event(11))
    answer(10)
    await nextAsk()
    answer(11)
    expect(await asking).toMatchObject({ asOfSeq: 11, stale: false })
  })
  it('that is unknown is remembered as such until an event names it', async () => {
    const { store, answer, asked } = byHand()
    const asking = store.get(id, 'here')
    answer(10, null)
    asked.length = 0
    expect(await asking).toBeUndefined()
    expect(store.get(id, 'here')).toBeUndefined()
    expect(asked).toHaveLength(0)
    store.apply(event(11))
    expect(store.get(id, 'here')).toBeInstanceOf(Promise)
  })
  it('of another epoch is not used', async () => {
    const { store, answer, nextAsk } = byHand()
    const asking = store.get(id, 'here')
    answer(10, credential(10), 'e2')
    await nextAsk()
    answer(10)
    expect(await asking).toMatchObject({ asOfSeq: 10 })
  })
  it('is forgotten when the log starts over', async () => {
    const { store, answer } = byHand()
    const asking = store.get(id, 'here')
    answer(10)
    const found = (await asking) as Credential
    store.restart('e2', 3)
    expect(found.stale).toBe(true)
    expect(store.get(id, 'here')).toBeInstanceOf(Promise)
  })
})

describe('an application with a stored user', () => {
  const name = { project_slug: 'shop-1', user: 'app', database: 'shop' }
  const known = (asOfSeq: number, policyFrom: 'database' | 'project' | undefined = 'project') =>
    ({
      key: passthroughKey(name), id: 'db_1', projectId: 'prj_1', policyId: 'pol_1', databases: [{ id: 'db_1' }], asOfSeq, stale: false, passthrough: { policyFrom, onControlLoss: 'serve' },
    }) as unknown as Credential
  async function knowing(asOfSeq = 10) {
    const hand = byHand()
    const asking = hand.store.application(name, 'here')
    hand.answer(asOfSeq, known(asOfSeq))
    return { ...hand, found: (await asking) as Credential }
  }
  const about = (seq: number, fields: Partial<EnforcementEvent>) => event(seq, { credential_id: undefined, ...fields })

  it('is kept under all that it names: another user, database or project is another one', async () => {
    const { store, found } = await knowing()
    expect(store.knownApplication(name)).toBe(found)
    for (const change of [{ user: 'other' }, { database: 'other' }, { project_slug: 'shop-2' }]) expect(store.knownApplication({ ...name, ...change })).toBeUndefined()
  })
  it.each<[string, Partial<EnforcementEvent>]>([
    ['its policy', { kind: 'policy.replaced', policy_id: 'pol_1' as never }],
    ['its database', { kind: 'database.changed', database_id: 'db_1' as never }],
    ['what applications of its database may do', { kind: 'database.changed', database_id: 'db_1' as never, passthrough_only: true }],
    ['another database of the project, which may have taken the name', { kind: 'database.changed', database_id: 'db_2' as never }],
    ['its project', { kind: 'project.changed' }],
  ])('is looked up anew after an event about %s', async (_case, fields) => {
    const { store, found } = await knowing()
    store.apply(about(11, fields))
    expect([found.stale, store.knownApplication(name)]).toEqual([true, undefined])
  })
  it.each<[string, EnforcementEvent]>([
    ['a credential', event(11)],
    ['another policy', about(11, { kind: 'policy.replaced', policy_id: 'pol_2' as never })],
    ['a database of another project', about(11, { kind: 'database.changed', project_id: 'prj_2' as never, database_id: 'db_2' as never })],
    ['what it already shows', about(10, { kind: 'project.changed' })],
  ])('stays after an event about %s', async (_case, one) => {
    const { store, found } = await knowing()
    store.apply(one)
    expect([found.stale, store.knownApplication(name)]).toEqual([false, found])
  })
  it('that nobody is, is remembered as such until a database or project changes', async () => {
    const { store, answer, asked } = byHand()
    const asking = store.application(name, 'here')
    answer(10, null)
    expect(await asking).toBeUndefined()
    store.apply(event(11))
    expect([store.application(name, 'here'), asked.length]).toEqual([undefined, 0])
    store.apply(about(12, { kind: 'project.changed', project_id: 'prj_2' as never }))
    expect(store.application(name, 'here')).toBeInstanceOf(Promise)
  })
  it('leaves credentials alone that a change of what applications may do is not about', async () => {
    const { store, answer } = byHand()
    const asking = store.get(id, 'here')
    answer(10)
    const agent = (await asking) as Credential
    store.apply(about(11, { kind: 'database.changed', database_id: 'db_1' as never, passthrough_only: true }))
    expect(agent.stale).toBe(false)
  })
})
