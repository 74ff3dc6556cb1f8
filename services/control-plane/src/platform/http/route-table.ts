/** Every HTTP route there is: for 405 answers, for the OpenAPI document, and for the test that each was decided on. */
import { Injectable, RequestMethod } from '@nestjs/common'
import { DiscoveryService, MetadataScanner } from '@nestjs/core'

export interface Route {
  readonly method: string
  /** As in OpenAPI: `/v1/projects/{project}`. */
  readonly path: string
  readonly controller: new (...args: never[]) => object
  readonly handlerName: string
  readonly handler: (...args: unknown[]) => unknown
}

type MatchedRoute = Route & { readonly pattern: RegExp }

@Injectable()
export class RouteTable {
  #routes: MatchedRoute[] | undefined

  constructor(private readonly discovery: DiscoveryService) {}

  all(): readonly Route[] {
    return this.#scanned()
  }

  /** The methods that this path takes. */
  methodsOf(path: string): string[] {
    return [...new Set(this.#scanned().filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort()
  }

  #scanned(): MatchedRoute[] {
    return (this.#routes ??= this.discovery.getControllers().flatMap(({ metatype }) => (metatype ? routesOf(metatype as Route['controller']) : [])))
  }
}

/** A path of Nest's as OpenAPI has it: `/agents/:agent` is `/agents/{agent}`, and `/agents\\:kill` is `/agents:kill`. */
export const readable = (path: string): string => path.replaceAll(/(\\?):(\w+)/g, (_whole, escape: string, name: string) => (escape === '' ? `{${name}}` : `:${name}`))

/** The routes of one controller, as its decorators say them: nothing has to be started for this. */
export function routesOf(controller: Route['controller']): MatchedRoute[] {
  const base = Reflect.getMetadata('path', controller) as string | undefined
  const prototype = controller.prototype as Record<string, Route['handler']>
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((handlerName) => {
    const handler = prototype[handlerName]
    const method = handler && (Reflect.getMetadata('method', handler) as RequestMethod | undefined)
    const own = handler && (Reflect.getMetadata('path', handler) as string | undefined)
    if (base === undefined || !handler || method === undefined || own === undefined) return []
    const written = `/${[base, own].map((part) => part.replace(/^\/|\/$/g, '')).filter(Boolean).join('/')}`
    const path = readable(written)
    const pattern = new RegExp(`^${path.replace(/[.*+?^$()[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}/?$`)
    return [{ method: RequestMethod[method], path, controller, handlerName, handler, pattern }]
  })
}

/** The routes of a module and of all that it imports. */
export function routesOfModule(module: unknown, seen = new Set<unknown>()): Route[] {
  const { module: type, imports = [] } = (module as { module?: object; imports?: unknown[] } | null) ?? {}
  const target = type ?? (module as object)
  if (seen.has(target)) return []
  seen.add(target)
  const listed = (name: string): unknown[] => (Reflect.getMetadata(name, target) as unknown[] | undefined) ?? []
  const own = listed('controllers').flatMap((controller) => routesOf(controller as Route['controller']))
  return [...own, ...[...imports, ...listed('imports')].flatMap((one) => routesOfModule(one, seen))]
}
