import { describe, expect, it } from '@jest/globals'
import type { Config } from '../platform/config.js'
import { RateLimited } from '../platform/http/errors.js'
import { RateLimits } from './rate-limits.js'

const limits = (rateLimitPerMinute: number, failedAuthLimitPerMinute: number): RateLimits => new RateLimits({ rateLimitPerMinute, failedAuthLimitPerMinute } as Config)

describe('a key', () => {
  it('may call as often as the limit says, is told what is left, and then when to go on', async () => {
    const three = limits(3, 0)
    const told: string[] = []
    for (let i = 0; i < 3; i++) await three.spend('key_1', (name, value) => void told.push(`${name}: ${value}`))
    expect(told.filter((line) => line.startsWith('RateLimit:')).map((line) => line.replace(/t=\d+/, 't=N'))).toEqual(['RateLimit: "key";r=2;t=N', 'RateLimit: "key";r=1;t=N', 'RateLimit: "key";r=0;t=N'])
    expect(told[0]).toBe('RateLimit-Policy: "key";q=3;w=60')
    const error: unknown = await three.spend('key_1', () => undefined).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RateLimited)
    const wait = Number((error as RateLimited).headers['Retry-After'])
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(60)
    await three.spend('key_2', () => undefined) // another key is not held up
  })
  it('is not counted where the limit is 0', async () => {
    const none = limits(0, 0)
    for (let i = 0; i < 100; i++) await none.spend('key_1', () => expect(true).toBe(false))
  })
})

describe('an address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', '10.0.0.2'],
    ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:db8:0:1::1'],
    ['::1', '::2', '1::1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1', '::ffff:10.0.0.9'],
  ])('%s may fail as often as the limit says; %s is the same one, %s another', async (address, same, other) => {
    const two = limits(0, 2)
    for (let i = 0; i < 2; i++) {
      await two.mayTry(address)
      await two.failed(address)
    }
    await expect(two.mayTry(same)).rejects.toThrow(RateLimited)
    await expect(two.mayTry(other)).resolves.toBeUndefined()
  })
})
