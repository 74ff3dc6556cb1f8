/** The words that the gate and its callers share: what a policy is, and what a decision says. */

/** A policy as the control plane publishes it; `version` changes with every edit. */
export interface Policy {
  readonly id: string
  readonly version: number
  readonly accessMode: 'read_only' | 'read_write'
  /** A ceiling for `SET statement_timeout` of read-only sessions (the database's `query_timeout_ms`); absent means none. */
  readonly statementTimeoutMsMax?: number | null
}

/** A policy made ready for deciding. Opaque: only `compilePolicy` makes one. */
export interface CompiledPolicy {
  readonly id: string
  readonly version: number
  readonly accessMode: 'read_only' | 'read_write'
  readonly statementTimeoutMsMax: number | undefined
}

export interface Allowed {
  readonly allowed: true
  readonly rule: 'ok'
  /** One word per statement of the text, in order: select, explain, show, set, transaction, copy, cursor, prepare, execute, discard. */
  readonly kinds: readonly string[]
  /** False when the verdict depends on the values of literals, so that a text with other integers may not share it. */
  readonly literalFree: boolean
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

export interface DecideContext {
  readonly policy: CompiledPolicy
  /** Undefined while the proxy has none: whatever needs a name resolved is then refused. */
  readonly catalog: Catalog | undefined
  readonly protocol: 'simple' | 'extended'
  /** Type oids that a Parse message declares for its parameters; 0 means that the server is to infer one. */
  readonly parameterTypes?: readonly number[]
}

import type { Catalog } from './catalog.js'
