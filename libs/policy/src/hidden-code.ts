/**
 * Ways to run a function without writing a call: an operator, a cast, a domain's check, `row.function`. In most
 * databases none of the user's own exist, and then these checks cost a lookup in an empty map.
 */
import type { OperatorEntry } from './catalog.js'
import { FIRST_USER_OID } from './catalog.js'
import { Refusal } from './denial.js'
import { lastAndSchema, nameParts } from './names.js'
import type { Tree } from './parser.js'
import { riskyDomain } from './type-names.js'
import type { WalkState } from './walk-state.js'

/** Notes an operator that a risky one of the database could answer to. */
export function checkOperator(walk: WalkState, list: unknown, implied?: string): void {
  if (walk.catalog.riskyOperators.size === 0) return
  const { name, schema } = list === undefined ? { name: implied ?? '', schema: undefined } : lastAndSchema(nameParts(list))
  if (schema === 'pg_catalog' && !walk.catalog.riskyOperators.get(name)?.some((operator) => operator.schema === schema)) return
  if (walk.catalog.riskyOperators.has(name)) walk.operators.add(schema === undefined ? name : `${schema}.${name}`)
}

/** `row.name` calls the function `name(row)` when the row has no such column. */
export function checkAttribute(walk: WalkState, parts: readonly Tree[] | undefined): void {
  if (parts === undefined || walk.catalog.riskyAttributes.size === 0) return
  for (const part of parts) {
    const name = (part['String'] as Tree | undefined)?.['sval']
    if (typeof name === 'string' && walk.catalog.riskyAttributes.has(name)) {
      throw new Refusal(
        'side_effect_function', `.${name} could call the function ${name} of this database, which may not run`,
        'Name the column without its table, or leave it out.',
      )
    }
  }
}

/** What only the whole statement shows: whether a value can meet the risky operators, casts and domains of the database. */
export function checkWhole(walk: WalkState): void {
  const { catalog } = walk
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
  if (!walk.coerces) return
  for (const oid of walk.types) {
    const domain = riskyDomain(walk, oid)
    if (domain !== undefined) {
      throw new Refusal(
        'side_effect_function', `a value here could become one of domain ${domain}, whose checks call functions that may not run`,
        'Cast the column to the type that the domain is made of, in a query of its own.',
      )
    }
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
