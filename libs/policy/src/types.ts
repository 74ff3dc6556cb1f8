/** The words that the gate and its callers share: what a policy is, and what a decision says. */

export type MaskKind = 'redact' | 'null' | 'hash' | 'partial'

export interface MaskingRule {
  /** `table` or `schema.table`, folded and quoted as in SQL. A bare name means every relation of that name. */
  readonly table: string
  readonly column: string
  readonly kind: MaskKind
}

export interface RowFilter {
  readonly table: string
  /** A boolean expression over the table's own columns; only rows that make it true are seen. */
  readonly predicate: string
}

/** A policy as the control plane publishes it; `version` changes with every edit. */
export interface Policy {
  readonly id: string
  readonly version: number
  readonly accessMode: 'read_only' | 'read_write'
  /** A ceiling for `SET statement_timeout` of read-only sessions (the database's `query_timeout_ms`); absent means none. */
  readonly statementTimeoutMsMax?: number | null
  readonly maskingRules?: readonly MaskingRule[]
  readonly rowFilters?: readonly RowFilter[]
}

/** A policy made ready for deciding. Opaque: only `compilePolicy` makes one. */
export interface CompiledPolicy {
  readonly id: string
  readonly version: number
  readonly accessMode: 'read_only' | 'read_write'
  readonly statementTimeoutMsMax: number | undefined
  readonly maskingRules: readonly MaskingRule[]
  readonly rowFilters: readonly RowFilter[]
}

export interface Allowed {
  readonly allowed: true
  readonly rule: 'ok'
  /** What to send instead of the text, where masks or row filters had to be put into it. */
  readonly rewritten?: Rewritten
  /** One word per statement of the text, in order: select, explain, show, set, transaction, copy, cursor, prepare, execute, discard. */
  readonly kinds: readonly string[]
  /** False when the verdict depends on the values of literals, so that a text with other integers may not share it. */
  readonly literalFree: boolean
}

/** A text with protected relations replaced by what the policy lets be seen of them. */
export interface Rewritten {
  readonly text: string
  /** What was replaced, in bytes of the text as it came, in order; from it positions in errors are translated back. */
  readonly edits: readonly Edit[]
  readonly masked: readonly MaskingRule[]
  readonly filtered: readonly RowFilter[]
}

export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface Denied {
  readonly allowed: false
  readonly rule: Rule
  readonly sqlState: string
  readonly message: string
  readonly detail: string
  readonly hint: string
  /** Where a syntax error is, in characters from 1, as Postgres reports it. */
  readonly position?: number
}

export type Decision = Allowed | Denied

/** Names that a verdict carries; users see them in DETAIL, in the audit log and in their policies' reports. */
export type Rule =
  | 'read_only'
  | 'locking_select'
  | 'side_effect_function'
  | 'session_guard'
  | 'closed_catalog'
  | 'unresolved_name'
  | 'foreign_table'
  | 'parse_error'
  | 'size_limit'
  | 'policy_target_missing'
  | 'masked_relation'

export interface DecideContext {
  readonly policy: CompiledPolicy
  /** Undefined while the proxy has none: whatever needs a name resolved is then refused. */
  readonly catalog: Catalog | undefined
  readonly protocol: 'simple' | 'extended'
  /** Type oids that a Parse message declares for its parameters; 0 means that the server is to infer one. */
  readonly parameterTypes?: readonly number[]
}

import type { Catalog } from './catalog.js'
