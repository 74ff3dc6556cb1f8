/** Names as the parser gives them: lists of String nodes. */
import { Refusal } from './denial.js'
import type { Tree } from './parser.js'

/** `a.b.c` as ['a', 'b', 'c']. Anything else in the list is a refusal. */
export function nameParts(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return []
  return list.map((item: Tree) => {
    const part = (item['String'] as Tree | undefined)?.['sval']
    if (typeof part !== 'string') throw new Refusal('read_only', 'this statement holds a name that cannot be read', 'Write the name plainly.')
    return part
  })
}

/** Splits a name into the object's own name and its schema, if it has one. */
export function lastAndSchema(parts: readonly string[]): { readonly name: string; readonly schema: string | undefined } {
  return { name: parts.at(-1) ?? '', schema: parts.at(-2) }
}

/** The text of a string constant, also when it is cast to text, or to `cast`; undefined for all else. */
export function literalText(tree: unknown, cast = 'text'): string | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined
  const node = tree as { A_Const?: Tree; TypeCast?: Tree }
  if (node.A_Const !== undefined) {
    const text = node.A_Const['sval'] as Tree | undefined
    return text === undefined ? undefined : asText(text['sval'])
  }
  if (node.TypeCast !== undefined) {
    const type = nameParts((node.TypeCast['typeName'] as Tree | undefined)?.['names'])
    const known = type.at(-1) === 'text' || type.at(-1) === cast
    return known && (type.length === 1 || type[0] === 'pg_catalog') ? literalText(node.TypeCast['arg'], cast) : undefined
  }
  return undefined
}

/** A field that the parser leaves out when it is empty. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A name as a person writes it. */
export function shown(schema: string | undefined, name: string): string {
  return schema === undefined ? name : `${schema}.${name}`
}
