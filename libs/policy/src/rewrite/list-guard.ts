/**
 * What was decided is what runs, for table lists too: a query is wrapped in one that checks, with the tables locked, that
 * what the lists were asked about is still so. Else it raises an error that carries `MOVED`.
 *
 * The wrap is the same for every text of a shape, so texts that differ in integers go on sharing a verdict. Its condition
 * holds no column: the planner puts it on top as a one-time filter, and plans the query itself as before.
 */
import type { Catalog } from '../catalog.js'
import { parseStatements, type Tree } from '../parser.js'
import type { StatementFacts } from '../statements.js'
import type { TableLists } from '../table-lists.js'
import type { Guarded } from '../types.js'
import { fieldNames } from './collect.js'
import { applyEdits, type Edit } from './edits.js'
import { listCondition } from './list-condition.js'
import { quoteName, relationName } from './sql.js'
import { Tokens, unreadable } from './tokens.js'
import { sameTree } from './verify.js'

const BEFORE = ' SELECT * FROM ('
const after = (condition: string): string => `\n) AS pgbeam WHERE ${condition}`

/** Where a query stands, in its tree and in the text (bytes). */
interface Place {
  readonly holder: Record<string, unknown>
  readonly key: string
  readonly start: number
  readonly end: number
}

/**
 * @param text what is to be sent, masks and filters put in
 * @param statements the trees of that text; they are used up
 * @param facts what was found in the client's own text, statement by statement
 * @returns undefined where nothing in it needs to be checked
 */
export function guardLists(text: string, statements: readonly Tree[], facts: readonly StatementFacts[], catalog: Catalog, lists: TableLists): Guarded | undefined {
  const conditions = facts.map((each) => listCondition(each, catalog, lists))
  if (conditions.every((each) => each === undefined)) return undefined
  const tokens = new Tokens(text)
  const lengthBytes = Buffer.byteLength(text)
  const edits: Edit[] = []
  const changes: (() => void)[] = []
  for (const [at, condition] of conditions.entries()) {
    const raw = statements[at]
    if (condition === undefined || raw === undefined) continue
    const start = typeof raw['stmt_location'] === 'number' ? raw['stmt_location'] : 0
    const end = typeof raw['stmt_len'] === 'number' && raw['stmt_len'] > 0 ? start + raw['stmt_len'] : lengthBytes
    const place = placeOf({ holder: raw, key: 'stmt', start, end }, tokens)
    if (place === undefined) tableCopy(raw['stmt'] as Tree, tokens, condition, facts[at] as StatementFacts, catalog, edits, changes)
    else wrap(place, condition, edits, changes)
  }
  if (edits.length === 0) return undefined
  const result = applyEdits(text, edits)
  for (const change of changes) change()
  if (!sameTree(statements, parseStatements(result))) throw unreadable()
  return { text: result, ...(edits.length === 2 ? onlyWrap(text, lengthBytes, edits as [Edit, Edit]) : {}) }
}

function onlyWrap(text: string, lengthBytes: number, [opening, closing]: readonly [Edit, Edit]): Partial<Guarded> {
  const bytes = Buffer.from(text)
  const shift = { from: [...bytes.toString('utf8', 0, opening.start)].length, by: opening.text.length }
  // A number behind the statement's end, in a comment, would make that end a different one.
  if (opening.start !== 0 || /[0-9]/.test(bytes.toString('utf8', closing.start))) return { shift }
  return { shift, around: { before: opening.text, after: closing.text, tailBytes: lengthBytes - closing.start } }
}

function wrap({ holder, key, start, end }: Place, condition: string, edits: Edit[], changes: (() => void)[]): void {
  edits.push({ start, end: start, text: BEFORE }, { start: end, end, text: after(condition) })
  changes.push(() => {
    const query = holder[key]
    holder[key] = parsed(`${BEFORE}SELECT${after(condition)}`)
    const { SelectStmt } = holder[key] as { SelectStmt: { fromClause: [{ RangeSubselect: Record<string, unknown> }] } }
    SelectStmt.fromClause[0].RangeSubselect['subquery'] = query
  })
}

/** The query in a statement; undefined for COPY of a table. */
function placeOf(place: Place, tokens: Tokens): Place | undefined {
  const [kind, value] = Object.entries(place.holder[place.key] as Tree)[0] as [string, Record<string, unknown>]
  const first = tokens.list.findIndex((token) => token.start >= place.start)
  const inside = (at: number): Place => ({ holder: value, key: 'query', start: tokens.end(at - 1), end: place.end })
  const behind = (word: string): number => {
    for (let at = first; at < tokens.list.length && tokens.end(at) <= place.end; at++) if (tokens.is(at, word)) return at + 1
    throw unreadable()
  }
  switch (kind) {
    case 'SelectStmt':
      return place
    case 'DeclareCursorStmt':
      return inside(behind('for'))
    case 'PrepareStmt':
      return inside(behind('as'))
    case 'ExplainStmt': {
      let at = tokens.expect(first, 'explain')
      if (value['options'] !== undefined && tokens.is(at, '(')) at = tokens.afterParentheses(at)
      while (/^(analy[sz]e|verbose)$/i.test(tokens.get(at)?.text ?? '')) at++
      return placeOf(inside(at), tokens)
    }
    case 'CopyStmt': {
      if (value['query'] === undefined) return undefined
      const opening = tokens.expect(first, 'copy')
      return { holder: value, key: 'query', start: tokens.end(tokens.expect(opening, '(') - 1), end: tokens.start(tokens.afterParentheses(opening) - 1) }
    }
    default:
      throw unreadable()
  }
}

/** `COPY t (a, b) TO …` reads the table's own rows, and no generated columns. What is no table the server refuses itself. */
function tableCopy(statement: Tree, tokens: Tokens, condition: string, facts: StatementFacts, catalog: Catalog, edits: Edit[], changes: (() => void)[]): void {
  const holder = statement as { CopyStmt: Record<string, unknown> }
  const copy = holder.CopyStmt
  const range = copy['relation'] as Tree
  const [relation, other] = [...(facts.references ?? [])][0]?.[1] ?? []
  if (relation === undefined || (relation.kind !== 'r' && relation.kind !== 'm')) return
  const listed = fieldNames((copy['attlist'] as readonly unknown[] | undefined) ?? [])
  if (other !== undefined && listed.length === 0) return // columns of either: a name that could mean several is left as it is
  const columns = listed.length > 0 ? listed : (catalog.attributes.get(relation.oid) ?? []).filter((column) => !column.generated).map((column) => column.name)
  const query = `SELECT ${columns.map(quoteName).join(', ')} FROM ONLY ${other === undefined ? relationName(relation) : quoteName(relation.name)} WHERE ${condition}`
  const start = tokens.at(range['location'])
  const behind = start + 1 + (range['schemaname'] === undefined ? 0 : 2) + (range['catalogname'] === undefined ? 0 : 2)
  const end = listed.length > 0 ? tokens.afterParentheses(behind) : behind
  edits.push({ start: tokens.start(start), end: tokens.end(end - 1), text: ` (${query}) ` })
  changes.push(() => {
    const { relation: _relation, attlist: _attlist, ...rest } = copy
    holder.CopyStmt = { ...rest, query: parsed(query) }
  })
}

const parsed = (sql: string): unknown => (parseStatements(sql)[0] as Tree)['stmt']
