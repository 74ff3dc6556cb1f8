import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { ack } from './fleet.js'
import { open, seal, signerOf, UntrustedMessage, type Signer } from './envelope.js'

const body = { incarnation: 'inc_01jd3v5k8q0000000000000000', epoch: 'e1', applied_seq: 7 }
let signer: Signer
let stranger: Signer
beforeAll(async () => {
  signer = await signerOf(generateKeyPairSync('ed25519').privateKey)
  stranger = await signerOf(generateKeyPairSync('ed25519').privateKey)
})
const known = (kid: string) => (kid === signer.kid ? createPublicKey(signer.key) : undefined)
const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a signed message', () => {
  it('opens for who knows the key', async () => {
    expect(open('ack', seal('ack', body, signer), ack, known)).toEqual({ body, kid: signer.kid })
  })
  it.each<[string, () => Promise<string> | string]>([
    ['made for another purpose', () => seal('leave', body, signer)],
    ['signed by a stranger', () => seal('ack', body, stranger)],
    ['signed by a stranger in our name', () => seal('ack', body, { kid: signer.kid, key: stranger.key })],
    ['with another body', async () => {
      const [head, , signature] = (seal('ack', body, signer)).split('.')
      return `${head}.${b64({ ...body, applied_seq: 8 })}.${signature}`
    }],
    ['with no signature', async () => (seal('ack', body, signer)).split('.').slice(0, 2).join('.') + '.'],
    ['that says it needs none', () => `${b64({ alg: 'none', typ: 'pgbeam+ack', kid: signer.kid })}.${b64(body)}.`],
    ['with a field too many', () => seal('ack', { ...body, extra: 1 }, signer)],
    ['with a field too few', () => seal('ack', { epoch: 'e1', applied_seq: 7 }, signer)],
    ['that is plain JSON', () => JSON.stringify(body)],
    ['that is empty', () => ''],
    ['that is null', () => `${b64(null)}.${b64(null)}.`],
  ])('%s counts for nothing', async (_case, make) => {
    const text = await make()
    expect(() => open('ack', text, ack, known)).toThrow(UntrustedMessage)
  })
})
