/**
 * Stores what proxies told of events. They tell of every event, and mostly that it ended nothing: what arrives within a tenth of a
 * second goes into one statement, in which spans of such events are one row. Receipts that are asked for meanwhile rest on memory.
 */
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import type { Counted, CountedEvent } from '@pgbeam/contracts'
import { LOGGER, type Logger } from '../platform/logger.js'
import { FleetRepository } from './fleet.repository.js'
import { Spans } from './spans.js'

const TOGETHER_MS = 100
const ENDED_MAX = 3_000

interface Told {
  readonly spans: Map<string, Spans>
  readonly ended: (CountedEvent & { readonly incarnation: string })[]
}

@Injectable()
export class Settlements implements OnModuleDestroy {
  /** By life of the log. */
  readonly #waiting = new Map<string, Told>()
  #running: Promise<void> | undefined

  constructor(
    private readonly fleet: FleetRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.#running
  }

  save(incarnation: string, epoch: string, upToSeq: number, counted: Counted): void {
    let told = this.#waiting.get(epoch)
    if (!told) this.#waiting.set(epoch, (told = { spans: new Map(), ended: [] }))
    // Counts that nobody stores for long are given up, with the spans that they stand in: unknown is not nothing.
    if (told.ended.length + counted.ended.length > ENDED_MAX) return
    const spans = told.spans.get(incarnation) ?? new Spans()
    told.spans.set(incarnation, spans)
    spans.add(counted.after_seq, upToSeq)
    for (const event of counted.ended) told.ended.push({ ...event, incarnation })
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS))
      const together = [...this.#waiting]
      this.#waiting.clear()
      for (const [epoch, { spans, ended }] of together) {
        const rows = [...spans].flatMap(([incarnation, { all }]) => all.map((span) => ({ incarnation, ...span })))
        await this.fleet.saveCounted(epoch, rows, ended).catch((error: Error) => this.logger.warn({ reason: error.message }, 'what events ended could not be stored'))
      }
    }
  }
}
