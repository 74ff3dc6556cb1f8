/** What a database may make this proxy keep: it belongs to whoever entered its address. */
import { Duplex } from 'node:stream'
import { expect, it, jest } from '@jest/globals'
import type { DatabaseTarget } from '../credentials/credential.js'
import type { Upstream } from './connector.js'
import type { Line } from './dial.js'
import { UpstreamUnavailable } from './errors.js'
import { QueryClient } from './query-client.js'
import { logIn } from './upstream-login.js'

const frame = (tag: string, body: Buffer) => {
  const head = Buffer.alloc(5)
  head.write(tag)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const READY = frame('Z', Buffer.from('I'))
/** A row of one null column. */
const ROW = frame('D', Buffer.from([0, 1, 255, 255, 255, 255]))

/** A database that answers each write with these frames. */
function database(...frames: Buffer[]): { line: Upstream; destroyed: () => boolean } {
  const destroy = jest.fn()
  const stream: Duplex = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      for (const one of frames) stream.push(one)
      done()
    },
  })
  return { line: { stream, raw: { destroy } } as unknown as Upstream, destroyed: () => destroy.mock.calls.length > 0 }
}

it.each([
  ['as much as it may', 10, undefined],
  ['more than that', 11, UpstreamUnavailable],
])('answers to queries of our own hold %s', async (_case, rows, refused) => {
  const { line, destroyed } = database(...Array.from({ length: rows }, () => ROW), READY)
  const client = new QueryClient(line, 5_000, 10 * ROW.length + READY.length)
  const outcome = await client.query('SELECT').catch((error: unknown) => error)
  if (refused) expect([outcome, destroyed()]).toEqual([expect.any(refused), true])
  else expect(outcome).toHaveLength(rows)
  client.close()
})

it.each([
  ['as much as it may', 15, undefined],
  ['more than that', 17, 'the database sent more during login than a login takes'],
])('a login hears %s before it is over', async (_case, notices, refused) => {
  const ok = frame('R', Buffer.alloc(4))
  const { line } = database(ok, ...Array.from({ length: notices }, () => frame('N', Buffer.alloc(65_000))), READY)
  const target = { username: 'u', name: 'd' } as DatabaseTarget
  const outcome = await logIn(line as Line, target, {}).then(({ greeting }) => greeting.length, (error: Error) => error.message)
  expect(outcome).toBe(refused ?? notices * 65_005)
})
