/** The verdict over one text: every statement in it passes, or none is forwarded. */
import { emptyCatalog } from './catalog.js'
import { denied, Refusal } from './denial.js'
import { checkFloors, mayBreakFloors, readings } from './floors.js'
import { FLOOR_TEXT_BYTES_MAX, parseStatements } from './parser.js'
import { checkStatement } from './statements.js'
import { checkParameterTypes } from './parameters.js'
import { checkRules } from './table-lists.js'
import { Walk } from './walk.js'
import type { Allowed, CompiledPolicy, DecideContext, Decision } from './types.js'

const UNPARSED: Allowed = Object.freeze({ allowed: true, rule: 'ok', kinds: Object.freeze([]), literalFree: true })

/** Whether the parser is needed for a text. Where it is not, `decide` takes no longer than a look at each character. */
export const isParsed = (text: string, policy: CompiledPolicy): boolean => policy.checked || mayBreakFloors(text)

/** Decides one Query or Parse text. Throws nothing: what cannot be decided is a denial. */
export function decide(text: string, context: DecideContext): Decision {
  if (!isParsed(text, context.policy)) return UNPARSED
  try {
    return context.policy.checked ? decideChecked(text, context) : decideFloors(text)
  } catch (error) {
    if (error instanceof Refusal) return denied(error)
    // A fault of ours, or a tree deeper than the stack: refused like anything that could not be decided.
    return denied(new Refusal('parse_error', 'the statement could not be checked', 'Simplify it, for example by nesting less.'))
  }
}

function decideChecked(text: string, context: DecideContext): Allowed {
  const { policy, catalogIsFresh } = context
  const catalog = context.catalog ?? emptyCatalog
  if (policy.tables !== undefined) checkRules(catalog, policy.tables)
  const kinds: string[] = []
  let literalFree = true
  for (const statement of parseStatements(text)) {
    const facts = checkStatement(statement, catalog, policy, catalogIsFresh)
    if (policy.writes) checkFloors(statement)
    kinds.push(facts.kind)
    literalFree &&= facts.literalFree
  }
  if (context.parameterTypes !== undefined) checkParameterTypes(context.parameterTypes, new Walk(catalog, policy))
  return { allowed: true, rule: 'ok', kinds, literalFree }
}

/** Where only the floors hold, whatever the server could read in the text must keep to them, and nothing else is asked of it. */
function decideFloors(text: string): Allowed {
  const [first, ...others] = readings(text)
  const faults: unknown[] = []
  for (const reading of [first ?? '', ...others]) {
    let statements
    try {
      statements = parseStatements(reading, FLOOR_TEXT_BYTES_MAX)
    } catch (error) {
      if (!(error instanceof Refusal) || error.sqlState !== '42601') throw error
      faults.push(error) // whichever way the server reads it: this one it refuses itself
      continue
    }
    for (const statement of statements) checkFloors(statement)
  }
  if (faults.length > others.length) throw faults[0]
  return UNPARSED
}
