/** Sessions: begun by whoever proved who they are, and ended one by one or all together. */
import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { makeId, type Secret } from '@pgbeam/kernel'
import { AccessChanges } from '../access/access-changes.js'
import type { Actor, NewAccessChange } from '../access/access-log.js'
import { IDLE_DAYS_MAX } from '../access/session/session-lookup.js'
import type { UserSession } from '../generated/prisma/client.js'
import { OneTimeTokens } from '../platform/crypto/one-time-tokens.js'
import { Database, type Transaction } from '../platform/database/database.js'
import { NotFound } from '../platform/http/errors.js'
import { afterPage, pageArgs, toPage, type Page, type PageRequest } from '../platform/http/paging.js'
import type { Method } from './sign-in.dto.js'

const DAY_MS = 86_400_000
const LIFETIME_DAYS = 30
const AGENT_CHARS_MAX = 200

/** Where a request to sign in comes from. */
export interface From {
  readonly address: string | null
  readonly agent: string | null
}

export interface Started {
  readonly session: UserSession
  readonly token: Secret
  readonly change: NewAccessChange
}

@Injectable()
export class SessionRepository {
  constructor(
    private readonly db: Database,
    private readonly changes: AccessChanges,
    private readonly tokens: OneTimeTokens,
  ) {}

  /** A new session, within a transaction that commits the returned change. */
  async start(tx: Transaction, userId: string, method: Method, { address, agent }: From): Promise<Started> {
    const { token, hash } = this.tokens.make('session')
    const createdAt = new Date()
    const id = makeId('SignInId', createdAt.getTime(), randomBytes(10))
    const session = await tx.userSession.create({
      data: {
        id, userId, method, address, createdAt, lastSeenAt: createdAt,
        secretHash: hash,
        agent: agent?.slice(0, AGENT_CHARS_MAX) ?? null,
        expiresAt: new Date(createdAt.getTime() + LIFETIME_DAYS * DAY_MS),
      },
    })
    return { session, token, change: { kind: 'session.started', subjectId: id, organizationId: null, actor: { id: userId, address }, detail: { method } } }
  }

  /** Those that are not over, oldest first. */
  async list(userId: string, page: PageRequest): Promise<Page<UserSession>> {
    const now = Date.now()
    const open = { endedAt: null, expiresAt: { gt: new Date(now) }, lastSeenAt: { gt: new Date(now - IDLE_DAYS_MAX * DAY_MS) } }
    return toPage(await this.db.client.userSession.findMany({ where: { AND: [{ userId, ...open }, afterPage(page)] }, ...pageArgs(page) }), page)
  }

  /** Over at every replica when this returns: each looks sessions up. @throws NotFound */
  end(userId: string, id: string, actor: Actor): Promise<void> {
    return this.changes.commit(async (tx) => {
      await tx.$queryRaw`SELECT FROM user_session WHERE id = ${id} FOR UPDATE`
      const row = await tx.userSession.findFirst({ where: { id, userId } })
      if (!row) throw new NotFound('session')
      if (row.endedAt) return { value: undefined, changes: [] }
      await tx.userSession.update({ where: { id }, data: { endedAt: new Date() } })
      return { value: undefined, changes: [ended(id, actor)] }
    })
  }

  /** Ends all sessions of a person but one, within a transaction that commits the returned changes. */
  async endAll(tx: Transaction, userId: string, but: string | undefined, actor: Actor): Promise<NewAccessChange[]> {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE user_session SET ended_at = now() WHERE user_id = ${userId} AND ended_at IS NULL AND id <> ${but ?? ''} RETURNING id`
    return rows.map(({ id }) => ended(id, actor))
  }
}

const ended = (id: string, actor: Actor): NewAccessChange => ({ kind: 'session.ended', subjectId: id, organizationId: null, actor })
