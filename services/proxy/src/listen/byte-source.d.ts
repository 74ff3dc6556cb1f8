/**
 * Pull-style reading for the phases before the relay, where messages are few and nobody is trusted yet: the stream flows
 * only while somebody waits for bytes, so a peer can make us hold one unit and one read's worth, and no more.
 */
import type { Duplex } from 'node:stream';
import { PgBeamError } from '@pgbeam/kernel';
/** The other side closed (or broke) the connection while something was awaited of it. */
export declare class PeerGone extends PgBeamError {
    readonly code = "ERR_PEER_GONE";
    readonly fault = "client";
    readonly sqlState = "08006";
    constructor(cause?: unknown);
}
export declare class ByteSource {
    readonly stream: Duplex;
    private held;
    private waiter;
    private ended;
    constructor(stream: Duplex);
    /**
     * Waits for one whole unit and takes it.
     * @param endOf where the unit at the start of the buffer ends, or undefined while bytes are missing; may throw
     */
    take(endOf: (held: Buffer) => number | undefined): Promise<Buffer>;
    /** Waits until there is a byte, and looks at it. */
    peek(): Promise<number>;
    /** Stops reading and hands over what was read and not taken. The stream stays paused. */
    release(): Buffer;
    private more;
    private readonly onData;
    private readonly onEnd;
}
