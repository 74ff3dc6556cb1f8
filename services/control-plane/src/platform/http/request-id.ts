/** `X-Request-Id`: taken from the caller where it is harmless, made otherwise, returned always. */
import { randomBytes } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import { makeId } from '@pgbeam/kernel'

const HARMLESS = /^[\w.:-]{1,128}$/
const ids = new WeakMap<Request, string>()

export function requestId(request: Request, response: Response, next: NextFunction): void {
  response.setHeader('X-Request-Id', requestIdOf(request))
  next()
}

export function requestIdOf(request: Request): string {
  let id = ids.get(request)
  if (id === undefined) {
    const given = request.get('x-request-id')
    id = given !== undefined && HARMLESS.test(given) ? given : makeId('RequestId', Date.now(), randomBytes(10))
    ids.set(request, id)
  }
  return id
}
