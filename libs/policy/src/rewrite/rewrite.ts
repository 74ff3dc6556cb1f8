/**
 * Rewriting: each reference to a relation becomes a query that already yields masked columns and filtered rows, so that
 * whatever stands around it only ever sees those. The client's own text stays as it is everywhere else.
 *
 * Under a policy that masks or filters, every table is replaced, not only protected ones: the stand-in also checks, while
 * it runs, that the table is still the one that was decided about.
 */
import type { Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { asText, shown } from '../names.js'
import { parseStatements, type Tree } from '../parser.js'
import type { MaskingRule, Rewritten, RowFilter } from '../types.js'
import { Collected, fieldNames, type Reference } from './collect.js'
import { checkClosures } from './closures.js'
import { applyEdits, insertion, type Edit } from './edits.js'
import { groupingEdits } from './grouping.js'
import { familyOf, type Protection } from './protection.js'
import { quoteName } from './sql.js'
import { holdsSecrets } from '../secrets.js'
import { viewReadsSecrets } from '../relations.js'
import { settingCalls, settingEdits } from './setting-calls.js'
import { isReplaced, tableSource, type SourceOptions } from './source.js'
import { starEdits, systemColumnsOf } from './system-columns.js'
import { Tokens, unreadable } from './tokens.js'
import { sameTree } from './verify.js'
import { Views } from './views.js'
import { writesIn, type Write } from './write.js'
import { writeEdits } from './writes.js'

export interface Rewriting {
  readonly catalog: Catalog
  readonly protection: NonNullable<Protection>
  /** What the names in the statement's FROM lists stand for, as the walker found them. */
  readonly resolved: ReadonlyMap<Tree, readonly RelationEntry[]>
  /** What the statements write to, by the nodes that name it; undefined in a view, which writes nothing. */
  readonly targets?: ReadonlyMap<Tree, readonly RelationEntry[]>
  /** The same as `resolved` for a view's definition. */
  readonly resolve: (statements: readonly Tree[]) => ReadonlyMap<Tree, readonly RelationEntry[]>
  /** The policy neither masks nor filters: only what holds secrets of the server is replaced. */
  readonly secretsOnly?: boolean
}

/** A replaced reference, and the name that it goes by. */
export interface Replaced {
  readonly reference: Reference
  readonly relation: RelationEntry
  readonly called: string
  /** Whether the client gave it a name of its own. */
  readonly named: boolean
  /** Names of its columns, as seen from outside: the client may have given others. */
  readonly columnNames: readonly string[]
}

/**
 * @param statements the parsed text; its trees are used up
 * @returns undefined where nothing had to be replaced
 * @throws Refusal where the statement reaches protected data in a way that cannot be replaced
 */
export function rewrite(text: string, statements: readonly Tree[], rewriting: Rewriting, viewDepth = 0): Rewritten | undefined {
  const collected = new Collected(statements, rewriting.resolved)
  if (rewriting.secretsOnly !== true) checkClosures(statements, rewriting)
  const replaced: Replaced[] = []
  for (const reference of collected.references) {
    const relation = meant(reference, rewriting)
    if (relation !== undefined) replaced.push(describe(reference, relation, rewriting.catalog))
  }
  const writes = rewriting.targets === undefined ? [] : writesIn(statements, rewriting.targets, rewriting.catalog)
  const calls = rewriting.secretsOnly === true ? settingCalls(statements) : []
  const bare = viewDepth === 0 ? [] : bareCatalogs(collected, replaced)
  if (replaced.length === 0 && writes.length === 0 && calls.length === 0 && bare.length === 0) return undefined
  const tokens = new Tokens(text)
  const views = new Views(rewriting, viewDepth)
  const edits: Edit[] = []
  const changes: (() => void)[] = []
  for (const one of replaced) edits.push(replacement(one, Buffer.from(text), tokens, collected, rewriting, views, changes))
  // Behind them: what is put around a MERGE's source holds what stands in for it.
  for (const write of writes) edits.push(...writeEdits(write, rewriting, tokens, changes))
  for (const { range } of bare) {
    edits.push(insertion(tokens.start(tokens.at(range['location'])), 'pg_catalog.'))
    changes.push(() => void Object.assign(range, { schemaname: 'pg_catalog' }))
  }
  edits.push(...unqualifiedColumns(replaced, collected, tokens, changes))
  edits.push(...groupingEdits(replaced, collected, rewriting.catalog, changes))
  edits.push(...starEdits(replaced, collected, tokens, changes))
  for (const call of calls) edits.push(...settingEdits(call, () => settingsSource(rewriting), tokens, changes))
  const result = applyEdits(text, edits)
  for (const change of changes) change()
  if (!sameTree(statements, parsedAgain(result))) throw unreadable()
  const rules = rulesOf([...replaced, ...writes], views, rewriting.protection)
  return { text: result, ...rules }
}

/** What a view's text names without a schema is a catalog. Where the text is put, a WITH query of the client's could answer to the name. */
const bareCatalogs = (collected: Collected, replaced: readonly Replaced[]): readonly Reference[] =>
  collected.references.filter((reference) => reference.range['schemaname'] === undefined && !replaced.some((one) => one.reference === reference))

/** Kinds that have rows of their own or of others, be it without a column: how many there are shows. */
const READ = new Set(['r', 'p', 'v', 'm', 'f'])

/** The relation that a reference is replaced for; undefined where it may stay as it is. */
function meant({ range, candidates }: Reference, { protection, catalog, secretsOnly }: Rewriting): RelationEntry | undefined {
  const unknown = candidates.find((each) => holdsSecrets(each) && !catalog.attributes.has(each.oid))
  if (unknown !== undefined) throw new Refusal('closed_catalog', `${unknown.name} is closed to this credential: it may hold passwords of other servers`, 'Leave it out of the query.')
  const isConcerned = secretsOnly === true ? (each: RelationEntry) => holdsSecrets(each) || viewReadsSecrets(catalog, each) : isReplaced
  const concerned = candidates.filter((each) => isConcerned(each) && (READ.has(each.kind) || catalog.attributes.has(each.oid)))
  if (concerned.length === 0) return undefined
  if (candidates.length > 1) {
    throw new Refusal(secretsOnly === true ? 'closed_catalog' : 'masked_relation', `${asText(range['relname'])} could mean ${candidates.map((each) => shown(each.schema, each.name)).join(' or ')}`, 'Write the name with its schema.')
  }
  const relation = concerned[0] as RelationEntry
  const own = protection.get(relation.oid)
  const whole = range['inh'] === true && relation.kind !== 'v'
  for (const member of whole ? familyOf(catalog, relation.oid) : []) {
    const child = protection.get(member)
    const seen = (column: string) => catalog.attributes.get(relation.oid)?.some((each) => each.name === column) === true
    const masked = (column: string, kind: string) => !seen(column) || own?.masks.get(column)?.rule.kind === kind
    const covered = child === undefined || ([...child.masks].every(([column, { rule }]) => masked(column, rule.kind)) && child.filters.every((filter) => own?.filters.includes(filter)))
    if (covered) continue
    throw new Refusal(
      'masked_relation', `${shown(relation.schema, relation.name)} has the part ${shown(child.relation.schema, child.relation.name)}, which the policy protects on its own`,
      `Read the parts that you need by their own names, or FROM ONLY ${relation.name}.`,
    )
  }
  return relation
}

function describe(reference: Reference, relation: RelationEntry, catalog: Catalog): Replaced {
  const alias = reference.range['alias'] as Tree | undefined
  const given = ((alias?.['colnames'] as readonly unknown[] | undefined) ?? []).length > 0 ? fieldNames(alias?.['colnames'] as readonly unknown[]) : []
  const own = (catalog.attributes.get(relation.oid) ?? []).map((column) => column.name)
  return { reference, relation, called: alias === undefined ? relation.name : asText(alias['aliasname']), named: alias !== undefined, columnNames: own.map((name, at) => given[at] ?? name) }
}

function replacement(one: Replaced, bytes: Buffer, tokens: Tokens, collected: Collected, rewriting: Rewriting, views: Views, changes: (() => void)[]): Edit {
  const { reference, relation } = one
  const { range, slot } = reference
  if (reference.select === undefined) return copyReplacement(one, tokens, rewriting, views, changes)
  const span = spanOf(reference, tokens)
  const sampling = span.sampling === undefined ? '' : bytes.toString('utf8', span.sampling, span.end)
  const systemColumns = systemColumnsOf(one, collected)
  const source = sourceOf(relation, { only: range['inh'] !== true, sampling, systemColumns, secretsOnly: rewriting.secretsOnly === true }, rewriting, views)
  const names = isView(relation) || one.named ? one.columnNames : []
  const list = names.length === 0 || (!isView(relation) && (range['alias'] as Tree)['colnames'] === undefined) ? '' : ` (${names.map(quoteName).join(', ')})`
  const item = `${source} AS ${quoteName(one.called)}${list}`
  const table = tokens.is(tokens.at(span.start) - 1, 'table')
  changes.push(() => put(slot, parsedItem(item)))
  return { start: table ? tokens.start(tokens.at(span.start) - 1) : span.start, end: span.end, text: ` ${table ? 'SELECT * FROM ' : ''}${item} ` }
}

/** `COPY t (a, b) TO …` reads the table's own rows, and no generated columns: as a query that does the same. */
function copyReplacement(one: Replaced, tokens: Tokens, rewriting: Rewriting, views: Views, changes: (() => void)[]): Edit {
  const { reference, relation } = one
  const holder = reference.slot.holder as Record<string, Record<string, unknown>>
  const copy = holder['CopyStmt'] as Record<string, unknown>
  if (isView(relation)) throw new Refusal('masked_relation', `COPY cannot read from the view ${shown(relation.schema, relation.name)}`, `Write COPY (SELECT * FROM ${relation.name}) TO STDOUT.`)
  const listed = fieldNames((copy['attlist'] as readonly unknown[] | undefined) ?? [])
  const columns = listed.length > 0 ? listed : (rewriting.catalog.attributes.get(relation.oid) ?? []).filter((column) => !column.generated).map((column) => column.name)
  const source = sourceOf(relation, { only: true, sampling: '', systemColumns: [], secretsOnly: rewriting.secretsOnly === true }, rewriting, views)
  const query = `SELECT ${columns.map(quoteName).join(', ')} FROM ${source} AS ${quoteName(relation.name)}`
  const start = tokens.at(reference.range['location'])
  const after = start + nameTokens(reference.range)
  const end = listed.length > 0 ? tokens.afterParentheses(after) : after
  changes.push(() => {
    const { relation: _relation, attlist: _attlist, ...rest } = copy
    holder['CopyStmt'] = { ...rest, query: (parseStatements(query)[0] as Tree)['stmt'] }
  })
  return { start: tokens.start(start), end: tokens.end(end - 1), text: ` (${query}) ` }
}

function sourceOf(relation: RelationEntry, options: SourceOptions, rewriting: Rewriting, views: Views): string {
  const { catalog, protection } = rewriting
  if (isView(relation)) return views.source(relation, rewrite)
  if (relation.kind === 'm') views.checkMaterialized(relation)
  return tableSource(catalog, relation, protection, options)
}

function settingsSource({ catalog, protection }: Rewriting): string {
  const relation = catalog.relations.get('pg_settings')?.find((each) => each.builtin)
  if (relation === undefined || !catalog.attributes.has(relation.oid)) throw unreadable()
  return tableSource(catalog, relation, protection, { only: false, sampling: '', systemColumns: [], secretsOnly: true })
}

/** Built-in ones are no queries to look into: they are replaced as tables are. */
const isView = (relation: RelationEntry): boolean => relation.kind === 'v' && !relation.builtin

const nameTokens = (range: Tree): number => 1 + (range['schemaname'] === undefined ? 0 : 2) + (range['catalogname'] === undefined ? 0 : 2)

interface Span {
  readonly start: number
  readonly end: number
  /** Where TABLESAMPLE begins. */
  readonly sampling: number | undefined
}

/** `[ONLY] name [*] [[AS] alias [(columns)]] [TABLESAMPLE …]`, as bytes of the text. */
function spanOf({ range, sampled }: Reference, tokens: Tokens): Span {
  let first = tokens.at(range['location'])
  let at = first + nameTokens(range)
  if (tokens.is(first - 1, '(') && tokens.is(first - 2, 'only')) {
    first -= 2
    at = tokens.expect(at, ')')
  } else if (tokens.is(first - 1, 'only')) first--
  else if (tokens.is(at, '*')) at++
  const alias = range['alias'] as Tree | undefined
  if (alias !== undefined) {
    if (tokens.is(at, 'as')) at++
    at++
    if (alias['colnames'] !== undefined) at = tokens.afterParentheses(at)
  }
  let sampling: number | undefined
  if (sampled) {
    sampling = tokens.start(at)
    at = tokens.expect(at, 'tablesample')
    while (tokens.get(at) !== undefined && !tokens.is(at, '(')) at++
    at = tokens.afterParentheses(at)
    if (tokens.is(at, 'repeatable')) at = tokens.afterParentheses(at + 1)
  }
  return { start: tokens.start(first), end: tokens.end(at - 1), sampling }
}

/** `app.customers.name` loses its schema: what it stands in for has none. */
function unqualifiedColumns(replaced: readonly Replaced[], collected: Collected, tokens: Tokens, changes: (() => void)[]): Edit[] {
  const edits: Edit[] = []
  for (const { fields, body } of collected.columns) {
    if (fields.length < 3) continue
    const [schema, name] = fieldNames(fields)
    if (!replaced.some((one) => !one.named && one.relation.schema === schema && one.relation.name === name)) continue
    const first = tokens.at(body['location'])
    changes.push(() => (body['fields'] = fields.slice(1)))
    edits.push({ start: tokens.start(first), end: tokens.end(tokens.expect(first + 1, '.') - 1), text: '' })
  }
  return edits
}

function put({ holder, key }: { readonly holder: Record<string, unknown> | unknown[]; readonly key: string | number }, node: unknown): void {
  ;(holder as Record<string | number, unknown>)[key] = node
}

function parsedAgain(text: string): readonly Tree[] {
  try {
    return parseStatements(text)
  } catch (error) {
    // What was written into the text is too much for it: the client's own statement is not at fault.
    if (error instanceof Refusal && error.rule === 'size_limit') throw error
    throw unreadable()
  }
}

function parsedItem(item: string): unknown {
  const select = ((parseStatements(`SELECT FROM ${item}`)[0] as Tree)['stmt'] as Tree)['SelectStmt'] as Tree
  return (select['fromClause'] as readonly unknown[])[0]
}

function rulesOf(named: readonly (Replaced | Write)[], views: Views, protection: NonNullable<Protection>): { masked: readonly MaskingRule[]; filtered: readonly RowFilter[] } {
  const masked = new Set<MaskingRule>(views.masked)
  const filtered = new Set<RowFilter>(views.filtered)
  for (const { relation } of named) {
    const own = protection.get(relation.oid)
    for (const { rule } of own?.masks.values() ?? []) masked.add(rule)
    for (const filter of own?.filters ?? []) filtered.add(filter)
  }
  return { masked: [...masked], filtered: [...filtered] }
}
