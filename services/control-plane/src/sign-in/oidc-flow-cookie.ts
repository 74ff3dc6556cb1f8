/** What a browser carries while it is away at the OpenID provider: sealed, so that any replica can go on and nobody can read it. */
import { Inject, Injectable } from '@nestjs/common'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { cookieOf, cookieOptions } from '../access/session/session-cookie.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Keyring } from '../platform/crypto/keyring.js'

const NAME = 'pgbeam_oidc'
const CONTEXT = 'oidc-flow'
const LIFETIME_MS = 600_000

const carried = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The token of an invitation that is accepted on the way. */
  invitation: z.string().optional(),
  /** The person whom the account at the provider is to be tied to. */
  linkTo: z.string().optional(),
  until: z.number(),
})
export type Carried = z.infer<typeof carried>

@Injectable()
export class OidcFlowCookie {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly keyring: Keyring,
  ) {}

  give(response: Response, flow: Omit<Carried, 'until'>): void {
    const until = Date.now() + LIFETIME_MS
    const { keyId, ciphertext } = this.keyring.encrypt(Buffer.from(JSON.stringify({ ...flow, until })), CONTEXT)
    response.cookie(NAME, `${keyId}:${Buffer.from(ciphertext).toString('base64url')}`, { ...this.#options, encode: String, maxAge: LIFETIME_MS })
  }

  /** What was given, once: undefined where there is nothing, or nothing that still counts. */
  take(request: Request, response: Response): Carried | undefined {
    const [keyId = '', sealed = ''] = (cookieOf(request, NAME) ?? '').split(':')
    response.clearCookie(NAME, this.#options)
    try {
      const flow = carried.parse(JSON.parse(this.keyring.decrypt({ keyId, ciphertext: Buffer.from(sealed, 'base64url') }, CONTEXT).toString()))
      return flow.until > Date.now() ? flow : undefined
    } catch {
      return undefined
    }
  }

  get #options() {
    return { ...cookieOptions(this.config.publicUrl), path: '/v1/auth/oidc' }
  }
}
