/**
 * Credentials, pulled on first use and kept until an event is about them. One resolve is in flight per credential; a reply
 * that an event has overtaken is asked for again, so nothing older than what this proxy has applied is ever used.
 */
import type { EnforcementEvent, ResolveReply } from '@pgbeam/contracts';
import { PgBeamError } from '@pgbeam/kernel';
import type { Credential } from './credential.js';
/** Asks the control plane. `epoch` and `asOfSeq` say what the answer is worth; `credential` is undefined for unknown and revoked. */
export type Resolver = (by: ResolveKey) => Promise<Resolved>;
export type ResolveKey = {
    readonly credentialId: string;
} | {
    readonly mcpTokenSha256: string;
};
export interface Resolved {
    readonly reply: Pick<ResolveReply, 'epoch' | 'as_of_seq'>;
    readonly credential: Credential | undefined;
}
export declare class ControlPlaneUnreachable extends PgBeamError {
    readonly code = "ERR_CONTROL_PLANE_UNREACHABLE";
    readonly fault = "control-plane";
    readonly sqlState = "57P03";
    constructor(cause?: unknown);
}
export declare class CredentialStore {
    private readonly resolve;
    private epoch;
    private readonly known;
    private readonly unknown;
    private readonly pending;
    private readonly recent;
    constructor(resolve: Resolver, epoch: string, startSeq: number, max?: number);
    get size(): number;
    /** The credential, or undefined for one that is unknown or revoked. @throws ControlPlaneUnreachable */
    get(credentialId: string): Credential | undefined | Promise<Credential | undefined>;
    /** The credential behind an MCP token; asked for each time, cached under its id. */
    byMcpToken(mcpTokenSha256: string): Promise<Credential | undefined>;
    /** Takes an event into account: what it is about is forgotten here, and what is in flight will be asked for again. */
    apply(event: EnforcementEvent): void;
    /** Another epoch, or a log that no longer reaches back: nothing that is cached counts any more. */
    restart(epoch: string, seq: number): void;
    private forget;
    /** @param keep called in the very turn in which the answer was found fresh: an event after it will find what was kept */
    private ask;
}
