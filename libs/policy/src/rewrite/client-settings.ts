/**
 * What in a row filter would follow settings that the client may change (dates and times, predicate.ts itself looks after): the
 * default text search configuration, the search path, and how numbers and bytes are written as text. A client that bends what a
 * filter means sees rows that it was to hide.
 */
import { asText, lastAndSchema, nameParts } from '../names.js'
import type { Tree } from '../parser.js'

/** They look names up by the search path, or read and write numbers by the locale. */
const FOLLOWING = new Set(['get_current_ts_config', 'current_schema', 'make_interval', 'quote_ident', 'current_schemas', 'to_char', 'to_number', 'ts_debug', 'ts_headline', 'pg_my_temp_schema', 'format_type',
  // Dates and times made of anything else.
  'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval', 'make_timestamptz', 'timeofday', 'money', 'cash_in',
])
/** They compute with dates, and read their texts: what they are given, or give, would be read by DateStyle and TimeZone. */
const COMPUTES_DATES = /^(date_\w+|datetime\w*|(time|timestamp|timestamptz|timetz|timedate|timetzdate|interval|cash)_\w+|\w+_(cash|date|interval|time|timetz|timestamp|timestamptz)|justify_\w+|age|isfinite|timezone|extract|uuid_extract_timestamp|(date|ts|tstz)(multi)?range|overlaps)$/
/** Of those, what may be compared (predicate.ts). */
const COMPARED = /^((clock|transaction|statement|to)_timestamp|to_date|make_(date|time|timestamp))$/
const LOOKS_UP = /^(to_reg\w+|\w+_tz|pg_get_\w+|pg_\w+_is_visible|current_setting|set_config)$/

/** Arguments by which a configuration is named, and not taken from default_text_search_config. */
const CONFIGURED_ARGUMENTS = new Map([
  ...['to_tsvector', 'to_tsquery', 'plainto_tsquery', 'phraseto_tsquery', 'websearch_to_tsquery'].map((name) => [name, 2] as const),
  ...['json_to_tsvector', 'jsonb_to_tsvector'].map((name) => [name, 3] as const),
])

/** Types whose text depends on extra_float_digits, lc_monetary, IntervalStyle, bytea_output, xmlbinary or the search path. */
const BENT = /^_?(float4|float8|money|interval|bytea|xml|reg\w+)$/
const TEXTS = /^(text|varchar|bpchar|name|char|json|jsonb|xml)$/
const TEXT_MAKING = /^(concat|concat_ws|format|text|varchar|bpchar|name|array_to_string|quote_literal|quote_nullable|(to|row_to|array_to)_jsonb?|jsonb?_build_(object|array)|(float[48]|interval|bytea|cash|array|record|xml)_?out)$/
const SEARCHED = new Set(['tsvector', 'tsquery', 'jsonb', 'jsonpath', 'search'])

type TypeOf = (column: Tree) => string | undefined

