/**
 * The control database's clock, as this proxy knows it: its last answer plus monotonic time since. Expiry is judged by
 * this one, never by the proxy's own wall clock.
 */
export declare class ControlClock {
    private baseMs;
    private atMs;
    /** @param sentMs monotonic time at which the question was sent: the clock runs ahead by the way there, never behind */
    constructor(dbTime: string, sentMs: number);
    set(dbTime: string, sentMs: number): void;
    /** Milliseconds since 1970. */
    nowMs(): number;
}
