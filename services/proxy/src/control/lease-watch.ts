/**
 * What the proxy does when its lease ends and when it has one again. That nothing is forwarded without one does not rest on
 * this: each message asks the lease itself. This puts idle sessions on hold too, lets all go on, and ends those that are at
 * something when it takes too long.
 */
import type { Log } from '../platform/log.js'
import { LEASE_LOST } from '../relay/lease-hold.js'
import type { SessionRegistry } from '../relay/session-registry.js'

export class LeaseWatch {
  private lostAtMs: number | undefined
  private ended = false
  /** How often the lease was lost since the start. */
  losses = 0

  constructor(
    private readonly serves: () => boolean,
    private readonly sessions: SessionRegistry,
    private readonly graceMs: number,
    private readonly log: Log,
  ) {
    sessions.onFenced = () => {
      this.look()
    }
  }

  get fenced(): boolean {
    return this.lostAtMs !== undefined
  }

  /** Called by a clock, and whenever something has happened to the lease. */
  look(nowMs = performance.now()): void {
    if (this.serves()) {
      if (this.lostAtMs === undefined) return
      this.log.info({ fenced_ms: Math.round(nowMs - this.lostAtMs), sessions: this.sessions.size }, 'the lease is back: sessions go on')
      this.lostAtMs = undefined
      this.ended = false
      this.sessions.goOn()
      return
    }
    if (this.lostAtMs === undefined) {
      this.lostAtMs = nowMs
      this.losses++
      this.log.warn({ sessions: this.sessions.size }, 'no word from the control plane: the lease is over, nothing is served until there is one')
      this.sessions.hold()
    } else if (!this.ended && nowMs - this.lostAtMs > this.graceMs) {
      this.ended = true
      const sessions = this.sessions.endWaiting(LEASE_LOST)
      if (sessions > 0) this.log.warn({ sessions }, 'fenced for too long: sessions with something to do ended, running statements cancelled')
    }
  }
}
