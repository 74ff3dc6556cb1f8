/** The query that stands in for a relation: its columns, masked; its rows, filtered. */
import type { AttributeEntry, Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { shown } from '../names.js'
import { guardCondition } from './guard.js'
import { maskExpression } from './masks.js'
import { emitPredicate, predicateColumns } from './predicate.js'
import { familyOf, type ProtectedRelation, type Protection } from './protection.js'
import type { MaskKind } from '../types.js'
import { holdsSecrets, rowsWithoutSecrets, withoutSecrets } from '../secrets.js'
import { columnType, quoteName, quoteText, relationName } from './sql.js'

export interface SourceOptions {
  /** The relation's own rows only. */
  readonly only: boolean
  /** TABLESAMPLE as the client wrote it. */
  readonly sampling: string
  /** System columns that the statement names. */
  readonly systemColumns: readonly string[]
  /** Nothing is masked or filtered: see secrets.ts. */
  readonly secretsOnly: boolean
}

/**
 * Columns of built-in views that are seen as NULL: what other sessions send, which holds masks' workings; how many rows and index
 * entries were read for what; the last number of a sequence, which is the last value of a column.
 */
const SCANS = new Set(['seq_scan', 'last_seq_scan', 'seq_tup_read', 'idx_scan', 'last_idx_scan', 'idx_tup_fetch'])
const HIDDEN_COLUMNS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['pg_stat_activity', new Set(['query'])], ['pg_stat_all_tables', SCANS], ['pg_stat_sys_tables', SCANS], ['pg_stat_user_tables', SCANS], ['pg_sequences', new Set(['last_value'])],
  ['pg_stat_bgwriter', new Set(['buffers_alloc'])], ['pg_stat_database', new Set(['blks_read', 'blks_hit', 'tup_returned', 'tup_fetched', 'temp_files', 'temp_bytes'])],
])
/** The key of hashed masks; locks on each row that a serializable transaction read, hidden ones too. */
const HIDDEN_ROWS: ReadonlyMap<string, string> = new Map([
  ['pg_locks', `"pg_locks"."mode" OPERATOR(pg_catalog.<>) 'SIReadLock'`],
  ['pg_settings', `"pg_settings"."name" OPERATOR(pg_catalog.!~~) ${quoteText('pgbeam.%')}`],
])

/** Whether references to the relation are replaced, in statements under a policy that masks or filters. */
export function isReplaced(relation: RelationEntry): boolean {
  return !relation.builtin || holdsSecrets(relation) || HIDDEN_COLUMNS.has(relation.name) || HIDDEN_ROWS.has(relation.name)
}

export function tableSource(catalog: Catalog, relation: RelationEntry, all: NonNullable<Protection>, options: SourceOptions): string {
  const protection = all.get(relation.oid)
  const called = quoteName(relation.name)
  const attributes = catalog.attributes.get(relation.oid) ?? []
  if (attributes.some((attribute) => options.systemColumns.includes(attribute.name))) {
    throw new Refusal('masked_relation', `${shown(relation.schema, relation.name)} has a column named like a system column`, 'Leave the system column out of the query.')
  }
  const columns = [...attributes.map((attribute) => columnSource(catalog, relation, protection, attribute, options.secretsOnly)), ...options.systemColumns.map((name) => `${called}.${quoteName(name)}`)]
  const filters = filtersOf(catalog, relation, protection)
  const hidden = relation.builtin && !options.secretsOnly ? HIDDEN_ROWS.get(relation.name) : undefined
  const conditions = relation.builtin ? [hidden ?? rowsWithoutSecrets(relation) ?? 'true'] : [guardCondition(catalog, relation, watchedColumns(catalog, relation, protection)), ...filters]
  const from = `${options.only ? 'ONLY ' : ''}${relationName(relation)} AS ${called}${options.sampling === '' ? '' : ` ${options.sampling}`}`
  const query = selection(columns, from, conditions, orderOf(catalog, relation, all, options.only))
  const counted = countedTogether(catalog, relation, all, options.only)
  const compared = comparedByOwn(catalog, relation, options.only)
  if (!estimable(protection) && !counted) return fenced(query, hidden !== undefined || compared)
  return fenced(unestimated(query, columns, `ONLY ${relationName(relation)} AS ${called}`), filters.length > 0 || counted || compared)
}

/** The same over a view, which is itself a query by now. */
export function maskedView(catalog: Catalog, view: RelationEntry, protection: ProtectedRelation, from: string): string {
  const columns = (catalog.attributes.get(view.oid) ?? []).map((attribute) => columnSource(catalog, view, protection, attribute))
  const query = selection(columns, from, filtersOf(catalog, view, protection))
  return fenced(estimable(protection) ? unestimated(query, columns, from) : query, protection.filters.length > 0)
}

