/** What a session is made of, and why it ends. */
import type { TLSSocket } from 'node:tls'
import type { Canceller } from '../connect/canceller.js'
import type { Upstream } from '../connect/connector.js'
import type { RolledBack } from './affected-limit.js'
import type { SessionBudget } from './budget.js'
import type { RelayGate } from './gate.js'
import type { Truncation } from './row-limit.js'

export interface EndReason {
  readonly sqlState: string
  readonly message: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
}

export interface SessionOptions {
  readonly id: string
  readonly client: TLSSocket
  readonly upstream: Upstream
  readonly gate: RelayGate
  /** Where the policy has budgets. */
  readonly budget?: SessionBudget | undefined
  readonly canceller: Canceller
  /** Milliseconds that one statement may take, by the proxy's own clock; 0 for no limit. */
  readonly statementTimeoutMs: number
  /** Whether this session may forward anything now, by clocks that are read for this very question. */
  readonly serves: () => boolean
  /** Whether it may without a lease of the proxy's, at the moment. */
  readonly needsNoLease: () => boolean
  /** Called when it may not. */
  readonly onFenced: () => void
  /** Whether the session may forward now, by the credential's expiry; asked once for each read from the client. */
  readonly expired: () => boolean
  readonly onExpired: () => void
  /** An error that nothing foresaw, before the session is ended for it. */
  readonly onFailure: (error: unknown) => void
  /** Rows of an answer are kept from the client, for the first time of a statement or cursor; or a write was rolled back. */
  readonly onLimit: (event: Truncation | RolledBack) => void
  readonly onClosed: () => void
  /** Statements that may have changed the database's catalog were committed. */
  readonly onDefined: () => void
}
