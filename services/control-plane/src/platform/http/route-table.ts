/** Every HTTP route there is: for 405 answers, for the OpenAPI document, and for the test that each was decided on. */
import { Injectable, RequestMethod } from '@nestjs/common'
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core'

export interface Route {
  readonly method: string
  /** As in OpenAPI: `/v1/projects/{project}`. */
  readonly path: string
  readonly controller: new (...args: never[]) => object
  readonly handlerName: string
  readonly handler: (...args: unknown[]) => unknown
}

@Injectable()
export class RouteTable {
  #routes: (Route & { readonly pattern: RegExp })[] | undefined

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  all(): readonly Route[] {
    return (this.#routes ??= this.#scan())
  }

  /** The methods that this path takes. */
  methodsOf(path: string): string[] {
    this.all()
    return [...new Set((this.#routes ?? []).filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort()
  }

  #scan(): (Route & { pattern: RegExp })[] {
    return this.discovery.getControllers().flatMap((wrapper) => {
      const controller = wrapper.metatype as Route['controller'] | null
      if (!controller) return []
      const base = this.reflector.get<string | undefined>('path', controller)
      const prototype = controller.prototype as Record<string, Route['handler']>
      return this.scanner.getAllMethodNames(prototype).flatMap((handlerName) => {
        const handler = prototype[handlerName]
        const method = handler && this.reflector.get<RequestMethod | undefined>('method', handler)
        const own = handler && this.reflector.get<string | undefined>('path', handler)
        if (base === undefined || !handler || method === undefined || own === undefined) return []
        const path = `/${[base, own].map((part) => part.replace(/^\/|\/$/g, '')).filter(Boolean).join('/')}`
        const pattern = new RegExp(`^${path.replace(/[.*+?^$()[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`)
        return [{ method: RequestMethod[method], path: path.replace(/:(\w+)/g, '{$1}'), controller, handlerName, handler, pattern }]
      })
    })
  }
}
