/** Puts a reminder on record, and in the log, when a key has 14, 7 and 1 days to live. One replica does; which one does not matter. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { appendAccess, nobody } from '../access/access-log.js'
import { Database } from '../platform/database/database.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { keyChange } from './issue-key.js'

export const reminderDays = [14, 7, 1] as const
const CHECK_INTERVAL_MS = 60_000
const AT_ONCE = 100

interface Due {
  readonly id: string
  readonly name: string
  readonly organization_id: string | null
  readonly expires_at: Date
  readonly days: number
}

@Injectable()
export class ExpiryReminders implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.check().catch((error: Error) => this.logger.warn({ reason: error.message }, 'expiring keys could not be looked for')), CHECK_INTERVAL_MS)
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer)
  }

  /** @returns how many reminders were given */
  async check(): Promise<number> {
    for (let given = 0; ; ) {
      const due = await this.#remindSome()
      given += due
      if (due < AT_ONCE) return given
    }
  }

  #remindSome(): Promise<number> {
    return this.db.transaction(async (tx) => {
      // The smallest number of days that the key's end lies within, where the last reminder was for more. A key that lives
      // 30 days or more passes all three; one in its grace after a rotation has a successor and needs none.
      const due = await tx.$queryRaw<Due[]>`
        SELECT k.id, k.name, k.organization_id, k.expires_at, within.days
        FROM api_key k
        CROSS JOIN LATERAL (SELECT min(d) AS days FROM unnest(${[...reminderDays]}::int[]) d WHERE k.expires_at <= now() + d * interval '1 day') within
        WHERE k.revoked_at IS NULL AND k.replaced_by IS NULL AND k.expires_at > now() AND within.days < coalesce(k.reminded_days, 1000)
        ORDER BY k.id LIMIT ${AT_ONCE} FOR UPDATE OF k SKIP LOCKED`
      for (const { id, days } of due) await tx.apiKey.update({ where: { id }, data: { remindedDays: days } })
      for (const { id, name, organization_id: organizationId, days, expires_at } of due) {
        this.logger.info({ key_id: id, days, expires_at }, 'an API key is about to expire')
        await appendAccess(tx, keyChange('key.expiring', { id, organizationId }, nobody, { name, days, expires_at: expires_at.toISOString() }))
      }
      return due.length
    })
  }
}
