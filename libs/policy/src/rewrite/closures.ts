/** What shows statistics of masked values, or the text of rewritten statements: closed wherever a policy masks or filters. */
import type { Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { asText, lastAndSchema, literalText, nameParts } from '../names.js'
import type { Tree } from '../parser.js'
import { CLOSED_FUNCTIONS, CLOSED_RELATIONS, DEFINING_FUNCTIONS, DEFINING_RELATIONS } from './closed-names.js'
import { fieldNames } from './collect.js'
import { familyOf } from './protection.js'
import type { Rewriting } from './rewrite.js'
import { isOpenFunction, isOpenRelation } from './open-names.js'
import { closedSequences, isTaking, takesHiddenNumber } from './sequences.js'

/** Columns of catalogs that stay open, whole rows of which hold them too. */
const DEFINING_COLUMNS: ReadonlySet<string> = new Set(['relpartbound', 'attmissingval'])

/** Settings that hold the key of hashed masks. */
const SECRET_SETTINGS = /^pgbeam\./i

/** Why a relation may not be read; undefined where it may. */
function closedReason({ name, builtin }: Pick<RelationEntry, 'name' | 'builtin'>): string | undefined {
  return builtin || name === 'pg_stat_statements' ? CLOSED_RELATIONS.get(name) : undefined
}

/** @param own the table whose stored expressions these are */
export function checkClosures(statements: readonly Tree[], { resolved, protection, catalog }: Rewriting, own?: number): void {
  const told = definitionsTell(protection, catalog)
  for (const candidates of resolved.values()) {
    for (const { name, builtin, schema, kind, oid } of candidates) {
      const why = closedReason({ name, builtin })
      if (why !== undefined) throw closed(`${schema}.${name}`, why)
      if (builtin && !isOpenRelation({ schema, name })) throw closed(`${schema}.${name}`, UNKNOWN)
      if (told && builtin && DEFINING_RELATIONS.has(name)) throw closed(`${schema}.${name}`, TELLS)
      if (kind === 'S' && catalog.sequenceUsers.get(oid)?.some((table) => [...familyOf(catalog, table)].some((member) => protection.has(member))) === true) throw closed(`${schema}.${name}`, 'numbers rows of a table that the policy protects')
    }
  }
  const numbers = (name: string, args: readonly unknown[]) => takesHiddenNumber(name, args, catalog, protection, own)
  const unknown = (name: string) => !isOpenFunction(name) && catalog.functions.get(name)?.some((each) => each.builtin) === true
  visit(statements, { told, numbers, unknown, methods: closedSequences(catalog, protection, own).size > 0 }, wholeRows(resolved, [...(told ? ['pg_class'] : []), ...(olderRowsTell(protection, catalog) ? ['pg_attribute'] : [])]))
}

/** What a catalog is called in a statement, with the catalog's name. */
type Called = ReadonlyMap<string, string>
const NONE: Called = new Map()

/** What these catalogs are called where they are named; under column names of the client's own nothing can be told apart. */
function wholeRows(resolved: Rewriting['resolved'], catalogs: readonly string[]): Called {
  if (catalogs.length === 0) return NONE
  const called = new Map<string, string>()
  for (const [range, candidates] of resolved) {
    const found = candidates.find(({ name, builtin }) => builtin && catalogs.includes(name))
    if (found === undefined) continue
    const alias = range['alias'] as Tree | undefined
    if (alias?.['colnames'] !== undefined) throw closed(`${found.name} with column names of its own`, TELLS, 'Leave out the list of names.')
    called.set(alias === undefined ? found.name : asText(alias['aliasname']), found.name)
  }
  return called
}

/** @returns whether a statement reads whole rows of pg_attribute, or the column that holds values of older rows of any table */
export function readsOlderRows(statements: readonly Tree[], resolved: Rewriting['resolved']): boolean {
  try {
    const called = wholeRows(resolved, ['pg_attribute'])
    if (called.size > 0) visitRows(statements, called)
    return false
  } catch (error) {
    if (error instanceof Refusal) return true
    throw error
  }
}

const TELLS = 'shows definitions, and one of a masked column holds values'

/** Its own definitions, those of what it is a part of, and those of what holds a copy of it. */
function definitionsTell(protection: Rewriting['protection'], catalog: Catalog): boolean {
  for (const [oid, { masks }] of protection) {
    if (masks.size === 0) continue
    for (const relation of [oid, ...ancestorsOf(catalog, oid)]) {
      const columns = catalog.definitions.get(relation)
      if (columns === undefined) continue
      const named = catalog.attributes.get(relation)?.filter((each) => masks.has(each.name)) ?? []
      if (columns.includes(0) || named.some((each) => columns.includes(each.number))) return true
    }
  }
  return [...catalog.definitions.keys()].some((oid) => catalog.relationsByOid.get(oid)?.kind === 'm' && copies(catalog, protection, oid))
}

function ancestorsOf(catalog: Catalog, oid: number): ReadonlySet<number> {
  const ancestors = new Set(catalog.parents.get(oid) ?? [])
  for (const each of ancestors) for (const parent of catalog.parents.get(each) ?? []) ancestors.add(parent)
  return ancestors
}

/** Whether a materialized view was computed of something masked, be it by other views. */
function copies(catalog: Catalog, protection: Rewriting['protection'], view: number): boolean {
  const read = new Set(catalog.viewSources.get(view) ?? [])
  for (const source of read) {
    for (const further of catalog.viewSources.get(source) ?? []) read.add(further)
    if ([...familyOf(catalog, source)].some((member) => (protection.get(member)?.masks.size ?? 0) > 0)) return true
  }
  return false
}

/** A column that was added with a default: its value in older rows, hidden ones too, is in pg_attribute. */
function olderRowsTell(protection: Rewriting['protection'], catalog: Catalog): boolean {
  for (const [oid, { masks, filters }] of protection) {
    const columns = catalog.definitions.get(oid) ?? []
    if (columns.some((number) => number < 0 && (filters.length > 0 || [...masks.values()].some((mask) => mask.column.number === -number)))) return true
  }
  return false
}

const UNKNOWN = 'is not known to show nothing of it'

interface Closing {
  /** Whether nobody has looked yet at what a function of the server's own shows. */
  readonly unknown: (name: string) => boolean
  /** Whether definitions hold values that are hidden. */
  readonly told: boolean
  /** Whether a call gives a number of a sequence that numbers what is hidden. */
  readonly numbers: (name: string, args: readonly unknown[]) => boolean
  /** Whether there are such sequences. */
  readonly methods: boolean
}

function visit(tree: unknown, closing: Closing, classes: Called): void {
  if (typeof tree !== 'object' || tree === null) return
  for (const [kind, value] of Object.entries(tree) as [string, unknown][]) {
    if (kind === 'FuncCall') checkCall(value as Tree, closing)
    if (kind === 'ExplainStmt') checkExplain((value as Tree)['query'] as Tree)
    if (kind === 'VariableShowStmt') checkShow(asText((value as Tree)['name']))
    if (classes.size > 0) checkRows(kind, value as Tree, classes)
    if (kind === 'A_Indirection' && [...classes.values()].includes('pg_class')) throw closed('a field of a row here', TELLS, 'Name the columns plainly.')
    if (kind === 'A_Indirection') for (const name of selected((value as Tree)['indirection'])) checkSelected(name, closing)
    if (kind === 'ColumnRef') for (const name of selected((value as Tree)['fields']).slice(1)) checkSelected(name, closing)
    visit(value, closing, classes)
  }
}

function visitRows(tree: unknown, classes: Called): void {
  if (typeof tree !== 'object' || tree === null) return
  for (const [kind, value] of Object.entries(tree) as [string, unknown][]) {
    checkRows(kind, value as Tree, classes)
    visitRows(value, classes)
  }
}

function checkRows(kind: string, value: Tree, classes: Called): void {
  if (kind === 'ColumnRef') checkClassColumn(value, classes)
  if (kind === 'CopyStmt' && value['relation'] !== undefined) throw closed('COPY of this catalog', TELLS, 'Write COPY (SELECT …) TO STDOUT.')
  // As one row it holds its tables' whole rows, whatever they are called.
  if (kind === 'JoinExpr' && value['alias'] !== undefined) throw closed('a join with a name of its own here', TELLS, 'Leave out the name, and list the columns that you need.')
}

/** What the catalogs have: another name behind theirs calls a function with the whole row. */
const OWN_COLUMN: Readonly<Record<string, RegExp>> = { pg_class: /^(oid|rel\w+|ctid|tableoid|[cx]min|[cx]max)$/, pg_attribute: /^(att\w+|ctid|tableoid|[cx]min|[cx]max)$/ }

/** Not the column, and not the whole row that holds it, by whatever it is given to. */
function checkClassColumn(column: Tree, classes: Called): void {
  const names = fieldNames((column['fields'] as readonly unknown[] | undefined) ?? [])
  const name = names.at(-1) ?? '*'
  const catalog = classes.get(names.at(-2) ?? '')
  const calls = catalog !== undefined && OWN_COLUMN[catalog]?.test(name) !== true
  if (name === '*' || DEFINING_COLUMNS.has(name) || calls || (names.length === 1 && classes.has(name))) {
    throw closed(`this part of ${[...classes.values()].join(' and ')}`, TELLS, 'List the columns that you need, without relpartbound and attmissingval.')
  }
}

function checkCall(call: Tree, { told, numbers, unknown }: Closing): void {
  const { name } = lastAndSchema(nameParts(call['funcname']))
  if (told && DEFINING_FUNCTIONS.has(name)) throw closed(`${name}()`, TELLS)
  if (CLOSED_FUNCTIONS.has(name)) throw closed(`${name}()`, 'shows what this credential may not see')
  if (unknown(name)) throw closed(`${name}()`, UNKNOWN)
  const args = (call['args'] as readonly unknown[] | undefined) ?? []
  if (numbers(name, args)) throw closed(`${name}() of this sequence`, 'numbers rows or columns that the policy hides', 'Name another sequence, as a literal with its schema.')
  if (name !== 'current_setting') return
  const setting = literalText(args[0])
  if (setting === undefined || SECRET_SETTINGS.test(setting)) throw closed('current_setting() of this argument', 'could show what this credential may not see', 'Name the setting as a plain literal.')
}

/** `(value).name` and `item.name` call the function of that name, where there is no such field. */
function checkSelected(name: string, { told, methods, unknown }: Closing): void {
  if (!unknown(name) && !(methods && isTaking(name)) && !CLOSED_FUNCTIONS.has(name) && name !== 'current_setting' && !(told && DEFINING_FUNCTIONS.has(name))) return
  throw closed(`.${name}`, 'could call the function of that name, which shows what this credential may not see', 'If it is a column, name it without its table.')
}

const selected = (parts: unknown): readonly string[] => fieldNames(Array.isArray(parts) ? parts : [])

/** What was prepared was rewritten then: its plan shows how, and counts what it does not show. */
function checkExplain(query: Tree): void {
  if (!('ExecuteStmt' in query)) return
  throw new Refusal('masked_relation', 'EXPLAIN of prepared statements is not available to this credential, whose policy masks columns or filters rows', 'Run the statement itself.')
}

function checkShow(name: string): void {
  if (name.toLowerCase() === 'all' || SECRET_SETTINGS.test(name)) throw closed(`SHOW ${name}`, 'shows what this credential may not see', 'SHOW a setting by its name.')
}

function closed(what: string, why: string, hint = 'Leave it out of the query.'): Refusal {
  return new Refusal('closed_catalog', `${what} is closed to this credential, whose policy masks columns or filters rows: it ${why}`, hint)
}
