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
  /** Numbers of the columns that it gives values. */
  readonly given: ReadonlySet<number>
  /** Numbers of the columns that ON CONFLICT DO UPDATE sets, or an UPDATE. */
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
  const given = kind === 'insert' ? (body['cols'] === undefined ? positional(body, attributes) : named(body['cols'], attributes)) : kind === 'update' ? named(body['targetList'], attributes) : NONE
  return {
    kind, body, range, relation, attributes, called: alias === undefined ? relation.name : asText(alias['aliasname']), given,
    updated: kind === 'update' ? given : conflict === undefined ? NONE : named(conflict['targetList'], attributes), actions: [],
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
    const given = kind === 'delete' ? NONE : clause['targetList'] === undefined ? first(((clause['values'] as unknown[] | undefined) ?? []).length, whole.attributes) : named(clause['targetList'], whole.attributes)
    const body = kind === 'insert' ? { cols: clause['targetList'] } : { targetList: clause['targetList'] }
    return [{ ...whole, kind, body, given, updated: kind === 'update' ? given : NONE }]
  })
  return { ...whole, actions }
}

const COMMANDS: ReadonlyMap<string, Write['kind']> = new Map([['CMD_INSERT', 'insert'], ['CMD_UPDATE', 'update'], ['CMD_DELETE', 'delete']] as const)
const NONE: ReadonlySet<number> = new Set()

function named(targetList: unknown, attributes: readonly AttributeEntry[]): ReadonlySet<number> {
  const names = new Set(((targetList as readonly { ResTarget?: { name?: string } }[] | undefined) ?? []).map((each) => each.ResTarget?.name))
  return new Set(attributes.filter((each) => names.has(each.name)).map((each) => each.number))
}

/** Without a list the first columns are meant, as many as there are values; DEFAULT VALUES gives none. */
function positional(body: Fields, attributes: readonly AttributeEntry[]): ReadonlySet<number> {
  if (body['selectStmt'] === undefined) return NONE
  const rows = ((body['selectStmt'] as Fields)['SelectStmt'] as Fields | undefined)?.['valuesLists'] as readonly { List?: { items?: readonly unknown[] } }[] | undefined
  return first(rows?.[0]?.List?.items?.length ?? attributes.length, attributes)
}

const first = (count: number, attributes: readonly AttributeEntry[]): ReadonlySet<number> => new Set(attributes.slice(0, count).map((each) => each.number))

function unfollowed(what: string, hint: string): Refusal {
  return new Refusal('masked_relation', `${what} not available to this credential, whose policy masks columns or filters rows`, hint)
}

/** The parts of a column's name in a tree, or undefined for another node. */
export function columnNames(node: unknown): readonly string[] | undefined {
  const fields = (node as { ColumnRef?: { fields?: readonly unknown[] } } | undefined)?.ColumnRef?.fields
  return fields === undefined ? undefined : fieldNames(fields)
}
