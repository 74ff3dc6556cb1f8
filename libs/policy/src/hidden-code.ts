/**
 * Ways to run a function without writing a call: an operator, a cast, a domain's check, `row.function`. In most
 * databases none of the user's own exist, and then these checks cost a lookup in an empty map.
 */
import type { AttributeReach, OperatorEntry } from './catalog.js'
import { TELLS_SEQUENCES } from './builtin-functions.js'
import { FIRST_USER_OID } from './catalog.js'
import { Refusal } from './denial.js'
import { lastAndSchema, nameParts } from './names.js'
import type { Tree } from './parser.js'
import { hintOf } from './table-lists.js'
import { riskyDomain } from './type-names.js'
import type { FromItem, WalkState } from './walk-state.js'

/** Notes an operator that a risky one of the database could answer to. */
export function checkOperator(walk: WalkState, list: unknown, implied?: string): void {
  walk.operatorSeen = true
  const { name, schema } = list === undefined ? { name: implied ?? '', schema: undefined } : lastAndSchema(nameParts(list))
  if (name === '#=') walk.coerces = true // hstore's: puts texts into the columns of a row
  if (walk.catalog.riskyOperators.size === 0) return
  if (schema === 'pg_catalog' && !walk.catalog.riskyOperators.get(name)?.some((operator) => operator.schema === schema)) return
  if (walk.catalog.riskyOperators.has(name)) walk.operators.add(schema === undefined ? name : `${schema}.${name}`)
}

/** `(value).name` calls the function `name(value)`, or casts to the type of that name, when the value has no such field. */
export function checkSelection(walk: WalkState, parts: unknown): void {
  for (const part of Array.isArray(parts) ? (parts as readonly Tree[]) : []) {
    const name = fieldName(part)
    if (name === undefined) continue
    walk.castTargets.add(name)
    if (walk.policy.tables !== undefined && TELLS_SEQUENCES.has(name)) throw sequenceRefusal(name, hintOf(walk.policy.tables))
    if (attributeReach(walk, name) !== undefined) throw attributeRefusal(name)
  }
}

/** The same for `item.name`, where what the item is shows at the end only. */
export function noteAttribute(walk: WalkState, fields: unknown): void {
  if (!Array.isArray(fields) || fields.length < 2) return
  const name = fieldName(fields.at(-1) as Tree)
  const qualifier = fieldName(fields.at(-2) as Tree)
  if (name === undefined || qualifier === undefined) return
  if (walk.policy.tables !== undefined && TELLS_SEQUENCES.has(name)) throw sequenceRefusal(name, hintOf(walk.policy.tables))
  const reach = attributeReach(walk, name)
  if (reach !== undefined) walk.attributes.push({ qualifier, name, reach })
}

function fieldName(part: Tree): string | undefined {
  const name = (part['String'] as Tree | undefined)?.['sval']
  return typeof name === 'string' ? name : undefined
}

function attributeReach(walk: WalkState, name: string): AttributeReach | undefined {
  if (name === 'current_setting') return 'scalar' // as a call its argument would be looked at
  const reach = walk.catalog.riskyAttributes.get(name)
  if (reach !== undefined) return reach
  for (const type of walk.catalog.types.get(name) ?? []) {
    if (type.builtin || riskyDomain(walk, type.oid) === undefined) continue
    return walk.catalog.typesByOid.get(type.inner)?.kind === 'c' ? 'composite' : 'scalar'
  }
  return undefined
}

/** Notes what stands in FROM, by name. A function without an alias is called by its own name; other calls by one we do not guess. */
export function noteFromItem(walk: WalkState, kind: string, fields: Tree): void {
  const alias = (fields['alias'] as Tree | undefined)?.['aliasname']
  switch (kind) {
    case 'RangeFunction': case 'RangeTableFunc': case 'JsonTable':
      return addItem(walk, typeof alias === 'string' ? alias : (functionName(fields) ?? ANY_NAME), { kind: 'opaque' })
    default:
      return addItem(walk, typeof alias === 'string' ? alias : ANY_RECORD, { kind: 'record' })
  }
}

const ANY_NAME = '*'
const ANY_RECORD = ' '

export function addItem(walk: WalkState, name: string, item: FromItem): void {
  const items = walk.fromItems.get(name)
  if (items === undefined) walk.fromItems.set(name, [item])
  else items.push(item)
}

