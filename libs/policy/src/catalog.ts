/** A snapshot of an upstream database as far as the gate needs it: what a name can stand for, and what code hides behind it. */
import { createHash } from 'node:crypto'
import { builtinRisk, JUDGED_BY_CALL } from './builtin-functions.js'
import { isHarmlessMember } from './extensions.js'
import { CLOSED_FUNCTIONS, DEFINING_FUNCTIONS } from './rewrite/closed-names.js'
import { writeFactsOf, type WriteFacts } from './write-facts.js'

/** Objects made by initdb have smaller oids. */
export const FIRST_USER_OID = 16384

export interface FunctionEntry {
  readonly schema: string
  readonly name: string
  readonly builtin: boolean
  /** Why it may not run; undefined when it may. */
  readonly risk: string | undefined
  /** Of a built-in one: whether every overload answers alike under all settings. */
  readonly immutable?: boolean
}

export interface OperatorEntry {
  readonly schema: string
  readonly name: string
  readonly left: number
  readonly right: number
  readonly functionName: string
}

export interface CastEntry {
  readonly source: number
  readonly target: number
  readonly implicit: boolean
  readonly functionName: string
}

export interface TypeEntry {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly builtin: boolean
  /** The type below a domain, in an array, or under a range; 0 for none. */
  readonly inner: number
  /** The relation whose row type this is; 0 for none. */
  readonly relation: number
  /** A domain's checks as one expression. */
  readonly checks: string | undefined
  readonly extension: string | undefined
}

export interface RelationEntry {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly builtin: boolean
  readonly rowType: number
  /** The definition of a view or materialized view of the user's. */
  readonly viewText: string | undefined
  /** The transaction that gave a view its definition, by `xmin`. */
  readonly definedBy: string | undefined
  /** The wrapper of a foreign table, and the names of its options. */
  readonly wrapper: string | undefined
  readonly wrapperOptions: readonly string[]
}

export interface AttributeEntry {
  readonly number: number
  readonly name: string
  readonly type: number
  /** As `format_type` writes it, with its modifier. */
  readonly typeText: string
  readonly generated: boolean
  /** Numbers of the columns that a generated one is computed of. */
  readonly computedOf: readonly number[]
  /** Whether an index holds the column: alone, or with other columns, expressions or a condition. */
  readonly indexed: 'no' | 'alone' | 'shared'
  /** Whether extended statistics hold common values of the column together with other columns. */
  readonly counted: boolean
}

/** Made by `buildCatalog`; its lookups are for the library's own checks. */
export interface Catalog {
  /** A hash of the contents: equal versions decide alike. */
  readonly version: string
  readonly serverMajor: number
  readonly functions: ReadonlyMap<string, readonly FunctionEntry[]>
  readonly types: ReadonlyMap<string, readonly TypeEntry[]>
  readonly typesByOid: ReadonlyMap<number, TypeEntry>
  readonly relations: ReadonlyMap<string, readonly RelationEntry[]>
  readonly relationsByOid: ReadonlyMap<number, RelationEntry>
  /** Relation oid → the types of its columns that initdb did not make. */
  readonly columnTypes: ReadonlyMap<number, readonly number[]>
  /** Partitions and inheritance children, and the other way round. */
  readonly children: ReadonlyMap<number, readonly number[]>
  readonly parents: ReadonlyMap<number, readonly number[]>
  /** Relation oid → its columns, in order. */
  readonly attributes: ReadonlyMap<number, readonly AttributeEntry[]>
  /** Relation oid → the numbers of its primary key's columns. */
  readonly primaryKeys: ReadonlyMap<number, readonly number[]>
  /** Relations with an index whose shape, which every row has a part in, says in which order rows come. */
  readonly shapedIndexes: ReadonlySet<number>
  /** Relation oid → columns that the text of an index, a constraint or a partition's bounds tells about; 0 for expressions. */
  readonly definitions: ReadonlyMap<number, readonly number[]>
  /** Relation oid → what a write to it sets off. */
  readonly writing: ReadonlyMap<number, WriteFacts>
  /** View or materialized view → the user's relations that it reads. */
  readonly viewSources: ReadonlyMap<number, readonly number[]>
  /** Sequence → the table whose column it numbers. */
  readonly sequenceOwners: ReadonlyMap<number, readonly number[]>
  /** Sequence → tables with a column that takes its numbers, by default too. */
  readonly sequenceUsers: ReadonlyMap<number, readonly number[]>
  readonly schemas: ReadonlySet<string>
  /** Settings with a value that nobody may see, by name. */
  readonly secretSettings: readonly string[]
  /** Operators and casts whose function may not run: in most databases none. */
  readonly riskyOperators: ReadonlyMap<string, readonly OperatorEntry[]>
  readonly riskyCasts: readonly CastEntry[]
  /** Types that are sorted and grouped by functions that may not run. */
  readonly riskyOrder: ReadonlyMap<number, string>
  /** Functions that may not run and that `value.name` would call, with the values that reach them. */
  readonly riskyAttributes: ReadonlyMap<string, AttributeReach>
  /** Relation oid → its columns that are named like a function. */
  readonly shadowedColumns: ReadonlyMap<number, readonly string[]>
}

