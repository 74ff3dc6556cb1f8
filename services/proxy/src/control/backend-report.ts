/**
 * Tells the control plane which sessions this process has open at databases, so that another proxy can end them when this one
 * cannot be heard. Off the way of every login: what has changed is sent together, a moment later, and until it is answered.
 * A database is asked nothing for it. That its numbers are used again is guarded against by when each backend was asked for.
 */
import { backendsMax, backendsReply, subjects, type OpenedBackend } from '@pgbeam/contracts'
import type { Log } from '../platform/log.js'
import type { Session } from '../relay/session.js'
import type { SessionOwner } from '../relay/session-registry.js'
import type { ControlClock } from './control-clock.js'
import type { ControlPlane } from './control-plane.js'

const SEND_AFTER_MS = 250
const AGAIN_AFTER_MS = 1000
const TIMEOUT_MS = 2000
/** While nobody answers, sessions that are over pile up to here; then all is told anew. */
const CLOSED_MAX = 20_000

export class BackendReport {
  private readonly open = new Map<string, OpenedBackend>()
  private unsent = new Set<string>()
  /** What was sent, whether that was answered or not: the control plane may have it. */
  private readonly sent = new Set<string>()
  private closedIds = new Set<string>()
  /** What the control plane has, if anything, is of no use: it is told all. */
  private full = false
  private n = 0
  private timer: NodeJS.Timeout | undefined
  private failing = false

  constructor(
    private readonly controlPlane: Pick<ControlPlane, 'request'>,
    private readonly incarnation: string,
    private readonly clock: Pick<ControlClock, 'nowMs'>,
    private readonly log: Log,
  ) {}

  opened({ id, upstream }: Pick<Session, 'id' | 'upstream'>, owner: Pick<SessionOwner, 'id' | 'asOfSeq' | 'passthrough'>): void {
    if (upstream.pid <= 0) return // something that is not Postgres itself: there is nothing that could be ended by its number
    const startedAtMs = this.clock.nowMs() - (performance.now() - upstream.dialledAtMs)
    this.open.set(id, {
      session_id: id, credential_id: owner.passthrough ? null : owner.id, database_id: upstream.target.id, pid: upstream.pid, started_at: new Date(startedAtMs).toISOString(), as_of_seq: owner.asOfSeq,
    } as OpenedBackend)
    this.unsent.add(id)
    this.sendAfter(SEND_AFTER_MS)
  }

  closed({ id }: Pick<Session, 'id'>): void {
    this.open.delete(id)
    this.unsent.delete(id)
    if (!this.sent.delete(id)) return
    this.closedIds.add(id)
    if (this.closedIds.size > CLOSED_MAX) this.startOver()
    this.sendAfter(SEND_AFTER_MS)
  }

  /** Enrolled anew: the control plane knows of none. */
  startOver(): void {
    this.full = true
    this.closedIds.clear()
    this.sent.clear()
    this.unsent = new Set(this.open.keys())
    this.sendAfter(SEND_AFTER_MS)
  }

  private get dirty(): boolean {
    return this.full || this.unsent.size > 0 || this.closedIds.size > 0
  }

  private sendAfter(ms: number): void {
    this.timer ??= setTimeout(() => void this.send(), ms).unref()
  }

  /** One at a time: while one is under way the timer is kept, and nobody sets another. */
  private async send(): Promise<void> {
    let againMs = AGAIN_AFTER_MS
    try {
      let more = this.dirty
      while (more) {
        await this.sendSome()
        more = this.full || this.unsent.size >= backendsMax || this.closedIds.size >= backendsMax
      }
      this.failing = false
      againMs = SEND_AFTER_MS
    } catch (error) {
      if (!this.failing) this.log.debug({ err: error }, 'open sessions could not be reported; they are again')
      this.failing = true
    }
    this.timer = undefined
    if (this.dirty) this.sendAfter(againMs)
  }

  private async sendSome(): Promise<void> {
    const opened = first(this.unsent, backendsMax)
    const closed = first(this.closedIds, backendsMax)
    const { full } = this
    this.full = false
    for (const id of opened) {
      this.unsent.delete(id)
      this.sent.add(id)
    }
    try {
      await this.controlPlane.request(
        subjects.backends,
        { request: 'backends-request', reply: 'backends-reply' },
        { incarnation: this.incarnation, n: ++this.n, full, opened: opened.map((id) => this.open.get(id)), closed },
        backendsReply,
        TIMEOUT_MS,
      )
      for (const id of closed) this.closedIds.delete(id)
    } catch (error) {
      this.full ||= full
      for (const id of opened) if (this.open.has(id)) this.unsent.add(id)
      throw error
    }
  }
}

function first(ids: ReadonlySet<string>, count: number): string[] {
  const taken: string[] = []
  for (const id of ids) if (taken.push(id) >= count) break
  return taken
}
