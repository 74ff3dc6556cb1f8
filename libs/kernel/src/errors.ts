/** Who has to act on an error; also a metric label. */
export type Fault = 'client' | 'policy' | 'proxy' | 'control-plane' | 'upstream'

/**
 * One class per reason. `message` and `hint` may be shown to the caller; `cause` is for the log alone.
 * `code` is stable: clients, alerts and tests match on it. `sqlState` is what a Postgres client is told.
 */
export abstract class PgBeamError extends Error {
  abstract readonly code: `ERR_${string}`
  abstract readonly fault: Fault
  abstract readonly sqlState: string
  constructor(
    message: string,
    readonly hint: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
  }
}
