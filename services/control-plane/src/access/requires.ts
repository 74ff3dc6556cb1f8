import { SetMetadata } from '@nestjs/common'
import type { Permission } from './permission.js'

export const REQUIRES = 'pgbeam:requires'
export const PUBLIC = 'pgbeam:public'

/** The permission that a route asks of its caller, in whatever organization the request then concerns. */
export const Requires = (permission: Permission): MethodDecorator => SetMetadata(REQUIRES, permission)

/** For the few routes that answer anybody. */
export const Public = (): MethodDecorator => SetMetadata(PUBLIC, true)
