/**
 * Stores what proxies did about events. Every proxy tells of every event, and a call may make a thousand: what arrives while
 * one statement runs goes into the next together.
 */
import { Injectable } from '@nestjs/common'
import type { Settled } from '@pgbeam/contracts'
import { FleetRepository } from './fleet.repository.js'

const TOGETHER_MAX = 1_000

@Injectable()
export class Settlements {
  #waiting = new Map<string, Settled>()
  #next: Promise<void> | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(private readonly fleet: FleetRepository) {}

  /** Resolves once it is stored. */
  async save(settled: Settled): Promise<void> {
    while (this.#waiting.size >= TOGETHER_MAX) await this.#next
    this.#waiting.set(`${settled.seq} ${settled.incarnation}`, settled)
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
