/**
 * What was decided is what runs, for writes too: a statement that writes checks its target by itself. The condition holds no
 * column, so in a WHERE the server evaluates it once, before it looks at a row; in the first row of VALUES, before a row is
 * written. By then the statement holds the target's lock.
 */
import type { AttributeEntry, Catalog } from '../catalog.js'
import { Refusal } from '../denial.js'
import { parseStatements, type Tree } from '../parser.js'
import { insertion, type Edit } from './edits.js'
import { conditionTree, WRAP } from './guard.js'
import { quoteName } from './sql.js'
import { unreadable, type Tokens } from './tokens.js'
import { isStar, type Fields, type Write } from './write.js'
import { mergeGuardEdits } from './write-merge.js'

export function guardEdits(write: Write, condition: string, tokens: Tokens, catalog: Catalog, changes: (() => void)[]): Edit[] {
  const { body, range } = write
  let at = tokens.at(range['location']) + 1 + (range['schemaname'] === undefined ? 0 : 2) + (range['catalogname'] === undefined ? 0 : 2)
  if (write.kind !== 'insert') {
    if (tokens.is(at, ')') && range['inh'] !== true) at++ // ONLY (name)
    if (body['mergeWhenClauses'] !== undefined) return mergeGuardEdits(body, at, condition, tokens, changes)
    return intoWhere(body, at, ['returning'], condition, tokens, changes)
  }
  if (range['alias'] !== undefined) at += 2
  if (body['cols'] !== undefined) at = tokens.afterParentheses(at)
  if (tokens.is(at, 'overriding')) at += 3
  if (body['selectStmt'] === undefined) return defaultRow(body, at, condition, tokens, changes)
  const select = (body['selectStmt'] as Fields)['SelectStmt'] as Fields
  const from = at
  while (tokens.is(at, '(')) at++
  const plain = select['op'] === 'SETOP_NONE'
  if (plain && select['valuesLists'] !== undefined && !GENERAL.some((field) => select[field] !== undefined)) {
    return intoValues(write, select, tokens.expect(at, 'values'), condition, tokens, catalog, changes)
  }
  if (!plain || select['valuesLists'] !== undefined || tokens.is(at, 'table')) return aroundQuery(body, from, condition, tokens, changes)
  return intoWhere(select, find(tokens, at, ['select']) ?? NaN, ENDS_OF_WHERE, condition, tokens, changes)
}

/** With one of these, VALUES is a query of its own. */
const GENERAL = ['withClause', 'sortClause', 'limitOffset', 'limitCount', 'lockingClause']
const ENDS_OF_WHERE = ['group', 'having', 'window', 'order', 'limit', 'offset', 'fetch', 'for', 'conflict', 'returning']

/** The first of these words from `at` on that stands in no parentheses that open behind it; undefined where the statement ends before. */
function find(tokens: Tokens, at: number, words: readonly string[]): number | undefined {
  for (let depth = 0; at < tokens.list.length; at++) {
    if (tokens.is(at, '(')) depth++
    else if (tokens.is(at, ')') && --depth < 0) return undefined
    if (depth > 0) continue
    if (tokens.is(at, ';')) return undefined
    const word = words.find((each) => tokens.is(at, each))
    if (word === undefined || tokens.is(at - 1, '.') || tokens.is(at - 1, 'as')) continue
    if (word === 'group' && tokens.is(at - 1, 'within')) continue
    if (word === 'conflict') {
      if (tokens.is(at - 1, 'on')) return at - 1
    } else return at
  }
  return undefined
}

/** Behind the last token of the statement. */
function endOf(tokens: Tokens, at: number): number {
  for (let depth = 0; at < tokens.list.length; at++) {
    if (tokens.is(at, '(')) depth++
    else if (tokens.is(at, ')') && --depth < 0) return at
    if (depth === 0 && tokens.is(at, ';')) return at
  }
  return at
}

const stands = (tokens: Tokens, at: number): number => tokens.end(at - 1)

function intoWhere(body: Fields, at: number, ends: readonly string[], condition: string, tokens: Tokens, changes: (() => void)[]): Edit[] {
  if (Number.isNaN(at)) throw unreadable()
  const own = body['whereClause']
  const where = find(tokens, at, ['where', ...ends])
  const end = (own === undefined ? where : find(tokens, (where ?? at) + 1, ends)) ?? endOf(tokens, at)
  if (own === undefined) {
    changes.push(() => (body['whereClause'] = conditionTree(condition)))
    return [insertion(stands(tokens, end), ` WHERE ${condition} `)]
  }
  if (where === undefined || !tokens.is(where, 'where')) throw unreadable()
  changes.push(() => (body['whereClause'] = { BoolExpr: { boolop: 'AND_EXPR', args: [conditionTree(condition), body['whereClause']] } }))
  return [insertion(tokens.end(where), ` ${condition} AND (`), insertion(stands(tokens, end), ') ')]
}

/** `DEFAULT VALUES` is a query without columns. */
function defaultRow(body: Fields, at: number, condition: string, tokens: Tokens, changes: (() => void)[]): Edit[] {
  const values = tokens.expect(tokens.expect(at, 'default'), 'values') - 1
  const query = `SELECT WHERE ${condition}`
  changes.push(() => (body['selectStmt'] = parsed(query)))
  return [{ start: tokens.start(at), end: tokens.end(values), text: ` ${query} ` }]
}

