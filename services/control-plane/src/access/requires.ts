import { SetMetadata } from '@nestjs/common'
import type { Permission } from './permission.js'

export const REQUIRES = 'pgbeam:requires'
export const PUBLIC = 'pgbeam:public'
export const TAKES_BODY = 'pgbeam:takes-body'
export const FOR = 'pgbeam:for'
export const OR_FOR_ONESELF = 'pgbeam:or-for-oneself'

/** The permission that a route asks of its caller, in whatever organization the request then concerns. */
export const Requires = (permission: Permission): MethodDecorator => SetMetadata(REQUIRES, permission)

/** For a route that people may also use on themselves without what it requires else. The service tells the two apart. */
export const OrForOneself = (): MethodDecorator => SetMetadata(OR_FOR_ONESELF, true)

/** Whom a route is for, where that is not everybody who has the permission. */
export type Audience = 'people' | 'sessions'
/** For what concerns a person: an organization's key is nobody's. `sessions` leaves out keys of people too. */
export const For = (audience: Audience, hint?: string): MethodDecorator & ClassDecorator => SetMetadata(FOR, { audience, hint })
export interface IsFor {
  readonly audience: Audience
  /** What an organization's key is told besides. */
  readonly hint: string | undefined
}

/** For public routes that take a body: it is read up to a few kilobytes, since anybody may send it. */
export const TakesBody = (): MethodDecorator => SetMetadata(TAKES_BODY, true)

/** For the few routes that answer anybody. */
export const Public = (): MethodDecorator => SetMetadata(PUBLIC, true)
