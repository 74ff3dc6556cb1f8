import { Injectable } from '@nestjs/common'
import { appendAccess, nobody } from '../access/access-log.js'
import { Database } from '../platform/database/database.js'
import { keyChange } from './issue-key.js'

const reminderDays = [14, 7, 1]
export const remindersAtOnce = 100

interface Due {
  readonly id: string
  readonly name: string
  readonly organization_id: string | null
  readonly expires_at: Date
  readonly days: number
}

@Injectable()
export class ExpiryRemindersRepository {
  constructor(private readonly db: Database) {}

  /** Puts some of the reminders that are due on record. */
  remindSome(): Promise<Due[]> {
    return this.db.transaction(async (tx) => {
      // The smallest number of days that the key's end lies within, where the last reminder was for more. A key that lives
      // 30 days or more passes all three; one in its grace after a rotation has a successor and needs none.
      const due = await tx.$queryRaw<Due[]>`
        SELECT k.id, k.name, k.organization_id, k.expires_at, within.days
        FROM api_key k
        CROSS JOIN LATERAL (SELECT min(d) AS days FROM unnest(${reminderDays}::int[]) d WHERE k.expires_at <= now() + d * interval '1 day') within
        WHERE k.revoked_at IS NULL AND k.replaced_by IS NULL AND k.expires_at > now() AND within.days < coalesce(k.reminded_days, 1000)
        ORDER BY k.id LIMIT ${remindersAtOnce} FOR UPDATE OF k SKIP LOCKED`
      for (const { id, days } of due) await tx.apiKey.update({ where: { id }, data: { remindedDays: days } })
      for (const { id, name, organization_id: organizationId, days, expires_at } of due) {
        await appendAccess(tx, keyChange('key.expiring', { id, organizationId }, nobody, { name, days, expires_at: expires_at.toISOString() }))
      }
      return due
    })
  }
}
