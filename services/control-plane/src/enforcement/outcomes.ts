/** What proxies did about the events of one call, added up: a call that changed many things at once has one receipt. */
import type { OutcomeView } from '@pgbeam/enforcement'

/** The events of one call, which follow each other. */
export interface EventRange {
  readonly firstSeq: number
  /** The last one, which the receipt is of. */
  readonly seq: number
}

/** One event at one process. */
export interface StoredOutcome extends OutcomeView {
  readonly seq: number
  readonly incarnation: string
}

const nothing: OutcomeView = { acknowledgedMs: null, fencedMs: null, sessionsDropped: 0, statementsCancelled: 0, settled: false }

export class Outcomes {
  readonly #bySeq = new Map<string, Map<number, OutcomeView>>()
  /** Up to where the events of each process are all known: news is looked for behind it alone. */
  readonly #knownUpTo = new Map<string, number>()

  constructor(
    private readonly range: EventRange,
    stored: readonly StoredOutcome[],
  ) {
    for (const outcome of stored) this.#of(outcome.incarnation).set(outcome.seq, outcome)
  }

  /**
   * Takes in what was heard from a process since. When it acknowledged, and whether it was fenced, stays as it is stored.
   * @returns of how many events the counts are not known yet, at most
   */
  hear(incarnation: string, heard: (seq: number) => OutcomeView | undefined): number {
    const known = this.#of(incarnation)
    let next = this.#knownUpTo.get(incarnation) ?? this.range.firstSeq
    for (; next <= this.range.seq; next++) {
      const stored = known.get(next)
      const news = heard(next)
      if (news) known.set(next, { ...news, acknowledgedMs: stored?.acknowledgedMs ?? null, fencedMs: stored?.fencedMs ?? null, backends: stored?.backends ?? null })
      else if (!stored?.settled) break // a row without counts only says that the process acknowledged, or was fenced
    }
    this.#knownUpTo.set(incarnation, next)
    return this.range.seq + 1 - next
  }

  /** For each process the counts of all events together, final once each of them was told of, and the times of the last, which came with all before it. */
  total(): Map<string, OutcomeView> {
    return new Map(
      [...this.#bySeq].filter(([, known]) => known.size > 0).map(([incarnation, known]) => {
        const { acknowledgedMs, fencedMs, backends = null } = known.get(this.range.seq) ?? nothing
        const all = [...known.values()]
        const sum = (count: (one: OutcomeView) => number): number => all.reduce((total, one) => total + count(one), 0)
        const settled = all.length > this.range.seq - this.range.firstSeq && all.every((one) => one.settled)
        return [incarnation, { acknowledgedMs, fencedMs, backends, sessionsDropped: sum((one) => one.sessionsDropped), statementsCancelled: sum((one) => one.statementsCancelled), settled }]
      }),
    )
  }

  #of(incarnation: string): Map<number, OutcomeView> {
    let known = this.#bySeq.get(incarnation)
    if (!known) this.#bySeq.set(incarnation, (known = new Map<number, OutcomeView>()))
    return known
  }
}
