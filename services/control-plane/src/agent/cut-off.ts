/** The verbs that end what credentials may do, with their rules: the same for one credential and for many. */
import { appendEachSql } from '../enforcement/enforcement-log.js'
import { Prisma, type Transaction } from '../platform/database/database.js'

export type CutOff = 'revoke' | 'kill'

interface Rules {
  readonly kind: 'credential.revoked' | 'credential.killed'
  readonly assignments: Prisma.Sql
  /** Credentials that have one of these have lost already what the verb takes away. */
  readonly done: readonly string[]
}

const rules: Readonly<Record<CutOff, Rules>> = {
  // For ever: what could prove the secrets is destroyed in the same transaction.
  revoke: { kind: 'credential.revoked', assignments: Prisma.sql`status = 'revoked', scram_verifier = NULL, mcp_token_hash = NULL`, done: ['revoked'] },
  kill: { kind: 'credential.killed', assignments: Prisma.sql`status = 'killed'`, done: ['killed', 'revoked'] },
}

export const isCutOff = (verb: CutOff, status: string): boolean => rules[verb].done.includes(status)

/**
 * Changes credentials, each with an event of its own, as the last statement of the transaction that has locked them.
 * @param ids in the order of their locks; at least one
 * @returns the number of the last event
 */
export async function cutOff(tx: Transaction, verb: CutOff, projectId: string, ids: readonly string[]): Promise<bigint> {
  const { kind, assignments } = rules[verb]
  const [row] = await tx.$queryRaw<{ last: bigint | null }[]>`
    WITH event AS (${appendEachSql(kind, projectId, ids)}), changed AS (
      UPDATE agent_credential c SET version = event.seq, status_seq = event.seq, updated_at = now(), ${assignments}
      FROM event WHERE c.id = event.credential_id RETURNING c.version
    ), call AS (
      INSERT INTO enforcement_call (last_seq, first_seq) SELECT max(version), min(version) FROM changed HAVING count(*) > 1
    )
    SELECT max(version) AS last FROM changed`
  if (row?.last == null) throw new Error('no credential was changed')
  return row.last
}
