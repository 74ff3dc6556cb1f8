/** Hands a session to the browser. */
import { Inject, Injectable } from '@nestjs/common'
import type { Request, Response } from 'express'
import { isNotCrossOrigin } from '../access/session/same-origin.js'
import { clearSessionCookie, setSessionCookie } from '../access/session/session-cookie.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Forbidden } from '../platform/http/errors.js'
import type { From } from './session.repository.js'
import { toSessionView, type SignedIn } from './sign-in.dto.js'
import type { Entered } from './sign-in.repository.js'

@Injectable()
export class EnteredAnswer {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** @throws Forbidden for a page of another site, which could else sign a visitor in as somebody of its choice */
  from(request: Request): From {
    if (!isNotCrossOrigin(request.headers, this.config.publicUrl)) throw new Forbidden('people sign in from pages of this origin')
    return { address: request.ip ?? null, agent: request.get('user-agent') ?? null }
  }

  give(response: Response, { user, session, token }: Entered): SignedIn {
    setSessionCookie(response, this.config.publicUrl, token.reveal(), session.expiresAt)
    return { user: { id: user.id, name: user.name, email: user.email }, session: toSessionView(session, session.id) }
  }

  clear(response: Response): void {
    clearSessionCookie(response, this.config.publicUrl)
  }
}
