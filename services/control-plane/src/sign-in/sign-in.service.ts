import { Inject, Injectable } from '@nestjs/common'
import { isId } from '@pgbeam/kernel'
import type { Caller } from '../access/caller.js'
import { Forbidden, InvalidState, NotFound, Unauthorized } from '../platform/http/errors.js'
import { pageOf } from '../platform/http/paging.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { Attempts } from './attempts.js'
import { Passwords } from './passwords.js'
import { SessionRepository, type From } from './session.repository.js'
import { toSessionView, type ChangePassword, type ListSessions, type SessionList, type SignIn, type SignUp, type UseOwnerLink } from './sign-in.dto.js'
import { SignInRepository, type Entered } from './sign-in.repository.js'

@Injectable()
export class SignInService {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly attempts: Attempts,
    private readonly passwords: Passwords,
    private readonly people: SignInRepository,
    private readonly sessions: SessionRepository,
  ) {}

  /** @throws Unauthorized, in the same words and time for a wrong password and for an address that nobody has */
  async signIn({ email, password }: SignIn, from: From): Promise<Entered> {
    const address = from.address ?? ''
    await this.attempts.password(address, email)
    const user = await this.people.byEmail(email)
    if (!(await this.passwords.matches(password, user?.passwordHash ?? null)) || !user?.passwordHash) {
      this.logger.info({ user_id: user?.id, address }, 'a sign-in with a wrong password')
      throw new Unauthorized('there is no account with this e-mail address and password')
    }
    const entered = await this.people.enterByPassword(user.id, user.passwordHash, from)
    await this.attempts.succeeded(address, email)
    return entered
  }

  async signUp({ token, name, password }: SignUp, from: From): Promise<Entered> {
    await this.attempts.link(from.address ?? '')
    await this.people.mustBeOpenInvitation(token) // before the work of hashing
    return this.people.signUp(token, name, { passwordHash: await this.passwords.hash(password) }, from)
  }

  async useOwnerLink({ token, email, password, name }: UseOwnerLink, from: From): Promise<Entered> {
    await this.attempts.link(from.address ?? '')
    await this.people.mustBeOpenLink(token)
    return this.people.useLink(token, { email, name, passwordHash: await this.passwords.hash(password) }, from)
  }

  async changePassword(caller: Caller, request: ChangePassword): Promise<void> {
    const { session, userId } = caller
    if (!session || userId === null) throw new Forbidden('a key changes no password; sign in first')
    const user = await this.people.byId(userId)
    if (!user?.passwordHash || user.email === null) throw new InvalidState('you sign in without a password; there is none to change')
    await this.attempts.password(caller.address ?? '', user.email)
    if (!(await this.passwords.matches(request.current_password, user.passwordHash))) throw new Forbidden('this is not your current password')
    await this.people.changePassword(userId, session.id, user.passwordHash, await this.passwords.hash(request.new_password), caller.actor)
    await this.attempts.succeeded(caller.address ?? '', user.email)
  }

  async listSessions(caller: Caller, query: ListSessions): Promise<SessionList> {
    const { rows, next_page_token } = await this.sessions.list(personOf(caller), pageOf(query, 'SignInId'))
    return { sessions: rows.map((row) => toSessionView(row, caller.session?.id)), next_page_token }
  }

  async endSession(caller: Caller, id: string): Promise<void> {
    const userId = personOf(caller)
    if (!isId('SignInId', id)) throw new NotFound('session')
    await this.sessions.end(userId, id, caller.actor)
  }

  /** @throws Forbidden for a key, which has no session to end */
  async signOut(caller: Caller): Promise<void> {
    if (!caller.session) throw new Forbidden('this request came with a key, not with a session; revoke the key to end its use')
    await this.endSession(caller, caller.session.id)
  }
}

function personOf({ userId }: Caller): string {
  if (userId === null) throw new Forbidden('an organization key belongs to nobody who could sign in')
  return userId
}
