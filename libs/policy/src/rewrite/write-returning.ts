/**
 * RETURNING yields the mask: each masked column of the target becomes `(SELECT <mask> AS column)`, which has the column's type
 * and, wherever it stands, its name. A star is written out.
 */
import type { Catalog } from '../catalog.js'
import { Refusal } from '../denial.js'
import { parseStatements, type Tree } from '../parser.js'
import type { Edit } from './edits.js'
import { maskExpression } from './masks.js'
import type { ProtectedRelation } from './protection.js'
import { quoteName } from './sql.js'
import type { Tokens } from './tokens.js'
import { columnNames, type Fields } from './write.js'
import { TargetColumns } from './write-columns.js'

interface Returned {
  readonly node: { readonly ColumnRef: { readonly location?: number } }
  readonly parts: readonly string[]
  readonly holder: Record<string, unknown>
  readonly key: string
  /** The item of the list, where the column is all that stands in it. */
  readonly item: boolean
}

export function returningEdits(columns: TargetColumns, protection: ProtectedRelation, catalog: Catalog, tokens: Tokens, changes: (() => void)[]): Edit[] {
  const clause = columns.write.body['returningClause'] as Fields | undefined
  if (clause === undefined) return []
  const { write } = columns
  const edits: Edit[] = []
  const spanOf = ({ node, parts }: Returned) => {
    const first = tokens.at(node.ColumnRef.location)
    return { start: tokens.start(first), end: tokens.end(first + 2 * (parts.length - 1)) }
  }
  const shown = (column: string): string => {
    const called = `${quoteName(write.called)}.${quoteName(column)}`
    const mask = protection.masks.get(column)
    if (mask === undefined) return called
    const expression = maskExpression(catalog, mask.column, mask.rule.kind, called)
    if (expression === undefined) throw new Refusal('unresolved_rule', `column ${column} cannot be masked as ${mask.rule.kind}`, 'Ask whoever keeps the policy to correct it.')
    return `(SELECT ${expression} AS ${quoteName(column)})`
  }
  const all = write.attributes.map((each) => shown(each.name)).join(', ')
  for (const one of returnedIn(clause['exprs'], columns)) {
    const { parts } = one
    const alone = parts.length === 1 && parts[0] === '*'
    const reach = columns.reach(parts)
    if (reach.is === 'open' && !alone) continue
    if (alone || (reach.is === 'row' && reach.star && one.item && !columns.isOldOrNew(parts))) {
      if (alone && (write.body['fromClause'] ?? write.body['usingClause'] ?? write.body['sourceRelation']) !== undefined) {
        throw new Refusal('masked_column_expression', `RETURNING * of several tables is not available here: ${write.relation.name} has masked columns`, `Write ${write.called}.* and the other columns that you need.`)
      }
      edits.push({ ...spanOf(one), text: ` ${all} ` })
      changes.push(() => {
        const items = clause['exprs'] as unknown[]
        items.splice(items.findIndex((item) => (item as Fields)['ResTarget'] === one.holder), 1, ...targetsOf(all))
      })
    } else if (reach.is === 'masked' && !columns.isOldOrNew(parts)) {
      const text = shown(reach.column)
      edits.push({ ...spanOf(one), text: ` ${text} ` })
      changes.push(() => (one.holder[one.key] = (targetsOf(text)[0] as { ResTarget: { val: unknown } }).ResTarget.val))
    } else columns.checkUnread(one.node, 'RETURNING')
  }
  return edits
}

function targetsOf(list: string): unknown[] {
  return (((parseStatements(`SELECT ${list}`)[0] as Tree)['stmt'] as Tree)['SelectStmt'] as { targetList: unknown[] }).targetList
}

/** Names of columns, but for those in subqueries: there a name may be another table's, so what could be masked is refused. */
function returnedIn(items: unknown, columns: TargetColumns): readonly Returned[] {
  const found: Returned[] = []
  const visit = (node: unknown, holder: Record<string, unknown>, key: string, item: boolean): void => {
    if (typeof node !== 'object' || node === null) return
    const parts = columnNames(node)
    if (parts !== undefined) {
      found.push({ node: node as Returned['node'], parts, holder, key, item })
      return
    }
    for (const [name, inner] of Object.entries(node)) {
      if (name === 'SelectStmt') columns.checkUnread(inner, 'a subquery of RETURNING')
      else visit(inner, node as Record<string, unknown>, name, name === 'val' && 'location' in (node as Fields) && isItem(node, items))
    }
  }
  visit(items, {}, '', false)
  return found
}

const isItem = (target: unknown, items: unknown): boolean => Array.isArray(items) && items.some((each) => (each as Fields)['ResTarget'] === target)
