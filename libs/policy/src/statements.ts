/** The statements that a credential may send, one check each. What has none here is refused. */
import type { Catalog, RelationEntry } from './catalog.js'
import { checkDefinition, isDefinition } from './definitions.js'
import { Refusal } from './denial.js'
import { asText } from './names.js'
import { checkRelation, checkTarget } from './relations.js'
import { isSecretSetting } from './secrets.js'
import { checkSetting, secretSetting } from './settings.js'
import { list, mayRun, need, unknownConstruct } from './statement-kinds.js'
import type { Tree } from './parser.js'
import type { CompiledPolicy } from './types.js'
import { Walk } from './walk.js'

export interface StatementFacts {
  readonly kind: string
  readonly literalFree: boolean
  /** What the relations that it names could stand for, by their nodes in the tree. */
  readonly references?: ReadonlyMap<Tree, readonly RelationEntry[]>
  readonly written?: readonly RelationEntry[]
  /** The same by the nodes that name it. */
  readonly targets?: ReadonlyMap<Tree, readonly RelationEntry[]>
  /** See WalkState. */
  readonly readsSecrets?: boolean
  /** EXPLAIN without ANALYZE: nothing is read. */
  readonly plansOnly?: boolean
}

type Check = (body: Tree, walk: Walk) => StatementFacts

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['SelectStmt', (body, walk) => queryFacts('select', { SelectStmt: body }, walk)],
  ['ExplainStmt', checkExplain],
  ['VariableShowStmt', (body, { policy, catalog }) => {
    need(policy, 'show', 'SHOW')
    checkShow(asText(body['name']), catalog)
    return { kind: 'show', literalFree: true }
  }],
  ['VariableSetStmt', checkSet],
  ['TransactionStmt', checkTransaction],
  ['CopyStmt', checkCopy],
  ['DeclareCursorStmt', (body, walk) => queryFacts('cursor', body['query'], walk)],
  ['FetchStmt', () => ({ kind: 'cursor', literalFree: true })],
  ['ClosePortalStmt', () => ({ kind: 'cursor', literalFree: true })],
  ['PrepareStmt', checkPrepare],
  ['ExecuteStmt', checkExecute],
  ['DeallocateStmt', () => ({ kind: 'prepare', literalFree: true })],
  ['DiscardStmt', () => ({ kind: 'discard', literalFree: true })],
  // Pools send it when a session is returned.
  ['UnlistenStmt', () => ({ kind: 'discard', literalFree: true })],
  ['ConstraintsSetStmt', (_body, { policy }) => {
    need(policy, 'transaction', 'SET CONSTRAINTS')
    return { kind: 'transaction', literalFree: true }
  }],
])

/** What a credential that may write may send besides. */
const WRITING_CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...(['Insert', 'Update', 'Delete', 'Merge'] as const).map((verb): [string, Check] => [
    `${verb}Stmt`,
    (body, walk) => writeFacts(verb.toLowerCase(), { [`${verb}Stmt`]: body }, walk),
  ]),
  ['LockStmt', checkLock],
  ['ListenStmt', (_body, { policy }) => {
    // What others send may hold rows of any table.
    const what = policy.tables !== undefined ? 'has table lists' : policy.maskingRules.length > 0 ? 'masks columns' : policy.rowFilters.length > 0 ? 'filters rows' : undefined
    if (what !== undefined) throw new Refusal('statement_not_allowed', `LISTEN is refused: this policy ${what}, and messages may hold rows of any table`, `Allowed here: ${list(policy)}.`)
    return messageFacts(policy, 'LISTEN')
  }],
  ['NotifyStmt', (_body, { policy }) => messageFacts(policy, 'NOTIFY')],
])

