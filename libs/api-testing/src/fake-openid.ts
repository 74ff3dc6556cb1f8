/** An OpenID provider as small as they come: whoever is sent to it is the person that the test names. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'

interface Granted {
  readonly subject: string
  readonly nonce: string
  readonly challenge: string
  readonly redirectUri: string
}

export class FakeOpenId {
  static readonly client = { id: 'pgbeam', secret: 'the-secret-of-the-client' }
  /** What the next ID tokens say instead of the truth. */
  lies: { nonce?: string; audience?: string; issuer?: string; wrongKey?: boolean } = {}
  readonly #granted = new Map<string, Granted>()

  private constructor(
    readonly issuer: string,
    private readonly server: Server,
    private readonly keys: { own: CryptoKey; other: CryptoKey; jwk: JWK },
  ) {
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<FakeOpenId> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const [own, other] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')]
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'ES256', use: 'sig' }
    return new FakeOpenId(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, { own: own.privateKey, other: other.privateKey, jwk })
  }

  /** What the provider's page does when `subject` has signed in there: the path and query of the way back. */
  grant(authorizationUrl: string, subject: string): string {
    const asked = new URL(authorizationUrl).searchParams
    const code = randomBytes(16).toString('base64url')
    const [nonce, challenge, redirectUri, state] = ['nonce', 'code_challenge', 'redirect_uri', 'state'].map((name) => asked.get(name) ?? '') as [string, string, string, string]
    if (asked.get('client_id') !== FakeOpenId.client.id || asked.get('code_challenge_method') !== 'S256') throw new Error('not asked as it should be')
    this.#granted.set(code, { subject, nonce, challenge, redirectUri })
    return `${new URL(redirectUri).pathname}?${new URLSearchParams({ code, state }).toString()}`
  }

  stop(): Promise<void> {
    this.server.closeAllConnections()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/.well-known/openid-configuration') {
      const { issuer } = this
      return send(200, {
        issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['ES256'], code_challenge_methods_supported: ['S256'],
      })
    }
    if (request.url === '/jwks') return send(200, { keys: [this.keys.jwk] })
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const form = new URLSearchParams(text)
    const granted = this.#granted.get(form.get('code') ?? '')
    this.#granted.delete(form.get('code') ?? '')
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
    if (request.url !== '/token' || granted?.challenge !== challenge || granted.redirectUri !== form.get('redirect_uri') || !this.#isClient(request, form)) return send(400, { error: 'invalid_grant' })
    return send(200, { access_token: 'unused', token_type: 'bearer', id_token: await this.#idToken(granted) })
  }

  #isClient(request: IncomingMessage, form: URLSearchParams): boolean {
    const basic = `Basic ${Buffer.from(`${FakeOpenId.client.id}:${FakeOpenId.client.secret}`).toString('base64')}`
    return request.headers.authorization === basic || (form.get('client_id') === FakeOpenId.client.id && form.get('client_secret') === FakeOpenId.client.secret)
  }

  /** Signed by the key that is published, unless the test wants another; with the e-mail address verified, which must not matter. */
  #idToken({ subject, nonce }: Granted): Promise<string> {
    const { lies } = this
    return new SignJWT({ nonce: lies.nonce ?? nonce, name: `Name of ${subject}`, email: `${subject}@people.test`, email_verified: true })
      .setProtectedHeader({ alg: 'ES256', kid: 'own' })
      .setIssuer(lies.issuer ?? this.issuer)
      .setAudience(lies.audience ?? FakeOpenId.client.id)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(lies.wrongKey ? this.keys.other : this.keys.own)
  }
}
