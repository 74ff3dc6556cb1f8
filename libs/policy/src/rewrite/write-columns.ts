/**
 * What a statement reads of the table that it writes to. Its target stays in the text, so names in WHERE, SET, ON CONFLICT and
 * in RETURNING's subqueries lead to columns as they are: those that could be a masked column, or a whole row, are refused.
 */
import { Refusal } from '../denial.js'
import type { ProtectedRelation } from './protection.js'
import { clausesOf, columnNames, type Fields, type Write } from './write.js'

const SYSTEM = new Set(['ctid', 'tableoid', 'xmin', 'xmax', 'cmin', 'cmax'])

/** What a name in the statement is to the target. */
export type Reach =
  /** A column that is not masked, or nothing of the target's. */
  | { readonly is: 'open' }
  | { readonly is: 'masked'; readonly column: string }
  /** The whole row, or what could be a function of it (`customers.to_json`). */
  | { readonly is: 'row'; readonly star: boolean }

const OPEN: Reach = { is: 'open' }

export class TargetColumns {
  private readonly names: ReadonlySet<string>
  /** Names that stand for rows of the target. */
  private readonly rows: ReadonlySet<string>

  constructor(
    readonly write: Write,
    private readonly protection: ProtectedRelation,
    /** Numbers of the columns that have a default. */
    private readonly defaults: readonly number[],
  ) {
    this.names = new Set(write.attributes.map((each) => each.name))
    const options = ((write.body['returningClause'] as Fields | undefined)?.['options'] as readonly { ReturningOption?: { value?: string } }[] | undefined) ?? []
    this.rows = new Set([write.called, 'old', 'new', ...options.map((each) => each.ReturningOption?.value ?? '')])
  }

  reach(parts: readonly string[]): Reach {
    const name = parts.at(-1) ?? ''
    const table = parts.at(-2)
    if (table === undefined) {
      if (name === '*') return OPEN
      if (this.protection.masks.has(name)) return { is: 'masked', column: name }
      if (name === 'excluded' && this.write.kind === 'insert' && !this.names.has(name) && this.unwritten().length > 0) return { is: 'row', star: false }
      return this.rows.has(name) && !this.names.has(name) ? { is: 'row', star: false } : OPEN
    }
    if (table === 'excluded' && this.write.kind === 'insert') return this.proposed(name)
    if (!this.rows.has(table)) return OPEN
    if (name === '*') return { is: 'row', star: true }
    if (this.protection.masks.has(name)) return { is: 'masked', column: name }
    return this.names.has(name) || SYSTEM.has(name) ? OPEN : { is: 'row', star: false }
  }

  /** Of the row that was to be inserted one knows what one wrote. What a default made (a sequence's next number) is masked. */
  private proposed(name: string): Reach {
    const unwritten = this.unwritten()
    if (unwritten.includes(name)) return { is: 'masked', column: name }
    return unwritten.length > 0 && !this.names.has(name) ? { is: 'row', star: name === '*' } : OPEN
  }

  private unwritten(): readonly string[] {
    return [...this.protection.masks.values()].map((mask) => mask.column).filter((each) => this.defaults.includes(each.number) && (this.write.saysDefault || !this.write.given.has(each.number))).map((each) => each.name)
  }

  /** Whether a name is that of the row before or after the change. */
  isOldOrNew(parts: readonly string[]): boolean {
    const table = parts.at(-2)
    return table !== undefined && table !== this.write.called && this.rows.has(table)
  }

  /** @throws Refusal where anything below reads a masked column of the target, or a whole row */
  checkUnread(tree: unknown, where: string): void {
    if (typeof tree !== 'object' || tree === null) return
    const parts = columnNames(tree)
    if (parts !== undefined) return this.checkName(parts, where)
    for (const inner of Object.values(tree)) this.checkUnread(inner, where)
  }

  private checkName(parts: readonly string[], where: string): void {
    const reach = this.reach(parts)
    if (reach.is === 'open') return
    const { relation } = this.write
    if (reach.is === 'masked') throw masksRead(reach.column, relation.name, where, this.write.called)
    throw new Refusal(
      'masked_column_expression', `a whole row of ${relation.name} cannot be read in ${where}: some of its columns are masked`,
      `Name the columns that you need; masked are ${[...this.protection.masks.keys()].join(', ')}.`,
    )
  }

  /** All parts but RETURNING that see the target. FROM, USING, WITH and the rows of an INSERT do not. */
  checkAll(): void {
    const { body } = this.write
    this.checkUnread(body['whereClause'], 'WHERE')
    if (this.write.kind === 'update') this.checkUnread(body['targetList'], 'SET')
    this.checkUnread(body['joinCondition'], 'ON')
    for (const clause of clausesOf(body)) {
      this.checkUnread(clause['condition'], 'WHEN')
      // The values of an INSERT see the source alone.
      if (clause.commandType === 'CMD_UPDATE') this.checkUnread(clause['targetList'], 'SET')
    }
    const conflict = body['onConflictClause'] as Fields | undefined
    if (conflict === undefined) return
    const infer = conflict['infer'] as { indexElems?: readonly { IndexElem?: { name?: string } }[]; whereClause?: unknown } | undefined
    for (const element of infer?.indexElems ?? []) {
      const name = element.IndexElem?.name
      if (name !== undefined && this.protection.masks.has(name)) throw masksRead(name, this.write.relation.name, 'ON CONFLICT', this.write.called)
    }
    this.checkUnread(infer, 'ON CONFLICT')
    this.checkUnread(conflict['targetList'], 'ON CONFLICT')
    this.checkUnread(conflict['whereClause'], 'ON CONFLICT')
  }
}

function masksRead(column: string, table: string, where: string, called: string): Refusal {
  return new Refusal(
    'masked_column_expression', `${column} of ${table} is masked, and cannot be read in ${where} of a statement that writes to ${table}`,
    `Choose rows and values by other columns. ${where === 'ON CONFLICT' ? `excluded.${column} may be used. ` : ''}If ${column} is a column of another table in a subquery, write it with an alias other than ${called}.`,
  )
}
