/** The statements that a read-only credential may send, one check each. What has none here is refused. */
import type { Catalog, RelationEntry } from './catalog.js'
import { Refusal } from './denial.js'
import { asText } from './names.js'
import { checkRelation } from './relations.js'
import { checkSetting } from './settings.js'
import type { Tree } from './parser.js'
import type { CompiledPolicy } from './types.js'
import { Walk } from './walk.js'

export interface StatementFacts {
  readonly kind: string
  readonly literalFree: boolean
  /** What the relations that it names could stand for, by their nodes in the tree. */
  readonly references?: ReadonlyMap<Tree, readonly RelationEntry[]>
}

type Check = (body: Tree, catalog: Catalog, policy: CompiledPolicy) => StatementFacts

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['SelectStmt', (body, catalog, policy) => queryFacts('select', { SelectStmt: body }, catalog, policy)],
  ['ExplainStmt', checkExplain],
  ['VariableShowStmt', () => ({ kind: 'show', literalFree: true })],
  ['VariableSetStmt', checkSet],
  ['TransactionStmt', checkTransaction],
  ['CopyStmt', checkCopy],
  ['DeclareCursorStmt', (body, catalog, policy) => queryFacts('cursor', body['query'], catalog, policy)],
  ['FetchStmt', () => ({ kind: 'cursor', literalFree: true })],
  ['ClosePortalStmt', () => ({ kind: 'cursor', literalFree: true })],
  ['PrepareStmt', checkPrepare],
  ['ExecuteStmt', checkExecute],
  ['DeallocateStmt', () => ({ kind: 'prepare', literalFree: true })],
  ['DiscardStmt', () => ({ kind: 'discard', literalFree: true })],
  // Pools send it when a session is returned; nothing is listened to, since LISTEN is refused.
  ['UnlistenStmt', () => ({ kind: 'discard', literalFree: true })],
  ['ConstraintsSetStmt', () => ({ kind: 'transaction', literalFree: true })],
])

/** Checks one statement of a text. */
export function checkStatement(raw: Tree, catalog: Catalog, policy: CompiledPolicy): StatementFacts {
  const statement = raw['stmt'] as Tree | undefined
  const [kind, body] = only(statement)
  const check = CHECKS.get(kind)
  if (check === undefined) throw refusedRoot(kind)
  return check(body, catalog, policy)
}

function only(node: unknown): [string, Tree] {
  const entries: [string, unknown][] = typeof node === 'object' && node !== null ? Object.entries(node) : []
  const [kind, body] = entries[0] ?? ['nothing', undefined]
  if (entries.length !== 1 || typeof body !== 'object' || body === null) return ['nothing', {}]
  return [kind, body as Tree]
}

/** A query in any of the places where only a SELECT may stand. */
function queryFacts(kind: string, query: unknown, catalog: Catalog, policy: CompiledPolicy, walk = new Walk(catalog, policy)): StatementFacts {
  const [root] = only(query)
  if (root !== 'SelectStmt') throw refusedRoot(root)
  walk.query(query)
  return { kind, literalFree: walk.literalFree, references: walk.references }
}

const EXPLAIN_OPTIONS = new Set(['analyze', 'verbose', 'costs', 'settings', 'generic_plan', 'buffers', 'serialize', 'wal', 'timing', 'summary', 'memory', 'format'])

function checkExplain(body: Tree, catalog: Catalog, policy: CompiledPolicy): StatementFacts {
  for (const option of options(body)) {
    if (!EXPLAIN_OPTIONS.has(option.name)) throw unknownOption('EXPLAIN', option.name)
  }
  const [root, inner] = only(body['query'])
  // ANALYZE runs what it explains: all three roots are ones that may run.
  if (root === 'SelectStmt') return queryFacts('explain', body['query'], catalog, policy)
  if (root === 'ExecuteStmt') return { ...checkExecute(inner, catalog, policy), kind: 'explain' }
  if (root === 'DeclareCursorStmt') return queryFacts('explain', inner['query'], catalog, policy)
  throw new Refusal('read_only', `EXPLAIN of ${plain(root)} is refused: this credential may only read`, 'Explain a SELECT.')
}

