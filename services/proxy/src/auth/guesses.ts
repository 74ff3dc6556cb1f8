/**
 * How often the stored password of a database may be guessed. An issued secret has 128 bits and more, and may be tried for ever; a
 * stored one was chosen by somebody. Each attempt takes a token, by what it names and from where, and gives it back once it is
 * proven. Those who have never proven it share one bucket besides. Names that nobody has are counted as others are.
 */
import { LRUCache } from 'lru-cache'
import { TokenBucket, type Bound } from './strangers.js'

const OWN: Bound = { burst: 50, perSecond: 1 }
const SHARED: Bound = { burst: 500, perSecond: 5 }
const OWN_MAX = 50_000
const SHARED_MAX = 20_000

interface Own {
  readonly bucket: TokenBucket
  /** The password was proven from there: what strangers try does not keep it out. */
  proven: boolean
}

export interface Guess {
  /** Whether a password may be tried; where not, the right one is no better than others. */
  readonly allowed: boolean
  proven(): void
}

export class Guesses {
  private readonly own = new LRUCache<string, Own>({ max: OWN_MAX })
  private readonly shared = new LRUCache<string, TokenBucket>({ max: SHARED_MAX })

  constructor(
    private readonly clock: () => number = () => performance.now(),
    private readonly ownBound: Bound = OWN,
    private readonly sharedBound: Bound = SHARED,
  ) {}

  /**
   * @param name what is named, known or not
   * @param from who asks, as far as fairness goes
   * @param stranger false: this asker may not have names looked up now, and is heard only where it has proven the password before
   */
  enter(name: string, from: string, stranger: boolean): Guess {
    const nowMs = this.clock()
    const key = `${from} ${name}`
    const known = this.own.get(key)
    if (!known && !stranger) return { allowed: false, proven: () => undefined }
    const own = known ?? { bucket: new TokenBucket(this.ownBound, nowMs), proven: false }
    if (!known) this.own.set(key, own)
    const shared = own.proven ? undefined : this.sharedOf(name, nowMs)
    let allowed = (own.proven || stranger) && own.bucket.take(nowMs)
    if (allowed && shared?.take(nowMs) === false) {
      own.bucket.putBack()
      allowed = false
    }
    let held = allowed
    return {
      allowed,
      proven: () => {
        own.proven = true
        if (!held) return
        held = false
        own.bucket.putBack()
        shared?.putBack()
      },
    }
  }

  private sharedOf(name: string, nowMs: number): TokenBucket {
    let bucket = this.shared.get(name)
    if (!bucket) this.shared.set(name, (bucket = new TokenBucket(this.sharedBound, nowMs)))
    return bucket
  }
}
