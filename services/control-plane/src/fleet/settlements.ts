/** Stores what proxies did about events. Every proxy tells of every event: what arrives while one statement runs goes into the next together. */
import { Injectable } from '@nestjs/common'
import type { SettledEvent } from '@pgbeam/contracts'
import { FleetRepository, type Settlement } from './fleet.repository.js'

const TOGETHER_MAX = 3_000

@Injectable()
export class Settlements {
  #waiting = new Map<string, Settlement>()
  #next: Promise<void> | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(private readonly fleet: FleetRepository) {}

  /** Resolves once it is stored. */
  async save(incarnation: string, events: readonly SettledEvent[]): Promise<void> {
    while (this.#waiting.size >= TOGETHER_MAX) await this.#next
    for (const event of events) this.#waiting.set(`${event.seq} ${incarnation}`, { ...event, incarnation })
    await (this.#next ??= this.#afterRunning())
  }

  async #afterRunning(): Promise<void> {
    await this.#running.catch(() => {}) // told to those who waited for it
    const together = [...this.#waiting.values()]
    this.#waiting = new Map()
    this.#next = undefined
    await (this.#running = this.fleet.saveSettled(together))
  }
}
