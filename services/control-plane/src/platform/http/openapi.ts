/** The OpenAPI 3.1 document, from the route table and the schemas that check the requests. */
import { SetMetadata } from '@nestjs/common'
import { z } from 'zod'
import { PUBLIC, REQUIRES } from '../../access/requires.js'
import { headersRead, headersSent } from './openapi-headers.js'
import type { Route } from './route-table.js'
import { ZodPipe } from './zod.pipe.js'

const ANSWERS = 'pgbeam:answers'
/** Nest's own record of what each parameter of a handler is: where its pipes, and in them the schemas, are found. */
const ROUTE_ARGUMENTS = '__routeArguments__'
const BODY = 3
const QUERY = 4

export interface Described {
  readonly summary: string
  /** Schema of each successful answer; null for one without a body. */
  readonly [status: number]: z.ZodType | null
}

/** Says what a route does and answers. */
export const Answers = (described: Described): MethodDecorator => SetMetadata(ANSWERS, described)

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  request_id: z.string(),
  errors: z.array(z.object({ field: z.string(), code: z.string(), detail: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).describe('for older clients'),
})

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' })
  return rest
}

export function openApiDocument(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route)
  return {
    openapi: '3.1.0',
    info: {
      title: 'PgBeam control plane',
      version: '1',
      description: 'Scoped Postgres credentials for agents and people, revocable at once.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A pbo_ or pbu_ key' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
      schemas: { Problem: jsonSchema(problem, 'output') },
    },
  }
}

function operation(route: Route): object {
  const described = Reflect.getMetadata(ANSWERS, route.handler) as Described | undefined
  const isPublic = Reflect.getMetadata(PUBLIC, route.handler) === true
  const query = schemaOf(route, QUERY)
  const body = schemaOf(route, BODY)
  const pathNames = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
  const answers = Object.entries(described ?? {}).filter(([status]) => /^\d+$/.test(status)) as [string, z.ZodType | null][]
  const statuses = answers.map(([status]) => status)
  return {
    operationId: `${route.controller.name.replace(/Controller$/, '')}.${route.handlerName}`,
    summary: described?.summary ?? '',
    security: isPublic ? [] : [{ bearer: [] }, { apiKey: [] }],
    'x-permission': Reflect.getMetadata(REQUIRES, route.handler) as string | undefined,
    parameters: [
      ...pathNames.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...queryParameters(query),
      ...headersRead(statuses),
    ],
    // A missing body is checked as an empty one.
    ...(body && { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: {
      ...Object.fromEntries(answers.map(([status, schema]) => [status, { ...answer(schema), headers: headersSent(status, statuses, query) }])),
      default: {
        description: 'A problem',
        headers: headersSent('default', statuses, undefined),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function answer(schema: z.ZodType | null): object {
  return schema ? { description: 'Success', content: { 'application/json': { schema: jsonSchema(schema, 'output') } } } : { description: 'Success' }
}

function queryParameters(schema: z.ZodType | undefined): object[] {
  if (!schema) return []
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as { properties?: Record<string, object>; required?: string[] }
  return Object.entries(properties).map(([name, property]) => ({ name, in: 'query', required: required.includes(name), schema: property }))
}

function schemaOf(route: Route, kind: number): z.ZodType | undefined {
  const recorded = (Reflect.getMetadata(ROUTE_ARGUMENTS, route.controller, route.handlerName) ?? {}) as Record<string, { pipes: unknown[] }>
  for (const [key, { pipes }] of Object.entries(recorded)) {
    const pipe = pipes.find((one): one is ZodPipe<z.ZodType> => one instanceof ZodPipe)
    if (key.startsWith(`${kind}:`) && pipe) return pipe.schema
  }
  return undefined
}
