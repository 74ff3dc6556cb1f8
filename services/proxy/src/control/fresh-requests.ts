/**
 * Requests of the control plane that this proxy acts upon: each one once. Its signature says who asked, and its deadline until when;
 * whoever may listen on NATS could send it again until then, and have this proxy connect to a database each time.
 */
const KEPT_MAX = 10_000

export class FreshRequests {
  /** By nonce, until when a repetition would still be in time. */
  private readonly seen = new Map<string, number>()

  /** @param nowMs the control database's clock */
  constructor(
    private readonly nowMs: () => number,
    private readonly keptMax = KEPT_MAX,
  ) {}

  /** @returns whether it is in time and was not taken before. While too many are remembered none is taken */
  take({ nonce, deadline }: { readonly nonce: string; readonly deadline: string }): boolean {
    const nowMs = this.nowMs()
    const untilMs = Date.parse(deadline)
    if (!(untilMs >= nowMs) || this.seen.has(nonce)) return false
    if (this.seen.size >= this.keptMax) for (const [old, overMs] of this.seen) if (overMs < nowMs) this.seen.delete(old)
    if (this.seen.size >= this.keptMax) return false
    this.seen.set(nonce, untilMs)
    return true
  }
}
