/** In front of every route: without a decision (`@Requires` or `@Public`) nobody passes, whoever they are. */
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { Request, Response } from 'express'
import { Forbidden, Unauthorized } from '../platform/http/errors.js'
import { readable } from '../platform/http/route-table.js'
import type { KnownKey } from './cache/known-key.js'
import { Caller, rememberCaller } from './caller.js'
import { keyOf } from './credentials-of.js'
import { KeyUsage } from './key-usage.js'
import { KeyVerifier } from './key-verifier.js'
import type { Permission } from './permission.js'
import { RateLimits } from './rate-limits.js'
import { FOR, OR_FOR_ONESELF, PUBLIC, REQUIRES, type IsFor } from './requires.js'
import { SessionVerifier } from './session/session-verifier.js'

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: KeyVerifier,
    private readonly sessions: SessionVerifier,
    private readonly usage: KeyUsage,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Messages on NATS prove themselves by their signature.
    if (context.getType() !== 'http') return true
    const handler = context.getHandler()
    if (this.reflector.get<boolean | undefined>(PUBLIC, handler) === true) return true
    const required = this.reflector.get<Permission | undefined>(REQUIRES, handler)
    if (required === undefined) throw new Forbidden('nobody has decided yet who may call this')
    const request = context.switchToHttp().getRequest<Request>()
    const response = context.switchToHttp().getResponse<Response>()
    const caller = await this.#identifyWithin(request)
    if (caller.key) this.#note(caller.key, request, response, request.ip ?? null)
    await this.limits.spend(caller.key?.id ?? caller.userId ?? '', (name, value) => response.setHeader(name, value))
    this.#admit(caller, request, required, context)
    return true
  }

  /** Decides again. Reading a body may take as long as its sender likes, and what was a good key then may be revoked now. */
  async again(context: ExecutionContext): Promise<void> {
    const request = context.switchToHttp().getRequest<Request>()
    const required = this.reflector.get<Permission>(REQUIRES, context.getHandler())
    this.#admit(await this.#identify(request), request, required, context)
  }

  /** A key that was good here lately is always looked at; others only for addresses that do not fail all the time. */
  async #identifyWithin(request: Request): Promise<Caller> {
    try {
      if (this.sessions.tokenOf(request) !== undefined || !this.verifier.wasGood(keyOf(request.headers))) await this.limits.mayTry(request.ip)
      return await this.#identify(request)
    } catch (error) {
      if (error instanceof Unauthorized) await this.limits.failed(request.ip)
      throw error
    }
  }

  /** By the key of the request; by its session where there is no key. */
  async #identify(request: Request): Promise<Caller> {
    const token = this.sessions.tokenOf(request)
    if (token !== undefined) return Caller.ofSession(await this.sessions.verify(request, token), request.ip ?? null)
    return Caller.ofKey(await this.verifier.verify(keyOf(request.headers), request.ip), request.ip ?? null)
  }

  #admit(caller: Caller, request: Request, required: Permission, context: ExecutionContext): void {
    const handler = context.getHandler()
    const isFor = this.reflector.getAllAndOverride<IsFor | undefined>(FOR, [handler, context.getClass()])
    if (isFor && caller.userId === null) throw new Forbidden(`this is for people, and an organization key is nobody's: ${isFor.hint ?? 'use a personal key, or sign in'}`)
    if (isFor?.audience === 'sessions' && caller.session === null) throw new Forbidden('this is for whoever is signed in, not for keys')
    const forOneself = this.reflector.get<boolean | undefined>(OR_FOR_ONESELF, handler) === true && caller.userId !== null && caller.mayAnywhere('self:write')
    if (!forOneself && !caller.mayAnywhere(required)) throw new Forbidden(`this needs the permission ${required}`)
    rememberCaller(request, caller)
  }

  #note(key: KnownKey, request: Request, response: Response, address: string | null): void {
    if (key.expiresAt) response.setHeader('PgBeam-Key-Expires-At', key.expiresAt.toISOString())
    const { path = '' } = (request.route ?? {}) as { path?: string }
    const use = {
      keyId: key.id,
      method: request.method,
      route: readable(path),
      address,
      via: request.headers.authorization === undefined ? ('x-api-key' as const) : ('authorization' as const),
      agent: request.get('user-agent') ?? null,
    }
    response.once('close', () => this.usage.note({ ...use, failed: response.statusCode >= 400 }))
  }
}
