import type { Session } from './session.js';
export declare class Downlink {
    private readonly session;
    private held;
    private passing;
    constructor(session: Session);
    /** Whether a message of ours may stand here. */
    get atBoundary(): boolean;
    /** @param borrowed the bytes are overwritten by the next read: what is kept must be copied */
    onData(input: Buffer, borrowed: boolean): void;
}