function functionName(fields: Tree): string | undefined {
  const functions = fields['functions']
  if (!Array.isArray(functions) || functions.length !== 1) return undefined
  const first = ((functions[0] as Tree)['List'] as Tree | undefined)?.['items']
  const call = Array.isArray(first) ? ((first[0] as Tree)['FuncCall'] as Tree | undefined) : undefined
  return call === undefined ? undefined : nameParts(call['funcname']).at(-1)
}

function checkAttributes(walk: WalkState): void {
  for (const { qualifier, name, reach } of walk.attributes) {
    const items = walk.fromItems.get(qualifier) ?? []
    const harmless = (item: FromItem): boolean => {
      switch (item.kind) {
        case 'opaque': return false
        case 'record': return reach !== 'record'
        case 'table':
          return reach === 'scalar' || (!item.renamed && item.relations.every((oid) => walk.catalog.shadowedColumns.get(oid)?.includes(name)))
      }
    }
    const unnamed = items.length === 0 && walk.fromItems.has(ANY_NAME)
    if (unnamed || !items.every(harmless)) throw attributeRefusal(name)
  }
}

/** Under table lists. */
export function sequenceRefusal(name: string, hint: string): Refusal {
  return new Refusal('side_effect_function', `${name} may not be called under a policy with table lists: it tells the numbers of any table`, `Write SELECT last_value FROM the sequence. ${hint}`)
}

function attributeRefusal(name: string): Refusal {
  return new Refusal(
    'side_effect_function', `.${name} could call the function ${name}, or cast to a type of that name, which may not run`,
    'If it is a column, name it without its table or under another alias.',
  )
}

/** What only the whole statement shows: whether a value can meet the risky operators, casts and domains of the database. */
export function checkWhole(walk: WalkState): void {
  const { catalog } = walk
  if (walk.attributes.length > 0) checkAttributes(walk)
  for (const used of walk.operators) {
    for (const operators of catalog.riskyOperators.values()) {
      const operator = operators.find((each) => (used === each.name || used === `${each.schema}.${each.name}`) && meets(walk, each))
      if (operator !== undefined) {
        throw new Refusal(
          'side_effect_function', `operator ${operator.name} could mean that of schema ${operator.schema}, which calls ${operator.functionName}`,
          `Write OPERATOR(pg_catalog.${operator.name}) to mean the built-in one.`,
        )
      }
    }
  }
  for (const cast of catalog.riskyCasts) {
    if (!canHold(walk, cast.source)) continue
    const target = catalog.typesByOid.get(cast.target)
    if (cast.implicit || target === undefined || walk.castTargets.has(target.name)) {
      throw new Refusal('side_effect_function', `a cast in this statement could call ${cast.functionName}, which may not run`, 'Leave out the cast.')
    }
  }
  if (catalog.riskyOrder.size > 0) checkOrder(walk)
  if (!walk.coerces && !walk.operatorSeen) return
  for (const oid of walk.types) {
    // An operator turns an untyped other side into its array or range; a domain alone it takes as the type below.
    if (!walk.coerces && !['b', 'r'].includes(catalog.typesByOid.get(oid)?.kind ?? '')) continue
    const domain = riskyDomain(walk, oid)
    if (domain !== undefined) {
      throw new Refusal(
        'side_effect_function', `a value here could become one of domain ${domain}, whose checks call functions that may not run`,
        'Cast the column to the type that the domain is made of, in a query of its own.',
      )
    }
  }
}

// Whether a plan sorts, hashes or looks into an index is the server's choice, so the type itself is shut. Built-in types
// with an operator class of the user's besides their own are used by it only where an index names it.
function checkOrder(walk: WalkState): void {
  for (const [oid, name] of walk.catalog.riskyOrder) {
    if (!walk.types.has(oid)) continue
    throw new Refusal('side_effect_function', `comparing values of a type in this statement calls ${name}, which may not run`, 'Leave out the relation.')
  }
}

function meets(walk: WalkState, operator: OperatorEntry): boolean {
  return [operator.left, operator.right].every((oid) => oid === 0 || canHold(walk, oid))
}

// A type of an extension can come out of a function, so only the statement's own types are sure to be listed.
function canHold(walk: WalkState, oid: number): boolean {
  if (oid < FIRST_USER_OID || walk.types.has(oid)) return true
  const type = walk.catalog.typesByOid.get(oid)
  return type === undefined || type.extension !== undefined
}