function aroundQuery(body: Fields, from: number, condition: string, tokens: Tokens, changes: (() => void)[]): Edit[] {
  const end = find(tokens, from, ['conflict', 'returning']) ?? endOf(tokens, from)
  const [before, after] = [' SELECT * FROM (', `) AS ${quoteName(WRAP)} WHERE ${condition} `]
  changes.push(() => {
    const around = parsed(`${before}SELECT${after}`) as { SelectStmt: { fromClause: [{ RangeSubselect: Fields }] } }
    around.SelectStmt.fromClause[0].RangeSubselect['subquery'] = body['selectStmt']
    body['selectStmt'] = around
  })
  return [insertion(tokens.start(from), before), insertion(stands(tokens, end), after)]
}

interface Item {
  readonly node: Fields
  readonly start: number
  readonly end: number
  readonly column: AttributeEntry | undefined
}

/** The first row is evaluated before anything is written. A constant or parameter in it carries the condition along. */
function intoValues(write: Write, select: Fields, at: number, condition: string, tokens: Tokens, catalog: Catalog, changes: (() => void)[]): Edit[] {
  const rows = select['valuesLists'] as readonly { List: { items: unknown[] } }[]
  const list = (rows[0] as { List: { items: unknown[] } }).List.items
  const items = itemsOf(write, list, at, tokens)
  const typed = items.find(({ node }) => isTyped(node))
  const chosen = typed ?? items.find(({ node, column }) => column !== undefined && isUntyped(node) && castOf(catalog, column, node) !== undefined)
  if (chosen !== undefined) {
    const cast = chosen === typed ? undefined : castOf(catalog, chosen.column as AttributeEntry, chosen.node)
    const [before, after] = cast === undefined ? ['', ''] : ['CAST(', ` AS ${cast})`]
    const [opening, closing] = [` CASE WHEN ${condition} THEN ${before}`, `${after} END `]
    changes.push(() => {
      const place = list.indexOf(chosen.node)
      const expression = valueOf(`${opening}NULL${closing}`) as { CaseExpr: { args: [{ CaseWhen: { result: { TypeCast?: { arg: unknown } } } }] } }
      const when = expression.CaseExpr.args[0].CaseWhen
      if (when.result.TypeCast !== undefined) when.result.TypeCast.arg = chosen.node
      else when.result = chosen.node
      list[place] = expression
    })
    return [insertion(chosen.start, opening), insertion(chosen.end, closing)]
  }
  if (rows.length > 1 || items.some(({ node }) => 'SetToDefault' in node || 'RowExpr' in node)) {
    throw new Refusal(
      'masked_relation', 'these VALUES leave no place for the check that the table is still the one that was looked at',
      'Put a constant or a parameter into the first row, or write INSERT … SELECT.',
    )
  }
  // One row of expressions is a query without FROM, and means the same.
  const last = tokens.afterParentheses(at) - 1
  changes.push(() => {
    const { targetList: _targets, ...rest } = (parsed(`SELECT 1 WHERE ${condition}`) as { SelectStmt: Fields }).SelectStmt
    delete select['valuesLists']
    Object.assign(select, rest, { targetList: list.map((val) => ({ ResTarget: { val } })) })
  })
  return [{ start: tokens.start(at - 1), end: tokens.end(at), text: ' SELECT ' }, { start: tokens.start(last), end: tokens.end(last), text: ` WHERE ${condition} ` }]
}

function itemsOf(write: Write, list: readonly unknown[], opening: number, tokens: Tokens): readonly Item[] {
  const cols = (write.body['cols'] as readonly { ResTarget: Fields }[] | undefined)?.map(({ ResTarget }) => ResTarget)
  const end = tokens.afterParentheses(opening) - 1
  const starts = [opening + 1]
  for (let at = opening + 1, depth = 0; at < end; at++) {
    if (tokens.is(at, '(') || tokens.is(at, '[')) depth++
    else if (tokens.is(at, ')') || tokens.is(at, ']')) depth--
    else if (depth === 0 && tokens.is(at, ',')) starts.push(at + 1)
  }
  if (starts.length !== list.length) throw unreadable()
  const stars = list.findIndex(isStar)
  return list.map((node, at) => {
    const target = cols?.[at]
    const name = cols === undefined ? write.attributes[at]?.name : target?.['indirection'] === undefined ? target?.['name'] : undefined
    return {
      node: node as Fields, start: tokens.start(starts[at] as number), end: tokens.end((starts[at + 1] ?? end + 1) - 2),
      // Behind a star nobody has counted which column a value is for.
      column: stars >= 0 && at >= stars ? undefined : write.attributes.find((each) => each.name === name),
    }
  })
}

/** A constant that has a type of its own: the same inside CASE. */
function isTyped(node: Fields): boolean {
  const constant = node['A_Const'] as Fields | undefined
  return constant !== undefined && ('ival' in constant || 'fval' in constant || 'boolval' in constant)
}

const isUntyped = (node: Fields): boolean => 'ParamRef' in node || ('A_Const' in node && ('sval' in (node['A_Const'] as Fields) || 'isnull' in (node['A_Const'] as Fields)))

/** The type that the server gives such a value in this place, without a length: that is checked when the row is written. */
function castOf(catalog: Catalog, column: AttributeEntry, node: Fields): string | undefined {
  let type = catalog.typesByOid.get(column.type)
  // A parameter of a domain is declared as one; a literal is read as what the domain is made of.
  while (!('ParamRef' in node) && type?.kind === 'd') type = catalog.typesByOid.get(type.inner)
  // What a bare number means in an interval depends on its fields.
  return type === undefined || type.name === 'interval' ? undefined : `${quoteName(type.schema)}.${quoteName(type.name)}`
}

const parsed = (sql: string): unknown => (parseStatements(sql)[0] as Tree)['stmt']
const valueOf = (expression: string): unknown => (parsed(`SELECT ${expression}`) as { SelectStmt: { targetList: [{ ResTarget: Fields }] } }).SelectStmt.targetList[0].ResTarget['val']

