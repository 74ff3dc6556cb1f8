/**
 * Under a read_write policy the proxy cannot be told from the database: the same conversations, directly and through it,
 * get the same bytes (process id and cancel key apart), whatever of the protocol they use.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { waitUntil } from '../scripts/lib/processes.mjs'
import { cancelRequest, RawClient, terminateMessage } from './support/raw-client.js'
import { scramLogin } from './support/raw-scram.js'
import { firstDifference, recordBoth, typesOf, type Destination, type Tap } from './support/record.js'
import { scripts, scriptSchema, type Surroundings } from './support/record-scripts.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ schema: scriptSchema })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

/** Logs in through the tap, without TLS on this side of it, and plays the script. */
async function play(tap: Tap, run: (client: RawClient, around: Surroundings) => Promise<unknown>): Promise<void> {
  await stack.onUpstream('TRUNCATE loaded') // each time the same, whoever plays
  const mark = `script-${randomBytes(4).toString('hex')}`
  const client = await RawClient.connect(tap.port)
  const { user, password, database } = tap.destination
  const { error, frames } = await scramLogin(client, { user, database, 'pgbeam_test.mark': mark }, { password })
  if (error) throw new Error(JSON.stringify(error))
  const ours = frames.find(({ type }) => type === 'K')!.body
  const theirPid = async () => {
    const [row] = await stack.onUpstream<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()")
    return row?.pid
  }
  await run(client, {
    async cancel(pid = ours.readInt32BE(0), key = ours.subarray(4)) {
      const line = await RawClient.connect(tap.port)
      line.send(cancelRequest(pid, key))
      await line.untilClosed()
    },
    async upstream(sql) {
      if (sql === 'terminate') return stack.onUpstream('SELECT pg_terminate_backend($1)', [await theirPid()])
      if (sql !== 'running') return stack.onUpstream(sql)
      return waitUntil('the statement runs', async () => {
        const rows = await stack.onUpstream("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
        return rows.length > 0
      }, { timeoutMs: 10_000, everyMs: 20 })
    },
  })
  client.send(terminateMessage())
  await client.closed
}

/** As the stored user, without a policy: nothing of it is looked at. */
function application(): Destination {
  const { username: user, password, name: database } = stack.upstream
  return { host: stack.proxy.host, port: stack.proxy.port, user, password, database, ca: stack.ca, servername: `${stack.project.slug}.proxy.localhost` }
}

describe.each([
  ['under a policy that writes', () => credential],
  ['for an application without a policy', application],
])('byte for byte as the database itself, %s:', (_who, way) => {
  it.each(Object.entries(scripts))('%s', async (_name, { run, shows }) => {
    const { direct, through } = await recordBoth(stack, way(), (tap) => play(tap, run))
    expect(typesOf(direct[0]!)).toMatch(shows)
    expect(firstDifference(direct, through)).toBeUndefined()
  })
})
