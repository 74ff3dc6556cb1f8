/**
 * `Idempotency-Key`: however often a POST or PATCH comes with the same one, it has its effect once, and everyone hears the
 * same answer. The guard has let the caller through before, and does so again before a kept answer is shown.
 */
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common'
import type { Request, Response } from 'express'
import { firstValueFrom, from, type Observable } from 'rxjs'
import { AccessGuard } from '../access/access.guard.js'
import { callerOf } from '../access/caller.js'
import { Busy, IdempotencyKeyReused, KeptProblem } from '../platform/http/errors.js'
import { Problems } from '../platform/http/problems.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { askedBy } from './asked.js'
import { IdempotencyRepository, LEASE_MS, type Asked, type Claim } from './idempotency.repository.js'
import { headersThatMatter, isKept, type KeptAnswer } from './kept-answer.js'

/** How long a second request waits for the answer of the first. */
const WAIT_MS = 10_000
const POLL_MS = 50

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly answers: IdempotencyRepository,
    private readonly guard: AccessGuard,
    private readonly problems: Problems,
    private readonly keys: ClusterKeys,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle()
    const request = context.switchToHttp().getRequest<Request>()
    const asked = askedBy(request, callerOf(request), (text) => this.keys.pepperedHash(`idempotency\n${text}`))
    return asked ? from(this.#once(context, asked, next)) : next.handle()
  }

  async #once(context: ExecutionContext, asked: Asked, next: CallHandler): Promise<unknown> {
    const claim = await this.#claim(asked)
    switch (claim.state) {
      case 'mine': return this.#run(context, asked, claim.token, next)
      case 'other-request': throw new IdempotencyKeyReused('this Idempotency-Key was used for another request; take a new one for each')
      case 'other-rights': throw new IdempotencyKeyReused('this Idempotency-Key was used by somebody with other rights, so its answer is not shown; take a new one')
      case 'running': throw new Busy('a request with this Idempotency-Key is still running; repeat it later for its answer', Math.max(1, Math.ceil(claim.leaseMs / 1000)))
      case 'answered':
        await this.guard.again(context) // the key may have been revoked while this waited
        return again(context.switchToHttp().getResponse<Response>(), claim.answer)
    }
  }

  /** Waits for a request that runs now, within bounds. */
  async #claim(asked: Asked): Promise<Claim> {
    const deadlineMs = performance.now() + WAIT_MS
    for (;;) {
      const claim = await this.answers.claim(asked)
      if (claim.state !== 'running' || performance.now() > deadlineMs) return claim
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  async #run(context: ExecutionContext, asked: Asked, token: string, next: CallHandler): Promise<unknown> {
    const request = context.switchToHttp().getRequest<Request>()
    const response = context.switchToHttp().getResponse<Response>()
    const renewal = setInterval(() => void this.answers.renew(asked, token).catch(() => undefined), LEASE_MS / 3)
    try {
      const body: unknown = await firstValueFrom(next.handle(), { defaultValue: undefined })
      await this.#keep(asked, token, { status: response.statusCode, headers: sentHeaders(response), body: body === undefined ? null : JSON.stringify(body) })
      return body
    } catch (error) {
      const { status, headers, problem } = this.problems.of(error, request)
      await this.#keep(asked, token, { status, headers, body: JSON.stringify(problem) })
      throw error
    } finally {
      clearInterval(renewal)
    }
  }

  /** The effect is there already: that its answer could not be kept must not turn it into an error. */
  async #keep(asked: Asked, token: string, answer: KeptAnswer): Promise<void> {
    try {
      await (isKept(answer.status) ? this.answers.keep(asked, token, answer) : this.answers.release(asked, token))
    } catch (error) {
      this.logger.warn({ reason: (error as Error).message }, 'the answer to a request with an Idempotency-Key could not be kept')
    }
  }
}

function sentHeaders(response: Response): Record<string, string> {
  return Object.fromEntries(headersThatMatter.flatMap((name) => (response.hasHeader(name) ? [[name, String(response.getHeader(name))]] : [])))
}

function again(response: Response, { status, headers, body }: KeptAnswer): unknown {
  response.setHeader('Idempotency-Replayed', 'true')
  if (status >= 400) throw new KeptProblem(status, headers, body ?? '{}')
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  response.status(status)
  return body === null ? undefined : (JSON.parse(body) as unknown)
}
