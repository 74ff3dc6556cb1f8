import { SetMetadata } from '@nestjs/common'
import type { Permission } from './permission.js'

export const REQUIRES = 'pgbeam:requires'
export const PUBLIC = 'pgbeam:public'
export const TAKES_BODY = 'pgbeam:takes-body'
export const OR_FOR_ONESELF = 'pgbeam:or-for-oneself'

/** The permission that a route asks of its caller, in whatever organization the request then concerns. */
export const Requires = (permission: Permission): MethodDecorator => SetMetadata(REQUIRES, permission)

/** For a route that people may also use on themselves without what it requires else. The service tells the two apart. */
export const OrForOneself = (): MethodDecorator => SetMetadata(OR_FOR_ONESELF, true)

/** For public routes that take a body: it is read up to a few kilobytes, since anybody may send it. */
export const TakesBody = (): MethodDecorator => SetMetadata(TAKES_BODY, true)

/** For the few routes that answer anybody. */
export const Public = (): MethodDecorator => SetMetadata(PUBLIC, true)
