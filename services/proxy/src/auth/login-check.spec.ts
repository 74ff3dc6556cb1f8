import { authentication, backend, frontend, type Frame } from '@pgbeam/pg-wire'
import { describe, expect, it } from '@jest/globals'
import type { PassthroughName } from '@pgbeam/contracts'
import { Secret, type PgBeamError } from '@pgbeam/kernel'
import { deriveKeysSync, ScramClient } from '@pgbeam/scram'
import type { Credential } from '../credentials/credential.js'
import { ControlPlaneUnreachable, CredentialStore, type ResolveKey } from '../credentials/credential-store.js'
import { passthroughKey } from '../credentials/credential.js'
import { saltOf } from '../credentials/salt.js'
import type { ClientConnection } from '../listen/client-connection.js'
import { LoginCheck, type ControlPlaneState } from './login-check.js'
import { Guesses } from './guesses.js'
import { PasswordKeys } from './password-keys.js'
import { retiredKeysOf } from './retired-keys.js'
import { Strangers } from './strangers.js'

const saltSecret = new Secret(Buffer.alloc(32, 1))
const PASSWORD = 'right'
const OLD = ['before', 'before that']
const idOf = (n: number) => `agt_01jd3v5k8q00000000${String(n).padStart(8, '0')}`
const userOf = (n: number) => idOf(n).replace('agt_', 'agent_')
/** Credentials 0 to 999 exist, those from 900 on were rotated, and from 950 on that is long ago; a name above is nobody's. */
function credentialOf(n: number): Credential | undefined {
  if (n >= 1000) return undefined
  const salt = saltOf(saltSecret, userOf(n))
  const verifier = { salt, iterations: 4096, ...deriveKeysSync(PASSWORD, salt, 4096) }
  const retiredKeys = n < 900 ? [] : OLD.map((old) => ({ storedKey: deriveKeysSync(old, salt, 4096).storedKey, untilMs: n < 950 ? 2_000 : 1_000 }))
  return { key: idOf(n), id: idOf(n), projectSlug: 'shop-1', retiredKeys, projectId: 'p', policyId: 'q', databases: [], authMethod: 'scram-sha-256', verifier, asOfSeq: 1, stale: false } as unknown as Credential
}

/** One database has a stored user: app of shop, in the project shop-1. */
function applicationFor(name: PassthroughName): Credential | undefined {
  if (passthroughKey(name) !== passthroughKey({ project_slug: 'shop-1', user: 'app', database: 'shop' })) return undefined
  const salt = saltOf(saltSecret, 'app')
  const verifier = { salt, iterations: 4096, ...deriveKeysSync(PASSWORD, salt, 4096) }
  return { key: passthroughKey(name), id: 'db_1', projectSlug: 'shop-1', retiredKeys: [], authMethod: 'scram-sha-256', verifier, passthrough: {}, asOfSeq: 1, stale: false, databases: [] } as unknown as Credential
}

function door({ burst = 50, all = 80 } = {}) {
  let state: ControlPlaneState = 'answers'
  const asked: number[] = []
  const resolve = async (by: ResolveKey) => {
    const n = 'credentialId' in by ? Number(by.credentialId.slice(-8)) : -1
    asked.push(n)
    await new Promise((done) => setImmediate(done))
    if (state !== 'answers') throw new ControlPlaneUnreachable()
    return { reply: { epoch: 'e', as_of_seq: 1 }, credential: 'passthrough' in by ? applicationFor(by.passthrough) : credentialOf(n) }
  }
  const store = new CredentialStore(resolve, 'e', 1)
  const strangers = new Strangers(() => 0, { burst, perSecond: 0 }, { burst: all, perSecond: 0 })
  const stale: string[] = []
  const check = new LoginCheck({
    store, strangers, guesses: new Guesses(() => 0, { burst: 5, perSecond: 0 }, { burst: 8, perSecond: 0 }), passwords: new PasswordKeys(), saltSecret, controlPlane: () => state, nowMs: () => 1_500,
    noteStaleSecret: (credentialId, address) => stale.push(`${credentialId} ${address}`),
  })
  return { check, stale, asked, set: (to: ControlPlaneState) => { state = to } }
}
type Door = ReturnType<typeof door>

