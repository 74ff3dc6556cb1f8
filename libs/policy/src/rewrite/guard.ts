/**
 * A condition that stands in every stand-in for a relation: that the relation is still what was decided about. It is
 * evaluated by the running statement, which by then holds the lock that keeps the relation as it is, with functions that
 * see the catalog as it is now (not the transaction's snapshot). Where something moved, it raises an error that carries
 * `MOVED`, and the statement ends.
 *
 * A masked column is the danger: as long as its number still goes by its name, no other name leads to it.
 */
import type { Catalog, RelationEntry } from '../catalog.js'
import { parseStatements, type Tree } from '../parser.js'
import { quoteText } from './sql.js'

/** The error of a statement whose relations changed since the catalog was read: 22P02 with this word in its text. */
export const MOVED = 'pgbeam_catalog_moved'

const PG_CLASS = 1259

export function guardCondition(catalog: Catalog, relation: RelationEntry, columns: readonly { readonly number: number; readonly name: string }[], more: readonly string[] = []): string {
  const names = (attribute: number) => `(pg_catalog.pg_identify_object_as_address(${PG_CLASS}, ${relation.oid}, ${attribute})).object_names`
  const expected = (parts: readonly string[]) => `ARRAY[${parts.map(quoteText).join(',')}]::pg_catalog.text[]`
  const address = [relation.schema, relation.name]
  const conditions =
    columns.length === 0
      ? [`${names(0)} OPERATOR(pg_catalog.=) ${expected(address)}`]
      : columns.map((column) => `${names(column.number)} OPERATOR(pg_catalog.=) ${expected([...address, column.name])}`)
  if (!relation.builtin) conditions.push(parentsCondition(catalog, relation), ...more)
  // concat() is not folded while planning, so the cast fails only where the condition does not hold.
  return `CASE WHEN ${conditions.join(' AND ')} THEN true ELSE CAST(pg_catalog.concat('${MOVED} ', ${quoteText(relation.name)}) AS pg_catalog.bool) END`
}

/** A table may have become a partition, or a child, of one that is protected. */
function parentsCondition(catalog: Catalog, relation: RelationEntry): string {
  const parents = [...(catalog.parents.get(relation.oid) ?? [])].sort((a, b) => a - b)
  const now =
    'ARRAY(SELECT i.inhparent FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) ' +
    `${relation.oid}::pg_catalog.oid ORDER BY i.inhparent USING OPERATOR(pg_catalog.<))`
  return `${now} OPERATOR(pg_catalog.=) '{${parents.join(',')}}'::pg_catalog.oid[]`
}

/** A name for what stands around, or beside, the client's own query to hold the condition. */
export const WRAP = 'pgbeam'

/** The condition as a WHERE holds it in the tree. */
export function conditionTree(condition: string): unknown {
  const { stmt } = parseStatements(`SELECT WHERE ${condition}`)[0] as { stmt: Tree }
  return (stmt['SelectStmt'] as Tree)['whereClause']
}
