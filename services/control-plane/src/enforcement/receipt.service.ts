/** Waits until every proxy that may serve the state before an event has said that it does not, and writes the receipt. */
import { Injectable } from '@nestjs/common'
import { isMissing, concerns, receiptOf, type EventPosition, type IncarnationView, type OutcomeView, type Receipt } from '@pgbeam/enforcement'
import { metrics } from '@opentelemetry/api'
import { Acknowledgements } from '../fleet/acknowledgements.js'
import { FleetRepository } from '../fleet/fleet.repository.js'
import { EnforcementLog } from './enforcement-log.js'

/** Leases (their length then replaces this) bound the wait for a process that cannot be heard. */
const WAIT_MS = 5_000
const SETTLE_WAIT_MS = 250
/** Rows are read again this often: renewals count too, and so do processes that left or fell silent. */
const REREAD_MS = 250

const seconds = metrics.getMeter('pgbeam').createHistogram('pgbeam_enforcement_seconds', {
  description: 'From the commit of a change until every proxy had applied it',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
})

interface PositionInLog extends EventPosition {
  readonly epoch: string
  /** How old the event was when it was read. */
  readonly ageMs: number
}

@Injectable()
export class ReceiptService {
  constructor(
    private readonly log: EnforcementLog,
    private readonly fleet: FleetRepository,
    private readonly heard: Acknowledgements,
  ) {}

  /** The receipt of an event as things stand, or undefined where the project has no such event. */
  async current(projectId: string, seq: number): Promise<Receipt | undefined> {
    const event = await this.#position(projectId, seq)
    if (!event) return undefined
    const views = await this.#views(event)
    return this.#told(event, views, await this.fleet.outcomes(seq))
  }

  /**
   * Waits for the receipt of a change.
   * @param committedAtMs when the commit returned, on this process's monotonic clock; undefined for a call that changed
   *   nothing and is answered with the receipt of the event that made things so
   */
  async confirm(projectId: string, seq: number, committedAtMs?: number): Promise<Receipt> {
    const startedAtMs = committedAtMs ?? performance.now()
    const event = await this.#position(projectId, seq)
    if (!event) throw new Error(`the log has no event ${seq} of this project`)
    let views = await this.#views(event)
    const deadlineMs = startedAtMs + WAIT_MS
    let readAtMs = performance.now()
    while (views.some((view) => isMissing(event, view))) {
      const nowMs = performance.now()
      if (nowMs >= deadlineMs) break
      if (nowMs - readAtMs >= REREAD_MS) {
        views = await this.#views(event)
        readAtMs = performance.now()
        continue
      }
      await this.#news(Math.min(deadlineMs - nowMs, REREAD_MS))
      views = this.#refresh(event, views)
    }
    const elapsedMs = performance.now() - startedAtMs
    const acknowledged = views.filter((view) => concerns(event, view) && view.appliedSeq >= seq).map((view) => view.incarnation)
    const outcomes = await this.#settled(seq, acknowledged)
    if (committedAtMs === undefined) return this.#told(event, views, outcomes, elapsedMs)
    this.#measure(seq, acknowledged, committedAtMs, outcomes)
    const receipt = receiptOf(event, views, outcomes, elapsedMs)
    seconds.record(elapsedMs / 1000, { enforced: receipt.enforced })
    return receipt
  }

  async #position(projectId: string, seq: number): Promise<PositionInLog | undefined> {
    const row = await this.log.find(projectId, seq)
    return row && { ...row, seq: Number(row.seq) }
  }

  /**
   * The receipt of an event that this call did not make: with the figures of the replica that did or, for proxies that it
   * did not hear, with what the first receipt to tell of them knew, which is kept so that all later ones say the same.
   * @param waitedMs since the event's age was read
   */
  async #told(event: PositionInLog, views: readonly IncarnationView[], outcomes: Map<string, OutcomeView>, waitedMs = 0): Promise<Receipt> {
    const untold = views.filter((view) => concerns(event, view) && view.appliedSeq >= event.seq && (outcomes.get(view.incarnation)?.acknowledgedMs ?? null) === null)
    let known: ReadonlyMap<string, OutcomeView> = outcomes
    if (untold.length > 0) {
      const nowMs = performance.now()
      await this.fleet.saveKnown(event.seq, new Map(untold.map(({ incarnation }) => [incarnation, nowMs - (this.heard.acknowledgedAtMs(incarnation, event.seq) ?? nowMs)])))
      known = await this.fleet.outcomes(event.seq)
    }
    const receipt = receiptOf(event, views, known)
    return receipt.enforced ? receipt : { ...receipt, elapsed_ms: Math.round(event.ageMs + waitedMs) }
  }

  async #views(event: PositionInLog): Promise<IncarnationView[]> {
    return this.#refresh(event, await this.fleet.viewsFor(event))
  }

  /** Adds what this replica has heard itself to what the rows say. */
  #refresh(event: PositionInLog, views: readonly IncarnationView[]): IncarnationView[] {
    return views.map((view) => ({ ...view, appliedSeq: Math.max(view.appliedSeq, this.heard.appliedSeq(view.incarnation, event.epoch)) }))
  }

  /** Counts arrive a little later than acknowledgements; an answer without them is right all the same. */
  async #settled(seq: number, incarnations: readonly string[]): Promise<Map<string, OutcomeView>> {
    const outcomes = await this.fleet.outcomes(seq)
    const outstanding = (): boolean => incarnations.some((one) => !this.heard.outcome(one, seq) && !outcomes.has(one))
    const deadlineMs = performance.now() + SETTLE_WAIT_MS
    for (let leftMs = SETTLE_WAIT_MS; outstanding() && leftMs > 0; leftMs = deadlineMs - performance.now()) await this.#news(leftMs)
    for (const incarnation of incarnations) {
      const heard = this.heard.outcome(incarnation, seq)
      if (heard) outcomes.set(incarnation, { ...heard, acknowledgedMs: outcomes.get(incarnation)?.acknowledgedMs ?? null })
    }
    return outcomes
  }

  /** Adds how long each acknowledgement took. It is kept for later receipts, and nobody waits for that. */
  #measure(seq: number, incarnations: readonly string[], committedAtMs: number, outcomes: Map<string, OutcomeView>): void {
    const measured = new Map<string, number>()
    for (const incarnation of incarnations) {
      const atMs = this.heard.acknowledgedAtMs(incarnation, seq)
      if (atMs === undefined) continue
      const acknowledgedMs = Math.max(0, Math.round(atMs - committedAtMs))
      measured.set(incarnation, acknowledgedMs)
      outcomes.set(incarnation, { sessionsDropped: 0, statementsCancelled: 0, ...outcomes.get(incarnation), acknowledgedMs })
    }
    if (measured.size > 0) void this.fleet.saveAcknowledged(seq, measured).catch(() => {}) // renewals store the position anyway
  }

  #news(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      const stop = this.heard.onNews(done)
    })
  }
}
