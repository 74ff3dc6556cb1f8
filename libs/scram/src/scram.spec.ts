import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ScramClient } from './client.js'
import { ChannelBindingError, ScramProtocolError, ServerSignatureError } from './errors.js'
import { deriveKeysSync } from './keys.js'
import { MECHANISM, MECHANISM_PLUS } from './messages.js'
import { ScramServer } from './server.js'
import { InvalidVerifier, makeVerifier, parseVerifier } from './verifier.js'

// RFC 7677 section 3
const rfc = {
  password: 'pencil',
  salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
  clientNonce: 'rOprNGfwEbeRWgbNEkqO',
  serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
}
const endPoint = Buffer.from('certificate hash')
const bytes = (text: string) => Buffer.from(text)
const verifier = parseVerifier(makeVerifier('pencil', rfc.salt, 4096))

describe('the server', () => {
  it('speaks the exchange of RFC 7677', () => {
    const server = new ScramServer({ nonce: rfc.serverNonce, endPoint: undefined })
    expect(server.challenge(MECHANISM, bytes(rfc.clientFirst), rfc.salt, 4096)).toBe(rfc.serverFirst)
    expect(server.verify(bytes(rfc.clientFinal), verifier)).toBe(rfc.serverFinal)
  })
  it('refuses every other proof', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (proof) => {
        const server = new ScramServer({ nonce: rfc.serverNonce, endPoint: undefined })
        server.challenge(MECHANISM, bytes(rfc.clientFirst), rfc.salt, 4096)
        const final = rfc.clientFinal.replace(/p=.*/, `p=${Buffer.from(proof).toString('base64')}`)
        return server.verify(bytes(final), verifier) === undefined
      }),
    )
  })
  it('recognises the proof that it turned down as one of another password, and says nothing before a proof came', () => {
    const old = parseVerifier(makeVerifier('old pencil', rfc.salt, 4096)).storedKey
    const other = parseVerifier(makeVerifier('other pencil', rfc.salt, 4096)).storedKey
    const mock = Buffer.alloc(32)
    const server = new ScramServer({ nonce: rfc.serverNonce, endPoint: undefined })
    server.challenge(MECHANISM, bytes(rfc.clientFirst), rfc.salt, 4096)
    expect(server.wouldProve([verifier.storedKey])).toBe(false)
    expect(server.verify(bytes(rfc.clientFinal), { storedKey: old, serverKey: old })).toBeUndefined()
    expect([[verifier.storedKey, mock], [mock, verifier.storedKey], [old, other], [mock, mock], []].map((keys) => server.wouldProve(keys))).toEqual([true, true, false, false, false])
  })
  it('refuses the right proof of somebody it does not know', () => {
    const server = new ScramServer({ nonce: rfc.serverNonce, endPoint: undefined })
    server.challenge(MECHANISM, bytes(rfc.clientFirst), rfc.salt, 4096)
    expect(server.verify(bytes(rfc.clientFinal), undefined)).toBeUndefined()
  })
  it.each([
    ['PLUS where it was not offered', MECHANISM_PLUS, 'p=tls-server-end-point,,n=,r=abc', undefined, ScramProtocolError],
    ['an unknown mechanism', 'SCRAM-SHA-1', 'n,,n=,r=abc', undefined, ScramProtocolError],
    ['a binding flag without PLUS', MECHANISM, 'p=tls-server-end-point,,n=,r=abc', endPoint, ScramProtocolError],
    ['PLUS without a binding flag', MECHANISM_PLUS, 'n,,n=,r=abc', endPoint, ScramProtocolError],
    ['the y flag while PLUS was offered', MECHANISM, 'y,,n=,r=abc', endPoint, ChannelBindingError],
    ['another type of binding', MECHANISM_PLUS, 'p=tls-unique,,n=,r=abc', endPoint, ScramProtocolError],
    ['an authorization identity', MECHANISM, 'n,a=root,n=,r=abc', undefined, ScramProtocolError],
    ['a mandatory extension', MECHANISM, 'n,,m=x,n=,r=abc', undefined, ScramProtocolError],
    ['an empty nonce', MECHANISM, 'n,,n=,r=', undefined, ScramProtocolError],
    ['no nonce', MECHANISM, 'n,,n=user', undefined, ScramProtocolError],
    ['a space in the nonce', MECHANISM, 'n,,n=,r=a b', undefined, ScramProtocolError],
    ['a NUL byte', MECHANISM, 'n,,n=,r=ab\0c', undefined, ScramProtocolError],
    ['an empty message', MECHANISM, '', undefined, ScramProtocolError],
    ['more than 1024 bytes', MECHANISM, `n,,n=,r=${'a'.repeat(1020)}`, undefined, ScramProtocolError],
  ])('refuses %s', (_case, mechanism, message, offered, error) => {
    const server = new ScramServer({ nonce: 'server', endPoint: offered })
    expect(() => server.challenge(mechanism, bytes(message), rfc.salt, 4096)).toThrow(error)
  })
  it.each([
    ['another c=', 'c=eSws', ChannelBindingError],
    ['another nonce', 'c=biws,r=forged', ScramProtocolError],
  ])('refuses %s in the final message', (_case, start, error) => {
    const server = new ScramServer({ nonce: rfc.serverNonce, endPoint: undefined })
    server.challenge(MECHANISM, bytes(rfc.clientFirst), rfc.salt, 4096)
    const final = start.includes('r=') ? `${start},p=${'A'.repeat(43)}=` : rfc.clientFinal.replace('c=biws', start)
    expect(() => server.verify(bytes(final), verifier)).toThrow(error)
  })
  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), fc.uint8Array({ maxLength: 1100 }), fc.constantFrom(MECHANISM, MECHANISM_PLUS), (a, b, mechanism) => {
        const server = new ScramServer({ nonce: 'server', endPoint })
        try {
          server.challenge(mechanism, a, rfc.salt, 4096)
          return server.verify(b, verifier) === undefined
        } catch (error) {
          return error instanceof ScramProtocolError || error instanceof ChannelBindingError
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the client', () => {
  it('speaks the exchange of RFC 7677', () => {
    const client = new ScramClient({ nonce: rfc.clientNonce, offered: [MECHANISM], endPoint: undefined })
    expect(client.first()).toBe(rfc.clientFirst.replace('n=user', 'n='))
    const { salt, iterations } = client.challenge(bytes(rfc.serverFirst))
    expect([salt, iterations]).toEqual([rfc.salt, 4096])
  })
  it.each([
    ['a nonce that does not extend ours', 'r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
    ['our nonce and nothing more', `r=${rfc.clientNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`],
    ['a count that would take minutes', `${rfc.serverFirst.replace('4096', '2147483647')}`],
    ['a count of zero', `${rfc.serverFirst.replace('4096', '0')}`],
    ['no salt', `r=${rfc.clientNonce}x,s=,i=4096`],
    ['an error', 'e=other-error'],
  ])('refuses %s', (_case, message) => {
    const client = new ScramClient({ nonce: rfc.clientNonce, offered: [MECHANISM], endPoint: undefined })
    expect(() => client.challenge(bytes(message))).toThrow(ScramProtocolError)
  })
  it('binds when it can, says y when it could but nothing was offered, n when it cannot', () => {
    const start = (offered: string[], data: Buffer | undefined) => new ScramClient({ nonce: 'c', offered, endPoint: data }).first()
    expect(start([MECHANISM, MECHANISM_PLUS], endPoint)).toMatch(/^p=tls-server-end-point,,/)
    expect(start([MECHANISM], endPoint)).toMatch(/^y,,/)
    expect(start([MECHANISM, MECHANISM_PLUS], undefined)).toMatch(/^n,,/)
    expect(() => start(['SCRAM-SHA-1'], endPoint)).toThrow(ScramProtocolError)
  })
})

describe('client and server', () => {
  it('agree for any password, salt and binding, and on no other password', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1, maxLength: 32 }), fc.boolean(), (password, other, salt, plus) => {
        const keys = parseVerifier(makeVerifier(password, salt, 2))
        const attempt = (typed: string) => {
          const offered = plus ? [MECHANISM_PLUS, MECHANISM] : [MECHANISM]
          const client = new ScramClient({ nonce: 'client', offered, endPoint: plus ? endPoint : undefined })
          const server = new ScramServer({ nonce: 'server', endPoint: plus ? endPoint : undefined })
          const challenge = client.challenge(bytes(server.challenge(client.mechanism, bytes(client.first()), salt, 2)))
          const final = server.verify(bytes(challenge.answer(deriveKeysSync(typed, challenge.salt, challenge.iterations))), keys)
          if (final !== undefined) client.finish(bytes(final))
          return final !== undefined
        }
        expect(attempt(password)).toBe(true)
        if (other.normalize('NFKC') !== password.normalize('NFKC') && makeVerifier(other, salt, 2) !== makeVerifier(password, salt, 2))
          expect(attempt(other)).toBe(false)
      }),
    )
  })
  it('part where the server cannot prove that it knows the password', () => {
    const client = new ScramClient({ nonce: rfc.clientNonce, offered: [MECHANISM], endPoint: undefined })
    client.challenge(bytes(rfc.serverFirst)).answer(deriveKeysSync('pencil', rfc.salt, 4096))
    expect(() => client.finish(bytes(`v=${Buffer.alloc(32).toString('base64')}`))).toThrow(ServerSignatureError)
    expect(() => client.finish(bytes(rfc.serverFinal.slice(0, 20)))).toThrow()
  })
  it('treat passwords as SASLprep does, and take them raw where it cannot', () => {
    expect(makeVerifier('I\u00adX', rfc.salt, 2)).toBe(makeVerifier('IX', rfc.salt, 2)) // soft hyphen maps to nothing
    expect(makeVerifier('\u2168', rfc.salt, 2)).toBe(makeVerifier('IX', rfc.salt, 2)) // ROMAN NUMERAL NINE
    expect(makeVerifier('a\u0007b', rfc.salt, 2)).not.toBe(makeVerifier('ab', rfc.salt, 2)) // a control character is prohibited
  })
})

it.each(['', 'md5abc', 'SCRAM-SHA-256$0:c2FsdA==$x:y', `${makeVerifier('a', rfc.salt, 2)}\n`, 'SCRAM-SHA-256$4096:c2FsdA==$AAAA:AAAA'])(
  'a verifier such as %j is refused',
  (text) => {
    expect(() => parseVerifier(text)).toThrow(InvalidVerifier)
  },
)
