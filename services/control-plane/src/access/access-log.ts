/** The log of changes to what keys and people may do: who did what, and what every replica must look up again. */
import { Prisma, type Transaction } from '../platform/database/database.js'

export const accessKinds = [
  'key.created', 'key.renamed', 'key.rotated', 'key.revoked', 'key.leaked', 'key.expiring',
  'member.added', 'member.role_changed', 'member.removed', 'organization.created', 'organization.changed', 'organization.restore_confirmed',
  'invitation.created', 'invitation.revoked', 'invitation.accepted',
  'user.created', 'user.password_set', 'user.identity_linked', 'session.started', 'session.ended',
] as const
export type AccessKind = (typeof accessKinds)[number]

export interface NewAccessChange {
  readonly kind: AccessKind
  /** The key, person or organization that must be looked up again. */
  readonly subjectId: string
  readonly organizationId: string | null
  readonly actor: Actor
  readonly detail?: Prisma.InputJsonObject
}

/** Whoever did it, and from where; both null where a rule or the passing of time did. */
export interface Actor {
  readonly id: string | null
  readonly address: string | null
}
export const nobody: Actor = { id: null, address: null }

/**
 * Appends, as the last statement of `tx`: the log's head stays locked until the commit.
 * @returns the position, for `AccessReceipts.confirm`
 */
export async function appendAccess(tx: Transaction, change: NewAccessChange): Promise<number> {
  const { kind, subjectId, organizationId, actor, detail = {} } = change
  const [row] = await tx.$queryRaw<{ seq: bigint }[]>`
    SELECT append_access(${kind}, ${subjectId}, ${organizationId}, ${actor.id}, ${actor.address}, ${JSON.stringify(detail)}::jsonb) AS seq`
  if (!row) throw new Error('the access log gave no position')
  return Number(row.seq)
}
