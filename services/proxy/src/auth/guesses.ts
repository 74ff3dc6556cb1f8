/**
 * How often the stored password of a database may be guessed. An issued secret has 128 bits and more, and may be tried for ever; a
 * stored one was chosen by somebody. Each wrong one counts, by what it names and from where; those of addresses that have never
 * proven it count together besides. Right ones cost nothing, however many come at once: a pool that connects anew is no guesser.
 * Names that nobody has are counted as others are.
 */
import { LRUCache } from 'lru-cache'
import type { Bound } from './strangers.js'

const OWN: Bound = { burst: 50, perSecond: 1 }
const SHARED: Bound = { burst: 500, perSecond: 5 }
const OWN_MAX = 50_000
const SHARED_MAX = 20_000

/** What is left to try. Many may be under way at once, and fail: then it is less than nothing, and has to come back. */
class Allowance {
  private left: number
  private atMs: number

  constructor(
    private readonly bound: Bound,
    private readonly least: number,
    nowMs: number,
  ) {
    this.left = bound.burst
    this.atMs = nowMs
  }

  any(nowMs: number): boolean {
    this.left = Math.min(this.bound.burst, this.left + ((nowMs - this.atMs) / 1000) * this.bound.perSecond)
    this.atMs = nowMs
    return this.left >= 1
  }

  spend(): void {
    this.left = Math.max(this.least, this.left - 1)
  }
}

interface Own {
  readonly allowance: Allowance
  /** The password was proven from there: what strangers try does not keep it out. */
  proven: boolean
}

export interface Guess {
  /** Whether a password may be tried; where not, the right one is no better than others. */
  readonly allowed: boolean
  proven(): void
  failed(): void
}

const REFUSED: Guess = { allowed: false, proven: () => undefined, failed: () => undefined }

export class Guesses {
  private readonly own = new LRUCache<string, Own>({ max: OWN_MAX })
  private readonly shared = new LRUCache<string, Allowance>({ max: SHARED_MAX })

  constructor(
    private readonly clock: () => number = () => performance.now(),
    private readonly ownBound: Bound = OWN,
    private readonly sharedBound: Bound = SHARED,
  ) {}

  /**
   * @param name what is named, known or not
   * @param from who asks, as far as fairness goes
   * @param heard false: this asker may not have names looked up now, and is heard only where it has proven the password before
   */
  enter(name: string, from: string, heard: boolean): Guess {
    const nowMs = this.clock()
    const key = `${from} ${name}`
    let own = this.own.get(key)
    if (own?.proven !== true && !heard) return REFUSED
    if (!own) this.own.set(key, (own = { allowance: new Allowance(this.ownBound, -Infinity, nowMs), proven: false }))
    const shared = own.proven ? undefined : this.sharedOf(name, nowMs)
    if (!own.allowance.any(nowMs) || shared?.any(nowMs) === false) return REFUSED
    const asker = own
    return {
      allowed: true,
      proven: () => {
        asker.proven = true
      },
      failed: () => {
        asker.allowance.spend()
        shared?.spend()
      },
    }
  }

  /** It never owes more than its burst: a flood that is over keeps nobody out for long. */
  private sharedOf(name: string, nowMs: number): Allowance {
    let allowance = this.shared.get(name)
    if (!allowance) this.shared.set(name, (allowance = new Allowance(this.sharedBound, -this.sharedBound.burst, nowMs)))
    return allowance
  }
}
