/**
 * Drivers of other languages: one program each, in the ordinary layout of its language, which plays named cases and prints
 * a JSON line for each. The database has TLS as the proxy does, so the very same program runs against both.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { createAuthority } from '../../../scripts/lib/certificates.mjs'
import { infrastructure, type PostgresServer } from '../infrastructure.js'
import { startStack, type Credential, type Project, type Stack } from '../stack.js'

const run = promisify(execFile)
const USER = 'client_tester'
const PASSWORD = 'directly-7d0f'
const SCHEMA = `
  DROP TABLE IF EXISTS item, loaded;
  CREATE TABLE item (n int PRIMARY KEY, label text NOT NULL CONSTRAINT item_label_good CHECK (label <> 'bad'));
  INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 20) AS i;
  CREATE TABLE loaded (n int, label text, at timestamptz);`

/** How a program of one language is built (nothing is written among its sources) and started. */
export interface Client {
  readonly name: string
  readonly build: (from: string, to: string) => readonly (readonly [command: string, ...args: string[]])[]
  readonly start: (to: string) => readonly [command: string, ...args: string[]]
}
/** What a program printed: a value per case, in order. */
export type Seen = Record<string, any>
interface At {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export class ClientBench {
  private constructor(readonly client: Client, readonly stack: Stack, private readonly server: PostgresServer, private readonly project: Project,
    private readonly command: readonly [string, ...string[]], private readonly otherCaFile: string) {}

  /** Builds the program with its ordinary tools, which must be there, and starts the stack in front of a database with TLS. */
  static async start(client: Client): Promise<ClientBench> {
    const to = fileURLToPath(new URL(`../../../.pgbeam-test/clients/${client.name}`, import.meta.url))
    const from = fileURLToPath(new URL(client.name, import.meta.url))
    mkdirSync(to, { recursive: true })
    for (const [command, ...args] of client.build(from, to)) await run('nice', ['-n', '10', command, ...args], { cwd: from, maxBuffer: 1e8 })
    const stack = await startStack()
    const leaf = await stack.authority.issue({ names: ['localhost', '127.0.0.1'] })
    const files = { certFile: join(stack.dir, 'upstream.pem'), keyFile: join(stack.dir, 'upstream.key') }
    const otherCaFile = join(stack.dir, 'other-ca.pem')
    writeFileSync(files.certFile, leaf.certPem)
    writeFileSync(files.keyFile, leaf.keyPem)
    writeFileSync(otherCaFile, (await createAuthority('another CA')).certPem)
    try {
      const server = await (await infrastructure()).startPostgres({ dir: join(stack.dir, 'upstream'), password: 'superuser-51c2', ssl: files })
      const bench = new ClientBench(client, stack, server, undefined as never, client.start(to), otherCaFile)
      await bench.onDatabase(`CREATE ROLE ${USER} LOGIN PASSWORD '${PASSWORD}'; GRANT CREATE ON SCHEMA public TO ${USER}`)
      const project = await stack.createProject({ host: 'localhost', port: server.port, name: 'postgres', username: USER, password: PASSWORD, ssl_mode: 'verify-full', ssl_ca: stack.ca })
      return Object.assign(bench, { project })
    } catch (error) {
      await stack.stop()
      throw error
    }
  }

  createCredential(accessMode: 'read_only' | 'read_write' = 'read_write'): Promise<Credential> {
    return this.stack.createCredential({ project: this.project, accessMode })
  }

  /** As the superuser, around the proxy. */
  async onDatabase(sql: string): Promise<any[]> {
    const client = new pg.Client({ connectionString: this.server.url })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  async directly(mode: string): Promise<Seen> {
    return this.play(mode, { host: 'localhost', port: this.server.port, user: USER, password: PASSWORD })
  }
  async throughProxy(mode: string, { user, password }: Credential, heard?: (name: string) => void): Promise<Seen> {
    const { host, port } = this.stack.proxy
    return this.play(mode, { host, port, user, password }, heard)
  }

  /** On fresh tables; a program that fails fails the test, with the end of what it complained about. */
  private async play(mode: string, at: At, heard?: (name: string) => void): Promise<Seen> {
    await this.onDatabase(`SET ROLE ${USER}; ${SCHEMA}`)
    const [command, ...args] = this.command
    const child = spawn(command, [...args, mode], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8', TZ: 'UTC', AT: JSON.stringify({ ...at, database: 'postgres', ca: this.stack.caFile, otherCA: this.otherCaFile }) },
    })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)))
    const closed = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    const seen: Seen = {}
    for await (const line of createInterface({ input: child.stdout })) {
      const { case: name, value } = JSON.parse(line) as { case: string; value: unknown }
      if (name in seen) (seen[name] as unknown[]).push(value)
      else seen[name] = mode === 'cases' ? value : [value]
      heard?.(name)
    }
    const code = await closed
    if (code !== 0) throw new Error(`${this.client.name} ${mode} ended with ${code} after "${Object.keys(seen).at(-1)}": ${complaint}`)
    return seen
  }

  async stop(): Promise<void> {
    await this.stack.stop()
    await this.server.stop()
  }
}
