/** A clock that costs the hot path nothing: monotonic milliseconds, moved on by a timer. Only for what may be 100 ms off. */
const TICK_MS = 100

class CoarseClock {
  nowMs = performance.now()
  private readonly listeners = new Set<(nowMs: number) => void>()
  constructor() {
    setInterval(() => {
      this.nowMs = performance.now()
      for (const listener of this.listeners) listener(this.nowMs)
    }, TICK_MS).unref()
  }
  onTick(listener: (nowMs: number) => void): void {
    this.listeners.add(listener)
  }
}

export const coarseClock = new CoarseClock()
