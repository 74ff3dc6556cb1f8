/** How often a password may be tried. Per replica, and so up to as many times more as there are replicas. */
import { Injectable } from '@nestjs/common'
import { isIPv6 } from 'node:net'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { RateLimited } from '../platform/http/errors.js'

const QUARTER_HOUR_S = 900
const HOUR_S = 3_600

@Injectable()
export class Attempts {
  readonly #byAddress = new RateLimiterMemory({ keyPrefix: 'address', points: 60, duration: QUARTER_HOUR_S })
  readonly #byPair = new RateLimiterMemory({ keyPrefix: 'pair', points: 10, duration: QUARTER_HOUR_S })
  /** Wide, since others could use it up and so keep somebody out. */
  readonly #byEmail = new RateLimiterMemory({ keyPrefix: 'email', points: 100, duration: HOUR_S })

  /** Counts a try of something secret, such as the token of a link. @throws RateLimited */
  async link(address: string): Promise<void> {
    await take(this.#byAddress, network(address))
  }

  /** Counts a try of a password. @throws RateLimited */
  async password(address: string, email: string): Promise<void> {
    await take(this.#byAddress, network(address))
    await take(this.#byPair, `${network(address)} ${email}`)
    await take(this.#byEmail, email)
  }

  /** It was the right one: what it had cost is given back. */
  async succeeded(address: string, email: string): Promise<void> {
    await this.#byAddress.reward(network(address))
    await this.#byPair.delete(`${network(address)} ${email}`)
    await this.#byEmail.reward(email)
  }
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    throw new RateLimited('too many tries to sign in; wait a while', Math.ceil(refusal.msBeforeNext / 1_000))
  }
}

/** Whoever has an IPv6 address has the 2^64 beside it. */
export function network(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail = ''] = address.split('::')
  const [front, back] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)]
  const groups = address.includes('::') ? [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back] : front
  return groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':')
}
