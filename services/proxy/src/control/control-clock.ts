/**
 * The control database's clock, as this proxy knows it: its last answer plus monotonic time since. Expiry is judged by
 * this one, never by the proxy's own wall clock.
 */
export class ControlClock {
  private baseMs: number
  private atMs: number

  /** @param sentMs monotonic time at which the question was sent: the clock runs ahead by the way there, never behind */
  constructor(dbTime: string, sentMs: number) {
    this.baseMs = Date.parse(dbTime)
    this.atMs = sentMs
  }

  /** An answer that was overtaken by a later one changes nothing. */
  set(dbTime: string, sentMs: number): void {
    if (sentMs < this.atMs) return
    this.baseMs = Date.parse(dbTime)
    this.atMs = sentMs
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return this.baseMs + (performance.now() - this.atMs)
  }
}
