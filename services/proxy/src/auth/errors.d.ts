import { PgBeamError } from '@pgbeam/kernel';
/** Wrong password, unknown user and revoked credential are one and the same answer. */
export declare class AuthenticationFailed extends PgBeamError {
    readonly code = "ERR_AUTHENTICATION_FAILED";
    readonly fault = "client";
    readonly sqlState = "28P01";
    constructor(user: string);
}
/** Said only to somebody who proved to know the secret. */
export declare class LoginNotAllowed extends PgBeamError {
    readonly code = "ERR_LOGIN_NOT_ALLOWED";
    readonly fault = "policy";
    readonly sqlState = "28000";
}
/** The credential changed while its login was under way. */
export declare class CredentialChanged extends PgBeamError {
    readonly code = "ERR_CREDENTIAL_CHANGED";
    readonly fault = "policy";
    readonly sqlState = "57P01";
    constructor();
}
