import { describe, expect, it } from '@jest/globals'
import { NoSuchDatabase } from '../auth/admission.js'
import { LoginNotAllowed } from '../auth/errors.js'
import type { Credential } from '../credentials/credential.js'
import { SessionRegistry } from '../relay/session-registry.js'
import { Canary } from './canary.js'

const reason = { sqlState: '57P01', message: 'killed' }

describe('the canary of a proxy', () => {
  const sessions = new SessionRegistry()
  const killed = new Set<string>()
  const store = { get: (id: string) => Promise.resolve({ id, projectId: 'prj', policyId: 'pol', asOfSeq: 1, expiresAtMs: Infinity, stale: false, databases: [] as Credential['databases'] } as Credential) }
  const door = {
    admit: (credential: Credential): never => {
      if (killed.has(credential.id)) throw new LoginNotAllowed('killed', 'resume it')
      throw new NoSuchDatabase('canary', credential)
    },
  }
  const canary = new Canary(store, door, sessions)
  const kill = (id: string) => {
    killed.add(id)
    sessions.drop((owner) => owner.id === id, reason, undefined, id)
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
