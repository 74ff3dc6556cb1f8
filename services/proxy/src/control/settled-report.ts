/** Tells the control plane what events closed. What is done with in one turn of the loop goes into one message: a storm of events is no storm of signatures. */
import { settledEventsMax, subjects, type Settled, type SettledEvent } from '@pgbeam/contracts'
import type { Log } from '../platform/log.js'
import type { DropResult } from '../relay/session-registry.js'
import type { ControlPlane } from './control-plane.js'

export class SettledReport {
  private waiting: SettledEvent[] = []
  private epoch = ''

  constructor(
    private readonly controlPlane: Pick<ControlPlane, 'publish'>,
    private readonly incarnation: string,
    private readonly log: Log,
  ) {}

  /** @param epoch the life of the log that the event belongs to */
  add(epoch: string, seq: number, result: DropResult): void {
    if (this.waiting.length > 0 && epoch !== this.epoch) this.send()
    this.epoch = epoch
    if (this.waiting.push({ seq, sessions_dropped: result.sessions, statements_cancelled: result.statements }) >= settledEventsMax) this.send()
    else if (this.waiting.length === 1) setImmediate(() => { this.send() })
  }

  private send(): void {
    if (this.waiting.length === 0) return
    const body: Settled = { incarnation: this.incarnation as Settled['incarnation'], epoch: this.epoch, events: this.waiting }
    this.waiting = []
    this.controlPlane.publish(subjects.settled, 'settled', body).catch((error: unknown) => {
      this.log.debug({ err: error }, 'counts of events could not be sent')
    })
  }
}
