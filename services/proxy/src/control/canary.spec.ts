import { describe, expect, it, jest } from '@jest/globals'
import { LoginNotAllowed, ProxyFenced } from '../auth/errors.js'
import { NoSuchDatabase } from '../auth/admission.js'
import type { Credential } from '../credentials/credential.js'
import { SessionRegistry } from '../relay/session-registry.js'
import { Canary, type Door } from './canary.js'

const ID = 'agt_01jd3v5k8q0000000000000000'
const credential = { id: ID, projectId: 'prj_1', policyId: 'pol_1', databases: [], asOfSeq: 1, expiresAtMs: Infinity, stale: false } as unknown as Credential

/** A canary at a door that is played by hand. */
function perched() {
  const sessions = new SessionRegistry()
  let known: Credential | undefined = credential
  const door = jest.fn<Door['admit']>(() => { throw new NoSuchDatabase('canary', credential) })
  const canary = new Canary({ get: () => known }, { admit: door }, sessions)
  return {
    canary, sessions, door,
    know: (to: Credential | undefined) => { known = to },
    refuse: (error: Error) => door.mockImplementation(() => { throw error }),
    kill: () => sessions.drop(({ id }) => id === ID, { sqlState: '57P01', message: 'killed' }, ID),
  }
}
const paused = new LoginNotAllowed('this credential is paused (kill switch)', 'Ask its owner.')

it('is admitted where the door has nothing against it but that it has no database, and holds a session that counts for nothing', async () => {
  const { canary, sessions } = perched()
  expect(await canary.ask(ID)).toEqual({ admitted: true, refusal: null, session_open: true })
  expect(await canary.ask(ID)).toEqual({ admitted: true, refusal: null, session_open: true })
  expect([sessions.size, sessions.drop(() => true, { sqlState: '57P01', message: 'all' }).sessions]).toEqual([0, 1]) // one, however often it was asked
})

it('is refused with the reason of the door, and its session is over once an event has ended it', async () => {
  const { canary, refuse, kill } = perched()
  await canary.ask(ID)
  refuse(paused)
  expect(kill().sessions).toBe(1)
  expect(await canary.ask(ID)).toEqual({ admitted: false, refusal: 'ERR_LOGIN_NOT_ALLOWED', session_open: false })
})

it('shows a session that no event has ended, although the door refuses', async () => {
  const { canary, refuse } = perched()
  await canary.ask(ID)
  refuse(paused)
  expect(await canary.ask(ID)).toEqual({ admitted: false, refusal: 'ERR_LOGIN_NOT_ALLOWED', session_open: true })
})

it.each<[string, (at: ReturnType<typeof perched>) => void, string]>([
  ['unknown here', ({ know }) => { know(undefined) }, 'ERR_AUTHENTICATION_FAILED'],
  ['overtaken by an event', ({ know }) => { know({ ...credential, stale: true }) }, 'ERR_CREDENTIAL_CHANGED'],
  ['at a proxy without a lease', ({ refuse }) => { refuse(new ProxyFenced()) }, 'ERR_PROXY_FENCED'],
  ['at a door that fails', ({ refuse }) => { refuse(new Error('planted')) }, 'ERR_UNEXPECTED'],
])('that is %s is not admitted, and opens no session', async (_case, change, refusal) => {
  const at = perched()
  change(at)
  expect(await at.canary.ask(ID)).toEqual({ admitted: false, refusal, session_open: false })
})

it('leaves with the proxy: a drain ends its session', async () => {
  const { canary, sessions, refuse } = perched()
  await canary.ask(ID)
  sessions.each((session) => { session.leaveWhenIdle({ sqlState: '57P01', message: 'drain' }) })
  refuse(paused)
  expect((await canary.ask(ID)).session_open).toBe(false)
})

const reason = { sqlState: '57P01', message: 'killed' }

describe('the canary of a proxy', () => {
  const sessions = new SessionRegistry()
  const killed = new Set<string>()
  const store = { get: (id: string) => Promise.resolve({ id, projectId: 'prj', policyId: 'pol', asOfSeq: 1, expiresAtMs: Infinity, stale: false, databases: [] as Credential['databases'] } as Credential) }
  const door = {
    admit: (credential: Credential): never => {
      if (killed.has(credential.id)) throw new LoginNotAllowed('killed', 'Ask its owner.')
      throw new NoSuchDatabase('canary', credential)
    },
  }
  const canary = new Canary(store, door, sessions)
  const kill = (id: string) => {
    killed.add(id)
    sessions.drop((owner) => owner.id === id, reason, id)
  }

  it('after a long silence is another credential, whose session is the one that a kill ends', async () => {
    expect(await canary.ask('old')).toMatchObject({ admitted: true, session_open: true })
    expect(await canary.ask('new')).toMatchObject({ admitted: true, session_open: true })
    kill('new')
    expect(await canary.ask('new')).toMatchObject({ admitted: false, session_open: false })
  })

  it('leaves no session of an earlier credential behind, and counts as none', async () => {
    killed.clear()
    for (const id of ['a', 'b', 'c']) await canary.ask(id)
    const open: string[] = []
    sessions.each((_, owner) => open.push(owner.id))
    expect([open, sessions.size]).toEqual([['c'], 0])
  })
})
