/** The verdict over one text: every statement in it passes, or none is forwarded. */
import { emptyCatalog } from './catalog.js'
import { denied, Refusal } from './denial.js'
import { parseStatements } from './parser.js'
import { checkStatement } from './statements.js'
import { checkParameterTypes } from './parameters.js'
import { Walk } from './walk.js'
import type { Allowed, DecideContext, Decision } from './types.js'

// Under read_write the server decides, so nothing is parsed.
const UNRESTRICTED: Allowed = Object.freeze({ allowed: true, rule: 'ok', kinds: Object.freeze([]), literalFree: true })

/** Decides one Query or Parse text. Throws nothing: what cannot be decided is a denial. */
export function decide(text: string, context: DecideContext): Decision {
  if (context.policy.accessMode === 'read_write') return UNRESTRICTED
  try {
    const catalog = context.catalog ?? emptyCatalog
    const kinds: string[] = []
    let literalFree = true
    for (const statement of parseStatements(text)) {
      const facts = checkStatement(statement, catalog, context.policy)
      kinds.push(facts.kind)
      literalFree &&= facts.literalFree
    }
    if (context.parameterTypes !== undefined) checkParameterTypes(context.parameterTypes, new Walk(catalog, context.policy))
    return { allowed: true, rule: 'ok', kinds, literalFree }
  } catch (error) {
    if (error instanceof Refusal) return denied(error)
    // A fault of ours, or a tree deeper than the stack: refused like anything that could not be decided.
    return denied(new Refusal('parse_error', 'the statement could not be checked', 'Simplify it, for example by nesting less.'))
  }
}
