/** Ways in: node-postgres, postgres.js, and psql with Debian's libpq or with libpq 18. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import pg from 'pg'
import postgres from 'postgres'
import { shared } from './infrastructure.js'
import type { Credential, Proxy, Stack } from './stack.js'

export interface Way {
  readonly proxy?: Proxy
  readonly database?: string
  readonly password?: string
  readonly user?: string
}
type Login = Pick<Credential, 'user' | 'password'> & { readonly project: { readonly databaseName: string } }

function addressOf(stack: Stack, credential: Login, { proxy = stack.proxy, database = credential.project.databaseName, password = credential.password, user = credential.user }: Way) {
  return { host: proxy.host, port: proxy.port, database, user, password }
}

/** The end of a connection, for tests that wait for it: the error that came first, if any. */
export interface Ended {
  readonly error?: Error & { code?: string }
}

/** A connected node-postgres client; `ended` settles when the server ends the connection. */
export async function connect(stack: Stack, credential: Login, way: Way & { config?: pg.ClientConfig } = {}): Promise<pg.Client & { ended: Promise<Ended> }> {
  const client = new pg.Client({
    ...addressOf(stack, credential, way), ssl: { ca: stack.ca, servername: 'localhost' }, connectionTimeoutMillis: 20_000, ...way.config,
  })
  let error: Error | undefined
  client.on('error', (one: Error) => (error ??= one))
  const ended = new Promise<Ended>((resolve) => client.once('end', () => resolve(error ? { error } : {})))
  await client.connect()
  return Object.assign(client, { ended })
}

/** postgres.js with one connection that never reconnects by itself. */
export function connectPostgresJs(stack: Stack, credential: Login, way: Way & { options?: postgres.Options<Record<string, postgres.PostgresType>> } = {}): postgres.Sql {
  const { user, ...address } = addressOf(stack, credential, way)
  return postgres({ ...address, username: user, ssl: { ca: stack.ca, servername: 'localhost' }, max: 1, onnotice: () => undefined, ...way.options })
}

/** The outcome of a login: undefined when it works, else SQLSTATE and words. */
export async function loginError(stack: Stack, credential: Login, way: Way = {}): Promise<{ code?: string; message: string } | undefined> {
  try {
    const client = await connect(stack, credential, way)
    await client.query('SELECT 1')
    await client.end()
    return undefined
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    return { ...(code === undefined ? {} : { code }), message }
  }
}

export interface PsqlResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A libpq connection string; values are quoted as libpq wants. */
export function conninfo(stack: Stack, credential: Login, parameters: Record<string, string> = {}, way: Way = {}): string {
  const { host, port, database, user } = addressOf(stack, credential, way)
  const all = { host, port: String(port), dbname: database, user, sslmode: 'verify-full', sslrootcert: stack.caFile, connect_timeout: '20', ...parameters }
  return Object.entries(all).map(([name, value]) => `${name}='${value.replace(/(['\\])/g, '\\$1')}'`).join(' ')
}

/** Runs psql. `libpq18` takes the embedded Postgres's client library, which knows direct TLS and protocol 3.2. */
export function psql(args: readonly string[], { password, input, libpq18 = false, env = {} }: { password?: string; input?: string; libpq18?: boolean; env?: Record<string, string> } = {}): Promise<PsqlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('psql', ['-X', '--no-psqlrc', '-v', 'ON_ERROR_STOP=1', ...args], {
      env: {
        PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8', ...(password === undefined ? {} : { PGPASSWORD: password }),
        ...(libpq18 ? { LD_LIBRARY_PATH: join(shared().upstream.nativeDir, 'lib') } : {}), ...env,
      },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
    child.stdin.end(input ?? '')
  })
}

/** A psql that stays open: send statements, wait for what it prints. */
export class PsqlSession {
  private output = ''
  private waiting: (() => void)[] = []
  readonly closed: Promise<number | null>
  private readonly child

  constructor(connection: string, password: string, { libpq18 = false } = {}) {
    this.child = spawn('psql', ['-X', '-A', '-t', connection], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8', PGPASSWORD: password, ...(libpq18 ? { LD_LIBRARY_PATH: join(shared().upstream.nativeDir, 'lib') } : {}) },
    })
    const take = (chunk: Buffer) => {
      this.output += chunk.toString()
      for (const wake of this.waiting.splice(0)) wake()
    }
    this.child.stdout.on('data', take)
    this.child.stderr.on('data', take)
    this.closed = new Promise((resolve) => this.child.once('close', (code) => {
      resolve(code)
      for (const wake of this.waiting.splice(0)) wake()
    }))
  }

  send(line: string): void {
    this.child.stdin.write(`${line}\n`)
  }
  /** Everything printed so far. */
  get printed(): string {
    return this.output
  }
  /** Waits until the output after the last match has the pattern. */
  async expect(pattern: RegExp, timeoutMs = 15_000): Promise<string> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const match = pattern.exec(this.output)
      if (match) {
        this.output = this.output.slice(match.index + match[0].length)
        return match[0]
      }
      const left = deadline - performance.now()
      if (left <= 0 || this.child.exitCode !== null) throw new Error(`psql never printed ${pattern}; it printed: ${this.output}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }
  /** As Ctrl-C. */
  interrupt(): void {
    this.child.kill('SIGINT')
  }
  end(): void {
    this.child.stdin.end('\\q\n')
  }
}
