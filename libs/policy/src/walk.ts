/**
 * The one walker: it visits every field of every node of a query and refuses what the allow-list does not have. The
 * checks hang on node kinds; what can only be judged by the statement as a whole is noted and judged at the end.
 */
import type { Catalog, RelationEntry } from './catalog.js'
import { checkCall } from './calls.js'
import { Refusal } from './denial.js'
import { checkOperator, checkSelection, checkWhole, noteAttribute, noteFromItem } from './hidden-code.js'
import { nodeShapes, sinceMajor, writingNodeShapes } from './node-kinds.js'
import { parseStatements, type Tree } from './parser.js'
import { storedPolicy } from './policy.js'
import { checkRelation, checkTarget } from './relations.js'
import { mayRun, need, unknownConstruct } from './statement-kinds.js'
import { checkSampling, checkType } from './type-names.js'
import type { CompiledPolicy } from './types.js'
import type { AttributeUse, FromItem, WalkState } from './walk-state.js'

export class Walk implements WalkState {
  readonly withNames: string[] = []
  readonly types = new Set<number>()
  readonly castTargets = new Set<string>()
  readonly operators = new Set<string>()
  coerces = false
  operatorSeen = false
  readonly attributes: AttributeUse[] = []
  readonly fromItems = new Map<string, FromItem[]>()
  readonly references = new Map<Tree, readonly RelationEntry[]>()
  readonly written: RelationEntry[] = []
  readonly targets = new Map<Tree, readonly RelationEntry[]>()
  literalFree = true
  readsSecrets = false

  constructor(
    readonly catalog: Catalog,
    readonly policy: CompiledPolicy,
    readonly depth = 0,
    readonly catalogIsFresh = false,
  ) {}

  checkStored(sql: string): boolean {
    const statements = parseStatements(sql)
    if (statements.length !== 1) throw unknownConstruct(this.policy, 'a definition that is not one statement')
    const stored = new Walk(this.catalog, storedPolicy, this.depth + 1)
    stored.query(statements[0]?.['stmt'])
    return stored.readsSecrets
  }

  /** Checks a whole query: its nodes one by one, then what they amount to together. */
  query(tree: unknown): void {
    this.node(tree)
    checkWhole(this)
  }

  /** What the nodes checked so far amount to together. */
  finish(): void {
    checkWhole(this)
  }

  /** The same for a list of expressions. */
  queries(trees: unknown): void {
    this.list(trees)
    checkWhole(this)
  }

