import type { Denial } from './gate.js';
export declare class Refusals {
    private readonly word;
    private readonly wordBytes;
    private readonly pending;
    private count;
    total: number;
    get inFlight(): number;
    get full(): boolean;
    /** What to send upstream in place of the refused message. Parse goes under a name of its own: a failed one drops nothing. */
    replace(denial: Denial, simple: boolean): Buffer;
    /** Ours for the server's error, or undefined where the error is about something else. */
    exchange(errorFrame: Buffer): Buffer | undefined;
    /** Every request has been answered: what is still pending was skipped. */
    settle(): void;
}
