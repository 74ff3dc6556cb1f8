/** The words that the gate and its callers share: what a policy is, and what a decision says. */
import type { Catalog } from './catalog.js'
import type { Outcome } from './outcomes.js'
import type { StatementKind } from './statement-kinds.js'
import type { TableLists } from './table-lists.js'

export type MaskKind = 'redact' | 'null' | 'hash' | 'partial'

export interface MaskingRule {
  /** `table` or `schema.table`, folded and quoted as in SQL. A bare name means the schema public. */
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
  /** Narrows what the access mode lets through; `deny` wins. An absent `allow` narrows nothing. */
  readonly statementRules?: { readonly allow?: readonly StatementKind[] | null; readonly deny?: readonly StatementKind[] | null } | null
  /** Tables that may be named; absent means all. See table-names.ts for how they are written. */
  readonly tableAllowlist?: readonly string[] | null
  /** Tables that may not, whatever the other list says. */
  readonly tableDenylist?: readonly string[] | null
  /** A ceiling for `SET statement_timeout` (the smaller of the policy's own and the database's `query_timeout_ms`); absent means none. */
  readonly statementTimeoutMsMax?: number | null
  readonly maskingRules?: readonly MaskingRule[]
  readonly rowFilters?: readonly RowFilter[]
  /** Rows that one answer may have; what is beyond is cut off by whoever passes it on. Absent means no limit. */
  readonly maxRows?: number | null
  /** Rows that one statement may affect; whoever passes it on has one that affects more rolled back. Absent means no limit. */
  readonly maxAffectedRows?: number | null
}

/** A policy made ready for deciding. Opaque: only `compilePolicy` makes one. It can be sent to a worker. */
export interface CompiledPolicy {
  readonly id: string
  readonly version: number
  readonly accessMode: 'read_only' | 'read_write'
  /** `read_write`, as a flag. */
  readonly writes: boolean
  /** False where only the floors hold: then a text is parsed only if it could break one, and nothing else of it is judged. */
  readonly checked: boolean
  readonly allow: ReadonlySet<StatementKind> | undefined
  readonly deny: ReadonlySet<StatementKind>
  readonly tables: TableLists | undefined
  readonly statementTimeoutMsMax: number | undefined
  readonly maskingRules: readonly MaskingRule[]
  readonly rowFilters: readonly RowFilter[]
  readonly maxRows: number | undefined
  readonly maxAffectedRows: number | undefined
}

export interface Allowed {
  readonly allowed: true
  readonly rule: 'ok'
  /** What to send instead of the text, where masks or row filters had to be put into it. */
  readonly rewritten?: Rewritten
  /** What to send instead of either, where table lists are checked again by the statement while it runs. */
  readonly guarded?: Guarded
  /**
   * One word per statement of the text, in order: select, insert, update, delete, merge, ddl, explain, show, set, transaction, copy,
   * cursor, prepare, execute, discard, lock, message. Empty where the policy has only floors and the text cannot break one.
   */
  readonly kinds: readonly string[]
  /** One for each statement of the text, where the policy has limits on rows. */
  readonly outcomes?: readonly Outcome[]
  /** The statements themselves, where a text of several for the simple protocol may have to be sent one by one. */
  readonly parts?: readonly string[]
  /** False when the verdict depends on the values of literals, so that a text with other integers may not share it. */
  readonly literalFree: boolean
}

/** A text with protected relations replaced by what the policy lets be seen of them. */
export interface Rewritten {
  readonly text: string
  readonly masked: readonly MaskingRule[]
  readonly filtered: readonly RowFilter[]
}

/** A text that checks that what it was judged by is still so. */
export interface Guarded {
  readonly text: string
  /** Where all was put around the client's own text: the same stands around any other that shares its verdict, `tailBytes` before its end. */
  readonly around?: { readonly before: string; readonly after: string; readonly tailBytes: number }
  /** Characters of the client's text lie `by` further on from the one `from` on. */
  readonly shift?: { readonly from: number; readonly by: number }
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
export const rules = [
  'read_only',
  'statement_not_allowed',
  'statement_denied',
  'table_not_allowed',
  'table_denied',
  'whereless_write',
  'destructive_ddl',
  'locking_select',
  'side_effect_function',
  'session_guard',
  'closed_catalog',
  'unresolved_name',
  'unresolved_rule',
  'foreign_table',
  'parse_error',
  'size_limit',
  'masked_relation',
  'masked_column_expression',
  'max_affected_rows',
  'max_affected_rows_writable_cte',
] as const
export type Rule = (typeof rules)[number]

export interface DecideContext {
  readonly policy: CompiledPolicy
  /** Undefined while the proxy has none: whatever needs a name resolved is then refused. */
  readonly catalog: Catalog | undefined
  /** The catalog was read after the statement came: a relation that it lacks can only be one of the session's own transaction. */
  readonly catalogIsFresh?: boolean
  readonly protocol: 'simple' | 'extended'
  /** Type oids that a Parse message declares for its parameters; 0 means that the server is to infer one. */
  readonly parameterTypes?: readonly number[]
}
