/**
 * A policy's lists of tables, against what a database holds: a name counts for the relation, for whatever a view or a
 * materialized view is made of, and for partitions and inheritance children.
 */
import type { Catalog, RelationEntry } from './catalog.js'
import { Refusal } from './denial.js'
import { shown } from './names.js'
import { parseTableName, quoted, type TableName } from './table-names.js'

export interface TableLists {
  /** Undefined: nothing is restricted by it. */
  readonly allow: readonly TableName[] | undefined
  readonly deny: readonly TableName[]
}

/** The lists of a policy; undefined where it has none. */
export function tableLists(allow: readonly string[] | undefined, deny: readonly string[]): TableLists | undefined {
  if (allow === undefined && deny.length === 0) return undefined
  return { allow: allow?.map(nameOf), deny: deny.map(nameOf) }
}

// A text that is no name matches nothing, and a rule that matches nothing refuses everything (see checkRules).
function nameOf(text: string): TableName {
  const name = parseTableName(text)
  return typeof name === 'string' ? { text, schema: '\0', name: '\0' } : name
}

interface Resolved {
  readonly denied: ReadonlySet<number>
  readonly allowed: ReadonlySet<number> | undefined
  readonly missing: readonly string[]
  readonly verdicts: Map<string, Refusal | undefined>
}

const known = new WeakMap<TableLists, { readonly catalog: Catalog; readonly resolved: Resolved }>()

function resolve(catalog: Catalog, lists: TableLists): Resolved {
  const last = known.get(lists)
  if (last?.catalog === catalog) return last.resolved
  const missing: string[] = []
  const oidsOf = (names: readonly TableName[]): ReadonlySet<number> => {
    const oids = new Set<number>()
    for (const name of names) {
      const found = relationsNamed(catalog, name)
      if (found === undefined) missing.push(name.text)
      else for (const { oid } of found) oids.add(oid)
    }
    return oids
  }
  const resolved = { denied: oidsOf(lists.deny), allowed: lists.allow && oidsOf(lists.allow), missing, verdicts: new Map<string, Refusal | undefined>() }
  known.set(lists, { catalog, resolved })
  return resolved
}

const HOLDS_ROWS = new Set(['r', 'p', 'v', 'm', 'f', 'S'])

/** Undefined where there is no such relation, or no such schema. */
function relationsNamed(catalog: Catalog, { schema, name }: TableName): readonly RelationEntry[] | undefined {
  const fits = (relation: RelationEntry): boolean => relation.schema === schema && HOLDS_ROWS.has(relation.kind)
  if (name === undefined) return catalog.schemas.has(schema) ? [...catalog.relationsByOid.values()].filter(fits) : undefined
  const found = (catalog.relations.get(name) ?? []).filter(fits)
  return found.length === 0 ? undefined : found
}

/** A rule about a table that is not there protects nothing that anybody could name, so everything is refused until it is repaired. */
export function checkRules(catalog: Catalog, lists: TableLists): void {
  const { missing } = resolve(catalog, lists)
  if (missing.length === 0) return
  const names = shortList(missing)
  const elsewhere = missing.flatMap((text) => {
    const name = parseTableName(text)
    return typeof name === 'string' || name.name === undefined ? [] : (catalog.relations.get(name.name) ?? []).filter(({ kind }) => HOLDS_ROWS.has(kind)).map(spelled)
  })
  throw new Refusal(
    'unresolved_rule', `this policy has a rule about ${names}, which this database does not have, so nothing may run under it`,
    elsewhere.length === 0
      ? 'The statement is not at fault: ask whoever keeps the policy to correct its table lists.'
      : `The statement is not at fault: ask whoever keeps the policy to correct its table lists; there is ${shortList(elsewhere)}.`,
  )
}

/** Statistics, large objects and the last numbers of sequences are values of any table; so is what pg_attribute has for older rows. */
const HOLDS_OTHERS = /\b(pg_(sequences|statistic|stats|statistic_ext_data|stats_ext|stats_ext_exprs|largeobject)|attmissingval)\b/

/** Why a relation may not be named, or undefined. @param only without its children, as ONLY says */
export function listRefusal(catalog: Catalog, lists: TableLists, relation: RelationEntry, only: boolean): Refusal | undefined {
  const resolved = resolve(catalog, lists)
  const key = `${relation.oid}${only ? ' only' : ''}`
  if (resolved.verdicts.has(key)) return resolved.verdicts.get(key)
  const refusal = judge(catalog, lists, resolved, relation, only)
  resolved.verdicts.set(key, refusal)
  return refusal
}

function judge(catalog: Catalog, lists: TableLists, { denied, allowed }: Resolved, relation: RelationEntry, only: boolean): Refusal | undefined {
  const beneath = closure([relation.oid], (oid) => catalog.viewSources.get(oid) ?? [])
  for (const oid of beneath) {
    const found = entry(catalog, oid)
    if (found === undefined) continue
    const culprit = deniedBy(catalog, denied, oid, only && oid === relation.oid)
    if (culprit !== undefined) return tableDenied(catalog, lists, relation, culprit)
    const text = found.builtin ? found.name : (found.viewText ?? '')
    if (HOLDS_OTHERS.test(text)) {
      return new Refusal(
        'closed_catalog', `${spelled(relation)} is closed under this policy: it holds values of tables that the policy does not open`,
        hintOf(lists),
      )
    }
  }
  if (allowed === undefined) return undefined
  for (const oid of beneath) {
    const found = entry(catalog, oid)
    if (found === undefined || found.builtin || isAllowed(catalog, allowed, found)) continue
    const what = oid === relation.oid ? `${spelled(relation)} is not among the tables that this policy allows` : `${spelled(relation)} reads ${spelled(found)}, which is not among the tables that this policy allows`
    return new Refusal('table_not_allowed', what, hintOf(lists))
  }
  return undefined
}

