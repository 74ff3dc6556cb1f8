/** The kinds of statements that a policy's `statement_rules` speak of, and whether a policy lets one of a kind run. */
import { Refusal } from './denial.js'
import type { CompiledPolicy } from './types.js'

export const statementKinds = ['select', 'insert', 'update', 'delete', 'ddl', 'copy', 'set', 'show', 'explain', 'transaction'] as const
export type StatementKind = (typeof statementKinds)[number]

/** What the access mode is a ceiling for: a rule that allows one of these does not lift it. */
const WRITES: ReadonlySet<StatementKind> = new Set(['insert', 'update', 'delete', 'ddl'])

/** Whether statements of a kind may run: the access mode is the ceiling, `deny` wins over `allow`. */
export function mayRun(policy: CompiledPolicy, kind: StatementKind): boolean {
  return (policy.writes || !WRITES.has(kind)) && !policy.deny.has(kind) && (policy.allow?.has(kind) ?? true)
}

/** Refuses a statement of a kind that may not run. @param what the statement, as a person calls it */
export function need(policy: CompiledPolicy, kind: StatementKind, what: string): void {
  if (mayRun(policy, kind)) return
  if (!policy.writes && WRITES.has(kind)) {
    throw new Refusal('read_only', `${what} is refused: this credential may only read`, `Allowed here: ${list(policy)}. Ask for a read_write credential to change data.`)
  }
  if (policy.deny.has(kind)) throw new Refusal('statement_denied', `${what} is refused: this policy denies ${kind} statements`, `Allowed here: ${list(policy)}.`)
  throw new Refusal('statement_not_allowed', `${what} is refused: ${kind} is not among the statements that this policy allows`, `Allowed here: ${list(policy)}.`)
}

/** What may run, for a hint. */
export function list(policy: CompiledPolicy): string {
  const kinds = statementKinds.filter((kind) => mayRun(policy, kind))
  return kinds.length === 0 ? 'nothing' : kinds.join(', ')
}

/** A construct that nobody has thought about, by the name of the rule that fits the policy's mode. */
export function unknownConstruct(policy: CompiledPolicy, what: string): Refusal {
  return policy.writes
    ? new Refusal('statement_not_allowed', `this statement contains ${what}, which a policy with rules about statements, tables or rows cannot judge`, 'Write the statement in another way.')
    : new Refusal('read_only', `this statement contains ${what}, which a read-only credential may not use`, 'Write the query in another way.')
}
