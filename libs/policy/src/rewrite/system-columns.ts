/** `ctid`, `tableoid` and their kin: a stand-in has none of its own, so it exports those that the statement names. */
import type { Edit } from './edits.js'
import { fieldNames, type Collected } from './collect.js'
import type { Replaced } from './rewrite.js'
import { quoteName } from './sql.js'
import { Refusal } from '../denial.js'
import type { Tokens } from './tokens.js'

const SYSTEM = new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax'])

export function systemColumnsOf(one: Replaced, collected: Collected): readonly string[] {
  if (one.relation.kind === 'v') return []
  const wanted = new Set<string>()
  for (const { fields, select } of collected.columns) {
    const names = fieldNames(fields)
    const [column, table] = [names.at(-1) as string, names.at(-2)]
    if (!SYSTEM.has(column)) continue
    const here = table === undefined ? select === one.reference.select : table === one.called && collected.within(select, one.reference.select)
    if (here) wanted.add(column)
  }
  return [...wanted]
}

/** A star would show exported system columns too: it is written out. */
export function starEdits(replaced: readonly Replaced[], collected: Collected, tokens: Tokens, changes: (() => void)[]): Edit[] {
  const edits: Edit[] = []
  for (const { fields, body, select, slot } of collected.columns) {
    const names = fieldNames(fields)
    if (names.at(-1) !== '*' || select === undefined) continue
    const here = replaced.filter((one) => one.reference.select === select && systemColumnsOf(one, collected).length > 0)
    const meant = names.length === 1 ? here[0] : here.find((one) => one.called === names.at(-2))
    if (meant === undefined) continue
    if (!Array.isArray(select['fromClause']) || 'relation' in select) throw new Refusal('masked_relation', 'a star cannot stand beside a system column of another table in RETURNING', 'List the columns that you need.')
    if (names.length === 1 && (here.length > 1 || (select['fromClause'] as readonly unknown[]).length > 1 || select['fromClause'] !== meant.reference.slot.holder)) {
      throw new Refusal('masked_relation', 'a star over several tables cannot stand beside a system column here', 'List the columns that you need.')
    }
    const first = tokens.at(body['location'])
    const last = first + 2 * (names.length - 1)
    const text = meant.columnNames.map((name) => `${quoteName(meant.called)}.${quoteName(name)}`).join(', ')
    const targets = (select['targetList'] as { ResTarget?: { val?: unknown } }[] | undefined) ?? []
    const place = targets.findIndex((target) => target.ResTarget === slot.holder)
    if (place < 0) throw new Refusal('masked_relation', 'a star inside an expression cannot stand beside a system column here', 'List the columns that you need.')
    changes.push(() => {
      const target = targets[targets.findIndex((each) => each.ResTarget === slot.holder)]
      const column = (name: string) => ({ ResTarget: { val: { ColumnRef: { fields: [meant.called, name].map((sval) => ({ String: { sval } })) } } } })
      targets.splice(targets.indexOf(target as never), 1, ...meant.columnNames.map(column))
    })
    edits.push({ start: tokens.start(first), end: tokens.end(last), text })
  }
  return edits
}
