/**
 * Budgets of statements and bytes, counted for one credential over all proxies: spent to the last statement and not one more, open
 * again when the hour, or the policy, allows it, and refused in the words and the transaction state of any other refusal.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { connect, connectPostgresJs } from './support/connect.js'
import { rawSession } from './support/login.js'
import { FULL } from './support/measure.js'
import {
  bindMessage, describeMessage, errorFields, executeMessage, flushMessage, parseMessage, queryMessage, syncMessage, type Frame,
} from './support/raw-client.js'
import { startStack, type Credential, type Proxy, type Stack } from './support/stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ proxies: 3, controlPlanes: 2, schema: 'CREATE TABLE note (id int PRIMARY KEY, body text)' })
}, 180_000)
afterAll(() => stack?.stop(), 60_000)
const clockOf = (sql: string) => stack.onControlDatabase(`CREATE OR REPLACE FUNCTION budget_now() RETURNS timestamptz LANGUAGE sql STABLE AS '${sql}'`)
/** No hour ends in a test that does not want it to. */
beforeEach(() => clockOf("SELECT timestamptz ''2030-01-01T12:30:00Z''"))

async function under(rules: Record<string, unknown>): Promise<Credential> {
  const policy = await stack.api.post(`/v1/projects/${stack.project.id}/policies`, { name: 'counted', access_mode: 'read_write', ...rules })
  return stack.createCredential({ policyId: policy.id })
}
const replace = (credential: Credential, rules: object) => stack.api.call('PUT', `/v1/projects/${stack.project.id}/policies/${credential.policyId}`, { body: { name: 'counted', access_mode: 'read_write', ...rules } })
const codeOf = (error: unknown) => (error as pg.DatabaseError).code
async function answered(client: pg.Client, most = Infinity, extended = false): Promise<number> {
  for (let n = 0; n < most; n++) {
    try {
      await client.query(extended ? { text: 'SELECT $1::int', values: [n] } : 'SELECT 1')
    } catch (error) {
      expect(error).toMatchObject({ code: '53400', detail: 'rule: budget_exhausted' })
      return n
    }
  }
  return most
}
async function until(what: string, attempt: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  for (const endMs = performance.now() + timeoutMs; performance.now() < endMs; await new Promise((resolve) => setTimeout(resolve, 50))) if (await attempt()) return
  throw new Error(`within ${timeoutMs} ms it never came to be that ${what}`)
}
const refused = (client: pg.Client) => client.query('SELECT 1').then(() => false, (error) => codeOf(error) === '53400')

