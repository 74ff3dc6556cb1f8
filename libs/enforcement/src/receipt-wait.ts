/**
 * How a control-plane replica waits until a change is enforced: for the word of each proxy process that may serve the state
 * before it, or until the lease of a silent one is over. Pure: rows, words and clock readings go in.
 *
 * Why the end of a lease is proof. A grant is stored before the log's head is read for it, so a lease that does not require
 * this event was stored before the event was committed: the rows, read after the commit, show it. Every lease that they show
 * was asked for before they were read, and so is over one lease length after that. Leases that are granted later require the event.
 */
import { knownOf, leaseOver, type IncarnationView } from './receipt.js'

export interface Fenced {
  readonly incarnation: string
  /** Leases up to this number are over. One that was granted since, and requires the event, may hold. */
  readonly grant: number
}

interface Open {
  readonly grant: number
  readonly overAtMs: number
  /** The end of its lease is no proof of all that the event is about. */
  readonly servesWithoutLease: boolean
}

export class ReceiptWait {
  readonly #open = new Map<string, Open>()
  readonly #fenced: Fenced[] = []
  /** Their leases are over, and they may serve some of it without one. */
  readonly #unconfirmed = new Set<string>()

  /**
   * @param event `epoch` in which its number counts
   * @param views the rows of all processes, read after the event's commit
   * @param readAtMs when these rows had been read, or any later instant, on this replica's monotonic clock. The commit is too
   *   early to count from: a lease that was stored between the two is among the rows, and is not over when the others are
   * @param earlierLivesOverAtMs when no lease of an earlier life of the log can hold any more. A failover may lose leases
   *   that were granted, and with them the rows of whole processes: until one longest lease has passed since this replica
   *   first saw the epoch, these rows prove nothing. Left out where that is known to be long ago
   */
  constructor(
    private readonly event: { readonly epoch: string; readonly seq: number },
    views: readonly IncarnationView[],
    readAtMs: number,
    private readonly earlierLivesOverAtMs = -Infinity,
  ) {
    for (const view of views) {
      const known = knownOf(event, view)
      if (known !== 'open' && known !== 'fenced') continue
      if (leaseOver(event, view)) {
        this.#fenced.push({ incarnation: view.incarnation, grant: Math.min(view.grant, view.lapsedGrant) })
        if (known === 'open') this.#unconfirmed.add(view.incarnation)
      } else this.#open.set(view.incarnation, { grant: view.grant, overAtMs: readAtMs + view.leaseMs, servesWithoutLease: view.servesWithoutLease === true })
    }
  }

  /** The processes that are waited for. */
  get open(): readonly string[] {
    return [...this.#open.keys()]
  }

  /** When nothing is left to wait for, whoever stays silent. */
  get overAtMs(): number {
    return Math.max(this.earlierLivesOverAtMs, ...[...this.#open.values()].map((one) => one.overAtMs))
  }

  /** A process has said how far it is. */
  hear(incarnation: string, epoch: string, appliedSeq: number): void {
    if (epoch === this.event.epoch && appliedSeq >= this.event.seq) this.#drop(incarnation)
  }

  /** Its process has said goodbye. */
  left(incarnation: string): void {
    this.#drop(incarnation)
  }

  /** @returns whether nothing is left that time could prove: all have spoken, or their leases are over */
  over(nowMs: number): boolean {
    for (const [incarnation, { grant, overAtMs, servesWithoutLease }] of this.#open) {
      if (nowMs < overAtMs) continue
      this.#open.delete(incarnation)
      this.#fenced.push({ incarnation, grant })
      if (servesWithoutLease) this.#unconfirmed.add(incarnation)
    }
    return this.#open.size === 0 && nowMs >= this.earlierLivesOverAtMs
  }

  /** @returns whether the event is enforced everywhere */
  enforced(nowMs: number): boolean {
    return this.over(nowMs) && this.#unconfirmed.size === 0
  }

  #drop(incarnation: string): void {
    this.#open.delete(incarnation)
    this.#unconfirmed.delete(incarnation)
  }

  /** The processes that serve nothing older for want of a lease, so far. */
  get fenced(): readonly Fenced[] {
    return this.#fenced
  }
}