/** One login by SCRAM; what the server sent (nonce and salt aside), and how it ended. */
async function logIn({ check }: Door, n: number, { password = PASSWORD, address = '192.0.2.1', cleartextAsked = false, user = userOf(n), database = 'shop', project = undefined as string | undefined } = {}): Promise<{ seen: string; outcome: string }> {
  const scram = new ScramClient({ nonce: 'fixed', offered: ['SCRAM-SHA-256'], endPoint: undefined })
  const seen: string[] = []
  let next: Buffer = Buffer.alloc(0)
  const client = {
    address,
    endPoint: undefined,
    stream: { destroyed: false },
    write: (message: Buffer) => {
      expect(message[0]).toBe(backend.authentication)
      const kind = message.readInt32BE(5)
      const data = message.subarray(9)
      seen.push(`${kind}:${data.toString('latin1').replace(/r=[^,]*/, 'r').replace(/s=[^,]*/, 's').replace(/v=.*/, 'v')}`)
      if (kind === authentication.cleartext) {
        next = Buffer.from(`${password}\0`)
      } else if (kind === authentication.sasl) {
        const first = Buffer.from(scram.first())
        const length = Buffer.alloc(4)
        length.writeInt32BE(first.length)
        next = Buffer.concat([Buffer.from(`${scram.mechanism}\0`), length, first])
      } else if (kind === authentication.saslContinue) {
        const { salt, iterations, answer } = scram.challenge(data)
        next = Buffer.from(answer(deriveKeysSync(password, salt, iterations)))
      }
    },
    read: async (): Promise<Frame> => ({ tag: frontend.password, body: next }),
  } as unknown as ClientConnection
  try {
    await check.run(client, { user, database, project, cleartextAsked })
    return { seen: seen.join(' '), outcome: 'in' }
  } catch (error) {
    const { sqlState, message, hint } = error as PgBeamError
    return { seen: seen.join(' '), outcome: `${sqlState} ${message.replace(user, '<user>')} ${hint}` }
  }
}
const flood = (at: Door, from: number, count: number, address?: string) =>
  Promise.all(Array.from({ length: count }, (_, i) => logIn(at, from + i, { password: 'guess', ...(address === undefined ? {} : { address }) })))

