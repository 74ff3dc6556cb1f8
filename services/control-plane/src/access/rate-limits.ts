/**
 * How often a key may call, and how often an address may fail to show one, counted by each replica on its own in windows of
 * a minute. What is told of it follows draft-ietf-httpapi-ratelimit-headers-10.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { Inject, Injectable } from '@nestjs/common'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { CONFIG, type Config } from '../platform/config.js'
import { RateLimited } from '../platform/http/errors.js'

const WINDOW_S = 60
/** Failures are counted per bucket of addresses, so that no number of addresses fills the memory. */
const BUCKETS = 65_536

@Injectable()
export class RateLimits {
  readonly #perKey: RateLimiterMemory | undefined
  readonly #failures: RateLimiterMemory | undefined
  /** Keeps anybody from choosing the addresses that they share a bucket with. */
  readonly #salt = randomBytes(16)

  constructor(@Inject(CONFIG) private readonly config: Config) {
    const limiter = (points: number): RateLimiterMemory | undefined => (points === 0 ? undefined : new RateLimiterMemory({ points, duration: WINDOW_S }))
    this.#perKey = limiter(config.rateLimitPerMinute)
    this.#failures = limiter(config.failedAuthLimitPerMinute)
  }

  /**
   * Counts a call with this key.
   * @param tell sets a header of the answer
   * @throws RateLimited
   */
  async spend(keyId: string, tell: (name: string, value: string) => void): Promise<void> {
    if (!this.#perKey) return
    const { left, resetS } = await this.#consume(this.#perKey, keyId)
    tell('RateLimit-Policy', `"key";q=${this.config.rateLimitPerMinute};w=${WINDOW_S}`)
    tell('RateLimit', `"key";r=${Math.max(0, left)};t=${resetS}`)
    if (left < 0) throw new RateLimited(`this key may call ${this.config.rateLimitPerMinute} times a minute; go on in ${resetS} s`, resetS)
  }

  /** Counts a call that showed no valid key. */
  async failed(address: string | undefined): Promise<void> {
    if (this.#failures) await this.#consume(this.#failures, this.#bucket(address))
  }

  /** Called before a key that is not known yet is looked up. @throws RateLimited */
  async mayTry(address: string | undefined): Promise<void> {
    const spent = await this.#failures?.get(this.#bucket(address))
    if (!spent || spent.consumedPoints < this.config.failedAuthLimitPerMinute) return
    const resetS = secondsLeft(spent)
    throw new RateLimited(`too many calls without a valid key from this address; go on in ${resetS} s`, resetS)
  }

  async #consume(limiter: RateLimiterMemory, name: string): Promise<{ left: number; resetS: number }> {
    try {
      const spent = await limiter.consume(name)
      return { left: spent.remainingPoints, resetS: secondsLeft(spent) }
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      return { left: -1, resetS: secondsLeft(error) }
    }
  }

  /** Whoever has one IPv6 address has the 64 bits behind it too. */
  #bucket(address = ''): string {
    const network = isIPv6(address) && !address.includes('.') ? firstGroups(address) : address
    return String(createHmac('sha256', this.#salt).update(network).digest().readUInt32BE(0) % BUCKETS)
  }
}

const secondsLeft = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1000))

/** The first four of the eight groups of an IPv6 address. */
function firstGroups(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? before : [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16)).join(':')
}
