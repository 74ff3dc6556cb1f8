import { PgBeamError } from '@pgbeam/kernel';
/** Wrong password, unknown user and revoked credential are one and the same answer. */
export class AuthenticationFailed extends PgBeamError {
    code = 'ERR_AUTHENTICATION_FAILED';
    fault = 'client';
    sqlState = '28P01';
    constructor(user) {
        super(`password authentication failed for user "${user}"`, 'Check the user name and password; a rotated credential has a new password.');
    }
}
/** Said only to somebody who proved to know the secret. */
export class LoginNotAllowed extends PgBeamError {
    code = 'ERR_LOGIN_NOT_ALLOWED';
    fault = 'policy';
    sqlState = '28000';
}
/** The credential changed while its login was under way. */
export class CredentialChanged extends PgBeamError {
    code = 'ERR_CREDENTIAL_CHANGED';
    fault = 'policy';
    sqlState = '57P01';
    constructor() {
        super('this credential was changed while you were connecting', 'Connect again.');
    }
}
//# sourceMappingURL=errors.js.map