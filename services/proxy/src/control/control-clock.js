/**
 * The control database's clock, as this proxy knows it: its last answer plus monotonic time since. Expiry is judged by
 * this one, never by the proxy's own wall clock.
 */
export class ControlClock {
    baseMs;
    atMs;
    /** @param sentMs monotonic time at which the question was sent: the clock runs ahead by the way there, never behind */
    constructor(dbTime, sentMs) {
        this.baseMs = Date.parse(dbTime);
        this.atMs = sentMs;
    }
    set(dbTime, sentMs) {
        this.baseMs = Date.parse(dbTime);
        this.atMs = sentMs;
    }
    /** Milliseconds since 1970. */
    nowMs() {
        return this.baseMs + (performance.now() - this.atMs);
    }
}
//# sourceMappingURL=control-clock.js.map