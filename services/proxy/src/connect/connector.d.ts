/**
 * Upstream sessions: dialled, encrypted, logged in, with a bound on how many logins run at once for each database and a
 * pause after the database refused the stored credentials (else a storm of clients locks the account).
 */
import type { DatabaseTarget } from '../credentials/credential.js';
import { type Line } from './dial.js';
import { type UpstreamSession } from './upstream-login.js';
export interface Upstream extends Line, UpstreamSession {
    readonly target: DatabaseTarget;
}
export declare class Connector {
    private readonly gates;
    /** @throws UpstreamUnavailable, UpstreamRefused, UpstreamTlsRefused, the SCRAM errors */
    connect(target: DatabaseTarget, settings: Readonly<Record<string, string>>, timeoutMs: number): Promise<Upstream>;
    private attempt;
    private turn;
    private gateOf;
}
