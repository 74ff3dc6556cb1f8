/** The statements of a text that write, each with what it writes to. Their targets stay in the text: nothing can stand in for them. */
import type { AttributeEntry, Catalog, RelationEntry } from '../catalog.js'
import { Refusal } from '../denial.js'
import { asText, shown } from '../names.js'
import type { Tree } from '../parser.js'
import { fieldNames } from './collect.js'

export type Fields = Record<string, unknown>

export interface Write {
  /** A MERGE is an UPDATE that sets nothing, and has actions. */
  readonly kind: 'insert' | 'update' | 'delete'
  readonly body: Fields
  /** The node of its target. */
  readonly range: Fields
  readonly relation: RelationEntry
  readonly attributes: readonly AttributeEntry[]
  /** The name that the target goes by in the statement. */
  readonly called: string
  /** Numbers of the columns that it gives values, and of those that are computed of them. */
  readonly given: ReadonlySet<number>
  /** Whether DEFAULT stands among the values of an INSERT. */
  readonly saysDefault: boolean
  /** As `given`, of the columns that ON CONFLICT DO UPDATE sets, or an UPDATE. */
  readonly updated: ReadonlySet<number>
  /** What the branches of a MERGE do, each as a write of its own. */
  readonly actions: readonly Write[]
}

const KINDS: ReadonlyMap<string, Write['kind']> = new Map([['InsertStmt', 'insert'], ['UpdateStmt', 'update'], ['DeleteStmt', 'delete']] as const)

/**
 * @param targets what the targets could stand for, by their nodes
 * @throws Refusal for writes that are of no kind that can be followed
 */
export function writesIn(statements: readonly Tree[], targets: ReadonlyMap<Tree, readonly RelationEntry[]>, catalog: Catalog): readonly Write[] {
  const writes: Write[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'LockStmt') throw unfollowed('LOCK is', 'Leave it out: each write locks the rows that it changes.')
      if (key === 'CurrentOfExpr') throw unfollowed('WHERE CURRENT OF is', 'Name the row by its key.')
      if (key === 'CopyStmt' && (inner as Fields)['is_from'] === true) throw unfollowed('COPY FROM is', 'Write INSERT … VALUES with several rows.')
      const kind = KINDS.get(key)
      if (kind !== undefined) writes.push(described(kind, inner as Fields, targets, catalog))
      if (key === 'MergeStmt') writes.push(merge(inner as Fields, targets, catalog))
      visit(inner)
    }
  }
  visit(statements)
  return writes
}

function described(kind: Write['kind'], body: Fields, targets: ReadonlyMap<Tree, readonly RelationEntry[]>, catalog: Catalog): Write {
  const range = body['relation'] as Fields
  const candidates = targets.get(range) ?? []
  const [relation, other] = candidates
  const name = asText(range['relname'])
  if (relation === undefined) throw new Refusal('unresolved_name', `relation ${name} is not known in this database`, 'Check the spelling and the schema.')
  if (other !== undefined) throw new Refusal('masked_relation', `${name} could mean ${candidates.map((each) => shown(each.schema, each.name)).join(' or ')}`, 'Write the name with its schema.')
  const attributes = catalog.attributes.get(relation.oid) ?? []
  const alias = range['alias'] as Tree | undefined
  const conflict = body['onConflictClause'] as Fields | undefined
  const listed = kind === 'insert' ? (body['cols'] === undefined ? positional(body, attributes) : named(body['cols'], attributes)) : kind === 'update' ? named(body['targetList'], attributes) : NONE
  const given = withComputed(listed, attributes)
  return {
    kind, body, range, relation, attributes, called: alias === undefined ? relation.name : asText(alias['aliasname']), given,
    saysDefault: kind === 'insert' && listsOf(body).some((row) => row.List?.items?.some((item) => 'SetToDefault' in (item as Fields)) === true),
    updated: kind === 'update' ? given : conflict === undefined ? NONE : withComputed(named(conflict['targetList'], attributes), attributes), actions: [],
  }
}

/** One branch of a MERGE. */
export interface MergeClause extends Fields {
  readonly matchKind: string
  readonly commandType: string
}

