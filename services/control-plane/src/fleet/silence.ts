/**
 * Decides that a proxy process is gone because nobody hears it any more. Receipts stop waiting for it then.
 *
 * Silence proves something only where one could have heard: a replica judges once its own connection to NATS has stood
 * for as long as the silence it judges. While NATS is away, nobody is taken for gone, and changes are not shown as enforced.
 */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, type Logger } from '../platform/logger.js'
import { Nats } from '../platform/nats/nats-connection.js'
import { FleetRepository } from './fleet.repository.js'

export const silentAfterMs = 10_000
const CHECK_INTERVAL_MS = 1_000

@Injectable()
export class Silence implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly fleet: FleetRepository,
    private readonly nats: Nats,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.check(), CHECK_INTERVAL_MS)
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer)
  }

  async check(): Promise<void> {
    if (this.nats.hearingForMs < silentAfterMs) return
    try {
      const gone = await this.fleet.markSilent(silentAfterMs)
      if (gone > 0) this.logger.warn({ proxies: gone }, 'proxies fell silent')
    } catch (error) {
      this.logger.debug({ reason: (error as Error).message }, 'silence could not be judged')
    }
  }
}
