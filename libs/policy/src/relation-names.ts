/** Relation names in a policy, read as Postgres reads them in a statement (manual: "Identifiers and Key Words"). */
import { Refusal } from './denial.js'

export interface RelationPattern {
  /** Undefined for a bare name. */
  readonly schema: string | undefined
  /** Undefined for every relation of the schema. */
  readonly name: string | undefined
}

/** Postgres cuts longer names. */
const NAME_BYTES_MAX = 63
const PART = /^(?:"((?:[^"]|"")+)"|([A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*))/

/**
 * `customers`, `sales.customers`, `"Sales"."Customers"`, `sales.*`. Unquoted letters fold to lower case.
 * @throws Refusal `policy_target_missing` for anything else
 */
export function parseRelationName(text: string): RelationPattern {
  const parts: string[] = []
  let rest = text.trim()
  for (;;) {
    if (rest === '*' && parts.length === 1) return { schema: parts[0], name: undefined }
    const found = PART.exec(rest)
    if (found === null || parts.length === 2) break
    parts.push(truncated(found[1]?.replaceAll('""', '"') ?? foldName(found[2] ?? '')))
    rest = rest.slice(found[0].length)
    if (rest === '') return parts.length === 1 ? { schema: undefined, name: parts[0] } : { schema: parts[0], name: parts[1] }
    if (!rest.startsWith('.')) break
    rest = rest.slice(1)
  }
  throw new Refusal('policy_target_missing', `"${text}" in this credential's policy is not the name of a table`, 'Names are written as in SQL: table, schema.table, "Quoted"."Name" or schema.*.')
}

/** Only ASCII letters fold in UTF-8 databases. */
export function foldName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Whether the name in a policy means the relation; a bare one means it in every schema. */
export function matchesRelation(text: string, relation: { readonly schema: string; readonly name: string }): boolean {
  const pattern = parseRelationName(text)
  return (pattern.schema === undefined || pattern.schema === relation.schema) && (pattern.name === undefined || pattern.name === relation.name)
}

function truncated(name: string): string {
  const bytes = Buffer.from(name)
  if (bytes.length <= NAME_BYTES_MAX) return name
  let end = NAME_BYTES_MAX
  while (((bytes[end] as number) & 0xc0) === 0x80) end-- // never inside a character
  return bytes.toString('utf8', 0, end)
}
