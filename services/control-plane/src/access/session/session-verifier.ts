/** Lets in people whose browser carries a session. */
import { Inject, Injectable } from '@nestjs/common'
import type { Request } from 'express'
import { CONFIG, type Config } from '../../platform/config.js'
import { Forbidden, Unauthorized, UnsupportedMediaType } from '../../platform/http/errors.js'
import { isSameOrigin } from './same-origin.js'
import { cookieOf, sessionCookieName } from './session-cookie.js'
import { SessionLookup, type KnownSession } from './session-lookup.js'

const READS = ['GET', 'HEAD']

@Injectable()
export class SessionVerifier {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly lookup: SessionLookup,
  ) {}

  /** The cookie of a request that carries no key, or undefined. */
  tokenOf(request: Request): string | undefined {
    if (request.headers.authorization !== undefined || request.headers['x-api-key'] !== undefined) return undefined
    return cookieOf(request, sessionCookieName(this.config.publicUrl)) || undefined
  }

  /** @throws Unauthorized; Forbidden and UnsupportedMediaType for what a page of somebody else's may have sent */
  async verify(request: Request, token: string): Promise<KnownSession> {
    const session = await this.lookup.find(token)
    if (!session) throw new Unauthorized('this session is over; sign in again')
    if (READS.includes(request.method)) return session
    if (!isSameOrigin(request.headers, this.config.publicUrl)) throw new Forbidden('a session changes things only from pages of this origin; programs use an API key')
    const [type = ''] = (request.get('content-type') ?? '').split(';')
    // DELETE needs none: no form sends it, and no other page may.
    if (request.method !== 'DELETE' && type.trim().toLowerCase() !== 'application/json') throw new UnsupportedMediaType('with a session, send application/json')
    return session
  }
}
