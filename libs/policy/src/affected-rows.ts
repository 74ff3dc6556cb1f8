/**
 * Where a policy has `max_affected_rows`, a statement may write only in ways that its command tag counts: whoever passes
 * the answer on compares that count, and has the statement rolled back.
 */
import { Refusal } from './denial.js'
import { everyNode } from './every-node.js'
import { asText } from './names.js'
import type { Tree } from './parser.js'

const WRITES = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])
/** What EXPLAIN ANALYZE would run uncounted; what EXECUTE stands for is not known here. */
const UNCOUNTED = new Set([...WRITES, 'ExecuteStmt', 'CreateTableAsStmt'])

/** @throws Refusal for a statement whose writes nobody could count */
export function checkCounted(raw: Tree): void {
  everyNode(raw, (key, inner) => {
    if (key === 'CommonTableExpr' && WRITES.has(kindOf(inner['ctequery']))) throw writableCte()
    if (key === 'ExplainStmt' && analyzes(inner) && UNCOUNTED.has(kindOf(inner['query']))) throw explained()
    return true
  })
}

const kindOf = (node: unknown): string => Object.keys((node ?? {}))[0] ?? ''

const analyzes = (body: Tree): boolean =>
  ((body['options'] as readonly Tree[] | undefined) ?? []).some((item) => asText((item['DefElem'] as Tree | undefined)?.['defname']).toLowerCase() === 'analyze')

function writableCte(): Refusal {
  return new Refusal(
    'max_affected_rows_writable_cte', 'INSERT, UPDATE, DELETE and MERGE inside WITH are refused: this policy has a max_affected_rows, and the rows that they affect are not counted',
    'Send each write as a statement of its own; several in one transaction belong together as well.',
  )
}

function explained(): Refusal {
  return new Refusal(
    'max_affected_rows', 'EXPLAIN ANALYZE of a write is refused: it runs the write and does not say how many rows it affects, and this policy has a max_affected_rows',
    'Leave out ANALYZE to see the plan.',
  )
}
