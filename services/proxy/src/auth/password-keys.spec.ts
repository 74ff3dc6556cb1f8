import { stat } from 'node:fs/promises'
import { expect, it } from '@jest/globals'
import { deriveKeys } from '@pgbeam/scram'
import { TooManyLogins } from './errors.js'
import { PasswordKeys } from './password-keys.js'

const salt = Buffer.alloc(16)

it('two passwords are worked on at once, however many come, and the rest get their turn', async () => {
  let now = 0
  let most = 0
  const keys = new PasswordKeys(async (...of) => {
    most = Math.max(most, ++now)
    const derived = await deriveKeys(...of)
    now--
    return derived
  })
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => keys.of(`10.0.0.${i % 4}`, 'x', salt, 4096)))
  expect(all).toHaveLength(40)
  expect(most).toBe(2)
})
it('a flood of passwords leaves threads for files and DNS', async () => {
  const keys = new PasswordKeys()
  let done = 0
  // Slow ones: 100 times the usual count. With four at once, the file would wait behind all of them.
  const flood = Array.from({ length: 8 }, (_, i) => keys.of(`10.0.0.${i}`, 'x', salt, 400_000).then(() => done++))
  await new Promise((resolve) => setImmediate(resolve))
  await stat('.')
  expect(done).toBe(0)
  await Promise.all(flood)
})
it('an address that sends more than its share is refused, and another is served in its turn', async () => {
  const order: string[] = []
  const keys = new PasswordKeys((password) => {
    order.push(password)
    return new Promise((resolve) => setImmediate(resolve, { clientKey: salt, serverKey: salt, storedKey: salt }))
  })
  const flood = Array.from({ length: 300 }, () => keys.of('10.0.0.1', 'flood', salt, 1))
  const good = keys.of('10.0.0.2', 'good', salt, 1)
  const outcomes = await Promise.allSettled(flood)
  await good
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(258)
  expect(outcomes.find((one) => one.status === 'rejected')?.reason).toBeInstanceOf(TooManyLogins)
  expect(order.indexOf('good')).toBeLessThan(5)
})
