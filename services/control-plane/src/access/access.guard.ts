/** In front of every route: without a decision (`@Requires` or `@Public`) nobody passes, whoever they are. */
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Request, Response } from 'express'
import { Forbidden } from '../platform/http/errors.js'
import type { KnownKey } from './cache/known-key.js'
import { Caller, rememberCaller } from './caller.js'
import { keyOf } from './credentials-of.js'
import { KeyUsage } from './key-usage.js'
import { KeyVerifier } from './key-verifier.js'
import type { Permission } from './permission.js'
import { PUBLIC, REQUIRES } from './requires.js'

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: KeyVerifier,
    private readonly usage: KeyUsage,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages on NATS prove themselves by their signature.
    if (context.getType() !== 'http') return true
    const handler = context.getHandler()
    if (this.reflector.get<boolean | undefined>(PUBLIC, handler) === true) return true
    const required = this.reflector.get<Permission | undefined>(REQUIRES, handler)
    if (required === undefined) throw new Forbidden('nobody has decided yet who may call this')
    const request = context.switchToHttp().getRequest<Request>()
    const address = request.ip ?? null
    const key = await this.verifier.verify(keyOf(request.headers), request.ip)
    this.#note(key, request, context.switchToHttp().getResponse<Response>(), address)
    const caller = Caller.ofKey(key, address)
    if (!caller.mayAnywhere(required)) throw new Forbidden(`this needs the permission ${required}`)
    rememberCaller(request, caller)
    return true
  }

  #note(key: KnownKey, request: Request, response: Response, address: string | null): void {
    if (key.expiresAt) response.setHeader('PgBeam-Key-Expires-At', key.expiresAt.toISOString())
    const { path = '' } = (request.route ?? {}) as { path?: string }
    const use = {
      keyId: key.id,
      method: request.method,
      route: path.replaceAll(/:(\w+)/g, '{$1}'),
      address,
      via: request.headers.authorization === undefined ? ('x-api-key' as const) : ('authorization' as const),
      agent: request.get('user-agent') ?? null,
    }
    response.once('close', () => this.usage.note({ ...use, failed: response.statusCode >= 400 }))
  }
}
