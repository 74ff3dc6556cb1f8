import type { EndReason, Session } from './session.js';
/** What a session was opened under. */
export interface SessionOwner {
    readonly id: string;
    readonly projectId: string;
    readonly policyId: string;
    readonly databases: readonly {
        readonly id: string;
    }[];
    readonly address: string;
    expiresAtMs: number;
}
/** Ours, not the database's: it means nothing to anybody but this proxy. */
export interface CancelKey {
    readonly pid: number;
    readonly key: Buffer;
}
export interface DropResult {
    readonly sessions: number;
    readonly statements: number;
}
export declare class SessionRegistry {
    private readonly entries;
    private readonly byPid;
    private readonly closing;
    private draining;
    private readonly settledWaiters;
    constructor();
    get size(): number;
    /** A cancel key that no open session has. Protocol 3.0 has room for 4 bytes; 3.2 gets 32. */
    newCancelKey(minor: 0 | 2): CancelKey;
    add(session: Session, owner: SessionOwner, cancelKey: CancelKey): () => void;
    /** @returns whether the key was one of ours */
    cancel(pid: number, key: Buffer): boolean;
    /**
     * Ends every session that matches: when this returns none of them forwards anything any more. Their clients are told,
     * and their statements cancelled, over the following turns; `onSettled` is called when that is done.
     */
    drop(matches: (owner: SessionOwner) => boolean, reason: EndReason, onSettled?: (result: DropResult) => void): DropResult;
    /** Changes what open sessions of matching owners are held to. */
    amend(matches: (owner: SessionOwner) => boolean, change: (owner: SessionOwner) => void): void;
    each(visit: (session: Session, owner: SessionOwner) => void): void;
    /** Open sessions by project. */
    countByProject(): Record<string, number>;
    private closeSome;
}
