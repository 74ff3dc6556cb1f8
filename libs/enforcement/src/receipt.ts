/**
 * Receipts: what is known about one event at every proxy process that may have served the state before it.
 * Pure: any replica computes the same receipt from the log and the incarnation rows.
 */

/** One proxy process, as far as it concerns the event. */
export interface IncarnationView {
  readonly incarnation: string
  readonly proxyId: string
  /** The log's head when it enrolled: it never held anything older. */
  readonly enrolledSeq: number
  readonly appliedSeq: number
  /** Up to here it is proven that it serves no older state, although it has not said so: its leases had run out. */
  readonly fencedSeq: number
  /** The number of its latest lease; 0 before the first. */
  readonly grant: number
  /** Up to this number its leases are known to be over. */
  readonly lapsedGrant: number
  /** The longest lease that it was ever granted. */
  readonly leaseMs: number
  readonly heardAt: Date
  /** When it said goodbye. */
  readonly endedAt: Date | null
  /**
   * It may serve what the event is about without a lease: applications that use a database's stored user, where the project asks
   * for that. Only its own word, or its goodbye, says that it does not any more.
   */
  readonly servesWithoutLease?: boolean
}

/** What a proxy reported about the event beyond having applied it. */
export interface OutcomeView {
  readonly acknowledgedMs: number | null
  /** When its lease was over, for one that did not acknowledge in time. */
  readonly fencedMs: number | null
  readonly sessionsDropped: number
  readonly statementsCancelled: number
  /** Whether the counts are what it said: they come with its acknowledgement, which may be lost. */
  readonly settled: boolean
  /** Of one that was fenced: its sessions at databases that the event is about. Nothing where nobody has looked. */
  readonly backends?: { readonly known: number; readonly ended: number } | null
}

export interface EventPosition {
  readonly seq: number
  readonly at: Date
}

export interface ProxyReceipt {
  readonly id: string
  readonly incarnation: string
  readonly acknowledged: boolean
  readonly acknowledged_ms: number | null
  /** It could not be heard, and its lease ran out: it serves nothing until it has applied the event, and may have done so since. */
  readonly fenced: boolean
  readonly sessions_dropped: number
  readonly statements_cancelled: number
  /** It may be serving applications that use the stored user, lease or not, and has not acknowledged: that it is fenced says nothing of them. */
  readonly passthrough_unconfirmed: boolean
  /** Whether these counts are known. */
  readonly settled: boolean
  /** Of one that was fenced: how many of its sessions at databases the event is about, as far as it had told. null: nobody has looked. */
  readonly backends_known: number | null
  /** How many of them another proxy has ended, or found gone. */
  readonly backends_ended: number | null
}

export interface Receipt {
  readonly seq: number
  readonly enforced: boolean
  readonly elapsed_ms: number
  readonly proxies: readonly ProxyReceipt[]
  /** Incarnations that may still serve the state before. */
  readonly missing: readonly string[]
  /** In words, what of a receipt that is not enforced a lease says nothing of; null where there is nothing of the kind. */
  readonly reason: string | null
}

/** A process without a lease that was not heard for so long before the event is not worth a line in its receipt. */
const FORGOTTEN_AFTER_MS = 60_000

/**
 * - `applied`: it has said so;
 * - `fenced`: it serves nothing older, since it had no lease at the event or has outlived it; a lease granted later takes
 *   effect only once the event is applied;
 * - `gone`: it said goodbye;
 * - `open`: it may still serve the state before the event. One that serves some of it without a lease stays open without one.
 */
export type Known = 'applied' | 'fenced' | 'gone' | 'open'

/** What is known of the event at this process. @param view as read after the event was committed */
export function knownOf({ seq }: { readonly seq: number }, view: IncarnationView): Known {
  if (view.enrolledSeq >= seq || view.appliedSeq >= seq) return 'applied'
  if (view.endedAt !== null) return 'gone'
  return view.servesWithoutLease !== true && leaseOver({ seq }, view) ? 'fenced' : 'open'
}

/** Whether this process had no lease at the event, or has outlived it, whatever it may serve without one. */
export function leaseOver({ seq }: { readonly seq: number }, view: IncarnationView): boolean {
  return view.fencedSeq >= seq || view.grant <= view.lapsedGrant
}

