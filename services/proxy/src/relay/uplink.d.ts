import type { RelayGate } from './gate.js';
import type { Session } from './session.js';
export declare class Uplink {
    private readonly session;
    private readonly gate;
    /** An incomplete header, or an incomplete statement that the gate must see whole. Copied: a chunk is not kept. */
    private held;
    /** Bytes of the current message still to be forwarded unread. */
    private passing;
    /** Bytes of a refused message still to come. */
    private discarding;
    /** A statement is being judged elsewhere; what came behind it waits in `held`. */
    private waiting;
    private decided;
    constructor(session: Session, gate: RelayGate);
    onData(input: Buffer): void;
    private walk;
    private forward;
    /** Finds the text inside the message and asks the gate. */
    private judge;
    private readonly onDecided;
}
