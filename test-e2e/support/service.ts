/** One service process that a test may stop, kill, freeze and start again on the same ports. */
import { readFileSync } from 'node:fs'
import { startService } from '../../scripts/lib/service.mjs'
import { isAlive, waitUntil } from '../../scripts/lib/processes.mjs'

interface Running {
  readonly pid: number
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  stop(options?: { signal?: NodeJS.Signals; graceMs?: number }): Promise<void>
}

export class ServiceProcess {
  private running: Running | undefined
  private logRead = 0

  constructor(
    readonly kind: 'control-plane' | 'proxy',
    readonly name: string,
    readonly env: Record<string, string>,
    readonly logFile: string,
    readonly readyUrl: string,
  ) {}

  /** Starts it and waits until it is ready. */
  async start(extraEnv: Record<string, string> = {}): Promise<this> {
    const { kind, name, logFile, readyUrl } = this
    this.running = (await startService({ kind, name, logFile, readyUrl, env: { ...this.env, ...extraEnv } })) as Running
    return this
  }

  get pid(): number {
    if (!this.running) throw new Error(`${this.name} is not running`)
    return this.running.pid
  }
  get exited(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (!this.running) throw new Error(`${this.name} is not running`)
    return this.running.exited
  }
  get alive(): boolean {
    return this.running !== undefined && isAlive(this.running.pid)
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal)
  }
  /** SIGKILL, as a crash. */
  async crash(): Promise<void> {
    this.signal('SIGKILL')
    await this.exited
  }
  /** Stops its clock: the process is there, and does nothing. */
  freeze(): void {
    this.signal('SIGSTOP')
  }
  thaw(): void {
    this.signal('SIGCONT')
  }
  /** In good order. */
  async stop(): Promise<void> {
    if (!this.running) return
    if (isAlive(this.running.pid)) this.thaw()
    await this.running.stop({ graceMs: 15_000 })
    this.running = undefined
  }
  async restart(extraEnv: Record<string, string> = {}): Promise<this> {
    await this.stop()
    return this.start(extraEnv)
  }

  /** Everything it wrote, stdout and stderr. */
  log(): string {
    return readFileSync(this.logFile, 'utf8')
  }
  /** From here on `waitForLog` only sees new lines. */
  markLog(): void {
    this.logRead = this.log().length
  }
  async waitForLog(pattern: RegExp, timeoutMs = 15_000): Promise<RegExpExecArray> {
    let found: RegExpExecArray | null = null
    await waitUntil(`${this.name} logs ${pattern}`, () => (found = pattern.exec(this.log().slice(this.logRead))) !== null, { timeoutMs })
    return found!
  }
  /** Resident memory, in bytes (Linux). */
  memoryBytes(): number {
    const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))
    return Number(match?.[1]) * 1024
  }
}
