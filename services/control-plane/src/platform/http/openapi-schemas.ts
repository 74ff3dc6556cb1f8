/** JSON Schemas of the document, from the zod schemas that check requests. Those that have an id stand under components. */
import { z } from 'zod'

type JsonSchema = Record<string, unknown>

export class SchemaBook {
  readonly #named = new Map<string, JsonSchema>()

  /** The schema as it stands in an operation: a reference if it has an id. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _dialect, $defs = {}, ...rest } = referring(jsonSchema(schema, io)) as JsonSchema & { $defs?: Record<string, JsonSchema> }
    for (const [id, named] of Object.entries($defs)) this.#keep(id, named)
    const { id, ...own } = rest as { id?: string }
    if (id === undefined) return own
    this.#keep(id, own)
    return reference(id)
  }

  /** Everything named so far, in order of name. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #keep(id: string, { id: _id, ...schema }: JsonSchema): void {
    const before = this.#named.get(id)
    if (before && JSON.stringify(before) !== JSON.stringify(schema)) throw new Error(`two different schemas have the id ${id}; is one for requests and one for answers?`)
    this.#named.set(id, schema)
  }
}

/** Says in the document what zod cannot see: `z.string().refine(…).meta(asJson({ type: 'string', format: 'x' }))`. */
export const asJson = (json: JsonSchema): { json: JsonSchema } => ({ json })

/** @param io what is taken, or what is given @returns draft 2020-12, references to schemas with an id left as `#/$defs/…` */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override({ jsonSchema }) {
      const { json, description } = jsonSchema as { json?: JsonSchema; description?: string }
      // The format says it; zod's pattern for it fills five lines.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern
      if (!json) return
      for (const name of Object.keys(jsonSchema)) delete (jsonSchema as JsonSchema)[name]
      Object.assign(jsonSchema, json, description !== undefined && { description })
    },
  })
}

const reference = (id: string): JsonSchema => ({ $ref: `#/components/schemas/${id}` })

/** Zod keeps what it refers to under `$defs`; the document has one place for all. */
function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === '$ref' && typeof inner === 'string' ? inner.replace(/^#\/\$defs\//, '#/components/schemas/') : referring(inner)]),
  )
}
