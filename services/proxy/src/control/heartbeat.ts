/** Once a second: I am here, and this far. The answer shows the log's head, so a lost event is noticed within a second. */
import { renewReply, subjects } from '@pgbeam/contracts'
import type { Log } from '../platform/log.js'
import type { SessionRegistry } from '../relay/session-registry.js'
import type { ControlClock } from './control-clock.js'
import { ControlPlaneRefused, type ControlPlane } from './control-plane.js'
import type { Enforcer } from './enforcer.js'
import type { UsageLog } from './usage-log.js'

const EVERY_MS = 1000
const TIMEOUT_MS = 2000

export class Heartbeat {
  private n = 0
  private timer: NodeJS.Timeout | undefined
  private stopped = false
  private failing = false
  lastAnswerMs = 0

  private failedAtMs = -Infinity

  /** Whether the control plane is there, as far as is known: it answered the last one, or has said something since. */
  get answered(): boolean {
    return this.controlPlane.lastHeardMs > this.failedAtMs
  }

  constructor(
    private readonly controlPlane: ControlPlane,
    private readonly incarnation: string,
    private readonly enforcer: Enforcer,
    private readonly sessions: SessionRegistry,
    private readonly usage: UsageLog,
    private readonly clock: ControlClock,
    private readonly onForgotten: () => Promise<void>,
    private readonly log: Log,
  ) {}

  /** Sends the first one at once, and resolves when it is answered or failed. */
  async start(): Promise<void> {
    await this.beat()
    this.schedule()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private schedule(): void {
    if (this.stopped) return
    this.timer = setTimeout(() => {
      void this.beat().finally(() => {
        this.schedule()
      })
    }, EVERY_MS)
  }

  private async beat(): Promise<void> {
    const { epoch, seq } = this.enforcer.position
    const used = this.usage.take()
    const sentMs = performance.now()
    try {
      const reply = await this.controlPlane.request(
        subjects.renew,
        { request: 'renew-request', reply: 'renew-reply' },
        { incarnation: this.incarnation, n: ++this.n, epoch, applied_seq: seq, sessions: this.sessions.countByProject(), used },
        renewReply,
        TIMEOUT_MS,
      )
      this.lastAnswerMs = performance.now()
      this.clock.set(reply.db_time, sentMs)
      this.enforcer.head(reply.epoch, reply.head_seq, seq)
      if (this.failing) this.log.info('the control plane answers again')
      this.failing = false
    } catch (error) {
      this.usage.putBack(used)
      if (error instanceof ControlPlaneRefused && error.reason === 'UNKNOWN_INCARNATION') await this.enrolAgain()
      if (!this.failing) this.log.warn({ err: error }, 'the control plane does not answer; known credentials keep working')
      this.failing = true
      this.failedAtMs = performance.now()
    }
  }

  /** Where that fails, the next beat asks again: an answer that was lost on the way must not end the process. */
  private async enrolAgain(): Promise<void> {
    try {
      await this.onForgotten()
      this.log.info('enrolled again')
    } catch (error) {
      this.log.error({ err: error }, 'the control plane does not know this proxy any more, and enrolling again failed')
    }
  }
}
