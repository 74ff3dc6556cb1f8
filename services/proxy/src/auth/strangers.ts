/**
 * What those who have not proved who they are may make the control plane do. Each login takes a token when it starts, from
 * its address and from all together, and gives it back when it is proven: who knows their secret is not slowed, who guesses
 * names runs dry. Whether a name is known makes no difference to what it costs, else the cost would tell.
 */
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'

export interface Bound {
  readonly burst: number
  readonly perSecond: number
}
const PER_ADDRESS: Bound = { burst: 500, perSecond: 50 }
const ALL: Bound = { burst: 2000, perSecond: 500 }
/** Addresses remembered. Whoever has more than these to come from meets the bound for all. */
const ADDRESSES_MAX = 10_000

export interface Attempt {
  /** Who asks, as far as fairness goes. */
  readonly from: string
  /** Whether names may be looked up for this one. */
  readonly allowed: boolean
  /** The secret was proven: this was no stranger. */
  proven(): void
}

class TokenBucket {
  private tokens: number
  private atMs: number
  constructor(
    private readonly bound: Bound,
    nowMs: number,
  ) {
    this.tokens = bound.burst
    this.atMs = nowMs
  }

  take(nowMs: number): boolean {
    this.tokens = Math.min(this.bound.burst, this.tokens + ((nowMs - this.atMs) / 1000) * this.bound.perSecond)
    this.atMs = nowMs
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }

  putBack(): void {
    this.tokens = Math.min(this.bound.burst, this.tokens + 1)
  }
}

export class Strangers {
  private readonly byAddress = new LRUCache<string, TokenBucket>({ max: ADDRESSES_MAX })
  private readonly all: TokenBucket
  refused = 0

  constructor(
    private readonly clock: () => number = () => performance.now(),
    private readonly perAddress: Bound = PER_ADDRESS,
    all: Bound = ALL,
  ) {
    this.all = new TokenBucket(all, clock())
  }

  enter(address: string): Attempt {
    const nowMs = this.clock()
    const from = groupOf(address)
    let own = this.byAddress.get(from)
    if (!own) this.byAddress.set(from, (own = new TokenBucket(this.perAddress, nowMs)))
    let allowed = own.take(nowMs)
    if (allowed && !this.all.take(nowMs)) {
      own.putBack()
      allowed = false
    }
    if (!allowed) this.refused++
    let held = allowed
    return {
      from,
      allowed,
      proven: () => {
        if (!held) return
        held = false
        own.putBack()
        this.all.putBack()
      },
    }
  }
}

/** One IPv4 address, or the /64 that an IPv6 host may choose its addresses from. */
function groupOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.')
}
