/** Denials as values inside the gate: the walker throws one from any depth, `decide` turns it into a decision. */
import type { Denied, Rule } from './types.js'

/** Thrown by the checks, caught by `decide` only: never leaves the library. */
export class Refusal extends Error {
  constructor(
    readonly rule: Rule,
    message: string,
    readonly hint: string,
    readonly sqlState = '42501',
    readonly position?: number,
  ) {
    super(message)
  }
}

/** The decision that says so, with the rule in DETAIL where every client shows it. */
export function denied(refusal: Refusal): Denied {
  return {
    allowed: false,
    rule: refusal.rule,
    sqlState: refusal.sqlState,
    message: refusal.message,
    detail: `rule: ${refusal.rule}`,
    hint: refusal.hint,
    ...(refusal.position === undefined ? {} : { position: refusal.position }),
  }
}
