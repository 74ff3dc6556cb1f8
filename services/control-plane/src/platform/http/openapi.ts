/** The OpenAPI 3.1 document, from the route table and the schemas that check the requests. */
import { SetMetadata } from '@nestjs/common'
import type { z } from 'zod'
import { FOR, PUBLIC, REQUIRES, type IsFor } from '../../access/requires.js'
import { CONDITIONAL } from './conditional.js'
import { headersRead, headersSent, mayBeUnchanged, problemHeaders, readHeaders, referring, sentHeaders } from './openapi-headers.js'
import { pathNames, pathParameters, queryParameters } from './openapi-parameters.js'
import { problem, problemDescriptions, problemStatuses } from './openapi-problems.js'
import { SchemaBook } from './openapi-schemas.js'
import { tagOf } from './openapi-tags.js'
import { bodySchema, querySchema } from './route-schemas.js'
import type { Route } from './route-table.js'

const ANSWERS = 'pgbeam:answers'

export interface Described {
  readonly summary: string
  /** The operationId, where the names of controller and method do not make a good one. */
  readonly id?: string
  /** More words than the summary has room for. */
  readonly description?: string
  /** Problems that this route may answer with, besides those that follow from its shape. */
  readonly problems?: readonly (400 | 401 | 403 | 404 | 409 | 413 | 429 | 502 | 504)[]
  /** The body, where the route reads it itself. */
  readonly body?: z.ZodType
  /** Schema of each successful answer; null for one without a body. */
  readonly [status: number]: z.ZodType | null
}

/** Says what a route does and answers. */
export const Answers = (described: Described): MethodDecorator => SetMetadata(ANSWERS, described)

export function openApiDocument(routes: readonly Route[]): object {
  const book = new SchemaBook()
  const paths: Record<string, Record<string, object>> = {}
  const ordered = [...routes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1))
  for (const route of ordered) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, routes, book)
  const responses = problemAnswers(book)
  const tags = new Map(routes.map(({ controller }) => [tagOf(controller).name, tagOf(controller)]))
  return {
    openapi: '3.1.0',
    info: {
      title: 'PgBeam control plane',
      version: '1',
      description: 'Scoped Postgres credentials for agents and people, revocable at once.',
      contact: { name: 'PgBeam', url: 'https://github.com/pgbeam/pgbeam' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The control plane that serves this document' }],
    tags: [...tags.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A pbo_ or pbu_ key' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A pbo_ or pbu_ key' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-pgbeam_session', description: 'A signed-in browser; without TLS, on localhost, the cookie is called pgbeam_session' },
      },
      parameters: readHeaders,
      headers: sentHeaders,
      responses,
      schemas: book.all(),
    },
  }
}

/** `AgentController.create` is `agentCreate`: names that generated clients keep. */
function operationId(route: Route): string {
  const name = route.controller.name.replace(/Controller$/, '')
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}${route.handlerName.charAt(0).toUpperCase()}${route.handlerName.slice(1)}`
}

function operation(route: Route, routes: readonly Route[], book: SchemaBook): object {
  const described = Reflect.getMetadata(ANSWERS, route.handler) as Described | undefined
  const isPublic = Reflect.getMetadata(PUBLIC, route.handler) === true
  const isFor = (Reflect.getMetadata(FOR, route.handler) ?? Reflect.getMetadata(FOR, route.controller)) as IsFor | undefined
  const permission = Reflect.getMetadata(REQUIRES, route.handler) as string | undefined
  const query = querySchema(route.controller, route.handlerName)
  const body = bodySchema(route.controller, route.handlerName) ?? described?.body
  const answers = Object.entries(described ?? {}).filter(([status]) => /^\d+$/.test(status)) as [string, z.ZodType | null][]
  const statuses = answers.map(([status]) => status)
  const isConditional = Reflect.getMetadata(CONDITIONAL, route.handler) === true
  const makesReadable = routes.some(({ method, path }) => method === 'GET' && path.startsWith(`${route.path}/{`) && path.lastIndexOf('/') === route.path.length)
  const shape = { method: route.method, statuses, query, isPublic, isConditional, isOne: route.path.endsWith('}') && !route.path.endsWith('{seq}'), makesReadable }
  const asked = { method: route.method, isPublic, hasPath: pathNames(route).length > 0, hasBody: body !== undefined, isConditional, more: described?.problems ?? [] }
  const words = [described?.description, permission ? `Needs the permission \`${permission}\`.` : 'Needs no key.'].filter(Boolean).join('\n\n')
  return {
    operationId: described?.id ?? operationId(route),
    tags: [tagOf(route.controller).name],
    summary: described?.summary ?? '',
    ...(words !== '' && { description: words }),
    security: isPublic ? [] : [...(isFor?.audience === 'sessions' ? [] : [{ bearer: [] }, { apiKey: [] }]), { session: [] }],
    ...(permission !== undefined && { 'x-permission': permission }),
    parameters: [...pathParameters(route), ...queryParameters(query, book), ...headersRead(shape)],
    // A missing body is checked as an empty one.
    ...(body && { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: book.of(body, 'input') } } } }),
    responses: {
      ...Object.fromEntries(answers.map(([status, schema]) => [status, { ...answer(status, schema, book), headers: headersSent(status, shape) }])),
      ...(mayBeUnchanged(shape) && { 304: { description: 'As it was when the ETag of If-None-Match was read', headers: headersSent('304', shape) } }),
      ...Object.fromEntries(problemStatuses(asked).map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const meanings: Readonly<Record<string, string>> = { 201: 'Created', 202: 'Done, but not shown to be enforced on every proxy yet', 204: 'Done', 303: 'Done; the browser goes on' }

function answer(status: string, schema: z.ZodType | null, book: SchemaBook): object {
  const description = meanings[status] ?? 'Success'
  return schema ? { description, content: { 'application/json': { schema: book.of(schema, 'output') } } } : { description }
}

/** What the operations refer to. */
function problemAnswers(book: SchemaBook): object {
  const byStatus = Object.entries(problemDescriptions).map(([status, description]) => [`Problem${status}`, problemAnswer(description, book)])
  return { Problem: problemAnswer('Another problem', book), ...(Object.fromEntries(byStatus) as object) }
}

function problemAnswer(description: string, book: SchemaBook): object {
  return { description, headers: referring(problemHeaders), content: { 'application/problem+json': { schema: book.of(problem, 'output') } } }
}

