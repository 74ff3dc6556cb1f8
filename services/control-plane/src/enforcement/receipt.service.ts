/** Waits until no proxy serves the state before an event any more, by its word or by the end of its lease, and writes the receipt. */
import { Inject, Injectable } from '@nestjs/common'
import { concerns, leaseOver, receiptOf, ReceiptWait, type EventPosition, type IncarnationView, type OutcomeView, type Receipt } from '@pgbeam/enforcement'
import { metrics } from '@opentelemetry/api'
import { Acknowledgements } from '../fleet/acknowledgements.js'
import { FleetRepository } from '../fleet/fleet.repository.js'
import { PassthroughHoldings } from '../fleet/passthrough-holdings.repository.js'
import { Terminations } from '../fleet/terminations.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import type { Change } from './change.js'
import { EarlierLives } from './earlier-lives.js'
import { EnforcementLog } from './enforcement-log.js'
import { Outcomes, type EventRange, type StoredOutcome } from './outcomes.js'
import { nextNews } from '../platform/news.js'

const SETTLE_WAIT_MS = 250
/** Each event of a call is told of by itself. While more counts come in they are waited for, but no longer than this for each event. */
const SETTLE_WAIT_EACH_MS = 5
/** Counts that have not come by then are not waited for any more: their message was lost, or their proxy. */
const COUNTS_COME_WITHIN_MS = 10_000
/** Rows are read again this often: renewals that other replicas answered count too, and so do processes that left. */
const REREAD_MS = 250
/** What fenced proxies have open at databases is ended behind the answer where it takes longer. Counts are waited for meanwhile. */
const TERMINATE_WAIT_MS = 250
/** Receipts that are being completed behind answers that did not wait. */
const BEHIND_MAX = 1_000

const seconds = metrics.getMeter('pgbeam').createHistogram('pgbeam_enforcement_seconds', {
  description: 'From the commit of a change until every proxy had applied it',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
})

interface PositionInLog extends EventPosition, EventRange {
  readonly seq: number
  readonly epoch: string
  readonly kind: string
  /** How old the event was when it was read. */
  readonly ageMs: number
}

@Injectable()
export class ReceiptService {
  readonly #behind = new Set<number>()
  /** Figures that are being stored behind an answer, by event. */
  readonly #keeping = new Map<number, Promise<void>>()

