import type { Secret } from '@pgbeam/kernel';
import type { Credential } from '../credentials/credential.js';
import type { ClientConnection } from '../listen/client-connection.js';
export interface AuthenticationRequest {
    readonly client: ClientConnection;
    readonly user: string;
    /** Undefined for unknown and revoked users. */
    readonly credential: Credential | undefined;
    readonly saltSecret: Secret<Buffer>;
    /** The client asked for it with `options=auth=cleartext`. */
    readonly cleartextAsked: boolean;
}
/**
 * Runs the exchange up to, and without, AuthenticationOk.
 * @returns what has to be sent before AuthenticationOk (SASLFinal), where there is such a thing
 * @throws AuthenticationFailed, ProtocolViolation, ScramProtocolError, ChannelBindingError, PeerGone
 */
export declare function authenticate(request: AuthenticationRequest): Promise<Buffer | undefined>;
