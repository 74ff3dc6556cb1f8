/** Deletes kept answers when their day is over. What has not been deleted yet is not given again either. */
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOGGER, type Logger } from '../platform/logger.js'
import { IdempotencyRepository } from './idempotency.repository.js'

const INTERVAL_MS = 600_000

@Injectable()
export class KeptAnswersCleaner implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly answers: IdempotencyRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const run = (): void =>
      void this.answers.forget().catch((error: Error) => this.logger.debug({ reason: error.message }, 'old answers could not be deleted; the next time does it'))
    this.#timer = setInterval(run, INTERVAL_MS)
    run()
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer)
  }
}
