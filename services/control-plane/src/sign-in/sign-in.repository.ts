/** People and what proves who they are. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId, type Secret } from '@pgbeam/kernel'
import { AccessChanges } from '../access/access-changes.js'
import type { Actor, NewAccessChange } from '../access/access-log.js'
import type { UserAccount } from '../generated/prisma/client.js'
import { InvitationRepository } from '../invitation/invitation.repository.js'
import { OneTimeTokens } from '../platform/crypto/one-time-tokens.js'
import { Database, isDuplicate, type Transaction } from '../platform/database/database.js'
import { InvalidState, NotFound, ResourceExists, Unauthorized } from '../platform/http/errors.js'
import { SessionRepository, type From, type Started } from './session.repository.js'
import type { Method } from './sign-in.dto.js'

const LINK_LIFETIME_MS = 86_400_000

/** An account at an OpenID provider. */
export interface Identity {
  readonly issuer: string
  readonly subject: string
}

export interface Entered extends Started {
  readonly user: UserAccount
}

@Injectable()
export class SignInRepository {
  constructor(
    private readonly db: Database,
    private readonly changes: AccessChanges,
    private readonly invitations: InvitationRepository,
    private readonly sessions: SessionRepository,
    private readonly tokens: OneTimeTokens,
  ) {}

  byEmail(email: string): Promise<UserAccount | null> {
    return this.db.client.userAccount.findUnique({ where: { email } })
  }

  byId(id: string): Promise<UserAccount | null> {
    return this.db.client.userAccount.findUnique({ where: { id } })
  }

  /** A session for somebody whose password was found to be `verified`, unless it was changed meanwhile. */
  enterByPassword(userId: string, verified: string, from: From): Promise<Entered> {
    return this.changes.commit(async (tx) => {
      const user = await lockUser(tx, userId)
      if (user.passwordHash !== verified) throw new Unauthorized('the password was changed at this moment; sign in again')
      return this.#enter(tx, user, 'password', from, [])
    })
  }

  /** A link with which this person sets e-mail address and password, once. */
  async makeLink(tx: Transaction, userId: string): Promise<Secret> {
    const { token, hash } = this.tokens.make('owner-link')
    await tx.ownerLink.create({ data: { secretHash: hash, userId, expiresAt: new Date(Date.now() + LINK_LIFETIME_MS) } })
    return token
  }

  /** @throws NotFound, InvalidState for a link that cannot be used */
  async mustBeOpenLink(token: string, tx: Pick<Transaction, 'ownerLink'> = this.db.client): Promise<{ userId: string }> {
    const link = await tx.ownerLink.findUnique({ where: { secretHash: this.tokens.hashOf('owner-link', token) } })
    if (!link) throw new NotFound('link')
    if (link.usedAt) throw new InvalidState('the link was used already; `owner-link create` of the control plane makes another')
    if (link.expiresAt <= new Date()) throw new InvalidState('the link has expired; `owner-link create` of the control plane makes another')
    return link
  }