export function clausesOf(body: Fields): readonly MergeClause[] {
  return ((body['mergeWhenClauses'] as readonly { MergeWhenClause: MergeClause }[] | undefined) ?? []).map((each) => each.MergeWhenClause)
}

function merge(body: Fields, targets: ReadonlyMap<Tree, readonly RelationEntry[]>, catalog: Catalog): Write {
  const whole = described('update', body, targets, catalog)
  const actions = clausesOf(body).flatMap((clause): Write[] => {
    const kind = COMMANDS.get(clause.commandType)
    if (kind === undefined) return []
    const listed = kind === 'delete' ? NONE : clause['targetList'] === undefined ? firstFor((clause['values'] as unknown[] | undefined) ?? [], whole.attributes) : named(clause['targetList'], whole.attributes)
    const given = withComputed(listed, whole.attributes)
    const body = kind === 'insert' ? { cols: clause['targetList'] } : { targetList: clause['targetList'] }
    return [{ ...whole, kind, body, given, updated: kind === 'update' ? given : NONE }]
  })
  return { ...whole, actions }
}

const COMMANDS: ReadonlyMap<string, Write['kind']> = new Map([['CMD_INSERT', 'insert'], ['CMD_UPDATE', 'update'], ['CMD_DELETE', 'delete']] as const)
const NONE: ReadonlySet<number> = new Set()

/** Generated columns change with those that they are computed of: their indexes and keys are looked at as well. */
export function withComputed(numbers: ReadonlySet<number>, attributes: readonly AttributeEntry[]): ReadonlySet<number> {
  const computed = attributes.filter((each) => each.computedOf.some((number) => numbers.has(number)))
  return computed.length === 0 ? numbers : new Set([...numbers, ...computed.map((each) => each.number)])
}

function named(targetList: unknown, attributes: readonly AttributeEntry[]): ReadonlySet<number> {
  const names = new Set(((targetList as readonly { ResTarget?: { name?: string } }[] | undefined) ?? []).map((each) => each.ResTarget?.name))
  return new Set(attributes.filter((each) => names.has(each.name)).map((each) => each.number))
}

/** Without a list the first columns are meant, as many as there are values; DEFAULT VALUES gives none. */
function positional(body: Fields, attributes: readonly AttributeEntry[]): ReadonlySet<number> {
  if (body['selectStmt'] === undefined) return NONE
  const items = listsOf(body)[0]?.List?.items
  return items === undefined ? first(attributes.length, attributes) : firstFor(items, attributes)
}

/** The rows of VALUES. */
function listsOf(insert: Fields): readonly { readonly List?: { readonly items?: readonly unknown[] } }[] {
  const select = (insert['selectStmt'] as Fields | undefined)?.['SelectStmt'] as Fields | undefined
  return (select?.['valuesLists'] as ReturnType<typeof listsOf> | undefined) ?? []
}

/** `(row).*` among VALUES: as many values as the row has columns. */
export function isStar(item: unknown): boolean {
  const { ColumnRef: column, A_Indirection: field } = item as Record<string, Fields | undefined>
  const last = ((column?.['fields'] ?? field?.['indirection']) as readonly Fields[] | undefined)?.at(-1)
  return last !== undefined && 'A_Star' in last
}

const first = (count: number, attributes: readonly AttributeEntry[]): ReadonlySet<number> => new Set(attributes.slice(0, count).map((each) => each.number))
const firstFor = (items: readonly unknown[], attributes: readonly AttributeEntry[]): ReadonlySet<number> => first(items.some(isStar) ? attributes.length : items.length, attributes)

function unfollowed(what: string, hint: string): Refusal {
  return new Refusal('masked_relation', `${what} not available to this credential, whose policy masks columns or filters rows`, hint)
}

/** The parts of a column's name in a tree, or undefined for another node. */
export function columnNames(node: unknown): readonly string[] | undefined {
  const fields = (node as { ColumnRef?: { fields?: readonly unknown[] } } | undefined)?.ColumnRef?.fields
  return fields === undefined ? undefined : fieldNames(fields)
}
