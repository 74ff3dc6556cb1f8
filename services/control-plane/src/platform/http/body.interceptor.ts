/**
 * Reads the body of a request once the guard has let its caller through, and before the pipes that check it: guard,
 * interceptor, pipe is the order in which Nest calls them. Whoever has no key cannot make this process hold a body.
 */
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Request, Response } from 'express'
import type { Observable } from 'rxjs'
import { AccessGuard } from '../../access/access.guard.js'
import { PUBLIC, TAKES_BODY } from '../../access/requires.js'
import { InvalidInput } from './errors.js'
import { jsonBody, strangersBody } from './json-body.js'
import { querySchema } from './route-schemas.js'

@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly guard: AccessGuard,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    // Messages on NATS have come whole.
    if (context.getType() !== 'http') return next.handle()
    refuseUnknownQuery(context)
    const request = context.switchToHttp().getRequest<Request>()
    const response = context.switchToHttp().getResponse<Response>()
    const handler = context.getHandler()
    if (this.reflector.get<boolean | undefined>(PUBLIC, handler) === true) {
      // The guard asked their callers for nothing.
      if (this.reflector.get<boolean | undefined>(TAKES_BODY, handler) === true) await read(request, response, strangersBody)
      return next.handle()
    }
    const cameWhole = request.complete
    await read(request, response, jsonBody)
    if (!cameWhole) await this.guard.again(context)
    return next.handle()
  }
}

/** A route with a query of its own checks it by its schema; the others take none. @throws InvalidInput */
function refuseUnknownQuery(context: ExecutionContext): void {
  if (querySchema(context.getClass(), context.getHandler().name)) return
  const names = Object.keys(context.switchToHttp().getRequest<Request>().query)
  if (names.length === 0) return
  throw new InvalidInput(`${names[0]}: unknown field`, names.map((field) => ({ field, code: 'unknown_field', detail: 'unknown field' })))
}

/** @throws PayloadTooLarge (as body-parser says it), UnsupportedMediaType, InvalidInput */
function read(request: Request, response: Response, reader: typeof jsonBody): Promise<void> {
  return new Promise((resolve, reject) => {
    reader(request, response, (error?: unknown) => {
      if (error === undefined) resolve()
      else reject(error instanceof Error ? error : new Error('the body could not be read'))
    })
  })
}
