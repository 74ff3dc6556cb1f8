import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Keyring, Undecryptable } from './keyring.js'

const key = (id: string, fill: number) => ({ id, key: Buffer.alloc(32, fill) })

describe('the keyring', () => {
  it('gives back what it encrypted, whichever key is first now', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (plaintext, context) => {
        const sealed = new Keyring([key('v0', 1)]).encrypt(plaintext, context)
        expect(new Keyring([key('v1', 2), key('v0', 1)]).decrypt(sealed, context)).toEqual(Buffer.from(plaintext))
      }),
    )
  })
  const sealed = new Keyring([key('v1', 1)]).encrypt(Buffer.from('s3cret'), 'database:db_1')
  const flipped = Uint8Array.from(sealed.ciphertext, (byte, at) => (at === 14 ? byte ^ 1 : byte))
  it.each<[string, Keyring, typeof sealed, string]>([
    ['under another context', new Keyring([key('v1', 1)]), sealed, 'database:db_2'],
    ['under another key of that name', new Keyring([key('v1', 9)]), sealed, 'database:db_1'],
    ['without its key', new Keyring([key('v2', 1)]), sealed, 'database:db_1'],
    ['with a bit flipped', new Keyring([key('v1', 1)]), { ...sealed, ciphertext: flipped }, 'database:db_1'],
    ['cut short', new Keyring([key('v1', 1)]), { ...sealed, ciphertext: sealed.ciphertext.subarray(0, 20) }, 'database:db_1'],
  ])('refuses a secret %s', (_case, keyring, stored, context) => {
    expect(() => keyring.decrypt(stored, context)).toThrow(Undecryptable)
  })
  it('never encrypts the same text to the same bytes', () => {
    const keyring = new Keyring([key('v1', 1)])
    expect(keyring.encrypt(Buffer.from('a'), '').ciphertext).not.toEqual(keyring.encrypt(Buffer.from('a'), '').ciphertext)
  })
})
