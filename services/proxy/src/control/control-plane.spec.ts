import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Msg } from '@nats-io/transport-node'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { exportJWK } from 'jose'
import { requestHash, seal, signerOf, subjects, UntrustedMessage, type Signer } from '@pgbeam/contracts'
import { z } from 'zod'
import type { Bus } from './bus.js'
import { ControlPlane, ControlPlaneRefused } from './control-plane.js'

let control: Signer
let proxy: Signer
beforeAll(async () => {
  control = await signerOf(generateKeyPairSync('ed25519').privateKey)
  proxy = await signerOf(generateKeyPairSync('ed25519').privateKey)
})
const reply = z.strictObject({ nonce: z.string(), value: z.number() })
interface Asked {
  readonly text: string
  readonly nonce: string
}

/** Asks a control plane that answers as told. */
async function ask(answer: (asked: Asked) => string) {
  const message = (text: string) => ({ string: () => text }) as Msg
  const request = async (subject: string, text: string): Promise<Msg> => {
    if (subject === subjects.hello) {
      const encryption_key = await exportJWK(generateKeyPairSync('x25519').publicKey)
      const { nonce } = JSON.parse(text) as { nonce: string }
      return message(seal('hello-reply', { nonce, signing_key: await exportJWK(createPublicKey(control.key)), encryption_key }, control))
    }
    const { nonce } = JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString()) as { nonce: string }
    return message(answer({ text, nonce }))
  }
  const found = await ControlPlane.find({ request } as unknown as Bus, proxy, control.kid, 1000)
  return found.request('any', { request: 'resolve-request', reply: 'resolve-reply' }, { about: 1 }, reply, 1000)
}
const refusal = (nonce: string | null, text: string, signer = control) =>
  seal('error-reply', { nonce, request_sha256: requestHash(text), code: 'UNKNOWN_INCARNATION', detail: 'enrol first' }, signer)

describe('an answer of the control plane', () => {
  it('over the nonce of the request counts', async () => {
    expect(await ask(({ nonce }) => seal('resolve-reply', { nonce, value: 7 }, control))).toMatchObject({ value: 7 })
  })
  it('that refuses this very request counts', async () => {
    await expect(ask(({ nonce, text }) => refusal(nonce, text))).rejects.toBeInstanceOf(ControlPlaneRefused)
  })
  it.each<[string, (asked: Asked) => string]>([
    // Anybody on NATS may see a nonce, send a request of their own with it, and pass on the signed refusal.
    ['that refuses another request with the same nonce', ({ nonce, text }) => refusal(nonce, `${text}x`)],
    ['that refuses this request over another nonce', ({ text }) => refusal('n'.repeat(22), text)],
    ['that refuses over no nonce at all', ({ text }) => refusal(null, text)],
    ['whose refusal says nothing of the request', ({ nonce }) => seal('error-reply', { nonce, code: 'X', detail: 'x' }, control)],
    ['whose refusal somebody else signed', ({ nonce, text }) => refusal(nonce, text, proxy)],
    ['over another nonce', () => seal('resolve-reply', { nonce: 'n'.repeat(22), value: 7 }, control)],
  ])('%s counts for nothing', async (_case, answer) => {
    await expect(ask(answer)).rejects.toBeInstanceOf(UntrustedMessage)
  })
})
