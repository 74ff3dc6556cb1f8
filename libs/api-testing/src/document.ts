/** What of an OpenAPI document the checks read. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Response>> }
}

export interface Operation {
  readonly operationId: string
  readonly responses: Readonly<Record<string, Response>>
}

export interface Response {
  readonly $ref?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, unknown>>
}

export interface Found {
  /** As in the document: `/v1/projects/{project}`. */
  readonly path: string
  readonly operation: Operation | undefined
}

/** The operation that a request is for: of several paths that match, the one with the fewest parameters. */
export function findOperation(document: OpenApi, method: string, requestPath: string): Found | undefined {
  const [pathname = ''] = requestPath.split('?')
  const matching = Object.keys(document.paths).filter((path) => patternOf(path).test(pathname))
  const [path] = matching.sort((a, b) => parametersIn(a) - parametersIn(b))
  return path === undefined ? undefined : { path, operation: document.paths[path]?.[method.toLowerCase()] }
}

const parametersIn = (path: string): number => path.split('{').length
const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}/?$`)
