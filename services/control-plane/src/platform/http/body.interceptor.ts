/**
 * Reads the body of a request once the guard has let its caller through, and before the pipes that check it: guard,
 * interceptor, pipe is the order in which Nest calls them. Whoever has no key cannot make this process hold a body.
 */
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Request, Response } from 'express'
import type { Observable } from 'rxjs'
import { PUBLIC } from '../../access/requires.js'
import { jsonBody } from './json-body.js'

@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    // Messages on NATS have come whole; public routes take no body, and the guard asked their callers for nothing.
    if (context.getType() === 'http' && this.reflector.get<boolean | undefined>(PUBLIC, context.getHandler()) !== true) {
      const http = context.switchToHttp()
      await read(http.getRequest<Request>(), http.getResponse<Response>())
    }
    return next.handle()
  }
}

/** @throws PayloadTooLarge (as body-parser says it), UnsupportedMediaType, InvalidInput */
function read(request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    jsonBody(request, response, (error?: unknown) => {
      if (error === undefined) resolve()
      else reject(error as Error)
    })
  })
}
