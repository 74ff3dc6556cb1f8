/**
 * Once a second: I am here, and this far. The answer is the lease, and shows the log's head: a lost event is noticed within a
 * second. Each is sent when it is due, whether the one before was answered or not: one that is lost costs no more than itself.
 */
import { renewReply, SHOW_LOG_END, subjects } from '@pgbeam/contracts'
import { readClocks } from '../platform/clocks.js'
import type { Log } from '../platform/log.js'
import type { SessionRegistry } from '../relay/session-registry.js'
import type { ControlClock } from './control-clock.js'
import { ControlPlaneRefused, type ControlPlane } from './control-plane.js'
import type { Enforcer } from './enforcer.js'
import type { UsageLog } from './usage-log.js'

/** Until an answer has said how often. */
const EVERY_MS = 1000
const TIMEOUT_MS = 2000

export class Heartbeat {
  private n = 0
  private timer: NodeJS.Timeout | undefined
  private everyMs = EVERY_MS
  private joining = false
  private stopped = false
  private failing = false
  /** The control plane does not believe where this proxy stands. */
  private doubted = false
  lastAnswerMs = 0
  /** When the last one was sent that was answered, by all clocks; of a proxy that has just enrolled, now. */
  answeredAt = readClocks()

  /** When the last one was sent of those that failed. */
  private failedSentMs = -Infinity

  /** Whether the control plane is there, as far as is known: it has said something since any that failed was sent. */
  get answered(): boolean {
    return this.controlPlane.lastHeardMs > this.failedSentMs
  }

  constructor(
    private readonly controlPlane: Pick<ControlPlane, 'request' | 'lastHeardMs'>,
    private readonly incarnation: string,
    private readonly enforcer: Pick<Enforcer, 'position' | 'granted' | 'evidence'>,
    private readonly sessions: Pick<SessionRegistry, 'countByProject'>,
    private readonly usage: UsageLog,
    private readonly clock: Pick<ControlClock, 'set'>,
    private readonly onForgotten: () => Promise<void>,
    private readonly log: Log,
  ) {}

  /** Sends the first one at once, and resolves when it is answered or failed. */
  async start(): Promise<void> {
    await this.beat()
    this.schedule()
  }

  /** When there is somebody to ask again: a fenced proxy does not wait for the next one to be due. */
  askNow(): void {
    if (!this.stopped) void this.beat()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  private schedule(): void {
    if (this.stopped) return
    this.timer = setTimeout(() => {
      void this.beat()
      this.schedule()
    }, this.everyMs)
  }

  private async beat(): Promise<void> {
    const used = this.usage.take()
    const asked = { at: readClocks(), position: this.enforcer.position }
    const { epoch, seq } = asked.position
    const sentMs = performance.now()
    try {
      const reply = await this.controlPlane.request(
        subjects.renew,
        { request: 'renew-request', reply: 'renew-reply' },
        { incarnation: this.incarnation, n: ++this.n, epoch, applied_seq: seq, sessions: this.sessions.countByProject(), used, ...(this.doubted ? { evidence: this.enforcer.evidence.text } : {}) },
        renewReply,
        TIMEOUT_MS,
        (body, text) => {
          this.enforcer.evidence.note(body.epoch, body.head_seq, () => text)
        },
      )
      this.doubted = false
      this.lastAnswerMs = performance.now()
      if (asked.at.monotonicMs > this.answeredAt.monotonicMs) this.answeredAt = asked.at
      this.everyMs = reply.renew_ms
      this.clock.set(reply.db_time, asked.at.monotonicMs)
      this.enforcer.granted(asked, { epoch: reply.epoch, seq: reply.head_seq, lengthMs: reply.lease_ms })
      if (this.failing) this.log.info('the control plane answers again')
      this.failing = false
    } catch (error) {
      this.usage.putBack(used)
      if (error instanceof ControlPlaneRefused && error.reason === 'UNKNOWN_INCARNATION') await this.enrolAgain()
      if (error instanceof ControlPlaneRefused && error.reason === SHOW_LOG_END) this.show()
      if (!this.failing) this.log.warn({ err: error }, 'the control plane does not answer; nothing is served when the lease is over')
      this.failing = true
      // Not when it failed: a later one may have been answered long before this one is given up.
      this.failedSentMs = Math.max(this.failedSentMs, sentMs)
    }
  }

  /** At once, the first time: until it is believed nothing is served. */
  private show(): void {
    if (this.doubted) return
    this.doubted = true
    this.askNow()
  }

  /** Where that fails, the next beat asks again: an answer that was lost on the way must not end the process. */
  private async enrolAgain(): Promise<void> {
    if (this.joining) return
    this.joining = true
    try {
      await this.onForgotten()
      this.log.info('enrolled again')
    } catch (error) {
      this.log.error({ err: error }, 'the control plane does not know this proxy any more, and enrolling again failed')
    } finally {
      this.joining = false
    }
  }
}