  constructor(
    private readonly log: EnforcementLog,
    private readonly fleet: FleetRepository,
    private readonly heard: Acknowledgements,
    private readonly earlierLives: EarlierLives,
    private readonly terminations: Terminations,
    private readonly passthrough: PassthroughHoldings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * The receipt of an event as things stand, or undefined where the project has no such event. One that is pending is completed
   * behind this answer, so that it is not pending for longer than a lease.
   * @param waits for counts that must be on their way, as the first answer does
   */
  async current(projectId: string, seq: number, waits = true): Promise<Receipt | undefined> {
    const event = await this.#position(projectId, seq)
    if (!event) return undefined
    const views = await this.#views(event)
    const acknowledged = waits && event.ageMs < COUNTS_COME_WITHIN_MS ? acknowledgedOf(event, views) : []
    const receipt = await this.#told(event, views, acknowledged.length > 0 ? await this.#settled(event, acknowledged) : await this.#stored(event))
    if (!receipt.enforced) this.#completeBehind(projectId, seq)
    return receipt
  }

  /**
   * Waits for the receipt of a change, never longer than the longest lease.
   * @param change what is known of it: when the commit returned, and the event. Nothing for a call that changed nothing and is
   *   answered with the receipt of the event that made things so
   */
  async confirm(projectId: string, seq: number, { committedAtMs, event: row }: Partial<Pick<Change<unknown>, 'committedAtMs' | 'event'>> = {}): Promise<Receipt> {
    const startedAtMs = committedAtMs ?? performance.now()
    const event: PositionInLog | undefined = row ? { seq, firstSeq: seq, kind: row.kind, epoch: row.epoch, at: row.at, ageMs: 0 } : await this.#position(projectId, seq)
    if (!event) throw new Error(`the log has no event ${seq} of this project`)
    let views = await this.#views(event)
    const wait = new ReceiptWait(event, views, performance.now(), await this.earlierLives.overAtMs(event.epoch))
    let readAtMs = performance.now()
    for (let nowMs = readAtMs; !wait.over(nowMs); nowMs = performance.now()) {
      if (nowMs - readAtMs >= REREAD_MS) {
        views = await this.#views(event)
        readAtMs = performance.now()
      } else {
        await nextNews(this.heard, Math.min(wait.overAtMs - nowMs, REREAD_MS - (nowMs - readAtMs)))
        views = this.#refresh(event, views)
      }
      for (const view of views) {
        wait.hear(view.incarnation, event.epoch, view.appliedSeq)
        if (view.endedAt !== null) wait.left(view.incarnation)
      }
    }
    const elapsedMs = performance.now() - startedAtMs
    views = fencedIn(views, seq, wait)
    const acknowledged = acknowledgedOf(event, views)
    const measured = committedAtMs === undefined ? new Map<string, number>() : this.#measure(seq, acknowledged, committedAtMs)
    this.#keep(seq, measured)
    const stored = wait.fenced.length === 0 ? undefined : this.#withoutFenced(event, views, wait, elapsedMs)
    const heard = await this.#settled(event, acknowledged, committedAtMs !== undefined)
    await stored
    // What was done about fenced ones stands in the rows.
    const outcomes = stored ? await this.#stored(event, acknowledged) : heard
    if (committedAtMs === undefined) return this.#told(event, views, outcomes, elapsedMs)
    for (const [incarnation, acknowledgedMs] of measured) outcomes.set(incarnation, { fencedMs: null, sessionsDropped: 0, statementsCancelled: 0, settled: false, ...outcomes.get(incarnation), acknowledgedMs })
    const receipt = receiptOf(event, views, outcomes, elapsedMs)
    seconds.record(elapsedMs / 1000, { fenced: wait.fenced.length > 0 })
    return receipt
  }

  #completeBehind(projectId: string, seq: number): void {
    if (this.#behind.has(seq) || this.#behind.size >= BEHIND_MAX) return
    this.#behind.add(seq)
    void this.confirm(projectId, seq)
      .catch((error: Error) => this.logger.debug({ seq, reason: error.message }, 'a receipt could not be completed; whoever asks again starts it again'))
      .finally(() => this.#behind.delete(seq))
  }

  /** Puts on record who was fenced, and has done what they left running, for no longer than anybody waits for counts. */
  async #withoutFenced(event: PositionInLog, views: readonly IncarnationView[], wait: ReceiptWait, elapsedMs: number): Promise<void> {
    const done = this.#recordFenced(event, views, wait, elapsedMs).then(() => this.#endBackends(event, wait))
    let timer: NodeJS.Timeout | undefined
    await Promise.race([done, new Promise((resolve) => (timer = setTimeout(resolve, TERMINATE_WAIT_MS)))])
    clearTimeout(timer)
  }

  /** What outwaiting has shown is kept for later receipts. That it cannot be stored makes it no less true. */
  async #recordFenced(event: PositionInLog, views: readonly IncarnationView[], { fenced }: ReceiptWait, elapsedMs: number): Promise<void> {
    if (fenced.length === 0) return
    const told = new Set(views.filter((view) => concerns(event, view) && leaseOver(event, view)).map((view) => view.incarnation))
    try {
      await this.fleet.markFenced(event, fenced, told, elapsedMs)
    } catch (error) {
      this.logger.warn({ seq: event.seq, reason: (error as Error).message }, 'that proxies were fenced could not be stored')
    }
  }

