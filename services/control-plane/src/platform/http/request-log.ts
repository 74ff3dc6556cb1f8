/** One line for each request, without its query, headers or body. */
import type { NextFunction, Request, Response } from 'express'
import type { Logger } from '../logger.js'
import { requestIdOf } from './request-id.js'

export function requestLog(logger: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAtMs = performance.now()
    const path = request.path
    response.on('finish', () => {
      const line = { request_id: requestIdOf(request), method: request.method, path, status: response.statusCode, ms: Math.round((performance.now() - startedAtMs) * 10) / 10 }
      if (path === '/metrics' || path === '/v1/health') logger.debug(line, 'request')
      else logger.info(line, 'request')
    })
    next()
  }
}