function checkSet(body: Tree, _catalog: Catalog, policy: CompiledPolicy): StatementFacts {
  const facts = { kind: 'set', literalFree: false }
  const name = asText(body['name'])
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
      checkModes((body['args'] as readonly Tree[] | undefined) ?? [])
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

function checkTransaction(body: Tree): StatementFacts {
  if (!KINDS_OF_TRANSACTION.has(String(body['kind']))) {
    throw new Refusal('read_only', 'prepared transactions are refused: this credential may only read', 'Use COMMIT or ROLLBACK.')
  }
  checkModes((body['options'] as readonly Tree[] | undefined) ?? [])
  return { kind: 'transaction', literalFree: true }
}

function checkModes(items: readonly Tree[]): void {
  for (const { name, arg } of items.map(option)) {
    if (name === 'transaction_isolation' || name === 'transaction_deferrable') continue
    if (name === 'transaction_read_only' && constantText(arg ?? {}) === '1') continue
    if (name === 'transaction_read_only') {
      throw new Refusal('session_guard', 'READ WRITE is refused: this credential may only read', 'Leave it out or write READ ONLY.')
    }
    throw unknownOption('transaction', name)
  }
}

const COPY_OPTIONS = new Set(['format', 'delimiter', 'null', 'header', 'quote', 'escape', 'force_quote', 'encoding', 'freeze'])

function checkCopy(body: Tree, catalog: Catalog, policy: CompiledPolicy): StatementFacts {
  if (body['is_from'] === true) throw new Refusal('read_only', 'COPY FROM writes, and this credential may only read', 'Use COPY (SELECT …) TO STDOUT.')
  if (body['is_program'] === true || body['filename'] !== undefined) {
    throw new Refusal('read_only', 'COPY to a file or a program of the server is refused: this credential may only read', 'Use COPY (SELECT …) TO STDOUT.')
  }
  for (const { name } of options(body)) if (!COPY_OPTIONS.has(name)) throw unknownOption('COPY', name)
  if (body['query'] !== undefined) return queryFacts('copy', body['query'], catalog, policy)
  const relation = body['relation']
  if (typeof relation !== 'object' || relation === null) throw refusedRoot('CopyStmt')
  const walk = new Walk(catalog, policy)
  checkRelation(walk, relation as Tree)
  return { kind: 'copy', literalFree: true, references: walk.references }
}

function checkPrepare(body: Tree, catalog: Catalog, policy: CompiledPolicy): StatementFacts {
  const walk = new Walk(catalog, policy)
  if (body['argtypes'] !== undefined) walk.list(body['argtypes'])
  return queryFacts('prepare', body['query'], catalog, policy, walk)
}

function checkExecute(body: Tree, catalog: Catalog, policy: CompiledPolicy): StatementFacts {
  // What the name stands for passed the gate when it was prepared.
  const walk = new Walk(catalog, policy)
  if (body['params'] !== undefined) walk.queries(body['params'])
  return { kind: 'execute', literalFree: walk.literalFree, references: walk.references }
}

function option(item: Tree): { readonly name: string; readonly arg: Tree | undefined } {
  const element = item['DefElem'] as Tree | undefined
  return { name: asText(element?.['defname']).toLowerCase(), arg: element?.['arg'] as Tree | undefined }
}

function options(body: Tree) {
  return ((body['options'] as readonly Tree[] | undefined) ?? []).map(option)
}

function unknownOption(what: string, name: string): Refusal {
  return new Refusal('read_only', `the ${what} option ${name} is not one that a read-only credential may use`, 'Leave it out.')
}

/** `CreateTableAsStmt` as "CREATE TABLE AS". */
function plain(kind: string): string {
  return kind.replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase()
}

function refusedRoot(kind: string): Refusal {
  return new Refusal(
    'read_only', `${plain(kind)} is refused: this credential may only read`,
    'SELECT, EXPLAIN, SHOW, SET, cursors, transactions and COPY … TO STDOUT are allowed. Ask for a read_write credential to change data.',
  )
}
