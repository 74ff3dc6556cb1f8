/**
 * `GROUP BY` a primary key lets a query name the table's other columns (SQL's functional dependency), which the server
 * does not see through a stand-in. They are added to the list: a key's rows are one each, so the groups stay the same.
 */
import type { Catalog } from '../catalog.js'
import type { Edit } from './edits.js'
import type { Tree } from '../parser.js'
import { fieldNames, type Collected } from './collect.js'
import type { Replaced } from './rewrite.js'
import { quoteName } from './sql.js'

/** Built-in types without an equality: such a column cannot be grouped by. */
const NO_EQUALITY = new Set(['json', 'xml', 'point', 'polygon', 'line', 'jsonpath', 'aclitem', 'txid_snapshot', 'pg_snapshot'])

export function groupingEdits(replaced: readonly Replaced[], collected: Collected, catalog: Catalog, changes: (() => void)[]): Edit[] {
  const edits: Edit[] = []
  for (const one of replaced) {
    const select = one.reference.select
    const items = select?.['groupClause'] as unknown[] | undefined
    const key = catalog.primaryKeys.get(one.relation.oid)
    if (select === undefined || key === undefined || !Array.isArray(items)) continue
    const attributes = catalog.attributes.get(one.relation.oid) ?? []
    const nameOf = (number: number) => one.columnNames[attributes.findIndex((each) => each.number === number)]
    const keyNames = key.map(nameOf)
    const grouped = items.map((item) => columnOf(outputOf(item, select, replaced) ?? item, one.called))
    const first = grouped.findIndex((name) => name !== undefined && name === keyNames[0])
    if (first < 0 || !keyNames.every((name) => grouped.includes(name))) continue
    const used = new Set<string>()
    let star = false
    for (const { fields, select: at } of collected.columns) {
      const name = fieldNames(fields).at(-1) as string
      if (name === '*') star ||= at === select
      else if (collected.within(at, select)) used.add(name)
    }
    const added = attributes
      .filter((each, at) => !grouped.includes(one.columnNames[at]) && (star || used.has(one.columnNames[at] as string)) && !NO_EQUALITY.has(catalog.typesByOid.get(each.type)?.name ?? ''))
      .map((each) => one.columnNames[attributes.indexOf(each)] as string)
    if (added.length === 0) continue
    const location = Object.values(items[first] as Record<string, { location?: number }>)[0]?.location ?? 0
    edits.push({ start: location, end: location, text: added.map((name) => `${quoteName(one.called)}.${quoteName(name)}, `).join('') })
    const target = items[first]
    changes.push(() => void items.splice(items.indexOf(target), 0, ...added.map((name) => ({ ColumnRef: { fields: [one.called, name].map((sval) => ({ String: { sval } })) } }))))
  }
  return edits
}

/** What `GROUP BY 2` or the name of an output column stands for; undefined where the item is something else. */
function outputOf(item: unknown, select: Record<string, unknown>, replaced: readonly Replaced[]): unknown {
  const targets = ((select['targetList'] as readonly Tree[] | undefined) ?? []).map((each) => each['ResTarget'] as Record<string, unknown>)
  const { A_Const: constant, ColumnRef: column } = item as { A_Const?: { ival?: { ival?: number } }; ColumnRef?: { fields: readonly unknown[] } }
  const place = constant?.ival?.ival
  if (place !== undefined) return targets.slice(0, place).some((target) => isStar(target['val'])) ? undefined : targets[place - 1]?.['val']
  const names = column === undefined ? [] : fieldNames(column.fields)
  if (names.length !== 1) return undefined
  // The name of a column in FROM comes first: it must be sure that there is none.
  const here = replaced.filter((one) => one.reference.select === select)
  const from = JSON.stringify(select['fromClause'])
  if (here.length !== from.split('"RangeVar"').length - 1 || OTHER_ITEMS.test(from) || here.some((one) => one.columnNames.includes(names[0] as string))) return undefined
  const meant = targets.filter((target) => target['name'] === names[0])
  return meant.length === 1 ? meant[0]?.['val'] : undefined
}

const OTHER_ITEMS = /"(RangeSubselect|RangeFunction|RangeTableFunc|JsonTable|colnames|join_using_alias)"/

const isStar = (value: unknown): boolean => {
  const fields = (value as { ColumnRef?: { fields?: readonly unknown[] } } | undefined)?.ColumnRef?.fields
  return fields !== undefined && fieldNames(fields).at(-1) === '*'
}

/** The column that an item of the list is, if it is a plain one that this table can have. */
function columnOf(item: unknown, called: string): string | undefined {
  const fields = (item as { ColumnRef?: { fields?: readonly unknown[] } }).ColumnRef?.fields
  if (fields === undefined) return undefined
  const names = fieldNames(fields)
  return names.length === 1 || names.at(-2) === called ? names.at(-1) : undefined
}
