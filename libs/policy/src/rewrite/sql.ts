/** Names, texts and types as SQL that means the same under every search_path and setting. */
import type { AttributeEntry, Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A string constant; `standard_conforming_strings` is pinned wherever statements are rewritten. */
export function quoteText(value: string): string {
  return value.includes('\\') ? ` E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${value.replaceAll("'", "''")}'`
}

export function relationName(relation: RelationEntry): string {
  return `${quoteName(relation.schema)}.${quoteName(relation.name)}`
}

/** A column's type with its schema and its modifier, as in `pg_catalog."varchar"(20)`. A domain is named by what it is made of. */
export function columnType(catalog: Catalog, column: AttributeEntry): string {
  let type = catalog.typesByOid.get(column.type)
  let modifier = /\(([0-9]+(?:,-?[0-9]+)?)\)/.exec(column.typeText)?.[0] ?? ''
  while (type?.kind === 'd') {
    type = catalog.typesByOid.get(type.inner)
    modifier = ''
  }
  if (type === undefined) throw new Refusal('unresolved_name', `the type of column ${column.name} is not known in this database`, 'Try again in a moment.')
  return `${quoteName(type.schema)}.${quoteName(type.name)}${modifier}`
}
