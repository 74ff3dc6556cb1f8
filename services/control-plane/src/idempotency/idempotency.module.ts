import { Module } from '@nestjs/common'
import { IdempotencyRepository } from './idempotency.repository.js'
import { KeptAnswersCleaner } from './kept-answers-cleaner.js'

/** Answers kept for requests that are repeated. */
@Module({ providers: [IdempotencyRepository, KeptAnswersCleaner], exports: [IdempotencyRepository] })
export class IdempotencyModule {}
