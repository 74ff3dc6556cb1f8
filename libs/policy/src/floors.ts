/**
 * What no policy lets through, in any mode: UPDATE and DELETE without WHERE, and DROP and TRUNCATE. They catch accidents; they
 * do not look into code (DO, CALL, bodies of functions and rules), which the server runs by itself.
 */
import { Refusal } from './denial.js'
import { everyNode } from './every-node.js'
import type { Tree } from './parser.js'

// Keywords are plain ASCII in any case, and no escape can stand for one, so a text without these words breaks no floor.
const FLOOR_WORDS = /delete|update|drop|truncate/i

export const mayBreakFloors = (text: string): boolean => FLOOR_WORDS.test(text)

/**
 * The texts that a server could understand this one as. A backslash before a quote ends a string or does not, by
 * `standard_conforming_strings`, which a session without other rules may set as it likes; the parser has it on. Only the pairs
 * that decide where a string ends are replaced, since a backslash means nothing in a name, a comment or a dollar quote.
 * @throws Refusal where the client's encoding or a bit string could hide a quote, too
 */
export function readings(text: string): readonly string[] {
  if (!text.includes("\\'")) return [text]
  if (/[^\0-\x7f]\\+'/.test(text)) {
    throw new Refusal('parse_error', 'a backslash between a letter outside ASCII and a quote can be read in two ways', "Write a quote inside a string as '' instead of \\'.")
  }
  // X'…' and B'…' know no backslash whatever the setting is, and hold none that the server would take. On a next line they may go on.
  if (/[xb]'[^'\\]*\\/i.test(text) || (/[xb]'/i.test(text) && /'\s*(?:--|\s')/.test(text))) {
    throw new Refusal('parse_error', "a backslash behind X' or B' can be read in two ways", "Write a quote inside a string as '' instead of \\'.")
  }
  return [text, text.replace(/\\(['\\])/g, (_pair, escaped: string) => (escaped === "'" ? "''" : 'xx'))]
}

// Their SQL runs later, by whoever calls them: as unseen as a body that is written as a string.
const STORED = new Set(['sql_body', 'actions'])

export function checkFloors(tree: Tree): void {
  everyNode(tree, (key, inner) => {
    if (STORED.has(key)) return false
    checkNode(key, inner)
    return true
  })
}

function checkNode(kind: string, body: Tree): void {
  switch (kind) {
    case 'UpdateStmt': case 'DeleteStmt': {
      if (body['whereClause'] !== undefined) return
      const verb = kind === 'UpdateStmt' ? 'UPDATE' : 'DELETE'
      throw new Refusal('whereless_write', `${verb} without WHERE would ${verb === 'UPDATE' ? 'change' : 'remove'} every row`, `Add a WHERE that names the rows; WHERE true where all are meant.`)
    }
    case 'TruncateStmt':
      throw new Refusal('destructive_ddl', 'TRUNCATE is refused for every policy', 'DELETE … WHERE true removes all rows; whoever keeps the database can truncate directly.')
    case 'AlterTableCmd':
      if (body['subtype'] !== 'AT_DropColumn') return
      throw new Refusal('destructive_ddl', 'DROP COLUMN is refused for every policy', 'Leave the column, or ask whoever keeps the database to drop it directly.')
    default:
      if (!/^Drop[A-Za-z]*Stmt$/.test(kind)) return
      throw new Refusal('destructive_ddl', 'DROP is refused for every policy', 'Leave it, or ask whoever keeps the database to drop it directly; ALTER … RENAME puts it out of the way.')
  }
}
