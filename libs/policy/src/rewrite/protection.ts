/** Which relations a policy protects, and how: its rules, found in the catalog, and handed down to partitions and children. */
import type { AttributeEntry, Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { shown } from '../names.js'
import { parseTableName } from '../table-names.js'
import type { CompiledPolicy, MaskingRule, RowFilter } from '../types.js'
import { fittingKinds } from './masks.js'
import { predicateColumns } from './predicate.js'

export interface MaskedColumn {
  readonly column: AttributeEntry
  readonly rule: MaskingRule
}

export interface ProtectedRelation {
  readonly relation: RelationEntry
  readonly masks: ReadonlyMap<string, MaskedColumn>
  readonly filters: readonly RowFilter[]
}

/** Undefined where the policy has no masks and no row filters. */
export type Protection = ReadonlyMap<number, ProtectedRelation> | undefined

export const protects = (policy: CompiledPolicy): boolean => policy.maskingRules.length > 0 || policy.rowFilters.length > 0

/** Whether sessions need the project's key for hashed masks. */
export const hashes = (policy: CompiledPolicy): boolean => policy.maskingRules.some((rule) => rule.kind === 'hash')

/** Columns whose values may not be seen as they are, by relation oid; undefined where the policy's rules do not fit the catalog. */
export function hiddenColumns(policy: CompiledPolicy, catalog: Catalog): ReadonlyMap<number, ReadonlySet<number>> | undefined {
  const protection = tried(() => protectionOf(policy, catalog))
  if (protection instanceof Refusal) return undefined
  return new Map([...(protection ?? [])].map(([oid, { masks }]) => [oid, new Set([...masks.values()].map((mask) => mask.column.number))]))
}

const known = new WeakMap<CompiledPolicy, WeakMap<Catalog, Protection | Refusal>>()

/**
 * @throws Refusal `unresolved_rule` where a rule names a table or column that is not there, or asks for a mask that
 *   its type cannot have: a policy that is not what its author meant lets nothing through
 */
export function protectionOf(policy: CompiledPolicy, catalog: Catalog): Protection {
  if (!protects(policy)) return undefined
  let ofPolicy = known.get(policy)
  if (ofPolicy === undefined) known.set(policy, (ofPolicy = new WeakMap()))
  let found = ofPolicy.get(catalog)
  if (found === undefined) ofPolicy.set(catalog, (found = tried(() => build(policy, catalog))))
  if (found instanceof Refusal) throw found
  return found
}

function tried(work: () => Protection): Protection | Refusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

const KINDS = new Set(['r', 'p', 'v', 'm', 'f'])

function build(policy: CompiledPolicy, catalog: Catalog): Protection {
  const masks = new Map<number, Map<string, MaskedColumn>>()
  const filters = new Map<number, RowFilter[]>()
  const addMask = (oid: number, rule: MaskingRule) => {
    const column = columnNamed(catalog, oid, rule.column)
    if (column === undefined) throw missing(`column ${rule.column} of ${rule.table}`)
    const fitting = fittingKinds(catalog, column)
    if (!fitting.includes(rule.kind)) throw unfit(rule, column, fitting)
    const columns = masks.get(oid) ?? new Map<string, MaskedColumn>()
    masks.set(oid, columns)
    const known = columns.get(column.name)?.rule
    columns.set(column.name, { column, rule: known === undefined ? rule : stricter(known, rule) })
  }
  for (const rule of policy.maskingRules) {
    for (const relation of targets(catalog, rule.table)) for (const oid of familyOf(catalog, relation.oid)) addMask(oid, rule)
  }
  for (const [oid, columns] of masks) maskComputed(catalog, oid, columns)
  for (const filter of policy.rowFilters) {
    for (const relation of targets(catalog, filter.table)) {
      for (const oid of familyOf(catalog, relation.oid)) {
        const member = catalog.relationsByOid.get(oid)
        if (member === undefined) continue
        predicateColumns(catalog, member, filter.predicate)
        const list = filters.get(oid) ?? []
        if (!list.includes(filter)) filters.set(oid, [...list, filter])
      }
    }
  }
  const protection = new Map<number, ProtectedRelation>()
  for (const oid of new Set([...masks.keys(), ...filters.keys()])) {
    const relation = catalog.relationsByOid.get(oid)
    if (relation !== undefined) protection.set(oid, { relation, masks: masks.get(oid) ?? new Map(), filters: filters.get(oid) ?? [] })
  }
  return protection
}

/** Of two rules for one column, the one that shows less; what neither covers is NULL. */
function stricter(one: MaskingRule, other: MaskingRule): MaskingRule {
  const kinds = [one, other].map((rule) => rule.kind)
  if (kinds[0] === kinds[1]) return one
  return [one, other].find((rule) => rule.kind === 'null') ?? [one, other].find((rule) => rule.kind === 'redact') ?? { ...one, kind: 'null' }
}

/** A generated column tells of what it is computed of. It cannot be computed of another generated one. */
function maskComputed(catalog: Catalog, oid: number, columns: Map<string, MaskedColumn>): void {
  const hidden = new Map([...columns.values()].map((mask) => [mask.column.number, mask.rule]))
  for (const column of catalog.attributes.get(oid) ?? []) {
    const rule = column.computedOf.map((number) => hidden.get(number)).find((each) => each !== undefined)
    if (rule === undefined || columns.has(column.name)) continue
    columns.set(column.name, { column, rule: { ...rule, column: column.name, kind: fittingKinds(catalog, column).includes('redact') ? 'redact' : 'null' } })
  }
}

/** As it is written; else as SQL reads it: quoted, or in lower case. */
function columnNamed(catalog: Catalog, relation: number, name: string): AttributeEntry | undefined {
  const columns = catalog.attributes.get(relation) ?? []
  const inSql = /^".+"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase()
  return columns.find((each) => each.name === name) ?? columns.find((each) => each.name === inSql)
}

function targets(catalog: Catalog, table: string): readonly RelationEntry[] {
  const name = parseTableName(table)
  if (typeof name === 'string') throw missing(`"${table}" (${name})`)
  const named = (each: RelationEntry) => each.schema === name.schema && (name.name === undefined || each.name === name.name)
  const found = [...catalog.relationsByOid.values()].filter((each) => !each.builtin && KINDS.has(each.kind) && named(each))
  if (found.length === 0) throw missing(`table ${table}`)
  return found
}

/** A relation with its partitions and inheritance children, all the way down. */
export function familyOf(catalog: Catalog, oid: number): ReadonlySet<number> {
  const family = new Set([oid])
  for (const member of family) for (const child of catalog.children.get(member) ?? []) family.add(child)
  return family
}

function missing(what: string): Refusal {
  return new Refusal(
    'unresolved_rule', `this credential's policy protects ${what}, which this database does not have`,
    'Nothing may be read until the policy names what is there. Ask whoever keeps the policy to correct it.',
  )
}

function unfit(rule: MaskingRule, column: AttributeEntry, fitting: readonly string[]): Refusal {
  return new Refusal(
    'unresolved_rule', `this credential's policy masks ${shown(rule.table, rule.column)} as ${rule.kind}, which does not fit its type ${column.typeText}`,
    `Ask whoever keeps the policy to choose ${fitting.join(' or ') || 'another column'}.`,
  )
}