  /** Sets e-mail address and password. Whoever was signed in as this person before is not any more. */
  useLink(token: string, set: { email: string; name: string | undefined; passwordHash: string }, from: From): Promise<Entered> {
    return this.#unlessTaken(set.email, () =>
      this.changes.commit(async (tx) => {
        const { userId } = await this.mustBeOpenLink(token, tx)
        await lockUser(tx, userId)
        await this.mustBeOpenLink(token, tx) // as it is under the lock
        const actor = { id: userId, address: from.address }
        await tx.ownerLink.updateMany({ where: { userId, usedAt: null }, data: { usedAt: new Date() } })
        const ended = await this.sessions.endAll(tx, userId, undefined, actor)
        const { email, name, passwordHash } = set
        const user = await tx.userAccount.update({ where: { id: userId }, data: { email, passwordHash, passwordSetAt: new Date(), ...(name !== undefined && { name }) } })
        return this.#enter(tx, user, 'owner_link', from, [...ended, passwordSet(user, actor, { by: 'link', email })])
      }),
    )
  }

  /** @throws NotFound, InvalidState for an invitation that cannot be accepted */
  async mustBeOpenInvitation(token: string): Promise<void> {
    await this.invitations.open(this.db.client, token)
  }

  /** A new person, who accepts an invitation by this. @throws ResourceExists where the address has an account */
  async signUp(token: string, name: string | undefined, proof: { passwordHash: string } | Identity, from: From): Promise<Entered> {
    const { email } = await this.invitations.open(this.db.client, token)
    return this.#unlessTaken(email, () =>
      this.changes.commit(async (tx) => {
        const id = makeId('UserId', Date.now(), randomBytes(10))
        const actor = { id, address: from.address }
        const withPassword = 'passwordHash' in proof
        const user = await tx.userAccount.create({
          data: { id, name: name ?? email, email, ...(withPassword && { passwordHash: proof.passwordHash, passwordSetAt: new Date() }) },
        })
        if (!withPassword) await tx.userIdentity.create({ data: { issuer: proof.issuer, subject: proof.subject, userId: id } })
        const accepted = await this.invitations.accept(tx, token, id, actor)
        const created: NewAccessChange = { kind: 'user.created', subjectId: id, organizationId: null, actor, detail: { email, ...(!withPassword && { ...proof }) } }
        return this.#enter(tx, user, withPassword ? 'invitation' : 'oidc', from, [created, ...accepted.changes])
      }),
    )
  }

  /** Ends every other session: one of them may be the reason for the change. */
  changePassword(userId: string, sessionId: string, verified: string, passwordHash: string, actor: Actor): Promise<void> {
    return this.changes.commit(async (tx) => {
      const before = await lockUser(tx, userId)
      if (before.passwordHash !== verified) throw new InvalidState('the password was changed at this moment')
      const user = await tx.userAccount.update({ where: { id: userId }, data: { passwordHash, passwordSetAt: new Date() } })
      const ended = await this.sessions.endAll(tx, userId, sessionId, actor)
      return { value: undefined, changes: [passwordSet(user, actor, { by: 'session' }), ...ended] }
    })
  }

  async ownerOf({ issuer, subject }: Identity): Promise<UserAccount | null> {
    const row = await this.db.client.userIdentity.findUnique({ where: { issuer_subject: { issuer, subject } }, include: { user: true } })
    return row?.user ?? null
  }

  /** A session for whoever has this account at the provider; `invitation` is accepted along with it, if there is one. */
  enterByIdentity(userId: string, invitation: string | undefined, from: From): Promise<Entered> {
    return this.changes.commit(async (tx) => {
      const user = await lockUser(tx, userId)
      const accepted = invitation === undefined ? undefined : await this.invitations.accept(tx, invitation, userId, { id: userId, address: from.address })
      return this.#enter(tx, user, 'oidc', from, accepted?.changes ?? [])
    })
  }

  /** @throws ResourceExists where the account at the provider is somebody's already */
  async linkIdentity(userId: string, { issuer, subject }: Identity, actor: Actor): Promise<void> {
    try {
      await this.changes.commit(async (tx) => {
        await tx.userIdentity.create({ data: { issuer, subject, userId } })
        return { value: undefined, changes: [{ kind: 'user.identity_linked', subjectId: userId, organizationId: null, actor, detail: { issuer, subject } }] }
      })
    } catch (error) {
      if (isDuplicate(error)) throw new ResourceExists('this account at the provider is tied to somebody already')
      throw error
    }
  }

  async #enter(tx: Transaction, user: UserAccount, method: Method, from: From, changes: readonly NewAccessChange[]): Promise<{ value: Entered; changes: NewAccessChange[] }> {
    const started = await this.sessions.start(tx, user.id, method, from)
    return { value: { ...started, user }, changes: [...changes, started.change] }
  }

  async #unlessTaken<T>(email: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isDuplicate(error)) throw new ResourceExists(`${email} has an account already; sign in with it`)
      throw error
    }
  }
}

const passwordSet = (user: UserAccount, actor: Actor, detail: NonNullable<NewAccessChange['detail']>): NewAccessChange => ({
  kind: 'user.password_set',
  subjectId: user.id,
  organizationId: null,
  actor,
  detail,
})

async function lockUser(tx: Transaction, id: string): Promise<UserAccount> {
  await tx.$queryRaw`SELECT FROM user_account WHERE id = ${id} FOR UPDATE`
  return tx.userAccount.findUniqueOrThrow({ where: { id } })
}
