/** Calls that show settings whose names are known only while they run: rewritten so that they lead to no secret. */
import { Refusal } from '../denial.js'
import { lastAndSchema, literalText, nameParts } from '../names.js'
import { parseStatements, type Tree } from '../parser.js'
import { aroundSettingName } from '../secrets.js'
import type { Edit } from './edits.js'
import type { Tokens } from './tokens.js'

/** A call in its place; `item` is the entry of FROM that it stands in alone. */
export interface SettingCall {
  readonly call: Record<string, unknown>
  readonly item: Record<string, unknown> | undefined
}

export function settingCalls(tree: unknown, item?: Record<string, unknown>): SettingCall[] {
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([kind, value]: [string, unknown]) => {
    if (kind === 'RangeFunction' && isPlain(value as Tree)) return settingCalls(value, tree as Record<string, unknown>)
    const below = settingCalls(value, kind === 'args' ? undefined : item)
    if (kind !== 'FuncCall') return below
    const call = value as Record<string, unknown>
    const { name, schema } = lastAndSchema(nameParts(call['funcname']))
    const told = name === 'current_setting' && literalText((call['args'] as readonly unknown[] | undefined)?.[0]) === undefined
    return (schema === undefined || schema === 'pg_catalog') && (told || name === 'pg_show_all_settings') ? [{ call, item }, ...below] : below
  })
}

/** `FROM f() [[AS] alias [(columns)]]`: a query may stand in its place. */
function isPlain(item: Tree): boolean {
  return item['ordinality'] !== true && item['is_rowsfrom'] !== true && item['coldeflist'] === undefined && (item['functions'] as readonly unknown[]).length === 1
}

/** @param source the query that stands in for pg_settings */
export function settingEdits({ call, item }: SettingCall, source: () => string, tokens: Tokens, changes: (() => void)[]): readonly Edit[] {
  const parts = nameParts(call['funcname'])
  const first = tokens.at(call['location'])
  const open = first + parts.length * 2 - 1
  if (parts.at(-1) === 'pg_show_all_settings') return [listEdit(item, source, tokens.start(first), tokens.end(tokens.afterParentheses(open) - 1), changes)]
  const args = call['args'] as unknown[]
  if (args.length === 0 || call['func_variadic'] === true || (args[0] as Tree)['NamedArgExpr'] !== undefined) throw refused('current_setting() called this way')
  const last = lastOfArgument(tokens, tokens.expect(open, '('))
  const { before, after } = aroundSettingName
  changes.push(() => {
    const wrapped = (((parseStatements(`SELECT ${before}NULL${after}`)[0] as Tree)['stmt'] as Tree)['SelectStmt'] as Tree)['targetList'] as readonly Tree[]
    const value = ((wrapped[0] as Tree)['ResTarget'] as Tree)['val'] as { FuncCall: { args: { CollateClause: { arg: { TypeCast: { arg: unknown } } } }[] } }
    ;(value.FuncCall.args[0] as (typeof value.FuncCall.args)[0]).CollateClause.arg.TypeCast.arg = args[0]
    args[0] = value
  })
  const [start, end] = [tokens.start(open + 1), tokens.end(last)]
  return [{ start, end: start, text: before }, { start: end, end, text: after }]
}

/** The index of the last token of an argument that begins at `index`. */
function lastOfArgument(tokens: Tokens, index: number): number {
  let depth = 0
  for (let at = index; tokens.get(at) !== undefined; at++) {
    if (tokens.is(at, '(') || tokens.is(at, '[')) depth++
    else if ((tokens.is(at, ')') || tokens.is(at, ']')) && depth-- === 0) return at - 1
    else if (tokens.is(at, ',') && depth === 0) return at - 1
  }
  throw refused('current_setting() called this way')
}

/** What `pg_show_all_settings()` yields, the view shows as well. */
function listEdit(item: Record<string, unknown> | undefined, source: () => string, start: number, end: number, changes: (() => void)[]): Edit {
  if (item === undefined) throw refused('pg_show_all_settings() outside of a FROM of its own')
  const { alias, lateral } = item['RangeFunction'] as Tree
  const text = `${source()}${alias === undefined ? ' AS pg_show_all_settings' : ''}`
  changes.push(() => {
    const select = ((parseStatements(`SELECT FROM ${source()} AS pg_show_all_settings`)[0] as Tree)['stmt'] as Tree)['SelectStmt'] as Tree
    const meant = (select['fromClause'] as readonly Tree[])[0]?.['RangeSubselect'] as Tree
    delete item['RangeFunction']
    item['RangeSubselect'] = { ...meant, ...(lateral === true && { lateral }), ...(alias !== undefined && { alias }) }
  })
  return { start, end, text }
}

function refused(what: string): Refusal {
  return new Refusal('closed_catalog', `${what} is closed to this credential: it could show a password, a key or where one is`, 'Name the setting as a plain literal, or read pg_settings.')
}
