/** What this replica has heard from each proxy process since it started: how far it is, and what it closed. Kept in memory alone. */
import { Injectable } from '@nestjs/common'
import type { SettledEvent } from '@pgbeam/contracts'
import type { OutcomeView } from '@pgbeam/enforcement'

interface Heard {
  epoch: string
  appliedSeq: number
  /** When each of the last events was first known to be applied, on the monotonic clock. */
  readonly times: { readonly seq: number; readonly atMs: number }[]
}

const TIMES_KEPT = 200
/** A call may make a thousand events, and each of many proxies tells of each. */
const OUTCOMES_KEPT = 20_000

@Injectable()
export class Acknowledgements {
  readonly #heard = new Map<string, Heard>()
  readonly #outcomes = new Map<string, OutcomeView>()
  readonly #listeners = new Set<() => void>()

  /** Everything up to `seq` is applied there. An older or repeated word changes nothing. */
  acknowledge(incarnation: string, epoch: string, seq: number, atMs = performance.now()): void {
    let heard = this.#heard.get(incarnation)
    if (!heard || heard.epoch !== epoch) this.#heard.set(incarnation, (heard = { epoch, appliedSeq: -1, times: [] }))
    if (seq <= heard.appliedSeq) return
    heard.appliedSeq = seq
    heard.times.push({ seq, atMs })
    if (heard.times.length > TIMES_KEPT) heard.times.shift()
    this.#tell()
  }

  /** What it closed for each of these events. A repeated word changes nothing. */
  settle(incarnation: string, events: readonly SettledEvent[]): void {
    for (const { seq, sessions_dropped: sessionsDropped, statements_cancelled: statementsCancelled } of events) {
      const key = `${seq} ${incarnation}`
      if (this.#outcomes.has(key)) continue
      this.#outcomes.set(key, { acknowledgedMs: null, fencedMs: null, sessionsDropped, statementsCancelled, settled: true })
      if (this.#outcomes.size > OUTCOMES_KEPT) this.#outcomes.delete(this.#outcomes.keys().next().value as string)
    }
    this.#tell()
  }

  appliedSeq(incarnation: string, epoch: string): number {
    const heard = this.#heard.get(incarnation)
    return heard?.epoch === epoch ? heard.appliedSeq : -1
  }

  /** When `seq` was acknowledged, on the monotonic clock of this process. */
  acknowledgedAtMs(incarnation: string, seq: number): number | undefined {
    return this.#heard.get(incarnation)?.times.find((time) => time.seq >= seq)?.atMs
  }

  outcome(incarnation: string, seq: number): OutcomeView | undefined {
    return this.#outcomes.get(`${seq} ${incarnation}`)
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
