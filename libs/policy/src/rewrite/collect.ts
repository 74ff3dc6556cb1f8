/** A tree's references to relations and columns, each with the query that it stands in. */
import type { RelationEntry } from '../catalog.js'
import type { Tree } from '../parser.js'

type Fields = Record<string, unknown>

/** The node in its place, so that another can be put there. */
export interface Slot {
  readonly holder: Fields | unknown[]
  readonly key: string | number
}

export interface Reference {
  readonly range: Tree
  readonly candidates: readonly RelationEntry[]
  /** The query, or statement that writes, whose FROM it stands in; undefined in COPY. */
  readonly select: Fields | undefined
  /** The RangeTableSample around it, if there is one. */
  readonly sampled: boolean
  readonly slot: Slot
}

export interface ColumnUse {
  readonly fields: readonly unknown[]
  readonly body: Fields
  readonly select: Fields | undefined
  readonly slot: Slot
}

/** What has a FROM, or a USING, of its own. */
const QUERIES = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

export class Collected {
  readonly references: Reference[] = []
  readonly columns: ColumnUse[] = []
  /** Queries, with the one around each. */
  readonly selects = new Map<Fields, Fields | undefined>()

  constructor(
    statements: readonly Tree[],
    private readonly resolved: ReadonlyMap<Tree, readonly RelationEntry[]>,
  ) {
    for (const statement of statements) this.visit(statement, undefined, undefined)
  }

  private visit(value: unknown, select: Fields | undefined, slot: Slot | undefined): void {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      const holder: unknown[] = value
      for (const [key, each] of holder.entries()) this.visit(each, select, { holder, key })
      return
    }
    const fields = value as Fields
    for (const [name, inner] of Object.entries(fields)) {
      if (typeof inner !== 'object' || inner === null) continue
      const body = inner as Fields
      if (QUERIES.has(name) || ((name === 'larg' || name === 'rarg') && 'op' in fields && 'op' in body)) {
        this.selects.set(body, select)
        this.visit(body, body, undefined)
      } else if (name === 'RangeTableSample') {
        const sampled = (body['relation'] as Fields)['RangeVar'] as Tree
        this.reference(sampled, select, true, slot)
        this.visit({ ...body, relation: undefined }, select, undefined)
      } else if (name === 'RangeVar') this.reference(body, select, false, slot)
      else if (name === 'CopyStmt' && typeof body['relation'] === 'object' && body['relation'] !== null) {
        this.reference(body['relation'] as Tree, undefined, false, { holder: fields, key: name })
      } else if (name === 'ColumnRef') {
        this.columns.push({ fields: (body['fields'] as unknown[] | undefined) ?? [], body, select, slot: slot ?? { holder: fields, key: name } })
      } else this.visit(body, select, { holder: fields, key: name })
    }
  }

  private reference(range: Tree, select: Fields | undefined, sampled: boolean, slot: Slot | undefined): void {
    const candidates = this.resolved.get(range)
    if (candidates !== undefined && slot !== undefined) this.references.push({ range, candidates, select, sampled, slot })
  }

  /** Whether a query is the other one, or stands inside it. */
  within(inner: Fields | undefined, outer: Fields | undefined): boolean {
    for (let each = inner; each !== undefined; each = this.selects.get(each)) if (each === outer) return true
    return false
  }
}

/** The parts of a column reference; a star is `*`. */
export function fieldNames(fields: readonly unknown[]): readonly string[] {
  return fields.map((field) => {
    const name = ((field as Fields)['String'] as Fields | undefined)?.['sval']
    return typeof name === 'string' ? name : '*'
  })
}
