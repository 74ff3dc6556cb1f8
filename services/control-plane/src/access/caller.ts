/** Who calls: a person with a personal key or a session, or an organization with a key of its own; and what they may do. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import type { Request } from 'express'
import { Forbidden, NotFound } from '../platform/http/errors.js'
import type { Actor } from './access-log.js'
import type { KnownKey, KnownOrganization } from './cache/known-key.js'
import type { KnownSession } from './session/session-lookup.js'
import { isOwnBusiness, mayDo, type Permission, type Role } from './permission.js'

/** What a key narrows its owner's rights to. Nothing for a session. */
export type Limits = Pick<KnownKey, 'scopes' | 'projectIds' | 'allowedCidrs'>
const unlimited: Limits = { scopes: [], projectIds: [], allowedCidrs: [] }

export class Caller {
  readonly #limits: Limits

  constructor(
    /** The key that the request carried; null for a session. */
    readonly key: KnownKey | null,
    /** The person behind a personal key or a session. */
    readonly userId: string | null,
    readonly organizations: readonly KnownOrganization[],
    readonly address: string | null,
    readonly session: Pick<KnownSession, 'id' | 'expiresAt'> | null = null,
  ) {
    this.#limits = key ?? unlimited
  }

  static ofKey(key: KnownKey, address: string | null): Caller {
    return new Caller(key, key.userId, key.organizations, address)
  }

  static ofSession(session: KnownSession, address: string | null): Caller {
    return new Caller(null, session.userId, session.organizations, address, session)
  }

  /** For the record of changes. */
  get actor(): Actor {
    return { id: this.key?.id ?? this.userId, address: this.address }
  }

  get limits(): Limits {
    return this.#limits
  }

  may(permission: Permission, role: Role): boolean {
    return mayDo(role, permission) && this.#inScope(permission)
  }

  /** Whether this caller may do that anywhere at all. */
  mayAnywhere(permission: Permission): boolean {
    return isOwnBusiness(permission) ? this.#inScope(permission) : this.organizationsFor(permission).length > 0
  }

  /** The organizations where this caller may do that. */
  organizationsFor(permission: Permission): string[] {
    return this.organizations.filter(({ role }) => this.may(permission, role)).map(({ id }) => id)
  }

  /** @throws NotFound for another tenant's organization, Forbidden where the role or the key's scopes do not suffice */
  mustHave(permission: Permission, organizationId: string): void {
    const organization = this.organizations.find(({ id }) => id === organizationId)
    if (!organization) throw new NotFound('organization')
    if (!this.#inScope(permission)) throw new Forbidden(`this needs the permission ${permission}, which is not among the key's scopes`)
    if (!mayDo(organization.role, permission)) throw new Forbidden(`this needs the permission ${permission}, which a ${organization.role} does not have`)
  }

  /** The caller's role where `mustHave` has let them in. */
  roleIn(organizationId: string): Role {
    const organization = this.organizations.find(({ id }) => id === organizationId)
    if (!organization) throw new NotFound('organization')
    return organization.role
  }

  /** @throws NotFound for another tenant's organization, Forbidden for a key that may do nothing in its owner's name */
  mustBelongTo(organizationId: string): void {
    this.roleIn(organizationId)
    if (!this.#inScope('self:write')) throw new Forbidden('this needs the permission self:write, which is not among the key\'s scopes')
  }

  /** @throws Forbidden for a key that is held to projects, where what it is about would reach beyond these */
  mustReachAllProjects(what: string): void {
    if (this.heldToProjects) throw new Forbidden(`this key is held to certain projects and cannot ${what}`)
  }

  /** Whether the key is held to certain projects. */
  get heldToProjects(): boolean {
    return this.#limits.projectIds.length > 0
  }

  opensProject(projectId: string): boolean {
    return !this.heldToProjects || this.#limits.projectIds.includes(projectId)
  }

  #inScope(permission: Permission): boolean {
    const { scopes } = this.#limits
    // Whoever holds a key may ask what it is.
    return scopes.length === 0 || permission === 'self:read' || scopes.includes(permission)
  }
}

const callers = new WeakMap<object, Caller>()
export const rememberCaller = (request: Request, caller: Caller): void => void callers.set(request, caller)
export const callerOf = (request: Request): Caller | undefined => callers.get(request)

/** The authenticated caller of this request. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const caller = callerOf(context.switchToHttp().getRequest<Request>())
  if (!caller) throw new Error('a route that needs a caller was reached without one')
  return caller
})
