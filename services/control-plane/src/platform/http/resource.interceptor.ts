/** What every resource's routes do alike: ETag, 304 for a caller who has it already, `If-Match`, and `Location` of what was made. */
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Request, Response } from 'express'
import { map, Observable } from 'rxjs'
import { CONDITIONAL, runUnder, tagsOf } from './conditional.js'
import { InvalidInput } from './errors.js'
import { tagIn } from './etag.js'

@Injectable()
export class ResourceInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle()
    const request = context.switchToHttp().getRequest<Request>()
    const response = context.switchToHttp().getResponse<Response>()
    const ifMatch = tagsOf(request.get('if-match'), 'If-Match')
    const ifNoneMatch = tagsOf(request.get('if-none-match'), 'If-None-Match')
    if (ifMatch && this.reflector.get<boolean | undefined>(CONDITIONAL, context.getHandler()) !== true) {
      throw new InvalidInput('If-Match: is for changes of one resource, not for this', [{ field: 'If-Match', code: 'not_available', detail: 'is not for this route' }])
    }
    // The handler runs when somebody subscribes, so the condition is in force from there on.
    const answer = new Observable((subscriber) => runUnder(ifMatch, () => next.handle().subscribe(subscriber)))
    return answer.pipe(
      map((body) => {
        const tag = isOne(request.method, response.statusCode) ? tagIn(body) : undefined
        if (tag === undefined) return body
        response.setHeader('ETag', tag)
        if (response.statusCode === 201) response.setHeader('Location', `${request.path.replace(/\/$/, '')}/${idIn(body)}`)
        if (request.method !== 'GET' || !ifNoneMatch || (ifNoneMatch !== '*' && !ifNoneMatch.has(tag))) return body
        response.status(304)
        return undefined
      }),
    )
  }
}

/** Whether the answer is a resource as it is now, and not a receipt or new secrets of it. */
const isOne = (method: string, status: number): boolean => status === 201 || (status === 200 && method !== 'POST')

/** The id of what was made: of the body itself, or of the first thing in it. */
function idIn(body: unknown): string {
  const all = [body, ...(Object.values(body as object) as unknown[])] as ({ id?: unknown } | null)[]
  return all.map((one) => one?.id).find((id) => typeof id === 'string') as string
}
