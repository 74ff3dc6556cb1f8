/** Puts a reminder on record, and in the log, when a key has 14, 7 and 1 days to live. One replica does; which one does not matter. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, type Logger } from '../platform/logger.js'
import { ExpiryRemindersRepository, remindersAtOnce } from './expiry-reminders.repository.js'

const CHECK_INTERVAL_MS = 60_000
@Injectable()
export class ExpiryReminders implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly repository: ExpiryRemindersRepository,
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
      const reminders = await this.repository.remindSome()
      for (const { id, days, expires_at } of reminders) this.logger.info({ key_id: id, days, expires_at }, 'an API key is about to expire')
      given += reminders.length
      if (reminders.length < remindersAtOnce) return given
    }
  }
}
