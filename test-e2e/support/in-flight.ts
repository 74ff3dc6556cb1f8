/** What the tests of the in-flight rule share: a credential in the middle of something, and what becomes of it. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { expect } from '@jest/globals'
import { waitUntil } from '../../scripts/lib/processes.mjs'
import { enforcementHeader, type Answer } from './api.js'
import { rawSession } from './login.js'
import { ConnectionClosed, errorFields, RawClient } from './raw-client.js'
import { scramLogin, type LoginStep } from './raw-scram.js'
import type { Credential, Project, Stack } from './stack.js'

export interface Verb {
  readonly change: (stack: Stack, credential: Credential) => Promise<Answer>
  /** What a login with the old secret hears afterwards. */
  readonly login: string
}
export const verbs: Readonly<Record<string, Verb>> = {
  revoke: { change: (stack, one) => stack.api.call('DELETE', one.path), login: '28P01' },
  kill: { change: (stack, one) => stack.api.call('PATCH', one.path, { body: { status: 'killed' } }), login: '28000' },
  rotate: { change: (stack, one) => stack.api.call('POST', `${one.path}/rotate`, { body: {} }), login: '28P01' },
}
/** One credential in one state, and what becomes of it. */
export class Scene {
  readonly mark = `flight-${randomBytes(6).toString('hex')}`
  credential!: Credential
  constructor(private readonly stack: Stack, readonly verb: Verb) {}

  async begin(project?: Project): Promise<this> {
    this.credential = await this.stack.createCredential(project ? { project } : {})
    return this
  }
  /** A statement that leaves a trace in `witness` if it ever takes effect. */
  insert(how: string): string {
    return `INSERT INTO witness VALUES ('${this.mark} ${how}')`
  }
  session(): Promise<RawClient> {
    return rawSession(this.stack, this.credential, { parameters: { application_name: this.mark } })
  }
  async backends(where = 'true'): Promise<number> {
    return Number((await this.stack.onUpstream<{ n: string }>(`SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = $1 AND (${where})`, [this.mark]))[0]!.n)
  }
  until(what: string, where: string): Promise<void> {
    return waitUntil(what, async () => (await this.backends(where)) === 1, { timeoutMs: 30_000, everyMs: 10 })
  }
  sleeps(): Promise<void> {
    return this.until('the statement runs', "wait_event = 'PgSleep'")
  }
  async change(counts: { sessions?: number; statements?: number } = {}): Promise<void> {
    const answer = await this.verb.change(this.stack, this.credential)
    expect([answer.status < 300 && answer.status !== 202, enforcementHeader(answer)]).toMatchObject([true, { enforced: true, proxies: 2, fenced: 0, ...counts }])
  }
  /** A login that stands still at this step while something happens. @returns the SQLSTATE that it ends with */
  async loginInterruptedAt(step: LoginStep, during: (client: RawClient) => Promise<unknown>): Promise<string | undefined> {
    const client = await RawClient.connect(this.stack.proxy.port)
    await client.upgrade({ ca: this.stack.ca })
    const { user, password, project } = this.credential
    const transcript = await scramLogin(client, { user, database: project.databaseName, application_name: this.mark }, {
      password, at: (reached) => (reached === step ? during(client) : undefined),
    })
    client.destroy()
    return transcript.error?.C
  }
  /** When no backend of it is left, all that could take effect has. */
  async nothingCommitted(): Promise<void> {
    await waitUntil('no backend is left', async () => (await this.backends()) === 0, { timeoutMs: 30_000, everyMs: 10 })
    expect(await this.stack.onUpstream('SELECT who FROM witness WHERE who LIKE $1', [`${this.mark}%`])).toEqual([])
  }
}

/** Sends this behind the answer, and reads all that still comes: types of the messages, the error among them, bytes of an unfinished one. */
export async function after(client: RawClient, ...late: Buffer[]): Promise<{ types: string; code: string | undefined; unfinishedBytes: number }> {
  client.send(...late)
  let types = ''
  let code: string | undefined
  try {
    for (;;) {
      const frame = await client.frame(30_000)
      types += frame.type
      if (frame.type === 'E') code = errorFields(frame).C
    }
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error
    return { types, code, unfinishedBytes: error.unread.length }
  }
}
/** What `after` sees of a session that was ended between two messages. */
export const told = { types: 'E', code: '57P01', unfinishedBytes: 0 }

/** What the kernel has for this socket and nobody has read; without such a table (not Linux) any number counts. */
export function receiveQueueBytes({ localPort, remotePort }: Socket): number {
  if (!existsSync('/proc/net/tcp')) return Infinity
  const hex = (port = 0) => port.toString(16).toUpperCase().padStart(4, '0')
  const line = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((one) => one.trim().split(/\s+/)).find((one) => one[1]?.endsWith(`:${hex(localPort)}`) && one[2]?.endsWith(`:${hex(remotePort)}`))
  return Number.parseInt(line?.[4]?.split(':')[1] ?? '0', 16)
}
