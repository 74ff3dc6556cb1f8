/**
 * Forgets proxy processes that ended long ago: each start of a proxy leaves a row, which nobody asks for once it is older
 * than any client that might still wait for a receipt. Those that a receipt names by their counts stay with it. With them go
 * the keys by which secrets from before rotations were recognised, when their time is over, and the windows of budgets.
 */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { BudgetRepository } from '../budget/budget.repository.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { RetiredKeysRepository } from '../stale-secret/retired-keys.repository.js'
import { FleetRepository } from './fleet.repository.js'

const KEPT_DAYS = 7
const INTERVAL_MS = 3_600_000

@Injectable()
export class Forgetting implements OnApplicationBootstrap, OnModuleDestroy {
  /** One replica at a time; the others have nothing to do then. */
  static readonly lockKey = 0x70676266 // "pgbf"; the publisher has "pgbe"
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly fleet: FleetRepository,
    private readonly retired: RetiredKeysRepository,
    private readonly budgets: BudgetRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const run = (): void =>
      void this.run().catch((error: Error) => this.logger.debug({ reason: error.message }, 'old proxies could not be forgotten; the next hour tries again'))
    this.#timer = setInterval(run, INTERVAL_MS)
    run() // a replica that restarts more often than hourly does it as well
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer)
  }

  /** @returns how many processes were forgotten */
  async run(): Promise<number> {
    await this.retired.forget()
    await this.budgets.forget()
    const forgotten = await this.fleet.forget(KEPT_DAYS, Forgetting.lockKey)
    if (forgotten > 0) this.logger.info({ proxies: forgotten }, 'proxies that ended long ago were forgotten')
    return forgotten
  }
}
