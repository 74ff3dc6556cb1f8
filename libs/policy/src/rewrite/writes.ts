/** Statements that write, made fit to be sent: their target by its full name, checked while they run, and masked in RETURNING. */
import type { Catalog, RelationEntry } from '../catalog.js'
import { noWriteFacts } from '../write-facts.js'
import type { Edit } from './edits.js'
import { guardCondition } from './guard.js'
import type { ProtectedRelation } from './protection.js'
import type { Rewriting } from './rewrite.js'
import { quoteName } from './sql.js'
import type { Tokens } from './tokens.js'
import type { Write } from './write.js'
import { TargetColumns } from './write-columns.js'
import { guardEdits } from './write-guard.js'
import { checkClauses } from './write-merge.js'
import { returningEdits } from './write-returning.js'
import { checkTargetOf } from './write-target.js'

export function writeEdits(write: Write, rewriting: Rewriting, tokens: Tokens, changes: (() => void)[]): Edit[] {
  const { relation, range } = write
  const { catalog, protection } = rewriting
  for (const each of [write, ...write.actions]) checkTargetOf(each, rewriting)
  const own = protection.get(relation.oid)
  const edits: Edit[] = []
  if (own !== undefined && own.masks.size > 0) {
    const columns = new TargetColumns(write, own, (catalog.writing.get(relation.oid) ?? noWriteFacts).defaults)
    columns.checkAll()
    checkClauses(write)
    edits.push(...returningEdits(columns, own, catalog, tokens, changes))
  }
  edits.push(...guardEdits(write, targetCondition(catalog, relation, own), tokens, catalog, changes))
  if (range['schemaname'] === undefined) {
    const start = tokens.start(tokens.at(range['location']))
    edits.push({ start, end: start, text: `${quoteName(relation.schema)}.` })
    changes.push(() => (range['schemaname'] = relation.schema))
  }
  return edits
}

/** The table is the one that was looked at, and a write to it sets off what it did then, and nothing else. */
function targetCondition(catalog: Catalog, relation: RelationEntry, own: ProtectedRelation | undefined): string {
  const watched = [...(own?.masks.values() ?? [])].map((mask) => mask.column)
  const { objects, policies } = catalog.writing.get(relation.oid) ?? noWriteFacts
  const of = (column: string, table: string, key: string) =>
    `SELECT x.${column} AS oid FROM pg_catalog.${table} AS x WHERE x.${key} OPERATOR(pg_catalog.=) ${relation.oid}::pg_catalog.oid`
  const now = [of('oid', 'pg_trigger', 'tgrelid'), of('oid', 'pg_rewrite', 'ev_class'), of('oid', 'pg_constraint', 'conrelid'), of('indexrelid', 'pg_index', 'indrelid'), of('oid', 'pg_attrdef', 'adrelid'), of('inhrelid', 'pg_inherits', 'inhparent'), of('oid', 'pg_policy', 'polrelid')]
  const secured = policies.length === 0 ? [] : [`pg_catalog.row_security_active(${relation.oid}::pg_catalog.oid) OPERATOR(pg_catalog.=) ${policies.some((each) => each.command !== '')}`]
  return guardCondition(catalog, relation, watched, [...secured, `ARRAY(${now.join(' UNION ALL ')} ORDER BY 1) OPERATOR(pg_catalog.=) '{${objects.join(',')}}'::pg_catalog.oid[]`])
}
