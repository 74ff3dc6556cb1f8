/** The documents of everything that AppModule answers, without starting any of it. */
import 'reflect-metadata'
import { rolesDocument } from './access/role-table.js'
import { features } from './app.module.js'
import { openApiDocument } from './platform/http/openapi.js'
import { routesOfModule } from './platform/http/route-table.js'

export const apiDocument = (): object => openApiDocument(routesOfModule({ imports: features }))

/** docs/roles.md, likewise. */
export const rolesTable = (): string => rolesDocument(routesOfModule({ imports: features }))
