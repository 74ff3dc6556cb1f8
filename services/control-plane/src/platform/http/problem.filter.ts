/** Turns whatever was thrown into a problem document. What was not foreseen is logged, and the caller learns nothing of it. */
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { Request, Response } from 'express'
import { isUnavailable } from '../database/database.js'
import { LOGGER, type Logger } from '../logger.js'
import { ApiError, InvalidInput, MethodNotAllowed, NotFound, PayloadTooLarge, ServiceUnavailable } from './errors.js'
import { problemOf } from './problem.js'
import { requestIdOf } from './request-id.js'
import { RouteTable } from './route-table.js'

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly routes: RouteTable,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>()
    const response = host.switchToHttp().getResponse<Response>()
    const error = this.#apiError(thrown, request)
    const requestId = requestIdOf(request)
    if (!error) this.logger.error({ request_id: requestId, err: describe(thrown) }, 'a request failed')
    const shown = error ?? { status: 500, code: 'INTERNAL_ERROR', message: 'something went wrong here; quote the request id', errors: [], headers: {} }
    if (response.headersSent) {
      response.end()
      return
    }
    for (const [name, value] of Object.entries(shown.headers)) response.setHeader(name, value)
    response.status(shown.status).type('application/problem+json').send(JSON.stringify(problemOf(shown, requestId)))
  }

  #apiError(thrown: unknown, request: Request): ApiError | undefined {
    if (thrown instanceof ApiError) return thrown
    if (isUnavailable(thrown)) return new ServiceUnavailable('the database of the control plane cannot be reached or is busy; try again')
    const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { status?: unknown } | null)?.status
    if (status === 404) {
      const allowed = this.routes.methodsOf(request.path)
      return allowed.length > 0 && !allowed.includes(request.method) ? new MethodNotAllowed(allowed) : new NotFound('address')
    }
    if (status === 413) return new PayloadTooLarge('the body is larger than this address takes (at most 2 MB)')
    if (typeof status === 'number' && status >= 400 && status < 500) return new InvalidInput('the request is malformed')
    return undefined
  }
}

/** For the log alone. Database errors may quote values, so only their kind is kept. */
function describe(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { type: typeof thrown }
  const code = (thrown as { code?: unknown }).code
  const fromDatabase = thrown.name.startsWith('Prisma')
  return { type: thrown.name, code, message: fromDatabase ? undefined : thrown.message, stack: thrown.stack?.split('\n').filter((line) => /^\s+at /.test(line)).join('\n') }
}