describe('strangers who guess names', () => {
  it('make the control plane do a bounded amount of work, each address and all together', async () => {
    const at = door()
    await flood(at, 5000, 200)
    expect(at.asked.length).toBe(50)
    await flood(at, 6000, 200, '192.0.2.2')
    expect(at.asked.length).toBe(80)
  })
  it('keep nobody out whose credential is known here, not even from their own address', async () => {
    const at = door()
    for (let n = 0; n < 40; n++) expect((await logIn(at, n)).outcome).toBe('in')
    const [, ...good] = await Promise.all([
      Promise.all([flood(at, 5000, 300), flood(at, 6000, 300, '192.0.2.2')]),
      ...Array.from({ length: 100 }, (_, i) => logIn(at, i % 40)),
    ])
    expect(good.map(({ outcome }) => outcome)).toEqual(Array<string>(100).fill('in'))
    expect((await logIn(at, 7)).outcome).toBe('in')
  })
  it('do not learn beyond the bound which names exist: known, asked before, and never asked look the same', async () => {
    const at = door()
    expect((await logIn(at, 1)).outcome).toBe('in')
    const usual = [await logIn(at, 1, { password: 'guess' }), await logIn(at, 2, { password: 'guess' }), await logIn(at, 5000)]
    expect(new Set(usual.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(usual[0]?.outcome).toMatch(/^28P01/)
    await flood(at, 5001, 300)
    const beyond = [await logIn(at, 1, { password: 'guess' }), await logIn(at, 3, { password: 'guess' }), await logIn(at, 5000), await logIn(at, 9000)]
    expect(new Set(beyond.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(beyond[0]?.outcome).toMatch(/^53300 too many logins/)
    expect(beyond[0]?.seen).toBe(usual[0]?.seen)
  })
  it('pay as much for a name that is known as for one that is not: what is left does not tell', async () => {
    const spent = async (n: number) => {
      const at = door({ burst: 10 })
      await logIn(at, 1)
      await logIn(at, n, { password: 'guess' })
      const outcomes = await flood(at, 5001, 20)
      return outcomes.filter(({ outcome }) => outcome.startsWith('28P01')).length
    }
    expect(await spent(1)).toBe(await spent(5000))
  })
})

describe('the secret from before a rotation', () => {
  const noted = async (at: Door) => {
    await new Promise((resolve) => setImmediate(resolve))
    return at.stale.splice(0)
  }
  it.each([false, true])('lets nobody in, gets the answer of a wrong one, and is noted (cleartext: %s)', async (cleartextAsked) => {
    const at = door()
    const wrong = await logIn(at, 900, { password: 'guess', cleartextAsked })
    expect([wrong.outcome, await noted(at)]).toEqual([expect.stringMatching(/^28P01/), []])
    for (const password of OLD) {
      expect(await logIn(at, 900, { password, cleartextAsked })).toEqual(wrong)
      expect(await noted(at)).toEqual([`${idOf(900)} 192.0.2.1`])
    }
    expect((await logIn(at, 900, { cleartextAsked })).outcome).toBe('in')
    expect(await logIn(at, 1, { password: OLD[0]!, cleartextAsked })).toEqual(wrong)
    expect(await logIn(at, 5000, { password: OLD[0]!, cleartextAsked })).toEqual(wrong)
    expect(await noted(at)).toEqual([])
  })
  it('is not recognised any more when its time is over', async () => {
    const at = door()
    await logIn(at, 950, { password: OLD[0]! })
    expect(await noted(at)).toEqual([])
  })
  it('is looked for with the same work for every name: rotated, never rotated, and nobody’s', () => {
    for (const credential of [credentialOf(900), credentialOf(1), credentialOf(960), undefined]) expect(retiredKeysOf(credential, 1_500)).toHaveLength(2)
  })
})

describe('while the control plane is', () => {
  it.each(['away', 'silent'] as const)('%s, known ones with the right secret come in, and all others get one answer, at once', async (state) => {
    const at = door()
    await logIn(at, 1)
    await logIn(at, 5000)
    const before = at.asked.length
    at.set(state)
    expect((await logIn(at, 1)).outcome).toBe('in')
    const others = [await logIn(at, 1, { password: 'guess' }), await logIn(at, 2), await logIn(at, 5000), await logIn(at, 5001)]
    expect(new Set(others.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(others[0]?.outcome).toMatch(/^57P03 this proxy cannot reach its control plane.*Try again/)
    expect(at.asked.length - before).toBe(state === 'away' ? 0 : 2)
    at.set('answers')
    expect((await logIn(at, 2)).outcome).toBe('in')
    expect((await logIn(at, 5000)).outcome).toMatch(/^28P01/)
  })
})

describe('an application with a stored user', () => {
  const app = { user: 'app', database: 'shop', project: 'shop-1' }
  const logInAs = (at: Door, who: object) => logIn(at, 0, { ...app, ...who })

  it('comes in with the stored password, and is known from then on while nobody can be asked', async () => {
    const at = door()
    expect((await logInAs(at, {})).outcome).toBe('in')
    at.set('away')
    expect((await logInAs(at, {})).outcome).toBe('in')
    expect((await logInAs(at, { password: 'guess' })).outcome).toMatch(/^57P03/)
    expect(at.asked).toEqual([-1])
  })
  it.each([
    ['a wrong password', { password: 'guess' }],
    ['an unknown user', { user: 'nobody' }],
    ['an unknown database', { database: 'nothing' }],
    ['an unknown project', { project: 'shop-2' }],
    ['no project', { project: undefined }],
    ['a project that cannot be one', { project: 'Shop!' }],
    ['a credential of another project', { user: userOf(1), project: 'shop-2' }],
    ['a credential that nobody has', { user: userOf(5000) }],
  ])('%s is answered as a wrong password is, byte for byte', async (_case, who) => {
    const wrong = await logInAs(door(), { password: 'guess' })
    expect(await logInAs(door(), who)).toEqual(wrong)
    expect(wrong.outcome).toMatch(/^28P01/)
  })
  it('a credential of the named project comes in, and is none of the stored users', async () => {
    expect((await logInAs(door(), { user: userOf(1) })).outcome).toBe('in')
  })
  it('a password is not guessed on and on: beyond a bound the right one gets the same answer, of known and unknown names', async () => {
    for (const user of ['app', 'nobody']) {
      const at = door()
      for (let n = 0; n < 5; n++) expect((await logInAs(at, { user, password: `guess ${n}` })).outcome).toMatch(/^28P01/)
      expect((await logInAs(at, { user })).outcome).toMatch(/^53300/)
      expect((await logInAs(at, { user, password: 'guess' })).outcome).toMatch(/^53300/)
    }
  })
  it('while the application comes in from where it has come in before, whatever strangers try', async () => {
    const at = door()
    expect((await logInAs(at, { address: '198.51.100.1' })).outcome).toBe('in')
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) for (let n = 0; n < 5; n++) await logInAs(at, { password: 'guess', address })
    expect((await logInAs(at, { address: '192.0.2.4' })).outcome).toMatch(/^53300/)
    expect((await logInAs(at, { address: '198.51.100.1' })).outcome).toBe('in')
  })
})
