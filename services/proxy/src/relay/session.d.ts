/**
 * One client and one database session, joined. Everything that ends it comes through `end`, which is synchronous: when it
 * returns, nothing more is forwarded in either direction.
 */
import type { TLSSocket } from 'node:tls';
import type { Canceller } from '../connect/canceller.js';
import type { Upstream } from '../connect/connector.js';
import type { RelayGate } from './gate.js';
import { Refusals } from './refusals.js';
export interface EndReason {
    readonly sqlState: string;
    readonly message: string;
    readonly detail?: string | undefined;
    readonly hint?: string | undefined;
}
export interface SessionOptions {
    readonly id: string;
    readonly client: TLSSocket;
    readonly upstream: Upstream;
    readonly gate: RelayGate;
    readonly canceller: Canceller;
    /** Milliseconds that one statement may take, by the proxy's own clock; 0 for no limit. */
    readonly statementTimeoutMs: number;
    /** Whether the session may forward now, by the credential's expiry; asked once for each read from the client. */
    readonly expired: () => boolean;
    readonly onExpired: () => void;
    readonly onClosed: () => void;
}
export declare class Session {
    readonly id: string;
    readonly client: TLSSocket;
    readonly upstream: Upstream;
    readonly gate: RelayGate;
    readonly refusals: Refusals;
    /** Nothing is forwarded any more, in either direction. */
    over: boolean;
    private readonly options;
    private readonly uplink;
    private readonly downlink;
    /** Query, FunctionCall and Sync sent, less the ReadyForQuery seen. */
    private outstanding;
    /** Coarse time since when requests are outstanding. */
    private busySinceMs;
    private timeoutSent;
    private status;
    private copyIn;
    private lastWasSync;
    private terminated;
    private clientHeld;
    private clientEnded;
    private closed;
    private leaving;
    constructor(options: SessionOptions);
    /** Wires both sides. Bytes that came early are taken first. */
    start(fromClient: Buffer, fromUpstream: Buffer): void;
    /** A statement is running, or an answer is under way. */
    get busy(): boolean;
    get idle(): boolean;
    mayForward(): boolean;
    requested(): void;
    synced(): void;
    copyInEnded(): void;
    clientTerminated(): void;
    writeUpstream(data: Buffer): void;
    /** Stops or restarts reading from the client while a statement is judged elsewhere. */
    holdClient(held: boolean): void;
    violate(message: string): void;
    ready(status: number): void;
    copyInStarted(): void;
    writeClient(data: Buffer, owned: boolean): void;
    guardChanged(name: string): void;
    upstreamViolated(): void;
    /**
     * Ends the session at once. The database's socket is reset first, so that bytes queued in it die with it; only then is
     * the running statement cancelled. (With the cancel first, or a FIN, a pipelined second statement runs and commits.)
     * @returns whether a statement was running
     */
    end(reason: EndReason, options?: {
        readonly defer?: (close: () => void) => void;
    }): boolean;
    /** Goes as soon as no statement runs and no transaction is open: the drain. */
    leaveWhenIdle(reason: EndReason): void;
    /** Called by the coarse clock: the statement limit, kept outside the server too. */
    tick(nowMs: number): void;
    cancel(): void;
    private sayGoodbye;
    private clientGone;
    private upstreamGone;
    private finish;
}
