import { PgBeamError, type Fault } from '@pgbeam/kernel'

/** The peer broke the SCRAM grammar or its rules (RFC 5802): nothing about the password is said. */
export class ScramProtocolError extends PgBeamError {
  readonly code = 'ERR_SCRAM_PROTOCOL'
  readonly fault: Fault = 'client'
  readonly sqlState: string = '08P01'
  constructor(message: string, hint = 'Use a Postgres client that speaks SCRAM-SHA-256 (RFC 5802, RFC 7677).') {
    super(message, hint)
  }
}

/** Channel binding does not fit what both sides saw: a downgrade, or somebody in the middle. */
export class ChannelBindingError extends PgBeamError {
  readonly code = 'ERR_SCRAM_CHANNEL_BINDING'
  readonly fault: Fault = 'client'
  readonly sqlState = '28000'
  constructor(message: string) {
    super(message, 'Connect to the proxy directly: nothing that ends TLS may stand between.')
  }
}

/** The server could not prove that it knows the password: it may be an impostor. */
export class ServerSignatureError extends PgBeamError {
  readonly code = 'ERR_SCRAM_SERVER_SIGNATURE'
  readonly fault: Fault = 'upstream'
  readonly sqlState = '08006'
  constructor() {
    super('the server could not prove that it knows the password', 'Check that the host and port are those of the right database.')
  }
}
