/** Who calls: a person with a personal key, or an organization with its own. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import type { Request } from 'express'
import { Forbidden, NotFound } from '../platform/http/errors.js'
import { mayDo, type Permission, type Role } from './permission.js'

export interface CallerOrganization {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly role: Role
}

export interface CallerKey {
  readonly id: string
  readonly kind: 'personal' | 'organization'
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
}

export class Caller {
  constructor(
    readonly key: CallerKey,
    /** The person behind a personal key. */
    readonly userId: string | null,
    readonly organizations: readonly CallerOrganization[],
  ) {}

  /** The organizations where this caller may do that. */
  organizationsFor(permission: Permission): string[] {
    return this.organizations.filter(({ role }) => mayDo(role, permission)).map(({ id }) => id)
  }

  /** @throws NotFound for another tenant's organization, Forbidden where the role does not suffice */
  mustHave(permission: Permission, organizationId: string): void {
    const organization = this.organizations.find(({ id }) => id === organizationId)
    if (!organization) throw new NotFound('organization')
    if (!mayDo(organization.role, permission)) throw new Forbidden(`this needs the permission ${permission}, which a ${organization.role} does not have`)
  }
}

const callers = new WeakMap<object, Caller>()
export const rememberCaller = (request: Request, caller: Caller): void => void callers.set(request, caller)

/** The authenticated caller of this request. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(context.switchToHttp().getRequest<Request>())
  if (!caller) throw new Error('a route that needs a caller was reached without one')
  return caller
})