/** Checks one statement of a text. */
export function checkStatement(raw: Tree, catalog: Catalog, policy: CompiledPolicy, catalogIsFresh = false): StatementFacts {
  const statement = raw['stmt'] as Tree | undefined
  const [kind, body] = only(statement)
  const walk = new Walk(catalog, policy, 0, catalogIsFresh)
  const check = CHECKS.get(kind) ?? (policy.writes ? WRITING_CHECKS.get(kind) : undefined)
  if (check !== undefined) return check(body, walk)
  if (policy.writes && isDefinition(kind)) return checkDefinition(kind, body, walk)
  throw refusedRoot(kind, policy)
}

function checkShow(name: string, catalog: Catalog): void {
  if (isSecretSetting(name)) throw secretSetting(`SHOW ${name}`)
  if (name.toLowerCase() !== 'all') return
  if (catalog.serverMajor === 0) throw new Refusal('unresolved_name', 'the settings of this database are not known yet', 'Try again in a moment.')
  const [first] = catalog.secretSettings
  if (first !== undefined) throw new Refusal('closed_catalog', `SHOW ALL is closed to this credential: it would show ${first}, which may hold a password, a key or where one is`, 'Read pg_settings, which shows the same without it.')
}

function only(node: unknown): [string, Tree] {
  const entries: [string, unknown][] = typeof node === 'object' && node !== null ? Object.entries(node) : []
  const [kind, body] = entries[0] ?? ['nothing', undefined]
  if (entries.length !== 1 || typeof body !== 'object' || body === null) return ['nothing', {}]
  return [kind, body as Tree]
}

/** A query in any of the places where only a SELECT may stand. */
function queryFacts(kind: string, query: unknown, walk: Walk): StatementFacts {
  const [root] = only(query)
  if (root !== 'SelectStmt') throw refusedRoot(root, walk.policy)
  need(walk.policy, 'select', 'SELECT')
  walk.query(query)
  return { kind, literalFree: walk.literalFree, references: walk.references, written: walk.written, targets: walk.targets, readsSecrets: walk.readsSecrets }
}

const WRITES = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])

function writeFacts(kind: string, statement: unknown, walk: Walk): StatementFacts {
  walk.query(statement)
  return { kind, literalFree: walk.literalFree, references: walk.references, written: walk.written, targets: walk.targets, readsSecrets: walk.readsSecrets }
}

/** A query or, for a credential that may write, one of the statements that may stand in its place. */
function anyFacts(kind: string, query: unknown, walk: Walk): StatementFacts {
  return walk.policy.writes && WRITES.has(only(query)[0]) ? writeFacts(kind, query, walk) : queryFacts(kind, query, walk)
}

const EXPLAIN_OPTIONS = new Set(['analyze', 'verbose', 'costs', 'settings', 'generic_plan', 'buffers', 'serialize', 'wal', 'timing', 'summary', 'memory', 'format'])

function checkExplain(body: Tree, walk: Walk): StatementFacts {
  const { policy } = walk
  for (const option of options(body)) {
    if (!EXPLAIN_OPTIONS.has(option.name)) throw unknownOption(policy, 'EXPLAIN', option.name)
  }
  need(policy, 'explain', 'EXPLAIN')
  const [root, inner] = only(body['query'])
  // ANALYZE runs what it explains: these are roots that may run.
  const plansOnly = !options(body).some(({ name }) => name === 'analyze')
  if (root === 'SelectStmt' || (policy.writes && WRITES.has(root))) return { ...anyFacts('explain', body['query'], walk), plansOnly }
  if (root === 'ExecuteStmt') return { ...checkExecute(inner, walk), kind: 'explain' }
  if (root === 'DeclareCursorStmt') return { ...queryFacts('explain', inner['query'], walk), plansOnly }
  if (policy.writes) throw unknownConstruct(policy, `EXPLAIN of ${plain(root)}`)
  throw new Refusal('read_only', `EXPLAIN of ${plain(root)} is refused: this credential may only read`, 'Explain a SELECT.')
}