/** Why a node of a predicate would follow the client's settings; undefined where it does not. @param typeOf a column's type by name */
export function followsClient(kind: string, body: Tree, typeOf: TypeOf): string | undefined {
  switch (kind) {
    case 'FuncCall': {
      const { name } = lastAndSchema(nameParts(body['funcname']))
      const args = (body['args'] as readonly unknown[] | undefined) ?? []
      if (FOLLOWING.has(name) || (COMPUTES_DATES.test(name) && !COMPARED.test(name)) || LOOKS_UP.test(name) || (name === 'to_timestamp' && args.length > 1)) return `${name}() depends on the client's settings`
      if (name === 'format' && !/^([^%]|%%|%s)*$/.test(constantText(args[0]) ?? '%')) return "how names and texts are quoted by format() depends on the client's settings; of its places only %s may be used"
      const configured = CONFIGURED_ARGUMENTS.get(name)
      if (configured !== undefined && args.length < configured) return `${name}() takes the configuration from the client's settings; name it, as in ${name}('simple', …)`
      return TEXT_MAKING.test(name) ? bentText(body, typeOf) : undefined
    }
    case 'TypeCast': {
      const { name } = lastAndSchema(nameParts((body['typeName'] as Tree)['names']))
      if (name.startsWith('reg')) return `${name} looks names up by the client's search_path`
      if (name === 'money' || (name === 'interval' && !isUnsigned(body['arg']))) return `${name} is read by the client's settings`
      if (body['arrayBounds'] !== undefined || (body['typeName'] as Tree)['arrayBounds'] !== undefined) return arrayText(body['arg'])
      return TEXTS.test(name) ? bentText(body, typeOf) : undefined
    }
    case 'A_Expr': {
      const { name } = lastAndSchema(nameParts(body['name']))
      if (String(body['kind']).startsWith('AEXPR_OP_A')) return isConstant(body['rexpr']) ? arrayText(body['rexpr']) : undefined
      const sides = [body['lexpr'], ...((body['rexpr'] as { List?: { items?: readonly unknown[] } } | undefined)?.List?.items ?? [body['rexpr']])]
      if (sides.some((side) => searchType(side, typeOf) === 'interval') && sides.some((side) => isConstant(side) && !isUnsigned(side))) return "a sign in an interval is read by IntervalStyle, which is one of the client's settings"
      const words = sides.some((side) => holdsNull(side)) && !sides.some((side) => isPlainText(side, typeOf))
      if (words) return "NULL in the text of an array is read by array_nulls, which is one of the client's settings; write ARRAY[…]"
      if (name === '||') return bentText(body, typeOf)
      if (name !== '@@' && name !== '@@@') return undefined
      const searched = sides.map((side) => searchType(side, typeOf))
      const settled = searched.every((side) => side === 'unknown' || SEARCHED.has(side)) && searched.some((side) => SEARCHED.has(side))
      return settled ? undefined : `${name} takes the configuration from the client's settings here; write to_tsvector('simple', …) ${name} to_tsquery('simple', …)`
    }
    default:
      return undefined
  }
}

const isConstant = (node: unknown): boolean => (node as { A_Const?: Tree } | undefined)?.A_Const !== undefined

const constantText = (node: unknown): string | undefined => asText(((node as { A_Const?: Tree } | undefined)?.A_Const?.['sval'] as Tree | undefined)?.['sval'])

/** IntervalStyle says to how many fields a sign belongs. */
const isUnsigned = (node: unknown): boolean => isConstant(node) && !/[-+]/.test(constantText(node) ?? '')

/** Whether a constant could be an array with NULL in it; an object of JSON could not. */
const holdsNull = (node: unknown): boolean => /^\s*(\[[^\]]*\][^{]*)?\{(?!\s*"([^"\\]|\\.)*"\s*:).*\bnull\b/is.test(constantText(node) ?? '')

function isPlainText(node: unknown, typeOf: TypeOf): boolean {
  const column = (node as { ColumnRef?: Tree } | undefined)?.ColumnRef
  return column !== undefined && TEXTS.test(typeOf(column) ?? '')
}

/** Whether NULL in the text of an array is a word is for array_nulls to say. */
function arrayText(node: unknown): string | undefined {
  const { A_ArrayExpr: elements, A_Const: constant } = (node ?? {}) as Record<string, Tree | undefined>
  const settled = elements !== undefined || (constant !== undefined && !/null/i.test(JSON.stringify(constant['sval'] ?? '')))
  return settled ? undefined : "an array is read from text by the client's settings; write ARRAY[…]"
}

function searchType(node: unknown, typeOf: TypeOf): string {
  const { ColumnRef: column, A_Const: constant, FuncCall: call, TypeCast: cast } = (node ?? {}) as Record<string, Tree | undefined>
  if (column !== undefined) return typeOf(column) ?? 'other'
  if (cast !== undefined) return nameParts((cast['typeName'] as Tree)['names']).at(-1) ?? 'other'
  if (call !== undefined) return CONFIGURED_ARGUMENTS.has(nameParts(call['funcname']).at(-1) ?? '') ? 'search' : 'other'
  return constant === undefined ? 'other' : 'unknown'
}

function bentText(tree: Tree, typeOf: TypeOf): string | undefined {
  const type = bentType(tree, typeOf)
  return type === undefined ? undefined : `how ${type.replace(/^_/, '')} is written as text depends on the client's settings; compare it as it is`
}

function bentType(tree: unknown, typeOf: TypeOf): string | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined
  for (const [kind, value] of Object.entries(tree) as [string, unknown][]) {
    const own = kind === 'ColumnRef' ? typeOf(value as Tree) : kind === 'TypeCast' ? nameParts(((value as Tree)['typeName'] as Tree)['names']).at(-1) : undefined
    if (own !== undefined && BENT.test(own)) return own
    const below = bentType(value, typeOf)
    if (below !== undefined) return below
  }
  return undefined
}