  /** Checks one node, `{Kind: {…}}`, and all below it. */
  node(tree: unknown): void {
    if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) throw unknownConstruct(this.policy, 'a value without a kind')
    const keys = Object.keys(tree)
    if (keys.length === 0) return // the parser's null inside a list, as in a plain DISTINCT
    const kind = keys[0] as string
    if (keys.length > 1) throw unknownConstruct(this.policy, kind)
    this.struct(kind, (tree as Tree)[kind])
  }

  list(trees: unknown): void {
    if (!Array.isArray(trees)) throw unknownConstruct(this.policy, 'a list')
    for (const tree of trees) this.node(tree)
  }

  private struct(kind: string, body: unknown): void {
    const shape = (this.policy.writes ? writingNodeShapes : nodeShapes).get(kind)
    if (shape === undefined) throw this.notAllowed(kind)
    if (typeof body !== 'object' || body === null) throw unknownConstruct(this.policy, kind)
    const fields = body as Tree
    const since = sinceMajor.get(kind)
    if (since !== undefined && this.catalog.serverMajor < since) throw tooNew(this.policy, kind, since)
    const scope = this.withNames.length
    this.enter(kind, fields)
    for (const name of Object.keys(fields)) {
      const value = fields[name]
      const field = shape.get(name)
      if (field === undefined) throw this.notAllowed(`${kind}.${name}`)
      switch (field.shape) {
        case 'scalar':
          if (typeof value === 'object' && value !== null) throw unknownConstruct(this.policy, `${kind}.${name}`)
          break
        case 'names':
          break
        case 'node':
          this.node(value)
          break
        case 'list':
          this.list(value)
          break
        case 'struct':
          // A WITH was walked first, by `enter`, since its names count in every other field.
          if (name !== 'withClause') this.struct(field.kind, value)
          break
      }
    }
    if (HAS_WITH.has(kind)) this.withNames.length = scope
  }

  private enter(kind: string, fields: Tree): void {
    switch (kind) {
      case 'FuncCall':
        return checkCall(this, fields)
      case 'ColumnRef':
        return noteAttribute(this, fields['fields'])
      case 'A_Indirection':
        return checkSelection(this, fields['indirection'])
      case 'A_Expr':
        return this.expression(fields)
      case 'SubLink':
        return checkOperator(this, fields['operName'], fields['testexpr'] === undefined ? undefined : '=')
      case 'SortBy':
        return checkOperator(this, fields['useOp'])
      case 'JoinExpr':
        if (fields['usingClause'] !== undefined || fields['isNatural'] === true) checkOperator(this, undefined, '=')
        return noteFromItem(this, kind, fields)
      case 'RangeSubselect': case 'RangeFunction': case 'RangeTableFunc': case 'JsonTable':
        return noteFromItem(this, kind, fields)
      case 'CaseExpr':
        this.coerces = true
        if (fields['arg'] !== undefined) checkOperator(this, undefined, '=')
        return
      case 'CoalesceExpr': case 'MinMaxExpr': case 'A_ArrayExpr':
        this.coerces = true
        return
      case 'TypeName':
        return checkType(this, fields)
      case 'RangeVar':
        return checkRelation(this, fields)
      case 'WriteTarget':
        return checkTarget(this, fields)
      case 'InsertStmt':
        need(this.policy, 'insert', 'INSERT')
        return this.with(fields)
      case 'UpdateStmt':
        need(this.policy, 'update', 'UPDATE')
        return this.with(fields)
      case 'DeleteStmt':
        need(this.policy, 'delete', 'DELETE')
        return this.with(fields)
      case 'MergeStmt':
        return this.with(fields)
      case 'MergeWhenClause':
        return this.merge(fields['commandType'])
      case 'OnConflictClause':
        if (fields['action'] === 'ONCONFLICT_UPDATE') need(this.policy, 'update', 'ON CONFLICT DO UPDATE')
        return
      case 'RangeTableSample':
        return checkSampling(this, fields)
      case 'SelectStmt':
        return this.select(fields)
      default:
        return
    }
  }

  private notAllowed(kind: string): Refusal {
    if (!WRITES.test(kind)) return unknownConstruct(this.policy, kind)
    const verb = kind.replace('Stmt', '').toUpperCase()
    return new Refusal('read_only', `${verb} inside this statement writes, and this credential may only read`, 'Use a SELECT instead.')
  }

  private expression(fields: Tree): void {
    const kind = fields['kind']
    if (typeof kind === 'string' && kind.startsWith('AEXPR_') && /BETWEEN/.test(kind)) {
      for (const name of ['<', '<=', '>', '>=']) checkOperator(this, undefined, name)
      return
    }
    checkOperator(this, fields['name'])
  }

  private select(fields: Tree): void {
    if (fields['intoClause'] !== undefined) {
      if (this.policy.writes) throw unknownConstruct(this.policy, 'SELECT INTO (CREATE TABLE … AS does the same)')
      throw new Refusal('read_only', 'SELECT INTO creates a table, and this credential may only read', 'Leave out INTO.')
    }
    if (fields['lockingClause'] !== undefined) this.locking()
    if (fields['fromClause'] !== undefined) need(this.policy, 'select', 'SELECT')
    if (fields['op'] !== 'SETOP_NONE' || fields['valuesLists'] !== undefined) this.coerces = true
    this.with(fields)
  }

  /** As in Postgres, where it takes the right to change rows. */
  private locking(): void {
    if (mayRun(this.policy, 'update') || mayRun(this.policy, 'delete')) return
    throw new Refusal(
      'locking_select', `FOR UPDATE and FOR SHARE lock rows, and this ${this.policy.writes ? 'policy lets nobody change them' : 'credential may only read'}`,
      'Leave out the locking clause.',
    )
  }

  private merge(command: unknown): void {
    const kind = MERGES.get(String(command))
    if (kind !== undefined) need(this.policy, kind, `MERGE with ${kind.toUpperCase()}`)
    else if (command !== 'CMD_NOTHING') throw unknownConstruct(this.policy, `MERGE with ${String(command)}`)
  }

  private with(fields: Tree): void {
    const clause = fields['withClause'] as Tree | undefined
    if (clause === undefined) return
    const queries = (Array.isArray(clause['ctes']) ? clause['ctes'] : []) as readonly Tree[]
    const nameOf = (query: Tree) => String((query['CommonTableExpr'] as Tree | undefined)?.['ctename'])
    if (clause['recursive'] === true) {
      this.withNames.push(...queries.map(nameOf))
      this.struct('WithClause', clause)
      return
    }
    // Each sees only those before it: `WITH v AS (SELECT * FROM v)` reads the view v.
    for (const query of queries) {
      this.node(query)
      this.withNames.push(nameOf(query))
    }
    this.struct('WithClause', { ...clause, ctes: [] })
  }
}

const HAS_WITH = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])
const MERGES: ReadonlyMap<string, 'insert' | 'update' | 'delete'> = new Map([['CMD_INSERT', 'insert'], ['CMD_UPDATE', 'update'], ['CMD_DELETE', 'delete']] as const)
const WRITES = /^(Insert|Update|Delete|Merge)Stmt$/

function tooNew(policy: CompiledPolicy, kind: string, since: number): Refusal {
  return new Refusal(
    policy.writes ? 'statement_not_allowed' : 'read_only',
    `this statement contains ${kind}, which servers know from version ${since} on`,
    'Write the query with functions that this server has.',
  )
}
