/**
 * When leases of an earlier life of the log are over. A failover or a restored backup may have lost the rows of leases, even of
 * whole proxies, that still hold: until one longest lease has passed since somebody first saw the new life, silence of those
 * whose rows are left proves nothing. No stored time decides that: the replica that saw it waits, and then puts it on record.
 */
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { Database } from '../platform/database/database.js'
import { LOGGER, type Logger } from '../platform/logger.js'

@Injectable()
export class EarlierLives implements OnModuleDestroy {
  readonly #overAtMs = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleDestroy(): void {
    clearTimeout(this.#timer)
  }

  /** @returns when, on this process's monotonic clock, no lease of a life before `epoch` holds any more */
  async overAtMs(epoch: string): Promise<number> {
    const known = this.#overAtMs.get(epoch)
    if (known !== undefined) return known
    await this.db.client.$executeRaw`INSERT INTO enforcement_life (epoch) VALUES (${epoch}) ON CONFLICT DO NOTHING`
    const [row] = await this.db.client.$queryRaw<{ settled: boolean; lease_ms: number }[]>`
      SELECT settled, (SELECT coalesce(max(lease_ms), 0) FROM proxy_incarnation) AS lease_ms FROM enforcement_life WHERE epoch = ${epoch}`
    const waitMs = Math.max(row?.lease_ms ?? 0, this.config.lease.lengthMs)
    const overAtMs = row?.settled === true ? -Infinity : performance.now() + waitMs
    this.#overAtMs.set(epoch, overAtMs)
    if (overAtMs > 0) {
      this.logger.warn({ epoch, wait_ms: waitMs }, 'a new life of the enforcement log: nothing is enforced by silence until leases of the one before are over')
      this.#timer = setTimeout(() => void this.#settle(epoch), waitMs + 1).unref()
    }
    return overAtMs
  }

  async #settle(epoch: string): Promise<void> {
    try {
      await this.db.client.$executeRaw`UPDATE enforcement_life SET settled = true WHERE epoch = ${epoch}`
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message }, 'that earlier leases are over could not be stored; whoever starts next waits once more')
    }
  }
}
