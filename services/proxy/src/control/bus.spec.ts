import { headers, type Msg, type Status } from '@nats-io/transport-node'
import { expect, it } from '@jest/globals'
import { Bus, BusAway, BusFull, type Line } from './bus.js'

/** A connection played by hand: it counts what it is given, and says what it is told to. */
function byHand() {
  const asked: { resolve: (message: Msg) => void; reject: (error: Error) => void }[] = []
  const published: string[] = []
  const said: Status[] = []
  let wake: () => void = () => undefined
  const line: Line = {
    isClosed: () => false,
    request: () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
    publish: (subject) => void published.push(subject),
    subscribe: () => { throw new Error('not played') },
    async *status() {
      for (;;) {
        while (said.length > 0) yield said.shift()!
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
  const changes: boolean[] = []
  const bus = new Bus(line, (connected) => changes.push(connected))
  const say = async (type: 'disconnect' | 'reconnect') => {
    said.push({ type, server: 'nats' })
    wake()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const ask = () => bus.request('a', 'b', { timeout: 1000, headers: headers() })
  return { bus, ask, asked, published, say, changes }
}

it('while NATS is away nothing is handed to the client library: requests and messages fail at once', async () => {
  const { bus, ask, asked, published, say, changes } = byHand()
  await say('disconnect')
  expect(bus.connected).toBe(false)
  for (let i = 0; i < 10_000; i++) await expect(ask()).rejects.toBeInstanceOf(BusAway)
  expect(() => { bus.publish('a', 'b') }).toThrow(BusAway)
  expect({ asked: asked.length, published: published.length }).toEqual({ asked: 0, published: 0 })
  await say('reconnect')
  expect(bus.connected).toBe(true)
  bus.publish('a', 'b')
  const answered = ask()
  asked[0]!.resolve({} as Msg)
  await answered
  expect(changes).toEqual([false, true])
})

it('what was asked when the line breaks fails at once, not when its time is up', async () => {
  const { ask, say } = byHand()
  const asking = expect(ask()).rejects.toBeInstanceOf(BusAway)
  await say('disconnect')
  await asking
})

it('only so many questions are open at a time, also over reconnects, and each answer makes room', async () => {
  const { ask, asked, say } = byHand()
  for (let i = 0; i < 256; i++) ask().catch(() => undefined)
  await expect(ask()).rejects.toBeInstanceOf(BusFull)
  await say('disconnect')
  await say('reconnect')
  await expect(ask()).rejects.toBeInstanceOf(BusFull) // the library still holds the 256
  asked[0]!.reject(new Error('timeout'))
  await new Promise((resolve) => setImmediate(resolve))
  const answered = ask()
  asked[256]!.resolve({} as Msg)
  await answered
})