/**
 * `x.name` is `name(x)` where x has no such column. `scalar` functions take a plain value, and so need `(value).name` or a
 * function in FROM; `composite` ones take rows of a table, `record` ones rows of anything. Each includes those before it.
 */
export type AttributeReach = 'scalar' | 'composite' | 'record'

type Row = readonly (string | null)[]
type Results = Readonly<Record<string, readonly Row[]>>

/** Builds the snapshot from the answers to `catalogQueries`, by name. A missing answer is an error: half a catalog decides wrongly. */
export function buildCatalog(results: Results): Catalog {
  const rows = (name: string): readonly Row[] => {
    const found = results[name]
    if (found === undefined) throw new Error(`the answer to the catalog query "${name}" is missing`)
    return found
  }
  const functions = functionsOf(rows)
  const typesByOid = typesOf(rows('types'))
  const isRisky = (schema: string | null, name: string | null) => schema === null || name === null || riskBehind(functions.byName, schema, name)
  return {
    version: createHash('sha256').update(JSON.stringify(results)).digest('base64url'),
    serverMajor: Math.floor(Number(rows('server')[0]?.[0] ?? 0) / 10_000),
    functions: functions.byName,
    typesByOid,
    types: groupBy(typesByOid.values(), (type) => type.name),
    ...relationsOf(rows),
    definitions: pairs(rows('definitions')),
    riskyOperators: groupBy(
      rows('operators').filter((row) => isRisky(row[4] ?? null, row[5] ?? null)).map((row): OperatorEntry => ({
        schema: text(row[0]), name: text(row[1]), left: Number(row[2]), right: Number(row[3]), functionName: `${row[4]}.${row[5]}`,
      })),
      (operator) => operator.name,
    ),
    riskyCasts: rows('casts').filter((row) => isRisky(row[3] ?? null, row[4] ?? null)).map((row): CastEntry => ({
      source: Number(row[0]), target: Number(row[1]), implicit: row[2] === 'i', functionName: `${row[3]}.${row[4]}`,
    })),
    riskyOrder: new Map(rows('operator_classes').filter((row) => isRisky(row[1] ?? null, row[2] ?? null)).map((row) => [Number(row[0]), `${row[1]}.${row[2]}`])),
    riskyAttributes: riskyAttributesOf(functions.candidates, typesByOid),
    shadowedColumns: shadowedColumnsOf(rows('shadowed_columns')),
    writing: writeFactsOf(rows('writing')),
    viewSources: pairs(rows('view_sources')),
    sequenceOwners: pairs(rows('sequence_owners').filter((row) => row[2] !== 'used')),
    sequenceUsers: pairs(rows('sequence_owners')),
    schemas: new Set(rows('schemas').map((row) => text(row[0]))),
    secretSettings: rows('secret_settings').map((row) => text(row[0])),
  }
}

