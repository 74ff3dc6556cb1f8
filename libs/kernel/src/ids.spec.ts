import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { credentialOfPgUser, idPrefixes, InvalidId, isId, makeId, parseId, pgUserOf, type IdKind } from './ids.js'

const kinds = Object.keys(idPrefixes) as IdKind[]
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const entropy = fc.uint8Array({ minLength: 10, maxLength: 10 })

describe('ids', () => {
  it('are well formed for every kind, time and chance', () => {
    fc.assert(fc.property(fc.constantFrom(...kinds), time, entropy, (kind, ms, bytes) => isId(kind, makeId(kind, ms, bytes))))
  })
  it('sort as their times do', () => {
    fc.assert(
      fc.property(time, time, entropy, entropy, (a, b, x, y) => {
        fc.pre(a !== b)
        return makeId('ProjectId', a, x) < makeId('ProjectId', b, y) === a < b
      }),
    )
  })
  it('differ whenever the 80 bits of chance differ', () => {
    fc.assert(
      fc.property(entropy, entropy, (x, y) => {
        fc.pre(Buffer.compare(x, y) !== 0)
        return makeId('ProjectId', 1, x) !== makeId('ProjectId', 1, y)
      }),
    )
  })
  it.each([
    ['another prefix', 'prj_01jd3v5k8q0000000000000000'],
    ['too short', 'agt_01jd3v5k8q000000000000000'],
    ['too long', 'agt_01jd3v5k8q00000000000000000'],
    ['a letter outside the alphabet', 'agt_01jd3v5k8q000000000000000u'],
    ['upper case', 'agt_01JD3V5K8Q0000000000000000'],
    ['a time beyond 48 bits', 'agt_81jd3v5k8q0000000000000000'],
    ['a line break behind it', 'agt_01jd3v5k8q0000000000000000\n'],
    ['nothing', ''],
  ])('refuse %s', (_case, text) => {
    expect(() => parseId('CredentialId', text)).toThrow(InvalidId)
  })
  it('lead from a credential to its Postgres user and back', () => {
    fc.assert(
      fc.property(time, entropy, (ms, bytes) => {
        const id = makeId('CredentialId', ms, bytes)
        return credentialOfPgUser(pgUserOf(id)) === id
      }),
    )
    expect(credentialOfPgUser('postgres')).toBeUndefined()
    expect(credentialOfPgUser('agent_')).toBeUndefined()
  })
})