describe('a budget of statements', () => {
  it('is spent by sessions at three proxies together, to the last statement and no further', async () => {
    const budget = FULL ? 3000 : 400
    const credential = await under({ budget_queries_per_hour: budget })
    const clients = await Promise.all([...stack.proxies, ...stack.proxies].map((proxy) => connect(stack, credential, { proxy })))
    const counts = await Promise.all(clients.map((client, i) => answered(client, Infinity, i % 2 === 0)))
    expect(Math.min(...counts)).toBeGreaterThan(0)
    // A share that an idle proxy gave back may still be somebody's.
    let sum = counts.reduce((a, b) => a + b)
    expect(sum).toBeLessThanOrEqual(budget)
    expect(sum).toBeGreaterThanOrEqual(budget * 0.95)
    await until('all of it is spent', async () => {
      for (const client of clients) sum += await answered(client)
      return sum === budget
    })
    const told: Record<string, unknown> = await clients[0]!.query('SELECT 1').catch((error) => error)
    expect(told).toMatchObject({ severity: 'ERROR', message: `the budget of ${budget} statements an hour is spent`, hint: expect.stringMatching(/^It opens again at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\. Until then, ask .* budget_queries_per_hour\.$/) })
    // Another credential under the same policy has its own.
    const other = await connect(stack, await stack.createCredential({ policyId: credential.policyId }))
    expect((await other.query('SELECT 2 AS n')).rows).toEqual([{ n: 2 }])
    await Promise.all([...clients, other].map((client) => client.end()))
  }, 120_000)

  it('is not filled up by a proxy that is killed and starts again, which loses at most its share', async () => {
    const budget = 400
    const credential = await under({ budget_queries_per_day: budget })
    const [first, second, third] = stack.proxies as [Proxy, Proxy, Proxy]
    const doomed = await connect(stack, credential, { proxy: third })
    const living = await connect(stack, credential, { proxy: first })
    let sum = (await answered(doomed, 101)) + (await answered(living, 50))
    await third.crash()
    await third.start()
    const again = await connect(stack, credential, { proxy: third })
    sum += await answered(again, 20)
    const more = await connect(stack, credential, { proxy: second })
    const spendAll = async () => (await Promise.all([living, again, more].map((client) => answered(client)))).reduce((a, b) => a + b)
    sum += await spendAll()
    expect(sum).toBeLessThanOrEqual(budget)
    expect(sum).toBeGreaterThanOrEqual(budget * 0.95)
    // Nor by rotating its secrets, nor by a kill and a resume.
    const path = credential.path
    const rotated = await stack.api.post(`${path}/rotate`, {})
    await stack.api.call('PATCH', path, { body: { status: 'killed' } })
    await stack.api.call('PATCH', path, { body: { status: 'active' } })
    const later = await connect(stack, { ...credential, password: rotated.password }, { proxy: second })
    expect(sum + (await answered(later))).toBeLessThanOrEqual(budget)
    await later.end()
  }, 120_000)

  it('opens again with the next hour by itself, in sessions that stayed open', async () => {
    const credential = await under({ budget_queries_per_hour: 5 })
    const client = await connect(stack, credential)
    // The clock of the control plane stands some seconds before an hour, and goes on.
    const [{ now }] = (await stack.onControlDatabase('SELECT now()::text AS now')) as [{ now: string }]
    await clockOf(`SELECT timestamptz ''2030-01-01T12:59:54Z'' + (now() - timestamptz ''${now}'')`)
    expect(await answered(client)).toBe(5)
    await until('it is open again', async () => !(await refused(client)))
    expect(await answered(client)).toBe(4)
    await client.end()
  }, 60_000)

  it('opens with the receipt of a policy that allows more, and a smaller one holds at once', async () => {
    const credential = await under({ budget_queries_per_hour: 10 })
    const client = await connect(stack, credential)
    expect(await answered(client)).toBe(10)
    const raised = await replace(credential, { budget_queries_per_hour: 1000 })
    expect(raised.status).toBe(200)
    expect((await client.ended).error?.code).toBe('57P01')
    const next = await connect(stack, credential)
    expect(await answered(next, 20)).toBe(20)
    expect((await replace(credential, { budget_queries_per_hour: 40 })).status).toBe(200)
    const last = await connect(stack, credential)
    expect(await answered(last)).toBe(10)
    expect((await replace(credential, {})).status).toBe(200)
    const free = await connect(stack, credential)
    expect(await answered(free, 60)).toBe(60)
    await free.end()
  }, 60_000)

  it('counts each statement of a batch, and not what the policy refuses, what is only prepared, and what ends a transaction', async () => {
    const credential = await under({ budget_queries_per_hour: 8, statement_rules: { deny: ['delete'] } })
    const client = await connect(stack, credential)
    await client.query("SELECT ';'; SELECT 2; SELECT 3") // 3
    for (let n = 0; n < 10; n++) await expect(client.query('DELETE FROM note WHERE true')).rejects.toMatchObject({ code: '42501' })
    const evaluated = await stack.api.post(`/v1/projects/${stack.project.id}/policy-evaluations`, { sql: 'SELECT 1', policy_id: credential.policyId })
    expect(evaluated.verdict).toBe('allow')
    await client.query('BEGIN') // 4
    await client.query('INSERT INTO note VALUES (1)') // 5
    await client.query('COMMIT')
    // More than is left is refused whole.
    await expect(client.query('SELECT 1; SELECT 2; SELECT 3; SELECT 4')).rejects.toMatchObject({ code: '53400' })
    expect(await answered(client)).toBe(3)
    expect(await stack.onUpstream('SELECT id FROM note')).toEqual([{ id: 1 }])
    await client.end()
  }, 60_000)

  it('is counted for an application with the stored user by its database, under its default policy', async () => {
    const project = await stack.createProject()
    const { id } = await stack.api.post(`/v1/projects/${project.id}/policies`, { name: 'default', access_mode: 'read_write', budget_queries_per_hour: 30 })
    await stack.api.call('PATCH', `/v1/projects/${project.id}`, { body: { default_policy_profile_id: id } })
    const { username: user, password } = stack.upstream
    const clients = await Promise.all(stack.proxies.map((proxy) => connect(stack, { user, password, project }, { proxy, config: { options: `project=${project.slug}` } })))
    let sum = 0
    await until('all of it is spent', async () => {
      for (const client of clients) sum += await answered(client)
      return sum === 30
    })
    await Promise.all(clients.map((client) => client.end()))
  }, 60_000)
})