  /** It is enforced without this: what a fenced proxy had forwarded before goes on at the database otherwise. */
  async #endBackends(event: PositionInLog, { fenced }: ReceiptWait): Promise<void> {
    await this.terminations.end(event, fenced.map(({ incarnation }) => incarnation)).catch((error: Error) => {
      this.logger.warn({ seq: event.seq, reason: error.message }, 'sessions of fenced proxies at databases could not be ended')
    })
  }

  async #position(projectId: string, seq: number): Promise<PositionInLog | undefined> {
    const row = await this.log.find(projectId, seq)
    return row && { ...row, seq: Number(row.seq), firstSeq: Number(row.firstSeq) }
  }

  /** @param heardOf whose words are taken in besides: they may not be stored yet */
  async #stored(event: PositionInLog, heardOf: readonly string[] = []): Promise<Map<string, OutcomeView>> {
    const outcomes = new Outcomes(event, await this.#rows(event))
    for (const incarnation of heardOf) outcomes.hear(incarnation, (seq) => this.heard.outcome(incarnation, event.epoch, seq))
    return outcomes.total()
  }

  /** An answer that was given by this replica is followed by what it said. */
  async #rows(event: EventRange): Promise<StoredOutcome[]> {
    await this.#keeping.get(event.seq)
    return this.fleet.outcomes(event)
  }

  /**
   * The receipt of an event that this call did not make: with the figures of the replica that did or, for proxies that it
   * did not hear, with what the first receipt to tell of them knew, which is kept so that all later ones say the same.
   * @param waitedMs since the event's age was read
   */
  async #told(event: PositionInLog, read: readonly IncarnationView[], outcomes: Map<string, OutcomeView>, waitedMs = 0): Promise<Receipt> {
    // The figures were read after the rows: whose acknowledgement is among them has acknowledged.
    const views = read.map((view) => ((outcomes.get(view.incarnation)?.acknowledgedMs ?? null) === null ? view : { ...view, appliedSeq: Math.max(view.appliedSeq, event.seq) }))
    const untold = views.filter((view) => concerns(event, view) && view.appliedSeq >= event.seq && (outcomes.get(view.incarnation)?.acknowledgedMs ?? null) === null)
    let known: ReadonlyMap<string, OutcomeView> = outcomes
    if (untold.length > 0) {
      const nowMs = performance.now()
      await this.fleet.saveKnown(event.seq, new Map(untold.map(({ incarnation }) => [incarnation, nowMs - (this.heard.acknowledgedAtMs(incarnation, event.seq) ?? nowMs)])))
      known = withCounts(await this.#stored(event), outcomes)
    }
    const receipt = receiptOf(event, views, known)
    return receipt.enforced ? receipt : { ...receipt, elapsed_ms: Math.round(event.ageMs + waitedMs) }
  }

  async #views(event: PositionInLog): Promise<IncarnationView[]> {
    const views = await this.fleet.viewsFor(event)
    // Credentials are never served without a lease: the way of a kill or a revoke is as short as ever.
    const holders = event.kind.startsWith('credential.') ? new Set<string>() : await this.passthrough.mayServe(event.seq)
    return this.#refresh(event, views.map((view) => (holders.has(view.incarnation) ? { ...view, servesWithoutLease: true } : view)))
  }

  /** Adds what this replica has heard itself to what the rows say. */
  #refresh(event: PositionInLog, views: readonly IncarnationView[]): IncarnationView[] {
    return views.map((view) => ({ ...view, appliedSeq: Math.max(view.appliedSeq, this.heard.appliedSeq(view.incarnation, event.epoch)) }))
  }

  /**
   * Counts come with acknowledgements. One that was lost leaves them unknown, while a renewal shows the position: an answer
   * without them is right all the same.
   * @param fresh nobody can have stored anything yet that this replica does not hear itself
   */
  async #settled(event: PositionInLog, incarnations: readonly string[], fresh = false): Promise<Map<string, OutcomeView>> {
    const outcomes = new Outcomes(event, fresh ? [] : await this.#rows(event))
    const unknown = (): number => incarnations.reduce((sum, one) => sum + outcomes.hear(one, (seq) => this.heard.outcome(one, event.epoch, seq)), 0)
    const overAtMs = performance.now() + SETTLE_WAIT_MS + (event.seq - event.firstSeq) * SETTLE_WAIT_EACH_MS
    let deadlineMs = performance.now() + SETTLE_WAIT_MS
    for (let left = unknown(), nowMs = 0; left > 0 && (nowMs = performance.now()) < Math.min(deadlineMs, overAtMs); ) {
      await nextNews(this.heard, Math.min(deadlineMs, overAtMs) - nowMs)
      const before = left
      left = unknown()
      if (left < before) deadlineMs = performance.now() + SETTLE_WAIT_MS
    }
    return outcomes.total()
  }

  /** How long each acknowledgement took, by this process's clock. */
  #measure(seq: number, incarnations: readonly string[], committedAtMs: number): Map<string, number> {
    const measured = new Map<string, number>()
    for (const incarnation of incarnations) {
      const atMs = this.heard.acknowledgedAtMs(incarnation, seq)
      if (atMs !== undefined) measured.set(incarnation, Math.max(0, Math.round(atMs - committedAtMs)))
    }
    return measured
  }

  /**
   * Stores it so that every later receipt says the same. The answer does not wait: it is on its way to the database before, and
   * that it cannot be stored makes it no less true, since renewals store the position anyway.
   */
  #keep(seq: number, measured: ReadonlyMap<string, number>): void {
    if (measured.size === 0) return
    const keeping = this.fleet.saveAcknowledged(seq, measured)
      .catch((error: Error) => this.logger.debug({ seq, reason: error.message }, 'when proxies acknowledged could not be stored'))
      .finally(() => this.#keeping.delete(seq))
    this.#keeping.set(seq, keeping)
  }
}

const acknowledgedOf = (event: EventPosition, views: readonly IncarnationView[]): string[] =>
  views.filter((view) => concerns(event, view) && view.appliedSeq >= event.seq).map((view) => view.incarnation)

/** What is stored, with counts that were heard and may not have been stored yet. */
function withCounts(stored: ReadonlyMap<string, OutcomeView>, heard: ReadonlyMap<string, OutcomeView>): Map<string, OutcomeView> {
  return new Map(
    [...stored].map(([incarnation, { acknowledgedMs, fencedMs, ...counts }]) => {
      const news = heard.get(incarnation)
      return [incarnation, { ...(news?.settled === true ? news : counts), acknowledgedMs, fencedMs }]
    }),
  )
}

/** The views with what the wait has shown. */
function fencedIn(views: readonly IncarnationView[], seq: number, { fenced }: ReceiptWait): IncarnationView[] {
  const proven = new Set(fenced.map(({ incarnation }) => incarnation))
  return views.map((view) => (proven.has(view.incarnation) ? { ...view, fencedSeq: Math.max(view.fencedSeq, seq) } : view))
}