function tableDenied(catalog: Catalog, lists: TableLists, relation: RelationEntry, culprit: number): Refusal {
  const name = spelled(relation)
  const other = entry(catalog, culprit)
  const what = culprit === relation.oid || other === undefined ? `${name} is denied by this policy` : `${name} holds or reads data of ${spelled(other)}, which this policy denies`
  return new Refusal('table_denied', what, hintOf(lists))
}

/** The relation for whose sake this one is denied. */
function deniedBy(catalog: Catalog, denied: ReadonlySet<number>, oid: number, only: boolean): number | undefined {
  if (denied.size === 0) return undefined
  const up = closure([oid, ...(catalog.sequenceOwners.get(oid) ?? [])], (each) => catalog.parents.get(each) ?? [])
  for (const each of up) if (denied.has(each)) return each
  if (only) return undefined
  for (const each of closure([oid], (parent) => catalog.children.get(parent) ?? [])) if (denied.has(each)) return each
  return undefined
}

/** A partition is a part of its table; another child has columns of its own, so it is named by itself. */
function isAllowed(catalog: Catalog, allowed: ReadonlySet<number>, relation: RelationEntry): boolean {
  const whole = (oid: number): readonly number[] => (catalog.parents.get(oid) ?? []).filter((parent) => catalog.relationsByOid.get(parent)?.kind === 'p')
  for (const oid of closure([relation.oid, ...(catalog.sequenceOwners.get(relation.oid) ?? [])], whole)) if (allowed.has(oid)) return true
  return false
}

function closure(start: Iterable<number>, next: (oid: number) => readonly number[]): ReadonlySet<number> {
  const seen = new Set(start)
  for (const oid of seen) for (const other of next(oid)) seen.add(other)
  return seen
}

function entry(catalog: Catalog, oid: number): RelationEntry | undefined {
  return catalog.relationsByOid.get(oid)
}

/** Beyond this, the children of what a statement names are looked at, instead of the parents of what is denied. */
const DENIED_WATCHED_MAX = 64

/** What the verdict over relations rests on besides their names. */
export interface Watched {
  readonly views: readonly RelationEntry[]
  /** Whose parents may not change. */
  readonly children: readonly number[]
  /** Whose children may not change. */
  readonly parents: readonly number[]
}

/** @param only the statement says ONLY of each of them */
export function watched(catalog: Catalog, lists: TableLists, relations: readonly number[], only: boolean): Watched {
  const { denied, allowed } = resolve(catalog, lists)
  const beneath = [...closure(relations, (oid) => catalog.viewSources.get(oid) ?? [])].filter((oid) => entry(catalog, oid)?.builtin === false)
  const views = beneath.map((oid) => entry(catalog, oid)).filter((each): each is RelationEntry => each?.kind === 'v')
  const up = (oids: Iterable<number>) => closure([...oids], (oid) => catalog.parents.get(oid) ?? [])
  // Denied: through a parent that is. Not allowed any more: as a part of a table that is allowed.
  const resting = denied.size > 0 ? beneath : beneath.filter((oid) => allowed?.has(oid) === false)
  const deniedUp = up(denied)
  const whole = only && views.length === 0
  const few = deniedUp.size <= DENIED_WATCHED_MAX
  return {
    views,
    children: [...new Set([...up(resting), ...(whole || !few ? [] : deniedUp)])],
    parents: whole || few ? [] : [...closure(beneath, (oid) => catalog.children.get(oid) ?? [])],
  }
}

/** Whether pg_attribute holds a value of older rows of a table that may not be read: a column was added with a default. */
export function closesOlderRows(catalog: Catalog, lists: TableLists): boolean {
  for (const [oid, columns] of catalog.definitions) {
    const relation = entry(catalog, oid)
    if (relation !== undefined && columns.some((number) => number < 0) && listRefusal(catalog, lists, relation, true) !== undefined) return true
  }
  return false
}

const spelled = (relation: RelationEntry): string => shown(quoted(relation.schema), quoted(relation.name))

const NAMED_MAX = 10

function shortList(names: readonly string[]): string {
  const rest = names.length - NAMED_MAX
  return names.slice(0, NAMED_MAX).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

/** What may be used instead. */
export function hintOf({ allow, deny }: TableLists): string {
  const names = allow?.map(({ text }) => text)
  if (names !== undefined) return `Allowed tables: ${shortList(names)}.${deny.length > 0 ? ` Denied: ${shortList(deny.map(({ text }) => text))}.` : ''}`
  return `Denied tables: ${shortList(deny.map(({ text }) => text))}; others may be used.`
}