describe('a statement that the budget refuses', () => {
  const raw = (credential: Credential) => rawSession(stack, credential)
  const shape = (frames: Frame[]) => frames.map((frame) => (frame.type === 'E' ? errorFields(frame).C : frame.type === 'Z' ? `Z${frame.body.toString()}` : frame.type)).join(' ')
  const run = (sql: string) => [parseMessage(sql), bindMessage(), executeMessage()]

  it('fails its transaction like any other refusal, which can be rolled back; the session goes on', async () => {
    const credential = await under({ budget_queries_per_hour: 2 })
    const client = await raw(credential)
    const ask = async (...bytes: Buffer[]) => {
      client.send(...bytes)
      return shape(await client.framesUntil('Z'))
    }
    expect(await ask(queryMessage('BEGIN'))).toBe('C ZT')
    expect(await ask(queryMessage('SELECT 1'))).toBe('T D C ZT')
    expect(await ask(queryMessage('SELECT 1'))).toBe('53400 ZE')
    expect(await ask(queryMessage('SELECT 1'))).toBe('25P02 ZE')
    expect(await ask(...run('ROLLBACK'), syncMessage())).toBe('1 2 C ZI')
    expect(await ask(queryMessage('SELECT 1'))).toBe('53400 ZI')
    // Extended: it is the Execute that is refused, and what is behind it in the pipeline is skipped up to the Sync.
    expect(await ask(...run('SELECT 1'), ...run('SELECT 2'), syncMessage())).toBe('1 2 53400 ZI')
    client.send(...run('SELECT 1'), syncMessage(), ...run('SELECT 2'), syncMessage())
    expect([shape(await client.framesUntil('Z')), shape(await client.framesUntil('Z'))]).toEqual(['1 2 53400 ZI', '1 2 53400 ZI'])
    client.destroy()
  }, 60_000)

  it('in the middle of a pipeline takes along what is behind it, and undoes what was before it', async () => {
    const credential = await under({ budget_queries_per_hour: 2 })
    const client = await raw(credential)
    const insert = (id: number) => run(`INSERT INTO note VALUES (${id})`)
    client.send(...insert(101), ...insert(102), ...insert(103), ...insert(104), syncMessage())
    expect(shape(await client.framesUntil('Z'))).toBe('1 2 C 1 2 C 1 2 53400 ZI')
    expect(await stack.onUpstream('SELECT id FROM note WHERE id > 100')).toEqual([])
    client.destroy()
  }, 60_000)

  it('does not take the COMMIT with it that a driver sends, simple or extended, of what was within the budget', async () => {
    const credential = await under({ budget_queries_per_hour: 4 })
    const client = await raw(credential)
    for (const [id, commit] of [[201, [queryMessage('COMMIT')]], [202, [...run('COMMIT'), syncMessage()]]] as const) {
      client.send(queryMessage('BEGIN'))
      await client.framesUntil('Z')
      client.send(...run(`INSERT INTO note VALUES (${id})`), syncMessage())
      await client.framesUntil('Z')
      client.send(...commit)
      expect(shape(await client.framesUntil('Z'))).toMatch(/C ZI$/)
    }
    client.send(queryMessage('SELECT 1'))
    expect(shape(await client.framesUntil('Z'))).toBe('53400 ZI')
    expect(await stack.onUpstream('SELECT id FROM note WHERE id > 200 ORDER BY id')).toEqual([{ id: 201 }, { id: 202 }])
    client.destroy()
  }, 60_000)

  it('cannot be smuggled in under the name of a COMMIT', async () => {
    const credential = await under({ budget_queries_per_hour: 3 })
    const client = await raw(credential)
    const ask = async (...bytes: Buffer[]) => {
      client.send(...bytes)
      return shape(await client.framesUntil('Z'))
    }
    expect(await ask(parseMessage('SELECT 1', 's'), syncMessage())).toBe('1 ZI')
    expect(await answered(await connect(stack, credential))).toBe(3)
    await until('this proxy knows', async () => (await ask(queryMessage('SELECT 1'))).startsWith('53400'))
    expect(await ask(parseMessage('COMMIT', 's'), bindMessage([], { statement: 's' }), executeMessage(), syncMessage())).toBe('42P05 ZI')
    expect(await ask(parseMessage('COMMIT', 'c'), bindMessage([], { statement: 's' }), executeMessage(), syncMessage())).toBe('1 2 53400 ZI')
    expect(await ask(parseMessage('COMMIT'), bindMessage([], { portal: 'p' }), bindMessage([], { statement: 's' }), executeMessage(), syncMessage())).toBe('1 2 2 53400 ZI')
    expect(await ask(queryMessage('COMMIT; SELECT 1'))).toBe('53400 ZI')
    client.destroy()
  }, 60_000)

  const wide = (rows: number) => `SELECT repeat('x', 5000) FROM generate_series(1, ${rows})`
  const delivered = (frames: Frame[]) => frames.filter(({ type }) => type === 'D' || type === 'd').reduce((sum, { body }) => sum + body.length + 5, 0)
  const BUDGET = 100_000

  /** How much was delivered, how it ended, and what the next statement is told. */
  async function cut(messages: Buffer[], rows = 'Z'): Promise<{ bytes: number; end: string; next: string }> {
    const client = await raw(await under({ egress_bytes_per_day: BUDGET }))
    client.send(...messages)
    const frames = await client.framesUntil(rows)
    const end = shape(frames.filter(({ type }) => type !== 'D' && type !== 'd'))
    client.send(queryMessage('SELECT 1'))
    const next = shape(await client.framesUntil('Z'))
    client.destroy()
    return { bytes: delivered(frames), end, next }
  }

  it.each<[string, Buffer[], string, string]>([
    ['a simple query', [queryMessage(wide(40_000))], 'T 53400 ZI', '53400 ZI'],
    ['a simple query that the server has long finished', [queryMessage(wide(30))], 'T 53400 ZI', '53400 ZI'],
    ['an Execute', [parseMessage(wide(40_000)), bindMessage(), describeMessage('P'), executeMessage(), syncMessage()], '1 2 T 53400 ZI', '53400 ZI'],
    ['an Execute that the server has long finished', [parseMessage(wide(30)), bindMessage(), executeMessage(), syncMessage()], '1 2 53400 ZI', '53400 ZI'],
    ['COPY to the client', [queryMessage(`COPY (${wide(40_000)}) TO STDOUT`)], 'H 53400 ZI', '53400 ZI'],
    ['COPY that the server has long finished', [queryMessage(`COPY (${wide(30)}) TO STDOUT`)], 'H 53400 ZI', '53400 ZI'],
  ])('ends %s within the budget of bytes, and the session stays open', async (_case, messages, end, next) => {
    const result = await cut(messages)
    expect(result).toMatchObject({ end, next })
    expect(result.bytes).toBeLessThanOrEqual(BUDGET)
    expect(result.bytes).toBeGreaterThan(BUDGET * 0.95)
  }, 60_000)

  it.each<[string, number]>([['that still runs', 40_000], ['that the server has long finished', 30]])(
    'ends a result %s in a transaction, which has failed by that, whatever it had done',
    async (_case, rows) => {
      const client = await raw(await under({ egress_bytes_per_day: BUDGET }))
      const ask = async (...bytes: Buffer[]) => {
        client.send(...bytes)
        return shape((await client.framesUntil('Z')).filter(({ type }) => type !== 'D'))
      }
      expect(await ask(queryMessage('BEGIN'))).toBe('C ZT')
      expect(await ask(queryMessage(`INSERT INTO note VALUES (${rows + 300})`))).toBe('C ZT')
      expect(await ask(queryMessage(wide(rows)))).toBe('T 53400 ZE')
      expect(await ask(queryMessage('COMMIT'))).toBe('C ZI')
      expect(await stack.onUpstream('SELECT FROM note WHERE id = $1', [rows + 300])).toEqual([])
      client.destroy()
    }, 60_000,
  )

  it('ends a result for a client that waits for it without a Sync, and skips up to the Sync', async () => {
    for (const rows of [30, 40_000]) {
      const client = await raw(await under({ egress_bytes_per_day: BUDGET }))
      client.send(parseMessage(wide(rows)), bindMessage(), executeMessage(), flushMessage())
      expect(shape((await client.framesUntil('E')).filter(({ type }) => type !== 'D'))).toBe('1 2 53400')
      client.send(...run('INSERT INTO note VALUES (999)'), syncMessage())
      expect(shape(await client.framesUntil('Z'))).toBe('ZI')
      client.destroy()
    }
    expect(await stack.onUpstream('SELECT FROM note WHERE id = 999')).toEqual([])
  }, 60_000)

  it('never leaves a pipeline in doubt: a result that is cut too late ends the session, with nothing of what was behind it hidden', async () => {
    for (const rows of [30, 40_000]) {
      const client = await raw(await under({ egress_bytes_per_day: BUDGET }))
      client.send(parseMessage(wide(rows)), bindMessage(), executeMessage(), ...run(`INSERT INTO note VALUES (${rows + 500})`), syncMessage())
      const frames = (await client.framesUntil('Z').catch(() => [])).filter(({ type }) => type !== 'D')
      const error = frames.find(({ type }) => type === 'E')
      const fatal = frames.length === 0 || errorFields(error!).S === 'FATAL'
      if (!fatal) {
        expect(shape(frames)).toBe('1 2 53400 ZI')
        expect(await stack.onUpstream('SELECT FROM note WHERE id = $1', [rows + 500])).toEqual([])
      } else if (error) expect(errorFields(error)).toMatchObject({ C: '53400', D: 'rule: budget_exhausted' })
      client.destroy()
    }
  }, 60_000)

  it('of bytes, holds for results at several proxies together', async () => {
    const credential = await under({ egress_bytes_per_day: 2_000_000 })
    const counts = await Promise.all(stack.proxies.map(async (proxy) => {
      const sql = connectPostgresJs(stack, credential, { proxy })
      let bytes = 0
      for (;;) {
        try {
          for (const { repeat } of await sql.unsafe(wide(4))) bytes += (repeat as string).length + 11
        } catch (error) {
          expect(codeOf(error)).toBe('53400')
          await sql.end({ timeout: 1 })
          return bytes
        }
      }
    }))
    const sum = counts.reduce((a, b) => a + b)
    expect(sum).toBeLessThanOrEqual(2_000_000)
    expect(sum).toBeGreaterThan(2_000_000 * 0.9) // what a cut result had delivered is not seen by its driver's user
  }, 60_000)
})