/** Oid → oids. */
function pairs(rows: readonly Row[]): Map<number, number[]> {
  const map = new Map<number, number[]>()
  for (const [from, to] of rows) add(map, Number(from), Number(to))
  return map
}

interface AttributeCandidate { readonly name: string; readonly argumentType: number }

function functionsOf(rows: (name: string) => readonly Row[]) {
  const byName = new Map<string, FunctionEntry[]>()
  const candidates: AttributeCandidate[] = []
  for (const [schema, name, volatilities, plain] of rows('builtin_functions')) {
    const risk = builtinRisk(text(name), text(volatilities), plain === 't' || plain === 'true')
    add(byName, text(name), { schema: text(schema), name: text(name), builtin: true, risk, immutable: volatilities === 'i' })
    if (risk !== undefined && !NEEDS_INTERNAL.test(text(name))) candidates.push({ name: text(name), argumentType: 0 })
  }
  const parts = new Map<string, Row[]>()
  for (const row of rows('aggregates')) add(parts, text(row[0]), row)
  const aggregates: [FunctionEntry & { risk: string | undefined }, string][] = []
  for (const row of rows('functions')) {
    const [schema, name, kind, volatility, language, extension, source, argument, oid] = row
    const harmless = extension === null ? isRangeConstructor(source) : isHarmlessMember(text(extension), text(name), text(volatility))
    const entry = { schema: text(schema), name: text(name), builtin: false, risk: harmless ? undefined : originOf(extension ?? null, language ?? null) }
    add(byName, entry.name, entry)
    if (kind === 'a' && !harmless) aggregates.push([entry, text(oid)])
    if (!harmless && argument !== null && argument !== undefined) candidates.push({ name: entry.name, argumentType: Number(argument) })
  }
  for (const [entry, oid] of aggregates) {
    const made = parts.get(oid) ?? []
    if (made.length > 0 && made.every((part) => !riskBehind(byName, text(part[1]), text(part[2])))) entry.risk = undefined
  }
  return { byName, candidates }
}

// CREATE TYPE … AS RANGE makes its constructors, in the type's own schema.
function isRangeConstructor(source: string | null | undefined): boolean {
  return typeof source === 'string' && /^(range_constructor[0-9]|multirange_constructor[0-9])$/.test(source)
}

function originOf(extension: string | null, language: string | null): string {
  return extension === null ? `is a function of this database, written in ${language}` : `belongs to the extension ${extension}`
}

/** True when any function of this name may not run, or none is known. */
function functionRisk(byName: ReadonlyMap<string, readonly FunctionEntry[]>, schema: string, name: string): boolean {
  const entries = (byName.get(name) ?? []).filter((entry) => entry.schema === schema)
  return entries.length === 0 || entries.some((entry) => entry.risk !== undefined)
}

/** The same for what an operator, a cast or an aggregate of the user's calls: there no call shows, and nobody looks at its arguments. */
function riskBehind(byName: ReadonlyMap<string, readonly FunctionEntry[]>, schema: string, name: string): boolean {
  return JUDGED_BY_CALL.has(name) || CLOSED_FUNCTIONS.has(name) || DEFINING_FUNCTIONS.has(name) || functionRisk(byName, schema, name)
}

function typesOf(rows: readonly Row[]): Map<number, TypeEntry> {
  const byOid = new Map<number, TypeEntry>()
  for (const [oid, schema, name, kind, base, element, relation, subtype, checks, extension] of rows) {
    byOid.set(Number(oid), {
      oid: Number(oid), schema: text(schema), name: text(name), kind: text(kind), builtin: Number(oid) < FIRST_USER_OID,
      inner: Number(base) || Number(element) || Number(subtype ?? 0), relation: Number(relation),
      checks: checks ?? undefined, extension: extension ?? undefined,
    })
  }
  return byOid
}

