/** In front of every route: without a decision (`@Requires` or `@Public`) nobody passes, whoever they are. */
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Request } from 'express'
import { ClusterKeys } from '../platform/crypto/cluster-keys.js'
import { Forbidden, Unauthorized } from '../platform/http/errors.js'
import { ApiKeyRepository } from './api-key.repository.js'
import { rememberCaller } from './caller.js'
import { keyOf } from './credentials-of.js'
import type { Permission } from './permission.js'
import { PUBLIC, REQUIRES } from './requires.js'

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly apiKeys: ApiKeyRepository,
    private readonly keys: ClusterKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages on NATS prove themselves by their signature.
    if (context.getType() !== 'http') return true
    const handler = context.getHandler()
    if (this.reflector.get<boolean | undefined>(PUBLIC, handler) === true) return true
    const required = this.reflector.get<Permission | undefined>(REQUIRES, handler)
    if (required === undefined) throw new Forbidden('nobody has decided yet who may call this')
    const request = context.switchToHttp().getRequest<Request>()
    const caller = await this.apiKeys.findCaller(this.keys.pepperedHash(keyOf(request.headers)), request.socket.remoteAddress)
    if (!caller) throw new Unauthorized('this key is unknown, expired or revoked')
    if (caller.organizationsFor(required).length === 0) throw new Forbidden(`this needs the permission ${required}`)
    rememberCaller(request, caller)
    return true
  }
}
