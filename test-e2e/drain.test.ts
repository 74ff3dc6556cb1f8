/** A proxy that is asked to stop: idle clients go at once, work in progress is finished, nobody new comes in, and twice means now. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from './support/connect.js'
import { rawSession } from './support/login.js'
import { errorFields, queryMessage, RawClient, type Frame } from './support/raw-client.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

let stack: Stack
let credential: Credential
beforeAll(async () => {
  stack = await startStack({ proxies: 3, env: { proxy: { PGBEAM_DRAIN_MS: '20000' } }, schema: 'CREATE TABLE done (n int)' })
  credential = await stack.createCredential()
})
afterAll(() => stack?.stop())

async function lastError(client: RawClient): Promise<Record<string, string> | undefined> {
  let last: Frame | undefined
  try {
    for (;;) {
      const frame = await client.frame(30_000)
      if (frame.type === 'E') last = frame
    }
  } catch {
    return last && errorFields(last)
  }
}

describe('SIGTERM', () => {
  it('ends idle sessions with 57P01, lets a transaction finish, lets nobody in, and says goodbye to the control plane', async () => {
    const proxy = stack.proxies[1]!
    const idle = await rawSession(stack, credential, { proxy })
    const busy = await rawSession(stack, credential, { proxy })
    busy.send(queryMessage('BEGIN'))
    await busy.framesUntil('Z')
    busy.send(queryMessage('SELECT pg_sleep(1.5)'))
    const exited = proxy.exited
    proxy.signal('SIGTERM')
    expect(await lastError(idle)).toMatchObject({ S: 'FATAL', C: '57P01', M: expect.stringContaining('shutting down') })
    await expect(RawClient.connect(proxy.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await busy.framesUntil('Z')
    busy.send(queryMessage('INSERT INTO done VALUES (1)'))
    await busy.framesUntil('Z')
    busy.send(queryMessage('COMMIT'))
    expect((await busy.framesUntil('Z')).map(({ type }) => type)).toEqual(['C', 'Z'])
    expect(await lastError(busy)).toMatchObject({ C: '57P01' })
    expect(await exited).toMatchObject({ code: 0 })
    expect(await stack.onUpstream('SELECT n FROM done')).toEqual([{ n: 1 }])
    // It left: a change made now waits for nobody.
    const answer = await stack.api.call('PATCH', (await stack.createCredential()).path, { body: { status: 'killed' } })
    expect(answer.status).toBe(200)
    expect(answer.elapsedMs).toBeLessThan(4000)
  })
  it('twice ends what runs, too', async () => {
    const proxy = stack.proxies[2]!
    const client = await connect(stack, credential, { proxy })
    const running = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
    await stack.onUpstream('SELECT 1')
    const exited = proxy.exited
    proxy.signal('SIGTERM')
    await proxy.waitForLog(/draining/)
    proxy.signal('SIGTERM')
    expect(await running).toMatchObject({ code: '57P01' })
    expect(await exited).toMatchObject({ code: 0 })
    const until = performance.now() + 15_000
    while ((await stack.onUpstream("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'")).length > 0)
      if (performance.now() > until) throw new Error('the statement still runs upstream')
  })
})

describe('traces and metrics', () => {
  const metrics = async (url: string) => (await fetch(url)).text()
  it('both services answer a scrape with their own figures', async () => {
    const client = await connect(stack, credential)
    await client.query('SELECT 1')
    const proxy = await metrics(`http://127.0.0.1:${stack.proxy.adminPort}/metrics`)
    expect(proxy).toMatch(/^pgbeam_sessions(\{.*\})? 1$/m)
    expect(proxy).toMatch(/^pgbeam_enforcement_applied_seq(\{.*\})? [1-9]/m)
    expect(proxy).toMatch(/^pgbeam_logins_succeeded_total(\{.*\})? [1-9]/m)
    expect(await metrics(`${stack.api.baseUrl}/metrics`)).toMatch(/^pgbeam_/m)
    await client.end()
  })
  it('one call is one trace, from REST over NATS to the proxy that obeyed', async () => {
    const trace = 'a'.repeat(31) + '7'
    const { path } = await stack.createCredential()
    await stack.api.call('PATCH', path, { body: { status: 'killed' }, headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } })
    await stack.proxy.waitForLog(new RegExp(`"trace_id":"${trace}".*applied|applied.*"trace_id":"${trace}"`))
  })
})
