/**
 * What a statement under table lists checks while it runs: that each name stands for what it stood for, that no view has
 * another definition, and that no table became the child of another in a way that the lists would have to know.
 */
import type { Catalog, RelationEntry } from '../catalog.js'
import { asText } from '../names.js'
import type { Tree } from '../parser.js'
import type { StatementFacts } from '../statements.js'
import { watched, type TableLists } from '../table-lists.js'
import { MOVED } from './guard.js'
import { quoteName, quoteText } from './sql.js'

/** Undefined where there is nothing to check: it names no table of the user's, only shows a plan, or writes. */
export function listCondition(facts: StatementFacts, catalog: Catalog, lists: TableLists): string | undefined {
  if ((facts.written?.length ?? 0) > 0 || facts.plansOnly === true) return undefined
  const names = new Set<string>()
  const relations = new Map<number, RelationEntry>()
  let only = true
  for (const [range, candidates] of facts.references ?? []) {
    const own = candidates.filter((each) => !each.builtin)
    if (own.length === 0) continue
    names.add(nameCondition(range, candidates))
    for (const each of own) relations.set(each.oid, each)
    only &&= range['inh'] !== true
  }
  if (names.size === 0) return undefined
  const { views, children, parents } = watched(catalog, lists, [...relations.keys()], only)
  const conditions = [...names]
  if (views.length > 0) conditions.push(viewsCondition(views))
  if (children.length > 0) conditions.push(edgesCondition('inhrelid', children, (child) => (catalog.parents.get(child) ?? []).map((parent) => [child, parent])))
  if (parents.length > 0) conditions.push(edgesCondition('inhparent', parents, (parent) => (catalog.children.get(parent) ?? []).map((child) => [child, parent])))
  const called = [...relations.values()].map((each) => each.name).join(' ').slice(0, 100)
  // concat() is not folded while planning, so the cast fails only where the condition does not hold.
  return `CASE WHEN ${conditions.join(' AND ')} THEN true ELSE CAST(pg_catalog.concat('${MOVED} ', ${quoteText(called)}) AS pg_catalog.bool) END`
}

const oids = (list: readonly number[]): string => `'{${[...list].sort((a, b) => a - b).join(',')}}'::pg_catalog.oid[]`

/** By the search path of the session where the name has no schema, as the statement itself. */
function nameCondition(range: Tree, candidates: readonly RelationEntry[]): string {
  const name = [range['schemaname'], range['relname']].filter((part) => part !== undefined).map((part) => quoteName(asText(part))).join('.')
  return `CAST(pg_catalog.to_regclass(${quoteText(name)}) AS pg_catalog.oid) OPERATOR(pg_catalog.=) ANY (${oids(candidates.map((each) => each.oid))})`
}

/** A definition that is replaced gets a later transaction's number. */
function viewsCondition(views: readonly RelationEntry[]): string {
  const sum = views.reduce((total, view) => total + BigInt(view.definedBy ?? 0), 0n)
  return (
    '(SELECT pg_catalog.sum(CAST(CAST(r.xmin AS pg_catalog.text) AS pg_catalog.int8)) FROM pg_catalog.pg_rewrite AS r' +
    ` WHERE r.ev_class OPERATOR(pg_catalog.=) ANY (${oids(views.map((view) => view.oid))}) AND r.rulename OPERATOR(pg_catalog.=) '_RETURN'::pg_catalog.name)` +
    ` OPERATOR(pg_catalog.=) CAST('${sum}' AS pg_catalog.numeric)`
  )
}

/** That the tables have the parents (or the children) that they had: no edge more, none less. */
function edgesCondition(column: 'inhrelid' | 'inhparent', tables: readonly number[], edgesOf: (oid: number) => number[][]): string {
  const sum = tables.flatMap(edgesOf).reduce((total, [child, parent]) => total + BigInt(child as number) * BigInt(parent as number), 0n)
  const number = (name: string) => `CAST(CAST(i.${name} AS pg_catalog.int8) AS pg_catalog.numeric)`
  return (
    `(SELECT COALESCE(pg_catalog.sum(${number('inhrelid')} OPERATOR(pg_catalog.*) ${number('inhparent')}), CAST('0' AS pg_catalog.numeric)) FROM pg_catalog.pg_inherits AS i` +
    ` WHERE i.${column} OPERATOR(pg_catalog.=) ANY (${oids(tables)})) OPERATOR(pg_catalog.=) CAST('${sum}' AS pg_catalog.numeric)`
  )
}
