import { PgBeamError } from '@pgbeam/kernel'

/** The peer broke the protocol: the connection cannot go on, since nobody knows where the next message starts. */
export class ProtocolViolation extends PgBeamError {
  readonly code = 'ERR_PROTOCOL_VIOLATION'
  readonly fault = 'client'
  readonly sqlState: string
  constructor(message: string, hint = 'Use a Postgres client that speaks protocol 3.', sqlState = '08P01') {
    super(message, hint)
    this.sqlState = sqlState
  }
}
