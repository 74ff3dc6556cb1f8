/** The OpenAPI document of everything that AppModule answers, without starting any of it. */
import 'reflect-metadata'
import { features } from './app.module.js'
import { openApiDocument } from './platform/http/openapi.js'
import { routesOfModule } from './platform/http/route-table.js'

export const apiDocument = (): object => openApiDocument(routesOfModule({ imports: features }))
