/**
 * A row filter's predicate, written anew from its tree. Nothing of the policy's own text reaches a statement: each name in
 * the result carries its schema, so no search_path and no operator of the database's own changes what it means.
 */
import type { AttributeEntry, Catalog, RelationEntry } from '../catalog.js'
import { FIRST_USER_OID } from '../catalog.js'
import { Refusal } from '../denial.js'
import { asText, lastAndSchema, literalText, nameParts, shown } from '../names.js'
import { parseStatements, type Tree } from '../parser.js'
import { followsClient } from './client-settings.js'
import { quoteName, quoteText } from './sql.js'

/**
 * @param called the name by which the relation is called where the predicate will stand
 * @throws Refusal `unresolved_rule` where the predicate is not one, or names what the relation does not have
 */
export function emitPredicate(catalog: Catalog, relation: RelationEntry, predicate: string, called: string): string {
  const emit = new Emitter(catalog, relation, predicate, called)
  return emit.node(emit.parse())
}

/** Columns of the relation that the predicate looks at. */
export function predicateColumns(catalog: Catalog, relation: RelationEntry, predicate: string): readonly AttributeEntry[] {
  const emit = new Emitter(catalog, relation, predicate, '')
  emit.node(emit.parse())
  return [...emit.columns]
}

/** Why a text cannot be a predicate, in words for whoever wrote it; whether its columns exist shows only at a database. */
export function predicateFault(predicate: string): string | undefined {
  try {
    expressionOf(predicate)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

function expressionOf(predicate: string): Tree {
  const statements = parseStatements(`SELECT WHERE (${predicate}\n)`)
  const select = (statements[0]?.['stmt'] as Tree | undefined)?.['SelectStmt'] as Tree | undefined
  const whereClause = select?.['whereClause']
  const more = Object.keys(select ?? {}).filter((field) => !BARE_SELECT.has(field))
  if (statements.length !== 1 || typeof whereClause !== 'object' || whereClause === null || more.length > 0) {
    throw new Refusal('unresolved_rule', 'it is not one expression', 'Write a condition such as tenant_id = 7.')
  }
  return whereClause as Tree
}

/** What `SELECT WHERE …` has of itself. */
const BARE_SELECT = new Set(['whereClause', 'limitOption', 'op'])
/** What every plain call has. */
const PLAIN_CALL = new Set(['funcname', 'args', 'location', 'funcformat'])

/** What is read by the client's TimeZone or DateStyle, unless it is written so that neither matters. */
const TEMPORAL = new Set(['date', 'time', 'timetz', 'timestamp', 'timestamptz'])
/** Arrays and ranges of such, which hold their texts, and money: their constants are read by DateStyle, TimeZone and lc_monetary. */
const READ_BY_SETTINGS = /^(_(date|time(tz)?|timestamp(tz)?|interval|money)|_?(date|ts|tstz)(multi)?range|money)$/
const MAKERS = new Map([['make_date', 'date'], ['make_time', 'time'], ['make_timestamp', 'timestamp']])
/** Labelled as if they followed settings; of these it is looked at how they are called (client-settings.ts), or they follow none here. */
const KNOWN_STABLE = new Set([
  'now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp', 'to_timestamp', 'to_tsvector', 'to_tsquery', 'plainto_tsquery', 'phraseto_tsquery', 'websearch_to_tsquery', 'json_to_tsvector', 'jsonb_to_tsvector',
  'concat', 'concat_ws', 'format', 'array_to_string', 'array_to_json', 'row_to_json', 'to_json', 'to_jsonb', 'json_build_object', 'json_build_array', 'jsonb_build_object', 'jsonb_build_array', 'quote_literal', 'quote_nullable',
  'length', 'numeric', 'convert', 'convert_to', 'convert_from', 'enum_first', 'enum_last', 'enum_range',
])
const ZONED = new Set(['timetz', 'timestamptz'])
const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>='])
const ISO = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?$/
const ISO_TIME = /^\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?$/
const OFFSET = /\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$/

const BETWEEN: Readonly<Record<string, readonly [string, string, string]>> = {
  AEXPR_BETWEEN: ['>=', 'AND', '<='],
  AEXPR_NOT_BETWEEN: ['<', 'OR', '>'],
}
/** CURRENT_DATE and LOCALTIMESTAMP follow the client's TimeZone. */
const PRESENT = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp'])
const VALUES: Readonly<Record<string, string>> = { SVFOP_CURRENT_TIMESTAMP: 'CURRENT_TIMESTAMP' }

class Emitter {
  readonly columns = new Set<AttributeEntry>()
  /** References to dates and times that stand where no setting of the client's changes what they mean. */
  private readonly settled = new Set<unknown>()

  constructor(
    private readonly catalog: Catalog,
    private readonly relation: RelationEntry,
    private readonly predicate: string,
    private readonly called: string,
  ) {}

  parse(): Tree {
    try {
      return expressionOf(this.predicate)
    } catch (error) {
      if (error instanceof Refusal) throw this.refuse(error.message)
      throw error
    }
  }

  node(tree: unknown): string {
    const [kind, body] = Object.entries((tree ?? {}) as Record<string, Tree>)[0] ?? ['nothing', {}]
    const follows = followsClient(kind, body, (column) => this.typeOf(column))
    if (follows !== undefined) throw this.refuse(follows)
    switch (kind) {
      case 'ColumnRef': return this.column(body)
      case 'A_Const': return this.constant(body)
      case 'A_Expr': return `(${this.expression(body)})`
      case 'BoolExpr': return `(${this.boolean(body)})`
      case 'NullTest':
        this.settled.add(columnRef(body['arg'])).add((body['arg'] as { FuncCall?: Tree } | undefined)?.FuncCall)
        return `(${this.node(body['arg'])} IS ${body['nulltesttype'] === 'IS_NULL' ? '' : 'NOT '}NULL)`
      case 'BooleanTest': return `(${this.node(body['arg'])} ${String(body['booltesttype']).replaceAll('_', ' ')})`
      case 'TypeCast': return this.cast(body)
      case 'CoalesceExpr': return `COALESCE(${this.list(body['args'])})`
      case 'A_ArrayExpr': return `ARRAY[${this.list(body['elements'])}]`
      case 'FuncCall': return this.call(body)
      case 'SQLValueFunction': {
        const value = VALUES[String(body['op'])]
        if (value !== undefined) return this.present(tree, value)
        break
      }
      default:
        break
    }
    throw this.refuse(`${kind} is not one of: columns of the table, constants, operators, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL, casts, COALESCE, built-in functions`)
  }

  private list(trees: unknown): string {
    return ((trees as readonly unknown[] | undefined) ?? []).map((each) => this.node(each)).join(', ')
  }

  private column(body: Tree): string {
    const parts = nameParts(body['fields'])
    const [name, qualifier] = [parts.at(-1), parts.at(-2)]
    const column = this.catalog.attributes.get(this.relation.oid)?.find((each) => each.name === name)
    if (column === undefined || parts.length > 2 || (qualifier !== undefined && qualifier !== this.relation.name)) {
      throw this.refuse(`there is no column ${parts.join('.')} in ${shown(this.relation.schema, this.relation.name)}`)
    }
    const type = this.catalog.typesByOid.get(column.type)
    // Its operators would be those of an extension, and here only built-in ones are meant.
    if (type === undefined || (type.oid >= FIRST_USER_OID && type.kind !== 'e')) throw this.refuse(`column ${column.name} is of type ${column.typeText}, whose operators are not built in`)
    if (READ_BY_SETTINGS.test(type.name) && !this.settled.has(body)) throw this.refuse(`constants for column ${column.name}, which holds ${column.typeText}, are read by the client's settings`)
    if (TEMPORAL.has(type.name) && !this.settled.has(body)) {
      throw this.refuse(`column ${column.name} holds ${column.typeText}, which the client's TimeZone and DateStyle would bend here; compare it with a constant such as '2025-01-31 12:00:00+00', or with CURRENT_TIMESTAMP`)
    }
    this.columns.add(column)
    return `${quoteName(this.called)}.${quoteName(column.name)}`
  }

  private constant(body: Tree): string {
    if (body['isnull'] === true) return 'NULL'
    const of = (field: string) => body[field] as Tree | undefined
    if (of('ival')) return String((of('ival')?.['ival'] as number | undefined) ?? 0)
    if (of('fval')) return asText(of('fval')?.['fval'])
    if (of('boolval')) return of('boolval')?.['boolval'] === true ? 'true' : 'false'
    if (of('sval')) return quoteText(asText(of('sval')?.['sval']))
    throw this.refuse('a bit string constant')
  }

  private expression(body: Tree): string {
    const kind = String(body['kind'])
    const { name, schema } = lastAndSchema(nameParts(body['name']))
    if (schema !== undefined && schema !== 'pg_catalog') throw this.refuse(`operator ${schema}.${name} is not built in`)
    this.settle(kind, name, body)
    const operator = (symbol: string) => `OPERATOR(pg_catalog.${symbol})`
    const left = body['lexpr'] === undefined ? '' : `${this.node(body['lexpr'])} `
    switch (kind) {
      case 'AEXPR_OP': case 'AEXPR_LIKE': case 'AEXPR_ILIKE':
        return `${left}${operator(name)} ${this.node(body['rexpr'])}`
      case 'AEXPR_OP_ANY': case 'AEXPR_OP_ALL':
        return `${left}${operator(name)} ${kind.slice(-3)} (${this.node(body['rexpr'])})`
      case 'AEXPR_DISTINCT': case 'AEXPR_NOT_DISTINCT':
        // No way to name the schema of its operator: the same said with one that has.
        return this.distinct(left, this.node(body['rexpr']), kind === 'AEXPR_DISTINCT')
      case 'AEXPR_IN': {
        const items = ((body['rexpr'] as Tree)['List'] as Tree)['items'] as readonly unknown[]
        return items.map((item) => `${left}${operator(name)} ${this.node(item)}`).join(name === '=' ? ' OR ' : ' AND ')
      }
      case 'AEXPR_BETWEEN': case 'AEXPR_NOT_BETWEEN': {
        const [low, high] = ((body['rexpr'] as Tree)['List'] as Tree)['items'] as readonly unknown[]
        const [from, word, to] = BETWEEN[kind] as readonly [string, string, string]
        return `${left}${operator(from)} ${this.node(low)} ${word} ${left}${operator(to)} ${this.node(high)}`
      }
      default:
        throw this.refuse(`${kind.replace('AEXPR_', '')} is not an operator that a predicate may have`)
    }
  }

  /** Dates and times may be compared: with constants that every setting reads alike, with the present, and with their own kind. */
  private settle(kind: string, name: string, body: Tree): void {
    if (kind !== 'AEXPR_IN' && BETWEEN[kind] === undefined && !(kind === 'AEXPR_OP' && COMPARISONS.has(name))) return
    const right = body['rexpr']
    const others = ((right as { List?: { items?: readonly unknown[] } } | undefined)?.List?.items ?? [right])
    const all = [body['lexpr'], ...others]
    const types = all.map((each) => this.temporalType(each))
    const type = types.find((each) => each !== undefined)
    if (type === undefined || !all.every((each, at) => types[at] === type || isSettled(each, type))) return
    for (const each of all) for (const part of [each, ...Object.values((each ?? {}) as Tree)]) this.settled.add(part)
  }

  private temporalType(node: unknown): string | undefined {
    const { FuncCall: call, TypeCast: cast } = (node ?? {}) as { FuncCall?: Tree; TypeCast?: Tree }
    const called = call && madeBy(call)
    if (isPresent(node) || called !== undefined) return called ?? 'timestamptz'
    const named = cast && nameParts((cast['typeName'] as Tree)['names']).at(-1)
    if (named !== undefined && TEMPORAL.has(named)) return named
    const reference = columnRef(node)
    const type = reference && this.typeOf(reference)
    return type !== undefined && TEMPORAL.has(type) ? type : undefined
  }

  private typeOf(reference: Tree): string | undefined {
    const name = nameParts(reference['fields']).at(-1)
    const column = this.catalog.attributes.get(this.relation.oid)?.find((each) => each.name === name)
    return column && this.catalog.typesByOid.get(column.type)?.name
  }

  private distinct(left: string, right: string, not: boolean): string {
    const same = `((${left} IS NULL AND ${right} IS NULL) OR COALESCE(${left} OPERATOR(pg_catalog.=) ${right}, false))`
    return not ? `NOT ${same}` : same
  }

  private boolean(body: Tree): string {
    const args = ((body['args'] as readonly unknown[] | undefined) ?? []).map((each) => this.node(each))
    return body['boolop'] === 'NOT_EXPR' ? `NOT ${args.join('')}` : args.join(body['boolop'] === 'AND_EXPR' ? ' AND ' : ' OR ')
  }

  private cast(body: Tree): string {
    const type = body['typeName'] as Tree
    const { name, schema } = lastAndSchema(nameParts(type['names']))
    const known = (this.catalog.types.get(name) ?? []).find((each) => each.schema === 'pg_catalog')
    if (known === undefined || (schema !== undefined && schema !== 'pg_catalog')) throw this.refuse(`type ${shown(schema, name)} is not built in`)
    if (READ_BY_SETTINGS.test(name)) throw this.refuse(`${name} is read by the client's settings`)
    if (TEMPORAL.has(name) && !(this.settled.has(body) && isSettled(body['arg'], name))) throw this.refuse(`reading ${name} from a value follows the client's TimeZone and DateStyle`)
    const modifiers = ((type['typmods'] as readonly Tree[] | undefined) ?? []).map((each) => this.node(each))
    const bounds = ((type['arrayBounds'] as readonly unknown[] | undefined) ?? []).map(() => '[]').join('')
    return `CAST(${this.node(body['arg'])} AS pg_catalog.${quoteName(name)}${modifiers.length > 0 ? `(${modifiers.join(',')})` : ''}${bounds})`
  }

  private call(body: Tree): string {
    const { name, schema } = lastAndSchema(nameParts(body['funcname']))
    const entries = (this.catalog.functions.get(name) ?? []).filter((each) => each.schema === 'pg_catalog')
    const plain = Object.keys(body).every((field) => PLAIN_CALL.has(field)) && (schema === undefined || schema === 'pg_catalog')
    if (!plain || entries.length === 0 || entries.some((each) => each.risk !== undefined)) {
      throw this.refuse(`${shown(schema, name)}() is not a built-in function that only computes`)
    }
    if (!entries.every((each) => each.immutable === true) && !KNOWN_STABLE.has(name) && madeBy(body) === undefined) throw this.refuse(`${shown(schema, name)}() depends on the client's settings, or is not known not to`)
    const text = `pg_catalog.${quoteName(name)}(${this.list(body['args'])})`
    if (madeBy(body) !== undefined && !this.settled.has(body)) throw this.refuse(`what ${name}() makes may only be compared with constants that every setting of the client's reads alike`)
    return isPresent({ FuncCall: body }) ? this.present(body, text) : text
  }

  /** The present moment may be compared; what day or hour it is the client's TimeZone says. */
  private present(node: unknown, text: string): string {
    if (!this.settled.has(node)) throw this.refuse(`${text} may only be compared, since the client's TimeZone would bend it here`)
    return text
  }

  private refuse(why: string): Refusal {
    return new Refusal(
      'unresolved_rule', `the row filter on ${shown(this.relation.schema, this.relation.name)} in this credential's policy cannot be used: ${why}`,
      'Ask whoever keeps the policy to correct its row filter.',
    )
  }
}

function columnRef(node: unknown): Tree | undefined {
  return (node as { ColumnRef?: Tree } | undefined)?.ColumnRef
}

function isPresent(node: unknown): boolean {
  const { SQLValueFunction: value, FuncCall: call } = (node ?? {}) as { SQLValueFunction?: Tree; FuncCall?: Tree }
  return value?.['op'] === 'SVFOP_CURRENT_TIMESTAMP' || (call !== undefined && PRESENT.has(nameParts(call['funcname']).at(-1) ?? ''))
}

/** Seconds since 1970 are the same moment everywhere. */
const isEpoch = (call: Tree | undefined): boolean => nameParts(call?.['funcname']).at(-1) === 'to_timestamp' && (call?.['args'] as readonly unknown[] | undefined)?.length === 1

/** The type of dates and times that a call makes of what is none. */
function madeBy(call: Tree): string | undefined {
  const name = nameParts(call['funcname']).at(-1) ?? ''
  // Names of months, in the client's language (TM), are no dates for every setting.
  const format = literalText((call['args'] as readonly unknown[] | undefined)?.[1])
  if (name === 'to_date') return format === undefined || /tm/i.test(format) ? undefined : 'date'
  return MAKERS.get(name) ?? (isEpoch(call) ? 'timestamptz' : undefined)
}

/** Whether a value means the same moment under every TimeZone and DateStyle. */
function isSettled(node: unknown, type: string): boolean {
  const { A_Const: constant, SQLValueFunction: value, FuncCall: call } = node as { A_Const?: Tree; SQLValueFunction?: Tree; FuncCall?: Tree }
  if (value !== undefined || call !== undefined) return (type === 'timestamptz' && isPresent(node)) || (call !== undefined && madeBy(call) === type)
  const text = asText((constant?.['sval'] as Tree | undefined)?.['sval'])
  if (type === 'time' || type === 'timetz') return ISO_TIME.test(text) && (!ZONED.has(type) || OFFSET.test(text))
  return ISO.test(text) && (!ZONED.has(type) || OFFSET.test(text))
}