function columnSource(catalog: Catalog, relation: RelationEntry, protection: ProtectedRelation | undefined, attribute: AttributeEntry, secretsOnly = false): string {
  const name = quoteName(attribute.name)
  const value = `${quoteName(relation.name)}.${name}`
  const shown = withoutSecrets(relation, attribute.name)
  if (shown !== undefined) return `${shown} AS ${name}`
  if (relation.builtin && !secretsOnly && HIDDEN_COLUMNS.get(relation.name)?.has(attribute.name)) return `CAST(NULL AS ${columnType(catalog, attribute)}) AS ${name}`
  const rule = protection?.masks.get(attribute.name)?.rule
  if (rule === undefined) return value
  const mask = maskExpression(catalog, attribute, rule.kind, value)
  if (mask === undefined) throw new Refusal('unresolved_rule', `column ${attribute.name} cannot be masked as ${rule.kind}`, 'Ask whoever keeps the policy to correct it.')
  return `${mask} AS ${name}`
}

function filtersOf(catalog: Catalog, relation: RelationEntry, protection: ProtectedRelation | undefined): readonly string[] {
  return (protection?.filters ?? []).map((filter) => `(${emitPredicate(catalog, relation, filter.predicate, relation.name)})`)
}

/** Columns whose names the guard holds to their numbers. */
function watchedColumns(catalog: Catalog, relation: RelationEntry, protection: ProtectedRelation | undefined): readonly AttributeEntry[] {
  const watched = new Map([...(protection?.masks.values() ?? [])].map((mask) => [mask.column.number, mask.column]))
  for (const filter of protection?.filters ?? []) for (const used of predicateColumns(catalog, relation, filter.predicate)) watched.set(used.number, used)
  return [...watched.values()]
}

/**
 * Rows that an index gives stand in the order of its columns, and which index is used the client can choose. Where one
 * holds a masked column, rows are put back in the order in which they lie in the table. An index over one constant alone
 * is left: nothing but the constant could be read from it. So it is where rows are filtered by way of an index in whose shape hidden
 * rows have taken part.
 */
function orderOf(catalog: Catalog, relation: RelationEntry, all: NonNullable<Protection>, only: boolean): string {
  const family = only ? [relation.oid] : [...familyOf(catalog, relation.oid)]
  const tells = family.some((oid) =>
    [...(all.get(oid)?.masks.values() ?? [])].some(({ column, rule }) => column.indexed === 'shared' || (column.indexed === 'alone' && !CONSTANT.has(rule.kind))))
  const shaped = family.some((oid) => catalog.shapedIndexes.has(oid) && (all.get(oid)?.filters.length ?? 0) > 0)
  if (!tells && !shaped) return ''
  const place = ['tableoid', 'ctid'].slice(family.length > 1 ? 0 : 1)
  return ` ORDER BY ${place.map((name) => `${quoteName(relation.name)}.${quoteName(name)} USING OPERATOR(pg_catalog.<)`).join(', ')}`
}

/**
 * How common values of several columns are together is counted in one list, and what that list holds depends on each of them:
 * conditions on the others would be planned by the masked one's values.
 */
function countedTogether(catalog: Catalog, relation: RelationEntry, all: NonNullable<Protection>, only: boolean): boolean {
  return (only ? [relation.oid] : [...familyOf(catalog, relation.oid)]).some((oid) => [...(all.get(oid)?.masks.values() ?? [])].some(({ column }) => column.counted))
}

/** An index whose operator class is of the database's own calls its functions with the client's values: behind a fence none of its conditions uses one. */
function comparedByOwn(catalog: Catalog, relation: RelationEntry, only: boolean): boolean {
  return (only ? [relation.oid] : [...familyOf(catalog, relation.oid)]).some((oid) => (catalog.writing.get(oid)?.comparing.length ?? 0) > 0)
}

const CONSTANT: ReadonlySet<MaskKind> = new Set(['redact', 'null'])

/** Whether the planner could use statistics of what is hidden: of all rows where some are, of the value where a mask is made of it. */
function estimable(protection: ProtectedRelation | undefined): boolean {
  return protection !== undefined && (protection.filters.length > 0 || [...protection.masks.values()].some(({ rule }) => !CONSTANT.has(rule.kind)))
}

/**
 * The client's own conditions and groupings on these columns must not be planned by statistics of what it may not see: which
 * plan was chosen shows in the order of rows, and so would tell how common a value is among hidden rows. The planner has no
 * statistics for the columns of a UNION ALL. Its second half is empty, and left out of the plan.
 */
function unestimated(query: string, columns: readonly string[], from: string): string {
  return `(${query}) UNION ALL ${selection(columns, from, ['false'])}`
}

function selection(columns: readonly string[], from: string, conditions: readonly string[], order = ''): string {
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  return `SELECT ${columns.join(', ')} FROM ${from}${where}${order}`
}

/** With a fence, what stands outside is not evaluated on rows that are hidden: its errors would tell of them. */
const fenced = (query: string, fence: boolean): string => `(${query}${fence ? ' OFFSET 0' : ''})`
