/**
 * What a statement may write to. The database itself reads when a row is written: constraints compare it with other rows and
 * with columns that are hidden, foreign keys look into other tables, triggers do what they like. Where any of that could tell
 * of what the policy hides, by an error, a count or the order of rows, the write is refused.
 */
import type { Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { shown } from '../names.js'
import { parseStatements } from '../parser.js'
import { compilePolicy } from '../policy.js'
import { riskyDomain } from '../type-names.js'
import { Walk } from '../walk.js'
import { noWriteFacts, type ForeignKeyFact, type RowPolicyFact } from '../write-facts.js'
import { checkClosures } from './closures.js'
import { familyOf } from './protection.js'
import type { Rewriting } from './rewrite.js'
import { withComputed, type Write } from './write.js'
import { checkMaskedTarget } from './write-masked.js'

export function checkTargetOf(write: Write, rewriting: Rewriting): void {
  const { relation, kind } = write
  const { catalog, protection } = rewriting
  const name = shown(relation.schema, relation.name)
  if (relation.kind !== 'r') {
    const what = KINDS.get(relation.kind) ?? 'no ordinary table'
    throw refused(`${name} is ${what}, and under masks and row filters only ordinary tables can be written to`, relation.kind === 'v' ? 'Write to the table that the view reads.' : 'Ask for a policy without masks and row filters to write to it.')
  }
  if (catalog.children.has(relation.oid) || catalog.parents.has(relation.oid)) {
    throw refused(`${name} has partitions or children, or is one, and under masks and row filters such tables are not written to`, 'Ask for a policy without masks and row filters to write to it.')
  }
  const own = protection.get(relation.oid)
  if (own !== undefined && own.filters.length > 0) {
    throw refused(`rows of ${name} are filtered by this policy, and tables with filtered rows are not written to`, 'Ask for a policy without a row filter on it to write to it.')
  }
  const hashed = kind === 'delete' ? undefined : hashedView(relation, rewriting)
  if (hashed !== undefined) {
    throw refused(`${name} is read by the view ${hashed}, of which a column is masked as hash: hashes of values that one chooses would tell which rows hold them`, 'Ask for a policy that masks the column as redact or null.')
  }
  checkCode(relation, rewriting)
  if (kind === 'insert') {
    // The keys of an own default are looked up as well.
    const keyed = new Set([...write.given, ...(catalog.writing.get(relation.oid)?.defaults ?? []), ...write.updated])
    checkForeignKeys(relation, keyed, rewriting)
  } else if (kind === 'update') checkForeignKeys(relation, write.given, rewriting)
  if (kind === 'delete') checkReferencing(relation, 'delete', undefined, rewriting)
  else if (write.updated.size > 0) checkReferencing(relation, 'update', write.updated, rewriting)
  if (own !== undefined) checkMaskedTarget(write, own, catalog)
}

/** A view that reads the table and has a mask by which chosen values could be compared with others. */
function hashedView(relation: RelationEntry, { catalog, protection }: Rewriting): string | undefined {
  for (const { relation: view, masks } of protection.values()) {
    if (!VIEWS.has(view.kind) || ![...masks.values()].some(({ rule }) => rule.kind === 'hash')) continue
    const beneath = new Set([view.oid])
    for (const oid of beneath) for (const source of catalog.viewSources.get(oid) ?? []) beneath.add(source)
    if (beneath.has(relation.oid)) return shown(view.schema, view.name)
  }
  return undefined
}

const VIEWS = new Set(['v', 'm'])
const KINDS = new Map([['v', 'a view'], ['m', 'a materialized view'], ['f', 'a foreign table'], ['p', 'a partitioned table'], ['S', 'a sequence'], ['c', 'a type']])

/** What stored expressions are judged by: they may count a sequence on. */
const writingStored = compilePolicy({ id: 'stored', version: 0, accessMode: 'read_write' })
const judged = new WeakMap<Rewriting['protection'], Map<number, Refusal | undefined>>()

/** Triggers and rules could show or copy anything; so could functions in defaults, checks and indexes. */
function checkCode(relation: RelationEntry, rewriting: Rewriting): void {
  const known = judged.get(rewriting.protection) ?? new Map<number, Refusal | undefined>()
  judged.set(rewriting.protection, known)
  if (!known.has(relation.oid)) known.set(relation.oid, codeOf(relation, rewriting))
  const refusal = known.get(relation.oid)
  if (refusal !== undefined) throw refusal
}

function codeOf(relation: RelationEntry, { catalog, protection }: Rewriting): Refusal | undefined {
  const name = shown(relation.schema, relation.name)
  const facts = catalog.writing.get(relation.oid) ?? noWriteFacts
  const hint = 'Ask for a policy without masks and row filters to write to it.'
  const looking = facts.policies.find((each) => looksAtHidden(each, catalog, protection))
  if (looking !== undefined) return refused(`the row security policy ${looking.name} of ${name} looks at what this policy hides: whether a row may be written would tell of it`, hint)
  if (facts.code.length > 0) return refused(`${name} has the ${facts.code[0]}, which could show what this policy hides`, hint)
  const walk = new Walk(catalog, writingStored)
  for (const column of catalog.attributes.get(relation.oid) ?? []) {
    const domain = riskyDomain(walk, column.type)
    if (domain !== undefined) return refused(`column ${column.name} of ${name} is of the domain ${domain}, whose checks call functions that could show what this policy hides`, hint)
  }
  for (const expression of facts.expressions) {
    try {
      const statements = parseStatements(`SELECT ${expression}`)
      const walk = new Walk(catalog, writingStored)
      walk.query(statements[0]?.['stmt'])
      checkClosures(statements, { catalog, protection, resolved: walk.references, resolve: () => new Map() }, relation.oid)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return refused(`a default, check or index of ${name} calls what could show what this policy hides: ${error.message}`, hint)
    }
  }
  return undefined
}

/** What a policy of the database reads in other tables decides which rows may be written. */
function looksAtHidden({ reads }: RowPolicyFact, catalog: Catalog, protection: Rewriting['protection'], seen = new Set<number>()): boolean {
  for (const oid of reads) {
    if (seen.has(oid)) continue
    seen.add(oid)
    const kind = catalog.relationsByOid.get(oid)?.kind
    if (protection.has(oid) || (kind !== 'r' && kind !== 'p') || [...familyOf(catalog, oid)].some((member) => protection.has(member))) return true
    if ((catalog.writing.get(oid)?.policies ?? []).some((each) => looksAtHidden(each, catalog, protection, seen))) return true
  }
  return false
}

/** Whether a key exists shows by the error that it does not. */
function checkForeignKeys(relation: RelationEntry, written: ReadonlySet<number>, { catalog, protection }: Rewriting): void {
  for (const key of (catalog.writing.get(relation.oid) ?? noWriteFacts).foreignKeys) {
    if (!key.columns.some((column) => written.has(column))) continue
    const there = protection.get(key.referenced)
    if (there === undefined) continue
    if (there.filters.length === 0 && !masksAny(there.masks, key.referencedColumns)) continue
    throw refused(
      `a foreign key of ${shown(relation.schema, relation.name)} leads to ${shown(there.relation.schema, there.relation.name)}, of which this policy hides ${there.filters.length > 0 ? 'rows' : 'the key'}: writing ${columnsOf(catalog, relation.oid, key.columns)} would tell whether a key exists`,
      `Leave ${columnsOf(catalog, relation.oid, key.columns)} out of the statement.`,
    )
  }
}

/** Rows that refer to what is deleted or changed: that there are any shows by an error, and actions change or delete them. */
function checkReferencing(relation: RelationEntry, action: 'delete' | 'update', changed: ReadonlySet<number> | undefined, rewriting: Rewriting, seen = new Set<string>()): void {
  const { catalog, protection } = rewriting
  for (const key of (catalog.writing.get(relation.oid) ?? noWriteFacts).referencedBy) {
    if (changed !== undefined && !key.referencedColumns.some((column) => changed.has(column))) continue
    const from = catalog.relationsByOid.get(key.relation)
    const what = action === 'delete' ? 'deleting rows' : 'changing keys'
    const tells = (why: string) => refused(`${what} of ${shown(relation.schema, relation.name)} would ${why}`, 'Ask for a policy without masks and row filters to do so.')
    if (from === undefined) throw tells('reach a table that is not known yet')
    const fromName = shown(from.schema, from.name)
    const there = protection.get(from.oid)
    if (masksAny(protection.get(relation.oid)?.masks, key.referencedColumns)) throw tells(`tell of a masked key, by the rows of ${fromName} that refer to it`)
    if (there !== undefined && (there.filters.length > 0 || masksAny(there.masks, key.columns))) throw tells(`tell of ${there.filters.length > 0 ? 'rows' : 'a column'} of ${fromName} that this policy hides`)
    const does = action === 'delete' ? key.onDelete : key.onUpdate
    if (does === 'a' || does === 'r') continue
    const step = `${from.oid} ${does} ${action} ${key.columns.join(',')}`
    if (seen.has(step)) continue
    seen.add(step)
    checkCode(from, rewriting)
    if (does === 'c' && action === 'delete') checkReferencing(from, 'delete', undefined, rewriting, seen)
    else {
      if (there !== undefined) throw tells(`change rows of ${fromName}, which this policy protects`)
      const changing = withComputed(new Set(key.columns), catalog.attributes.get(from.oid) ?? [])
      checkForeignKeys(from, changing, { ...rewriting, catalog: without(catalog, key) })
      checkReferencing(from, 'update', changing, rewriting, seen)
    }
  }
}

/** The key that an action follows leads back to where it came from: that alone tells nothing new. */
function without(catalog: Catalog, key: ForeignKeyFact): Catalog {
  const facts = catalog.writing.get(key.relation) ?? noWriteFacts
  return { ...catalog, writing: new Map([[key.relation, { ...facts, foreignKeys: facts.foreignKeys.filter((each) => each !== key) }]]) }
}

const masksAny = (masks: ReadonlyMap<string, { readonly column: { readonly number: number } }> | undefined, columns: readonly number[]): boolean =>
  [...(masks?.values() ?? [])].some((mask) => columns.includes(mask.column.number))

function columnsOf(catalog: Catalog, relation: number, numbers: readonly number[]): string {
  return (catalog.attributes.get(relation) ?? []).filter((each) => numbers.includes(each.number)).map((each) => each.name).join(', ')
}

function refused(message: string, hint: string): Refusal {
  return new Refusal('masked_relation', message, hint)
}
