import { describe, expect, it, jest } from '@jest/globals'
import { ServiceUnavailable } from '../platform/http/errors.js'
import { Passwords } from './passwords.js'

const passwords = new Passwords()

jest.setTimeout(30_000) // each hash takes a fifth of a second of a core, and cores may be busy

describe('a password', () => {
  it('is stored as Argon2id with a salt of its own, and found again', async () => {
    const [one, two] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    expect([await passwords.matches('correct horse', one), await passwords.matches('correct horsf', one), await passwords.matches('', one)]).toEqual([true, false, false])
  })

  it('is the same however its letters are composed', async () => {
    expect(await passwords.matches('Zoë\u0301'.normalize('NFD'), await passwords.hash('Zoë\u0301'.normalize('NFC')))).toBe(true)
  })

  it('that was stored at another cost still matches', async () => {
    // A vector of the reference implementation (phc-winner-argon2, src/test.c).
    expect(await passwords.matches('password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc')).toBe(true)
  })

  it('of somebody who has none takes as long and matches nothing', async () => {
    const stored = await passwords.hash('x'.repeat(12))
    const timeOf = async (one: string | null): Promise<number> => {
      const startedAtMs = performance.now()
      expect(await passwords.matches('y'.repeat(12), one)).toBe(false)
      return performance.now() - startedAtMs
    }
    const [some, none] = [await timeOf(stored), await timeOf(null)]
    expect(none).toBeGreaterThan(some / 3)
  })

  it('is worked on two at a time, with a bound on those who wait', async () => {
    const results = await Promise.allSettled(Array.from({ length: 53 }, () => passwords.matches('x', '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc')))
    const refused = results.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect((refused[0] as PromiseRejectedResult).reason).toBeInstanceOf(ServiceUnavailable)
    expect(await passwords.matches('x', null)).toBe(false) // every place was given back
  })
})
