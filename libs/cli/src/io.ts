/** What the command touches of its surroundings, so that tests can hand it other ones. */
import { homedir } from 'node:os'

export interface Sink {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}
export interface Io {
  readonly stdout: Sink
  readonly stderr: Sink
  readonly stdin: NodeJS.ReadStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly platform: NodeJS.Platform
}

export const processIo = (): Io => ({
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  platform: process.platform,
})

/** An environment variable that is set to nothing counts as not set. */
export const variable = (io: Pick<Io, 'env'>, name: string): string | undefined => io.env[name] || undefined

/** Somebody is there to answer: questions are written to standard error, since standard output is for data. */
export const canAsk = (io: Io): boolean => io.stdin.isTTY === true && io.stderr.isTTY === true

const COMMANDS = /\b(?<!npx )pgbeam (?=(auth|orgs|keys|projects|link|unlink|db|policies|agents|connect|api|doctor|completion)\b)/g
/** A hint with commands that can be pasted: through npx where this one was called so. */
export const asCalled = (io: Pick<Io, 'env'>, text: string): string => (io.env.npm_command === 'exec' ? text.replace(COMMANDS, 'npx pgbeam ') : text)
