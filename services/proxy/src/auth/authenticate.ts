/**
 * Proof of the secret: SCRAM-SHA-256 and -PLUS, or a cleartext password inside TLS where the credential asks for it.
 * The challenge to an unknown user is the one that a known user would get, and the failure is the same byte for byte.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { ProtocolViolation, authenticationCleartext, authenticationSasl, authenticationSaslContinue, authenticationSaslFinal, frontend, parsePassword, parseSaslInitial, type Frame } from '@pgbeam/pg-wire'
import type { Secret } from '@pgbeam/kernel'
import { DEFAULT_ITERATIONS, MECHANISM, MECHANISM_PLUS, SASL_MESSAGE_BYTES_MAX, ScramServer } from '@pgbeam/scram'
import type { Credential } from '../credentials/credential.js'
import { saltOf } from '../credentials/salt.js'
import type { ClientConnection } from '../listen/client-connection.js'
import { AuthenticationFailed } from './errors.js'
import type { PasswordKeys } from './password-keys.js'

/** A body may have the longest mechanism name, its length word and the longest SASL message. */
const SASL_BODY_BYTES_MAX = SASL_MESSAGE_BYTES_MAX + 32
const PASSWORD_BYTES_MAX = 4096

export interface AuthenticationRequest {
  readonly client: ClientConnection
  readonly user: string
  /** Undefined for unknown and revoked users. */
  readonly credential: Credential | undefined
  readonly saltSecret: Secret<Buffer>
  /** The client asked for it with `options=auth=cleartext`. */
  readonly cleartextAsked: boolean
  /** Who asks, as far as fairness goes. */
  readonly from: string
  readonly passwords: PasswordKeys
  /** What a failed login is checked against beside; none of them lets anybody in. */
  readonly retiredKeys: readonly Buffer[]
  /** Called when it was made with the secret from before a rotation. The client sees nothing of it. */
  readonly onStaleSecret: () => void
}

/**
 * Runs the exchange up to, and without, AuthenticationOk.
 * @returns what has to be sent before AuthenticationOk (SASLFinal), where there is such a thing
 * @throws AuthenticationFailed, TooManyLogins, ProtocolViolation, ScramProtocolError, ChannelBindingError, PeerGone
 */
export async function authenticate(request: AuthenticationRequest): Promise<Buffer | undefined> {
  if (request.cleartextAsked || request.credential?.authMethod === 'cleartext') {
    await cleartext(request)
    return undefined
  }
  return scram(request)
}

async function scram({ client, user, credential, saltSecret, retiredKeys, onStaleSecret }: AuthenticationRequest): Promise<Buffer> {
  client.write(authenticationSasl(client.endPoint ? [MECHANISM_PLUS, MECHANISM] : [MECHANISM]))
  const initial = parseSaslInitial(await saslResponse(client))
  const server = new ScramServer({ nonce: randomBytes(18).toString('base64'), endPoint: client.endPoint })
  const verifier = credential?.verifier
  const challenge = server.challenge(
    initial.mechanism,
    initial.message,
    verifier?.salt ?? saltOf(saltSecret, user),
    verifier?.iterations ?? DEFAULT_ITERATIONS,
  )
  client.write(authenticationSaslContinue(challenge))
  const final = server.verify(await saslResponse(client), verifier)
  if (final === undefined) {
    if (server.wouldProve(retiredKeys)) onStaleSecret()
    throw new AuthenticationFailed(user)
  }
  return authenticationSaslFinal(final)
}

async function saslResponse(client: ClientConnection): Promise<Buffer> {
  return expectPassword(await client.read(SASL_BODY_BYTES_MAX), 'SASL')
}

async function cleartext({ client, user, credential, saltSecret, from, passwords, retiredKeys, onStaleSecret }: AuthenticationRequest): Promise<void> {
  client.write(authenticationCleartext())
  const password = parsePassword(expectPassword(await client.read(PASSWORD_BYTES_MAX), 'password'))
  const salt = credential?.verifier.salt ?? saltOf(saltSecret, user)
  const iterations = credential?.verifier.iterations ?? DEFAULT_ITERATIONS
  const { storedKey } = await passwords.of(from, password, salt, iterations)
  const same = timingSafeEqual(storedKey, credential?.verifier.storedKey ?? Buffer.alloc(storedKey.length))
  if (same && credential) return
  let stale = false
  for (const retired of retiredKeys) stale = timingSafeEqual(storedKey, retired) || stale
  if (stale) onStaleSecret()
  throw new AuthenticationFailed(user)
}

function expectPassword(frame: Frame, what: string): Buffer {
  if (frame.tag !== frontend.password)
    throw new ProtocolViolation(`expected ${what} response, got message type ${frame.tag}`)
  return frame.body
}