/** Whether a receipt tells of this process: it ran when the event came. */
export function concerns(event: EventPosition, view: IncarnationView): boolean {
  if (view.enrolledSeq >= event.seq || (view.endedAt !== null && view.endedAt.getTime() <= event.at.getTime())) return false
  return knownOf(event, view) !== 'fenced' || view.heardAt.getTime() > event.at.getTime() - FORGOTTEN_AFTER_MS
}

/**
 * The receipt of an event.
 * @param elapsedMs from the commit until now, where somebody measured it; else the slowest acknowledgement stands for it, or
 *   the end of a process or of a lease that went without one
 */
export function receiptOf(
  event: EventPosition,
  views: readonly IncarnationView[],
  outcomes: ReadonlyMap<string, OutcomeView>,
  elapsedMs?: number,
): Receipt {
  const proxies = views
    .filter((view) => concerns(event, view))
    .map((view): ProxyReceipt => {
      const outcome = outcomes.get(view.incarnation)
      return {
        id: view.proxyId,
        incarnation: view.incarnation,
        acknowledged: view.appliedSeq >= event.seq,
        acknowledged_ms: outcome?.acknowledgedMs ?? null,
        fenced: knownOf(event, view) === 'fenced' || unconfirmed(event, view) || (outcome?.fencedMs ?? null) !== null,
        passthrough_unconfirmed: unconfirmed(event, view),
        sessions_dropped: outcome?.sessionsDropped ?? 0,
        statements_cancelled: outcome?.statementsCancelled ?? 0,
        settled: outcome?.settled ?? false,
        backends_known: outcome?.backends?.known ?? null,
        backends_ended: outcome?.backends?.ended ?? null,
      }
    })
    .sort((a, b) => (a.incarnation < b.incarnation ? -1 : 1))
  const goneMs = views
    .filter((view) => concerns(event, view) && knownOf(event, view) === 'gone')
    .map(({ endedAt }) => (endedAt?.getTime() ?? 0) - event.at.getTime())
  const toldMs = proxies.map(({ incarnation }) => outcomes.get(incarnation)).map((outcome) => outcome?.fencedMs ?? outcome?.acknowledgedMs ?? 0)
  const missing = views.filter((view) => knownOf(event, view) === 'open').map((view) => view.incarnation).sort()
  return {
    seq: event.seq,
    enforced: missing.length === 0,
    elapsed_ms: Math.round(elapsedMs ?? Math.max(0, ...goneMs, ...toldMs)),
    proxies,
    missing,
    reason: reasonOf(views.filter((view) => unconfirmed(event, view))),
  }
}

/** What it had a lease for is over; what it serves without one may go on. */
const unconfirmed = (event: EventPosition, view: IncarnationView): boolean =>
  view.servesWithoutLease === true && knownOf(event, view) === 'open' && leaseOver(event, view)

function reasonOf(views: readonly IncarnationView[]): string | null {
  if (views.length === 0) return null
  const proxies = [...new Set(views.map(({ proxyId }) => proxyId))].sort().join(', ')
  return `passthrough unconfirmed on ${proxies}: cut off, it may go on serving applications that use the stored user, as the project's on_control_loss asks for`
}

/** The `PgBeam-Enforcement` header. What became of sessions at databases stands in it where somebody has looked. */
export function receiptHeader(receipt: Receipt): string {
  const looked = receipt.proxies.some(({ backends_known: known }) => known !== null)
  const sum = (count: (proxy: ProxyReceipt) => number): number => receipt.proxies.reduce((total, proxy) => total + count(proxy), 0)
  return [
    `seq=${receipt.seq}`,
    receipt.enforced ? 'enforced' : 'pending',
    `elapsed-ms=${receipt.elapsed_ms}`,
    `proxies=${receipt.proxies.length}`,
    `fenced=${sum((proxy) => Number(proxy.fenced))}`,
    ...(receipt.reason === null ? [] : [`passthrough-unconfirmed=${sum((proxy) => Number(proxy.passthrough_unconfirmed))}`]),
    `sessions=${sum((proxy) => proxy.sessions_dropped)}`,
    `statements=${sum((proxy) => proxy.statements_cancelled)}`,
    ...(looked ? [`backends=${sum((proxy) => proxy.backends_known ?? 0)}`, `backends-ended=${sum((proxy) => proxy.backends_ended ?? 0)}`] : []),
  ].join(', ')
}
