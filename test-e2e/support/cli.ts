/** The `pgbeam` command as people run it: the built bundle, found through PATH, from outside. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Stack } from './stack.js'

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}
export interface RunOptions {
  readonly env?: Record<string, string>
  readonly cwd?: string
  readonly input?: string
  readonly timeoutMs?: number
}
const TIMEOUT_MS = 60_000
export const launcher = fileURLToPath(new URL('../../libs/cli/bin/pgbeam.cjs', import.meta.url))

/** Runs a program to its end; one that does not end in time fails the test. */
export function runProgram(command: string, args: readonly string[], { env = {}, cwd, input = '', timeoutMs = TIMEOUT_MS }: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, ...(cwd !== undefined && { cwd }) })
    let stdout = ''
    let stderr = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${command} ${args.join(' ')} did not end within ${timeoutMs} ms; it printed: ${stdout}${stderr}`))
    }, timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.stdin.on('error', () => { /* it did not want to read */ })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
    child.stdin.end(input)
  })
}

/** A home of its own, in which `pgbeam` is on PATH and talks to this stack. */
export class Home {
  readonly dir: string
  readonly env: Record<string, string>

  constructor(readonly stack: Stack) {
    this.dir = mkdtempSync(join(stack.dir, 'home-'))
    const bin = join(this.dir, 'bin')
    mkdirSync(bin)
    symlinkSync(launcher, join(bin, 'pgbeam'))
    // The launcher says `env node`.
    symlinkSync(process.execPath, join(bin, 'node'))
    this.env = { PATH: `${bin}:${process.env.PATH}`, HOME: this.dir, LC_ALL: 'C.UTF-8', PGBEAM_API_URL: stack.api.baseUrl }
  }

  /** As `auth login` would, with the authority of the stack's proxies. */
  logIn(key = this.stack.bootstrap.personal_key): this {
    const folder = join(this.dir, '.config/pgbeam')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ current: 'stack', profiles: { stack: { api_url: this.stack.api.baseUrl, api_key: key, ca_file: this.stack.caFile } } }), { mode: 0o600 })
    return this
  }

  pgbeam(args: readonly string[], { env = {}, ...options }: RunOptions = {}): Promise<Ran> {
    return runProgram(process.execPath, [launcher, ...args], { cwd: this.dir, ...options, env: { ...this.env, ...env } })
  }

  /** A line for the shell. */
  shell(line: string, { env = {}, ...options }: RunOptions = {}): Promise<Ran> {
    return runProgram('bash', ['-o', 'pipefail', '-c', line], { cwd: this.dir, ...options, env: { ...this.env, ...env } })
  }

  /** A line on a terminal of its own; what is typed waits for what it answers. */
  terminal(line: string, env: Record<string, string> = {}): Terminal {
    return new Terminal(line, { ...this.env, TERM: 'xterm', ...env }, this.dir)
  }
}

/** A pseudo-terminal, by `script` of util-linux (or of macOS). */
export class Terminal {
  private output = ''
  private waiting: (() => void)[] = []
  private readonly child
  readonly ended: Promise<number | null>

  constructor(line: string, env: Record<string, string>, cwd: string) {
    // Without a terminal of our own its size would be nought, and prompts would wrap at every character.
    line = `stty cols 120 rows 40; ${line}`
    const args = process.platform === 'darwin' ? ['-q', '/dev/null', 'bash', '-c', line] : ['-qefc', line, '/dev/null']
    this.child = spawn('script', args, { env, cwd })
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString()
      // Colours and cursor movements are not what anybody reads.
      this.output = this.output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      for (const wake of this.waiting.splice(0)) wake()
    }
    this.child.stdout.on('data', take)
    this.child.stderr.on('data', take)
    this.ended = new Promise((resolve) => this.child.once('close', (code) => {
      resolve(code)
      for (const wake of this.waiting.splice(0)) wake()
    }))
  }

  get shown(): string {
    return this.output
  }
  type(text: string): void {
    this.child.stdin.write(text)
  }
  async expect(pattern: RegExp, timeoutMs = 20_000): Promise<void> {
    const deadline = performance.now() + timeoutMs
    while (!pattern.test(this.output)) {
      const left = deadline - performance.now()
      if (left <= 0 || this.child.exitCode !== null) throw new Error(`the terminal never showed ${pattern}; it showed: ${this.output}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }
}
