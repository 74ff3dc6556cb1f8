/** SCRAM-SHA-256 and -PLUS as a client (RFC 5802, RFC 7677, RFC 5929), with every field open to tampering. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, type X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { cstring, errorFields, int32, message, startupMessage, type Frame, type RawClient } from './raw-client.js'

const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest()

/** `tls-server-end-point` for a certificate whose signature uses SHA-256, as the tests' do. */
export function serverEndPoint(socket: TLSSocket): Buffer {
  const certificate: X509Certificate | undefined = socket.getPeerX509Certificate()
  if (!certificate) throw new Error('no TLS certificate to bind to')
  return createHash('sha256').update(certificate.raw).digest()
}

export interface ScramOptions {
  readonly password: string
  readonly mechanism?: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS'
  /** `n`, `y` or `p=tls-server-end-point`; by default what the mechanism needs. */
  readonly gs2Flag?: string
  /** Channel binding data; by default that of the connection. */
  readonly binding?: Buffer
  /** Instead of the whole `c=` value (before base64). */
  readonly channelAttribute?: Buffer
  readonly nonce?: string
  /** Called, and waited for, in between: SASL was offered; the challenge has come; the proof has been sent. */
  readonly at?: (step: LoginStep) => Promise<unknown> | undefined
}
export type LoginStep = 'offered' | 'challenged' | 'proof sent'

/** What a login showed, frame by frame. */
export interface LoginTranscript {
  readonly mechanisms: string[]
  readonly frames: Frame[]
  /** Undefined when the server let us in. */
  readonly error?: Record<string, string>
  readonly serverFirst?: string
  readonly serverSignatureOk?: boolean
}

/** Startup, then SCRAM, up to ReadyForQuery or the error. The connection must be in TLS already. */
export async function scramLogin(client: RawClient, parameters: Record<string, string>, options: ScramOptions & { minor?: number }): Promise<LoginTranscript> {
  const frames: Frame[] = []
  const next = async (): Promise<Frame> => {
    const frame = await client.frame()
    frames.push(frame)
    return frame
  }
  client.send(startupMessage(parameters, { minor: options.minor ?? 0 }))
  let offer = await next()
  while (offer.type === 'v') offer = await next() // NegotiateProtocolVersion
  if (offer.type === 'E') return { mechanisms: [], frames, error: errorFields(offer) }
  if (offer.type !== 'R' || offer.body.readInt32BE(0) !== 10) throw new Error(`expected SASL, got ${offer.type} ${offer.body.toString('hex')}`)
  const mechanisms = offer.body.toString('utf8', 4).split('\0').filter(Boolean)
  const mechanism = options.mechanism ?? 'SCRAM-SHA-256'
  await options.at?.('offered')
  const gs2 = `${options.gs2Flag ?? (mechanism.endsWith('PLUS') ? 'p=tls-server-end-point' : 'n')},,`
  const clientFirstBare = `n=,r=${options.nonce ?? randomBytes(18).toString('base64')}`
  const clientFirst = Buffer.from(gs2 + clientFirstBare)
  client.send(message('p', cstring(mechanism), int32(clientFirst.length), clientFirst))
  const first = await next()
  if (first.type === 'E') return { mechanisms, frames, error: errorFields(first) }
  const serverFirst = first.body.toString('utf8', 4)
  await options.at?.('challenged')
  const field = (text: string, name: string): string => text.split(',').find((one) => one.startsWith(`${name}=`))?.slice(2) ?? ''
  const salted = pbkdf2Sync(options.password.normalize('NFKC'), Buffer.from(field(serverFirst, 's'), 'base64'), Number(field(serverFirst, 'i')), 32, 'sha256')
  const bindingData = options.binding ?? (mechanism.endsWith('PLUS') ? serverEndPoint(client.socket as TLSSocket) : Buffer.alloc(0))
  const channel = options.channelAttribute ?? Buffer.concat([Buffer.from(gs2), bindingData])
  const withoutProof = `c=${channel.toString('base64')},r=${field(serverFirst, 'r')}`
  const authMessage = `${clientFirstBare},${serverFirst},${withoutProof}`
  const clientKey = hmac(salted, 'Client Key')
  const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage)
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]!))
  client.send(message('p', Buffer.from(`${withoutProof},p=${proof.toString('base64')}`)))
  await options.at?.('proof sent')
  const final = await next()
  if (final.type === 'E') return { mechanisms, frames, error: errorFields(final), serverFirst }
  const serverSignatureOk = final.body.toString('utf8', 4) === `v=${hmac(hmac(salted, 'Server Key'), authMessage).toString('base64')}`
  for (;;) {
    const frame = await next()
    if (frame.type === 'E') return { mechanisms, frames, error: errorFields(frame), serverFirst, serverSignatureOk }
    if (frame.type === 'Z') return { mechanisms, frames, serverFirst, serverSignatureOk }
  }
}
