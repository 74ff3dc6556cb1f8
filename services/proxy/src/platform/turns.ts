/** So many pieces of work at once; what comes on top waits its turn, fairly among owners, and not for ever. */
import { FairQueue } from './fair-queue.js'

export interface TurnsOptions {
  readonly atOnce: number
  readonly waitingMax: number
  /** How many one owner may have waiting. */
  readonly ownerWaitingMax: number
  readonly waitMs: number
  /** What whoever finds no place, or waited too long, is told. */
  readonly refusal: () => Error
}

interface Waiter {
  readonly go: () => void
  readonly refuse: () => void
}

export class Turns {
  private running = 0
  private readonly queue: FairQueue<Waiter>

  constructor(private readonly options: TurnsOptions) {
    this.queue = new FairQueue(options.waitingMax, options.ownerWaitingMax)
  }

  /** Whether this owner's work would be refused now. */
  crowded(owner: string): boolean {
    return this.running >= this.options.atOnce && this.queue.crowded(owner)
  }

  /** Does the work when its turn comes: in this very turn of the loop, where nobody has to wait. @throws what `refusal` makes, and what the work throws */
  run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    if (this.running >= this.options.atOnce) return this.turn(owner).then(() => this.now(work))
    this.running++
    return this.now(work)
  }

  private async now<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } finally {
      this.running--
      this.queue.shift()?.go()
    }
  }

  private turn(owner: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.queue.remove(owner, waiter)
        waiter.refuse()
      }, this.options.waitMs)
      const waiter: Waiter = {
        go: () => {
          clearTimeout(timer)
          this.running++
          resolve()
        },
        refuse: () => {
          clearTimeout(timer)
          reject(this.options.refusal())
        },
      }
      this.queue.push(owner, waiter)?.refuse()
    })
  }
}