function relationsOf(rows: (name: string) => readonly Row[]) {
  const relationsByOid = new Map<number, RelationEntry>()
  for (const [oid, schema, name, kind, rowType, viewText, wrapper, options, definedBy] of rows('relations')) {
    relationsByOid.set(Number(oid), {
      oid: Number(oid), schema: text(schema), name: text(name), kind: text(kind), builtin: Number(oid) < FIRST_USER_OID,
      rowType: Number(rowType), viewText: viewText ?? undefined, definedBy: definedBy ?? undefined, wrapper: wrapper ?? undefined,
      wrapperOptions: options ? options.split(',') : [],
    })
  }
  const inheritance = rows('inheritance')
  return {
    relationsByOid,
    relations: groupBy(relationsByOid.values(), (relation) => relation.name),
    columnTypes: pairs(rows('columns')),
    children: pairs(inheritance),
    parents: pairs(inheritance.map(([parent, child]) => [child ?? null, parent ?? null])),
    attributes: attributesOf(rows('attributes')),
    shapedIndexes: new Set(rows('shaped_indexes').map(([relation]) => Number(relation))),
    primaryKeys: new Map(rows('primary_keys').map(([relation, columns]) => [Number(relation), text(columns).split(',').map(Number)])),
  }
}

const INDEXED = ['no', 'alone', 'shared'] as const

function attributesOf(rows: readonly Row[]): Map<number, AttributeEntry[]> {
  const attributes = new Map<number, AttributeEntry[]>()
  for (const [relation, number, name, type, typeText, generated, computedOf, indexed, counted] of rows) {
    add(attributes, Number(relation), {
      number: Number(number), name: text(name), type: Number(type), typeText: text(typeText), generated: text(generated) !== '',
      computedOf: text(computedOf).split(',').filter(Boolean).map(Number), indexed: INDEXED[Number(indexed ?? 0)] ?? 'shared', counted: counted === 't' || counted === 'true',
    })
  }
  return attributes
}

// Methods of sampling, indexes and tables: no SQL value fits their argument, and their names are common words.
const NEEDS_INTERNAL = /^(system|bernoulli|[a-z_]+handler)$/

// record, any, anyelement, anynonarray, anycompatible, anycompatiblenonarray: a row of any table fits them.
const TAKES_ANY_ROW = new Set([2249, 2276, 2283, 2776, 5077, 5079])

function riskyAttributesOf(candidates: readonly AttributeCandidate[], types: ReadonlyMap<number, TypeEntry>): Map<string, AttributeReach> {
  const reachOf = (oid: number): AttributeReach => {
    if (TAKES_ANY_ROW.has(oid)) return 'record'
    const type = types.get(oid)
    if (type?.kind === 'c') return 'composite'
    return type?.kind === 'd' ? reachOf(type.inner) : 'scalar'
  }
  const map = new Map<string, AttributeReach>()
  for (const { name, argumentType } of candidates) {
    const reach = reachOf(argumentType)
    const known = map.get(name)
    if (known === undefined || known === 'scalar' || reach === 'record') map.set(name, reach)
  }
  return map
}

function shadowedColumnsOf(rows: readonly Row[]): Map<number, string[]> {
  const map = new Map<number, string[]>()
  for (const [relation, name] of rows) add(map, Number(relation), text(name))
  return map
}

function text(value: string | null | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function groupBy<V>(values: Iterable<V>, keyOf: (value: V) => string): Map<string, V[]> {
  const map = new Map<string, V[]>()
  for (const value of values) add(map, keyOf(value), value)
  return map
}

const EMPTY = new Map<never, never>()
/** What is known when nothing is: no name resolves, so that only statements without names pass. */
export const emptyCatalog: Catalog = {
  version: 'none', serverMajor: 0, functions: EMPTY, types: EMPTY, typesByOid: EMPTY, relations: EMPTY, relationsByOid: EMPTY,
  columnTypes: EMPTY, children: EMPTY, parents: EMPTY, definitions: EMPTY, attributes: EMPTY, primaryKeys: EMPTY, shapedIndexes: new Set(), writing: EMPTY, viewSources: EMPTY, sequenceOwners: EMPTY, sequenceUsers: EMPTY, schemas: new Set(), secretSettings: [], riskyOperators: EMPTY, riskyCasts: [], riskyOrder: EMPTY, riskyAttributes: EMPTY, shadowedColumns: EMPTY,
}
