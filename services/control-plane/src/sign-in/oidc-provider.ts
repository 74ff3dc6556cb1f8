/** The OpenID provider that people may sign in at. Its metadata is read when it is first needed, and again if that failed. */
import { Inject, Injectable } from '@nestjs/common'
import * as oidc from 'openid-client'
import { CONFIG, type Config } from '../platform/config.js'
import { BadGateway, InvalidInput, NotFound } from '../platform/http/errors.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import type { Identity } from './sign-in.repository.js'

const TIMEOUT_S = 10

/** What the way to the provider and back must bring along. */
export interface Flow {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export interface Proven extends Identity {
  readonly name: string | undefined
}

@Injectable()
export class OidcProvider {
  #configuration: Promise<oidc.Configuration> | undefined

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get name(): string | undefined {
    return this.config.oidc?.name
  }

  /** Where to send the browser. @throws NotFound where no provider is configured, BadGateway */
  async start(): Promise<{ url: string; flow: Flow }> {
    const configuration = await this.#discovered()
    const flow = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() }
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: 'openid profile email',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, flow }
  }

  /** Who came back. @throws InvalidInput for the end of another sign-in, BadGateway for an answer that does not prove it */
  async finish(query: string, { state, nonce, verifier }: Flow): Promise<Proven> {
    if (new URLSearchParams(query).get('state') !== state) throw new InvalidInput('state: belongs to another sign-in than the one that this browser began; begin again', [{ field: 'state', code: 'invalid', detail: 'belongs to another sign-in' }])
    const configuration = await this.#discovered()
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(`${this.#redirectUri}${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (!claims) throw new Error('the provider sent no ID token')
      return { issuer: claims.iss, subject: claims.sub, name: typeof claims['name'] === 'string' ? claims['name'].slice(0, 100) : undefined }
    } catch (error) {
      this.logger.info({ reason: (error as Error).message }, 'the OpenID provider did not prove who somebody is')
      throw new BadGateway('the OpenID provider did not prove who you are; try again')
    }
  }

  get #redirectUri(): string {
    return `${this.config.publicUrl}/v1/auth/oidc/callback`
  }

  async #discovered(): Promise<oidc.Configuration> {
    const { oidc: settings } = this.config
    if (!settings) throw new NotFound('OpenID provider: none is configured')
    // Signatures of ID tokens are checked although TLS has vouched for them; config lets plain HTTP through for this machine alone.
    const execute = [oidc.enableNonRepudiationChecks, ...(settings.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [])]
    this.#configuration ??= oidc.discovery(new URL(settings.issuer), settings.clientId, settings.clientSecret.reveal(), undefined, { execute, timeout: TIMEOUT_S })
    try {
      return await this.#configuration
    } catch (error) {
      this.#configuration = undefined
      this.logger.warn({ reason: (error as Error).message }, 'the OpenID provider cannot be reached')
      throw new BadGateway('the OpenID provider cannot be reached')
    }
  }
}
