import { PgBeamError } from '@pgbeam/kernel'

/** Wrong password, unknown user and revoked credential are one and the same answer. */
export class AuthenticationFailed extends PgBeamError {
  readonly code = 'ERR_AUTHENTICATION_FAILED'
  readonly fault = 'client'
  readonly sqlState = '28P01'
  constructor(user: string) {
    super(`password authentication failed for user "${user}"`, 'Check the user name and password; a rotated credential has a new password.')
  }
}

/** Said only to somebody who proved to know the secret. */
export class LoginNotAllowed extends PgBeamError {
  readonly code = 'ERR_LOGIN_NOT_ALLOWED'
  readonly fault = 'policy'
  readonly sqlState = '28000'
}

/** The credential changed while its login was under way. */
export class CredentialChanged extends PgBeamError {
  readonly code = 'ERR_CREDENTIAL_CHANGED'
  readonly fault = 'policy'
  readonly sqlState = '57P01'
  constructor() {
    super('this credential was changed while you were connecting', 'Connect again.')
  }
}

/** This process takes no new sessions any more. */
export class ShuttingDown extends PgBeamError {
  readonly code = 'ERR_SHUTTING_DOWN'
  readonly fault = 'proxy'
  readonly sqlState = '57P03'
  constructor() {
    super('this proxy is shutting down', 'Connect again: another one answers.')
  }
}

/** This process has not heard its control plane for longer than its lease, so that it may not serve. */
export class ProxyFenced extends PgBeamError {
  readonly code = 'ERR_PROXY_FENCED'
  readonly fault = 'control-plane'
  readonly sqlState = '57P03'
  constructor() {
    super('this proxy has lost its control plane, and may not serve without it', 'Try again in a few seconds; another proxy may answer.')
  }
}

/** Names that nobody proved to have come faster than they may be looked up, or passwords faster than they can be checked. */
export class TooManyLogins extends PgBeamError {
  readonly code = 'ERR_TOO_MANY_LOGINS'
  readonly fault = 'client'
  readonly sqlState = '53300'
  constructor() {
    super('too many logins are waiting to be checked', 'Try again in a few seconds.')
  }
}
