import { expect, it } from '@jest/globals'
import { RateLimited } from '../platform/http/errors.js'
import { Attempts, network } from './attempts.js'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2'],
  ['2001:db8::6', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, expected) => expect(network(address)).toBe(expected))

it('the eleventh wrong password for one person from one address waits, and others do not', async () => {
  const attempts = new Attempts()
  for (let i = 0; i < 10; i++) await attempts.password('192.0.2.7', 'ann@people.test')
  const refusal = await attempts.password('192.0.2.7', 'ann@people.test').catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(RateLimited)
  const waitS = Number((refusal as RateLimited).headers['Retry-After'])
  expect([waitS > 0, waitS <= 900]).toEqual([true, true])
  await attempts.password('192.0.2.8', 'ann@people.test')
  await attempts.password('192.0.2.7', 'ben@people.test')
})

it('the right password gives back what the wrong ones cost', async () => {
  const attempts = new Attempts()
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 2; i++) await attempts.password('192.0.2.7', 'ann@people.test')
    await attempts.succeeded('192.0.2.7', 'ann@people.test')
    await attempts.succeeded('192.0.2.7', 'ann@people.test')
  }
  expect(await attempts.password('192.0.2.7', 'ann@people.test')).toBeUndefined()
})

it('many people from one address wait after sixty tries', async () => {
  const attempts = new Attempts()
  for (let i = 0; i < 60; i++) await attempts.password('192.0.2.7', `${i}@people.test`)
  await expect(attempts.password('192.0.2.7', 'last@people.test')).rejects.toBeInstanceOf(RateLimited)
  await expect(attempts.link('192.0.2.7')).rejects.toBeInstanceOf(RateLimited)
})
