/** Surroundings for a test: what was printed is kept, and nobody is at the terminal unless the test says so. */
import { Readable } from 'node:stream'
import type { Io } from '../io.js'

export interface FakeIo extends Io {
  readonly printed: { stdout: string; stderr: string }
}

export function fakeIo({ env = {}, cwd = '/', home = '/nonexistent', input = '', terminal = false }: { env?: Record<string, string>; cwd?: string; home?: string; input?: string; terminal?: boolean } = {}): FakeIo {
  const printed = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof printed) => ({ columns: 80, isTTY: terminal, write: (text: string) => void (printed[name] += text) })
  const stdin = Object.assign(Readable.from(input === '' ? [] : [Buffer.from(input)]), { isTTY: terminal }) as unknown as NodeJS.ReadStream
  return { stdout: sink('stdout'), stderr: sink('stderr'), stdin, env, cwd, home, platform: 'linux', printed }
}
