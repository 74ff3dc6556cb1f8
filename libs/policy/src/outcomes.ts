/**
 * What the answer to a statement holds, and what it does to the session's own names (prepared statements, cursors): for
 * whoever counts rows on the wire. A name in it means what the session made of it last, which only the wire tells.
 */
import { asText } from './names.js'
import type { Tree } from './parser.js'

export type Outcome =
  /** Rows of a query. */
  | { readonly type: 'rows' }
  /** Rows of a query as COPY data; `header`: one line before them is none. */
  | { readonly type: 'copy'; readonly header: boolean }
  /** Changed rows: the command tag counts them. With RETURNING, as many rows are sent. `atMost`: more cannot be. */
  | { readonly type: 'write'; readonly returns: boolean; readonly atMost: number | undefined }
  | { readonly type: 'fetch'; readonly cursor: string }
  | { readonly type: 'declare'; readonly cursor: string; readonly hold: boolean }
  /** No name: all of them. */
  | { readonly type: 'close'; readonly cursor: string | undefined }
  | { readonly type: 'prepare'; readonly name: string; readonly outcome: Outcome }
  | { readonly type: 'execute'; readonly name: string }
  | { readonly type: 'deallocate'; readonly name: string | undefined }
  | { readonly type: 'discardAll' }
  /** Nothing that anybody counts: settings, plans, definitions, transactions. */
  | { readonly type: 'other' }

/** Whether a statement changes rows, or runs one that may. */
export const mayWrite = (outcome: Outcome): boolean => outcome.type === 'write' || outcome.type === 'execute'

const OTHER: Outcome = Object.freeze({ type: 'other' })
const ROWS: Outcome = Object.freeze({ type: 'rows' })
const CURSOR_OPT_HOLD = 0x20

/** @param raw a statement of a parsed text */
export function outcomeOf(raw: Tree): Outcome {
  return outcomeOfNode(raw['stmt'])
}

function outcomeOfNode(node: unknown): Outcome {
  const [kind, body] = (Object.entries((node ?? {}) as Tree)[0] ?? ['', {}]) as [string, Tree]
  switch (kind) {
    case 'SelectStmt':
      return body['intoClause'] === undefined ? ROWS : write(false)
    case 'InsertStmt':
      return write(body['returningClause'] !== undefined, valuesIn(body))
    case 'UpdateStmt': case 'DeleteStmt': case 'MergeStmt':
      return write(body['returningClause'] !== undefined)
    case 'CreateTableAsStmt':
      return write(false)
    case 'CopyStmt':
      return copyOutcome(body)
    case 'FetchStmt':
      // MOVE sends no rows, and its tag counts none.
      return body['ismove'] === true ? OTHER : { type: 'fetch', cursor: asText(body['portalname']) }
    case 'DeclareCursorStmt':
      return { type: 'declare', cursor: asText(body['portalname']), hold: (Number(body['options'] ?? 0) & CURSOR_OPT_HOLD) !== 0 }
    case 'ClosePortalStmt':
      return { type: 'close', cursor: body['portalname'] === undefined ? undefined : asText(body['portalname']) }
    case 'PrepareStmt':
      return { type: 'prepare', name: asText(body['name']), outcome: outcomeOfNode(body['query']) }
    case 'ExecuteStmt':
      return { type: 'execute', name: asText(body['name']) }
    case 'DeallocateStmt':
      return { type: 'deallocate', name: body['name'] === undefined ? undefined : asText(body['name']) }
    case 'DiscardStmt':
      return body['target'] === 'DISCARD_ALL' ? { type: 'discardAll' } : OTHER
    default:
      return OTHER
  }
}

const write = (returns: boolean, atMost?: number): Outcome => ({ type: 'write', returns, atMost })

/** Rows of a plain `INSERT … VALUES`: it inserts as many, or fewer where some conflict. */
function valuesIn(insert: Tree): number | undefined {
  if (insert['selectStmt'] === undefined) return 1 // DEFAULT VALUES
  const select = (insert['selectStmt'] as Tree)['SelectStmt'] as Tree | undefined
  const lists = select?.['valuesLists']
  return Array.isArray(lists) && isPlain(lists) ? lists.length : undefined
}

/** Anything else could return a set, of which each row is inserted: `VALUES (generate_series(1, 1000))`. */
const PLAIN = new Set(['List', 'A_Const', 'ParamRef', 'SetToDefault', 'TypeCast', 'TypeName', 'String', 'Integer', 'SQLValueFunction', 'A_ArrayExpr'])

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isPlain)
  return Object.entries(value).every(([key, inner]) => (!/^[A-Z]/.test(key) || PLAIN.has(key)) && isPlain(inner))
}

function copyOutcome(body: Tree): Outcome {
  if (body['is_from'] === true) return write(false)
  const inner = body['query'] === undefined ? ROWS : outcomeOfNode(body['query'])
  return inner.type === 'rows' ? { type: 'copy', header: hasHeader(body) } : inner
}

/** Where it is not certain, there is none: a row too few is delivered, not one too many. */
function hasHeader(body: Tree): boolean {
  let header = false
  for (const item of (body['options'] as readonly Tree[] | undefined) ?? []) {
    const element = item['DefElem'] as Tree | undefined
    if (asText(element?.['defname']).toLowerCase() !== 'header') continue
    const [kind, value] = (Object.entries((element?.['arg'] ?? {}) as Tree)[0] ?? ['', {}]) as [string, Tree]
    const said = Object.values(value)[0]
    header = kind === '' || said === true || said === 1 || (typeof said === 'string' && /^(true|on)$/i.test(said))
  }
  return header
}
