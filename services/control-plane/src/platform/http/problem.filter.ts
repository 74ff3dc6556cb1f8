/** Turns whatever was thrown into a problem document. What was not foreseen is logged, and the caller learns nothing of it. */
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { Request, Response } from 'express'
import { LOGGER, type Logger } from '../logger.js'
import { KeptProblem } from './errors.js'
import { Problems } from './problems.js'
import { requestIdOf } from './request-id.js'

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly problems: Problems,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>()
    const response = host.switchToHttp().getResponse<Response>()
    const { status, headers, body } = thrown instanceof KeptProblem ? thrown : this.#told(thrown, request)
    if (response.headersSent) {
      response.end()
      return
    }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.status(status).type('application/problem+json').send(body)
  }

  #told(thrown: unknown, request: Request): Pick<KeptProblem, 'status' | 'headers' | 'body'> {
    const { status, headers, problem, unforeseen } = this.problems.of(thrown, request)
    if (unforeseen) this.logger.error({ request_id: requestIdOf(request), err: describe(thrown) }, 'a request failed')
    return { status, headers, body: JSON.stringify(problem) }
  }
}

/** For the log alone. Database errors may quote values, so only their kind is kept. */
function describe(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { type: typeof thrown }
  const code = (thrown as { code?: unknown }).code
  const fromDatabase = thrown.name.startsWith('Prisma')
  return { type: thrown.name, code, message: fromDatabase ? undefined : thrown.message, stack: thrown.stack?.split('\n').filter((line) => /^\s+at /.test(line)).join('\n') }
}
