/** Parameters in path and query. */
import type { z } from 'zod'
import { idPattern, idPrefixes, type IdKind } from '@pgbeam/kernel'
import type { Route } from './route-table.js'
import type { SchemaBook } from './openapi-schemas.js'

/** What stands in a path under these names. */
const kinds: Readonly<Record<string, IdKind>> = {
  organization: 'OrganizationId',
  project: 'ProjectId',
  database: 'DatabaseId',
  policy: 'PolicyId',
  agent: 'CredentialId',
  key: 'ApiKeyId',
  user: 'UserId',
  invitation: 'InvitationId',
  session: 'SignInId',
}

export const pathNames = (route: Route): string[] => [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)

export function pathParameters(route: Route): object[] {
  return pathNames(route).map((name) => ({ name, in: 'path', required: true, schema: pathSchema(name) }))
}

function pathSchema(name: string): object {
  const kind = kinds[name]
  if (kind) return { type: 'string', pattern: idPattern(kind).source, examples: [`${idPrefixes[kind]}_01jd3v5k8q0000000000000000`] }
  return name === 'seq' ? { type: 'integer', minimum: 1, maximum: 999_999_999_999_999 } : { type: 'string' }
}

export function queryParameters(schema: z.ZodType | undefined, book: SchemaBook): object[] {
  if (!schema) return []
  const { properties = {}, required = [] } = book.of(schema, 'input') as { properties?: Record<string, { description?: string }>; required?: string[] }
  return Object.entries(properties).map(([name, { description, ...property }]) => ({ name, in: 'query', required: required.includes(name), ...(description !== undefined && { description }), schema: property }))
}
