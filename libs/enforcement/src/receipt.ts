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
  /** It said goodbye, or has been silent so long that nobody waits for it. */
  readonly endedAt: Date | null
  readonly silentAt: Date | null
}

/** What a proxy reported about the event beyond having applied it. */
export interface OutcomeView {
  readonly acknowledgedMs: number | null
  readonly sessionsDropped: number
  readonly statementsCancelled: number
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
  readonly sessions_dropped: number
  readonly statements_cancelled: number
}

export interface Receipt {
  readonly seq: number
  readonly enforced: boolean
  readonly elapsed_ms: number
  readonly proxies: readonly ProxyReceipt[]
  /** Incarnations that may still serve the state before. */
  readonly missing: readonly string[]
}

/** Whether the event can concern this incarnation: it started before the event, and had not gone when the event came. */
export function concerns(event: EventPosition, view: IncarnationView): boolean {
  const goneBefore = (gone: Date | null): boolean => gone !== null && gone.getTime() <= event.at.getTime()
  return view.enrolledSeq < event.seq && !goneBefore(view.endedAt) && !goneBefore(view.silentAt)
}

/** Whether a receipt has to wait for this incarnation: it may still run, and has not shown that it applied the event. */
export function isMissing(event: EventPosition, view: IncarnationView): boolean {
  return concerns(event, view) && view.endedAt === null && view.silentAt === null && view.appliedSeq < event.seq
}

/**
 * The receipt of an event.
 * @param elapsedMs from the commit until now, where somebody measured it; else the slowest acknowledgement stands for it, or
 *   the end of a process that went without one
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
        sessions_dropped: outcome?.sessionsDropped ?? 0,
        statements_cancelled: outcome?.statementsCancelled ?? 0,
      }
    })
    .sort((a, b) => (a.incarnation < b.incarnation ? -1 : 1))
  const goneMs = views
    .filter((view) => concerns(event, view) && view.appliedSeq < event.seq && !isMissing(event, view))
    .map(({ endedAt, silentAt }) => Math.min(endedAt?.getTime() ?? Infinity, silentAt?.getTime() ?? Infinity) - event.at.getTime())
  const missing = views.filter((view) => isMissing(event, view)).map((view) => view.incarnation).sort()
  return {
    seq: event.seq,
    enforced: missing.length === 0,
    elapsed_ms: Math.round(elapsedMs ?? Math.max(0, ...goneMs, ...proxies.map((proxy) => proxy.acknowledged_ms ?? 0))),
    proxies,
    missing,
  }
}

/** The `PgBeam-Enforcement` header. Nothing is fenced before leases exist. */
export function receiptHeader(receipt: Receipt): string {
  const sum = (count: (proxy: ProxyReceipt) => number): number => receipt.proxies.reduce((total, proxy) => total + count(proxy), 0)
  return [
    `seq=${receipt.seq}`,
    receipt.enforced ? 'enforced' : 'pending',
    `elapsed-ms=${receipt.elapsed_ms}`,
    `proxies=${receipt.proxies.length}`,
    'fenced=0',
    `sessions=${sum((proxy) => proxy.sessions_dropped)}`,
    `statements=${sum((proxy) => proxy.statements_cancelled)}`,
  ].join(', ')
}
