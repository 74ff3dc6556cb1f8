/** What this replica has heard from each proxy process since it started: how far it is, and what events ended there. Kept in memory alone. */
import { Injectable } from '@nestjs/common'
import type { Counted } from '@pgbeam/contracts'
import type { OutcomeView } from '@pgbeam/enforcement'
import { Spans } from './spans.js'

interface Heard {
  epoch: string
  appliedSeq: number
  /** When each of the last events was first known to be applied, on the monotonic clock. */
  readonly times: { readonly seq: number; readonly atMs: number }[]
  /** The events of which it has told what they ended. */
  readonly counted: Spans
  /** What those of them ended that ended something, in the order in which it was told. */
  readonly ended: Map<number, OutcomeView>
}

const TIMES_KEPT = 200
/** A call may make a thousand events. */
const ENDED_KEPT = 10_000

const NOTHING: OutcomeView = { acknowledgedMs: null, fencedMs: null, sessionsDropped: 0, statementsCancelled: 0, settled: true }

@Injectable()
export class Acknowledgements {
  readonly #heard = new Map<string, Heard>()
  readonly #listeners = new Set<() => void>()

  /** Everything up to `seq` is applied there, and ended so much. An older or repeated word changes nothing. */
  acknowledge(incarnation: string, epoch: string, seq: number, counted?: Counted, atMs = performance.now()): void {
    let heard = this.#heard.get(incarnation)
    if (!heard || heard.epoch !== epoch) this.#heard.set(incarnation, (heard = { epoch, appliedSeq: -1, times: [], counted: new Spans(), ended: new Map() }))
    const told = counted !== undefined && this.#count(heard, counted, seq)
    if (seq > heard.appliedSeq) {
      heard.appliedSeq = seq
      heard.times.push({ seq, atMs })
      if (heard.times.length > TIMES_KEPT) heard.times.shift()
    } else if (!told) return
    this.#tell()
  }

  #count({ counted, ended }: Heard, told: Counted, upToSeq: number): boolean {
    if (!counted.add(told.after_seq, upToSeq)) return false
    for (const { seq, sessions_dropped: sessionsDropped, statements_cancelled: statementsCancelled } of told.ended) {
      if (!ended.has(seq)) ended.set(seq, { ...NOTHING, sessionsDropped, statementsCancelled })
      if (ended.size <= ENDED_KEPT) continue
      // What is forgotten must not be taken for nothing.
      const oldest = ended.keys().next().value as number
      ended.delete(oldest)
      counted.forgetUpTo(oldest)
    }
    return true
  }

  appliedSeq(incarnation: string, epoch: string): number {
    const heard = this.#heard.get(incarnation)
    return heard?.epoch === epoch ? heard.appliedSeq : -1
  }

  /** When `seq` was acknowledged, on the monotonic clock of this process. */
  acknowledgedAtMs(incarnation: string, seq: number): number | undefined {
    return this.#heard.get(incarnation)?.times.find((time) => time.seq >= seq)?.atMs
  }

  /** What the event ended there, if it has told. Numbers of one life of the log say nothing about another. */
  outcome(incarnation: string, epoch: string, seq: number): OutcomeView | undefined {
    const heard = this.#heard.get(incarnation)
    if (heard?.epoch !== epoch || !heard.counted.has(seq)) return undefined
    return heard.ended.get(seq) ?? NOTHING
  }

  forget(incarnation: string): void {
    this.#heard.delete(incarnation)
    this.#tell()
  }

  /** Calls `listener` at each piece of news until the returned function is called. */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