function checkSet(body: Tree, { policy }: Walk): StatementFacts {
  const facts = { kind: 'set', literalFree: false }
  const name = asText(body['name'])
  if (name === 'TRANSACTION' || name === 'TRANSACTION SNAPSHOT') need(policy, 'transaction', `SET ${name}`)
  else need(policy, 'set', body['kind'] === 'VAR_RESET' || body['kind'] === 'VAR_RESET_ALL' ? 'RESET' : 'SET')
  switch (body['kind']) {
    case 'VAR_RESET_ALL':
      return facts // back to the values of the startup packet, where the guards are
    case 'VAR_SET_DEFAULT': case 'VAR_RESET': case 'VAR_SET_CURRENT':
      checkSetting(policy, name, undefined)
      return facts
    case 'VAR_SET_VALUE':
      checkSetting(policy, name, ((body['args'] as readonly Tree[] | undefined) ?? []).map((arg) => constantText(arg)))
      return facts
    case 'VAR_SET_MULTI':
      if (name === 'TRANSACTION SNAPSHOT') return facts
      if (name !== 'TRANSACTION' && name !== 'SESSION CHARACTERISTICS') break
      checkModes(policy, (body['args'] as readonly Tree[] | undefined) ?? [])
      return facts
    default:
      break
  }
  throw new Refusal('session_guard', `this form of SET is refused for this credential`, 'Use SET name = value.')
}

/** The value in SET as text. What is no constant has no text that could equal an allowed one. */
function constantText(arg: Tree): string {
  const [kind, body] = only(arg)
  if (kind === 'TypeCast') return constantText(body['arg'] as Tree)
  if (kind !== 'A_Const') return '\0'
  const [field, value]: [string?, unknown?] = Object.entries(body).find(([key]) => key !== 'location') ?? []
  if (typeof value !== 'object' || value === null || field === undefined) return '\0'
  const content: unknown = Object.values(value)[0]
  if (content === undefined) return field === 'sval' ? '' : '0' // the parser leaves out empty texts and zeros
  return typeof content === 'string' || typeof content === 'number' || typeof content === 'boolean' ? String(content) : '\0'
}

const KINDS_OF_TRANSACTION = new Set([
  'TRANS_STMT_BEGIN', 'TRANS_STMT_START', 'TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_SAVEPOINT', 'TRANS_STMT_RELEASE',
  'TRANS_STMT_ROLLBACK_TO',
])

function checkTransaction(body: Tree, { policy }: Walk): StatementFacts {
  need(policy, 'transaction', 'BEGIN, COMMIT and the like')
  if (!KINDS_OF_TRANSACTION.has(String(body['kind']))) {
    if (policy.writes) throw unknownConstruct(policy, 'a prepared transaction')
    throw new Refusal('read_only', 'prepared transactions are refused: this credential may only read', 'Use COMMIT or ROLLBACK.')
  }
  checkModes(policy, (body['options'] as readonly Tree[] | undefined) ?? [])
  return { kind: 'transaction', literalFree: true }
}

function checkModes(policy: CompiledPolicy, items: readonly Tree[]): void {
  for (const { name, arg } of items.map(option)) {
    if (name === 'transaction_isolation' || name === 'transaction_deferrable') continue
    if (name === 'transaction_read_only' && (policy.writes || constantText(arg ?? {}) === '1')) continue
    if (name === 'transaction_read_only') {
      throw new Refusal('session_guard', 'READ WRITE is refused: this credential may only read', 'Leave it out or write READ ONLY.')
    }
    throw unknownOption(policy, 'transaction', name)
  }
}

const COPY_OPTIONS = new Set(['format', 'delimiter', 'null', 'header', 'quote', 'escape', 'force_quote', 'encoding', 'freeze'])
const COPY_FROM_OPTIONS = new Set([...COPY_OPTIONS, 'force_not_null', 'force_null', 'default', 'on_error', 'log_verbosity', 'reject_limit'])

