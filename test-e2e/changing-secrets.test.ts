/** Secrets are changed under traffic, and no call and no statement of the application is refused. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { connect } from './support/connect.js'
import { startStack, type Credential, type Stack } from './support/stack.js'

const CALLS_MIN = 200
const STATEMENTS_MIN = 200

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ controlPlanes: 2, proxies: 2 })
})
afterAll(() => stack?.stop())

/** An application that does one thing over and over, with whatever secret it is configured with at that moment. */
class Application<Secret> {
  done = 0
  readonly failures: unknown[] = []
  #stopped = false
  readonly #running: Promise<void>[]
  readonly #waiting = new Set<{ readonly after: number; readonly resolve: () => void }>()

  constructor(
    public secret: Secret,
    work: (secret: Secret, n: number) => Promise<void>,
    workers = 4,
  ) {
    this.#running = Array.from({ length: workers }, async () => {
      while (!this.#stopped) {
        const secret = this.secret
        await work(secret, this.done).catch((error: unknown) => this.failures.push(error))
        this.done += 1
        for (const one of this.#waiting) if (this.done >= one.after && this.#waiting.delete(one)) one.resolve()
      }
    })
  }

  /** Until it has done so much more. */
  does(more: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.add({ after: this.done + more, resolve }))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }
}

describe.each([
  ['an organization key', (): string => `/v1/organizations/${stack.bootstrap.org_id}/api-keys`, (): string => stack.bootstrap.api_key],
  ['a personal key', (): string => '/v1/api-keys', (): string => stack.bootstrap.personal_key],
])('%s under traffic', (_kind, path, manager) => {
  const manage = async (method: string, tail: string, body?: object): Promise<{ status: number; body: any }> => {
    const response = await fetch(`${stack.apis[0]!.baseUrl}${path()}${tail}`, {
      method,
      headers: { authorization: `Bearer ${manager()}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }
  const create = async (name: string): Promise<{ id: string; key: string }> => {
    const { body } = await manage('POST', '', { name, expires_in_days: 90 })
    return { id: body.api_key.id as string, key: body.key as string }
  }
  const application = (key: string): Application<string> =>
    new Application(key, async (secret, n) => {
      const { status } = await fetch(`${stack.apis[n % 2]!.baseUrl}/v1/projects/${stack.project.id}`, { headers: { 'x-api-key': secret } })
      if (status !== 200) throw new Error(`answered ${status}`)
    })

  it('is changed by create, update, verify, revoke', async () => {
    const first = await create('first')
    const app = application(first.key)
    await app.does(CALLS_MIN)
    const second = await create('second')
    app.secret = second.key
    await app.does(CALLS_MIN) // calls with the first key that were under way are over
    for (const { baseUrl } of stack.apis) expect((await fetch(`${baseUrl}/v1/whoami`, { headers: { 'x-api-key': second.key } })).status).toBe(200)
    expect((await manage('DELETE', `/${first.id}`)).status).toBe(204)
    await app.does(CALLS_MIN)
    await app.stop()
    expect(app.failures).toEqual([])
    expect(app.done).toBeGreaterThanOrEqual(3 * CALLS_MIN)
    for (const { baseUrl } of stack.apis) expect((await fetch(`${baseUrl}/v1/whoami`, { headers: { 'x-api-key': first.key } })).status).toBe(401)
  })

  it('is changed by rotate with a grace', async () => {
    const first = await create('rotated')
    const app = application(first.key)
    await app.does(CALLS_MIN)
    const rotated = await manage('POST', `/${first.id}/rotate`, { grace_seconds: 600 })
    await app.does(CALLS_MIN) // still with the old key
    app.secret = rotated.body.key as string
    await app.does(CALLS_MIN)
    expect((await manage('DELETE', `/${first.id}`)).status).toBe(204)
    await app.does(CALLS_MIN)
    await app.stop()
    expect(app.failures).toEqual([])
  })
})

it('two credentials: the application cuts over, the first is revoked, and no statement is refused', async () => {
  const first = await stack.createCredential()
  const second = await stack.createCredential({ policyId: first.policyId })
  const pool = (credential: Credential): pg.Pool => {
    const made = new pg.Pool({ host: 'localhost', port: stack.proxy.port, user: credential.user, password: credential.password, database: credential.project.databaseName, ssl: { ca: stack.ca }, max: 4 })
    made.on('error', () => undefined) // an idle connection of the revoked credential is closed by the proxy
    return made
  }
  const [old, fresh] = [pool(first), pool(second)]
  const app = new Application(old, async (current, n) => {
    const { rows } = await current.query<{ n: number }>('SELECT $1::int AS n', [n])
    if (rows[0]?.n !== n) throw new Error('a wrong answer')
  })
  await app.does(STATEMENTS_MIN)
  app.secret = fresh
  await app.does(STATEMENTS_MIN)
  const { status } = await stack.api.call('DELETE', first.path)
  expect(status).toBe(204)
  await app.does(STATEMENTS_MIN)
  await app.stop()
  expect(app.failures).toEqual([])
  expect(app.done).toBeGreaterThanOrEqual(3 * STATEMENTS_MIN)
  await expect(connect(stack, first)).rejects.toMatchObject({ code: '28P01' })
  await Promise.all([old.end(), fresh.end()])
})
