/** The schemas that check the body and the query of a route, found where Nest keeps what each parameter of a handler is. */
import type { z } from 'zod'
import { ZodPipe } from './zod.pipe.js'

/** Nest's own record, by parameter: its pipes, and in them the schemas. */
const ROUTE_ARGUMENTS = '__routeArguments__'
const BODY = 3
const QUERY = 4

export const bodySchema = (controller: object, handlerName: string): z.ZodType | undefined => schemaOf(controller, handlerName, BODY)
export const querySchema = (controller: object, handlerName: string): z.ZodType | undefined => schemaOf(controller, handlerName, QUERY)

function schemaOf(controller: object, handlerName: string, kind: number): z.ZodType | undefined {
  const recorded = (Reflect.getMetadata(ROUTE_ARGUMENTS, controller, handlerName) ?? {}) as Record<string, { pipes: unknown[] }>
  for (const [key, { pipes }] of Object.entries(recorded)) {
    const pipe = pipes.find((one): one is ZodPipe<z.ZodType> => one instanceof ZodPipe)
    if (key.startsWith(`${kind}:`) && pipe) return pipe.schema
  }
  return undefined
}