function checkCopy(body: Tree, walk: Walk): StatementFacts {
  const { policy } = walk
  const from = body['is_from'] === true
  need(policy, 'copy', 'COPY')
  if (from && !policy.writes) throw new Refusal('read_only', 'COPY FROM writes, and this credential may only read', 'Use COPY (SELECT …) TO STDOUT.')
  if (body['is_program'] === true || body['filename'] !== undefined) {
    if (policy.writes) throw unknownConstruct(policy, "COPY from or to the server's files or programs")
    throw new Refusal('read_only', 'COPY to a file or a program of the server is refused: this credential may only read', 'Use COPY (SELECT …) TO STDOUT.')
  }
  for (const { name } of options(body)) if (!(from ? COPY_FROM_OPTIONS : COPY_OPTIONS).has(name)) throw unknownOption(policy, 'COPY', name)
  if (body['query'] !== undefined) return anyFacts('copy', body['query'], walk)
  const relation = body['relation']
  if (typeof relation !== 'object' || relation === null) throw refusedRoot('CopyStmt', policy)
  if (from) {
    need(policy, 'insert', 'COPY FROM')
    checkTarget(walk, relation as Tree)
    if (body['whereClause'] !== undefined) walk.query(body['whereClause'])
  } else {
    need(policy, 'select', 'COPY TO')
    checkRelation(walk, relation as Tree)
  }
  return { kind: 'copy', literalFree: walk.literalFree, references: walk.references, written: walk.written, targets: walk.targets, readsSecrets: walk.readsSecrets }
}

function checkPrepare(body: Tree, walk: Walk): StatementFacts {
  if (body['argtypes'] !== undefined) walk.list(body['argtypes'])
  return anyFacts('prepare', body['query'], walk)
}

function checkExecute(body: Tree, walk: Walk): StatementFacts {
  // What the name stands for passed the gate when it was prepared.
  if (body['params'] !== undefined) walk.queries(body['params'])
  return { kind: 'execute', literalFree: walk.literalFree, references: walk.references, written: walk.written, targets: walk.targets, readsSecrets: walk.readsSecrets }
}

function checkLock(body: Tree, walk: Walk): StatementFacts {
  if (!mayRun(walk.policy, 'update')) need(walk.policy, 'delete', 'LOCK')
  for (const relation of (body['relations'] as readonly Tree[] | undefined) ?? []) checkTarget(walk, only(relation)[1])
  return { kind: 'lock', literalFree: true }
}

// They read and change nothing, and no kind of the rules stands for them: a list of what is allowed leaves them out.
function messageFacts(policy: CompiledPolicy, what: string): StatementFacts {
  if (policy.allow !== undefined) throw new Refusal('statement_not_allowed', `${what} is not among the statements that this policy allows`, `Allowed here: ${list(policy)}.`)
  return { kind: 'message', literalFree: true }
}

function option(item: Tree): { readonly name: string; readonly arg: Tree | undefined } {
  const element = item['DefElem'] as Tree | undefined
  return { name: asText(element?.['defname']).toLowerCase(), arg: element?.['arg'] as Tree | undefined }
}

function options(body: Tree) {
  return ((body['options'] as readonly Tree[] | undefined) ?? []).map(option)
}

function unknownOption(policy: CompiledPolicy, what: string, name: string): Refusal {
  return policy.writes
    ? new Refusal('statement_not_allowed', `the ${what} option ${name} is not one that may be used under this policy`, 'Leave it out.')
    : new Refusal('read_only', `the ${what} option ${name} is not one that a read-only credential may use`, 'Leave it out.')
}

/** `CreateTableAsStmt` as "CREATE TABLE AS". */
function plain(kind: string): string {
  return kind.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()
}

function refusedRoot(kind: string, policy: CompiledPolicy): Refusal {
  if (policy.writes) {
    return new Refusal(
      'statement_not_allowed', `${plain(kind)} is refused: it could do anything, and this policy has rules about statements, tables or rows`,
      `Allowed here: ${list(policy)}.`,
    )
  }
  return new Refusal(
    'read_only', `${plain(kind)} is refused: this credential may only read`,
    'SELECT, EXPLAIN, SHOW, SET, cursors, transactions and COPY … TO STDOUT are allowed. Ask for a read_write credential to change data.',
  )
}
