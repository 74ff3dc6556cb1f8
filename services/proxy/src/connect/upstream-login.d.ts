import type { DatabaseTarget } from '../credentials/credential.js';
import type { Line } from './dial.js';
export interface UpstreamSession {
    /** ParameterStatus and NoticeResponse frames as they came, to be passed on. */
    readonly greeting: Buffer;
    readonly parameters: ReadonlyMap<string, string>;
    readonly pid: number;
    readonly cancelKey: Buffer;
    /** Bytes that came behind ReadyForQuery: a notice, say. */
    readonly early: Buffer;
}
/**
 * @param settings run-time parameters for the session, guards included
 * @throws UpstreamRefused with the server's own SQLSTATE; UpstreamUnavailable; the SCRAM errors where the server is not who it says
 */
export declare function logIn(line: Line, target: DatabaseTarget, settings: Readonly<Record<string, string>>): Promise<UpstreamSession>;
