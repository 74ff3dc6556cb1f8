/** What a caller is told of whatever was thrown. */
import { HttpException, Injectable } from '@nestjs/common'
import type { Request } from 'express'
import { isUnavailable } from '../database/database.js'
import { ApiError, InvalidInput, MethodNotAllowed, NotFound, PayloadTooLarge, ServiceUnavailable } from './errors.js'
import { problemOf, type Problem } from './problem.js'
import { requestIdOf } from './request-id.js'
import { RouteTable } from './route-table.js'

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly problem: Problem
  /** Nobody foresaw this: the caller learns nothing of it. */
  readonly unforeseen: boolean
}

@Injectable()
export class Problems {
  constructor(private readonly routes: RouteTable) {}

  of(thrown: unknown, request: Request): Told {
    const error = this.#apiError(thrown, request)
    const shown = error ?? { status: 500, code: 'INTERNAL_ERROR', message: 'something went wrong here; quote the request id', errors: [], headers: {} }
    return { status: shown.status, headers: shown.headers, problem: problemOf(shown, requestIdOf(request)), unforeseen: error === undefined }
  }

  #apiError(thrown: unknown, request: Request): ApiError | undefined {
    if (thrown instanceof ApiError) return thrown
    if (isUnavailable(thrown)) return new ServiceUnavailable('the database of the control plane cannot be reached or is busy; try again')
    const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { status?: unknown } | null)?.status
    if (status === 404) {
      const allowed = this.routes.methodsOf(request.path)
      return allowed.length > 0 && !allowed.includes(request.method) ? new MethodNotAllowed(allowed) : new NotFound('address')
    }
    if (status === 413) return new PayloadTooLarge('the body is larger than this address takes')
    if (typeof status === 'number' && status >= 400 && status < 500) return new InvalidInput('the request is malformed')
    return undefined
  }
}
