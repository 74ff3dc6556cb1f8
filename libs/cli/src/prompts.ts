/** Questions, on a terminal only and on standard error. Elsewhere the command ends with what to pass instead. */
import { CliError, exitCodes, usage } from './exit.js'
import { canAsk, type Io } from './io.js'

interface Streams {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
}
const streams = (io: Io): Streams => ({ input: io.stdin, output: io.stderr as NodeJS.WriteStream })

function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (typeof answer === 'symbol') throw new CliError(exitCodes.interrupted, 'interrupted')
  return answer as Exclude<Value, symbol>
}

/** Goes on only with a yes: `--yes`, or somebody's answer. */
export async function confirm(io: Io, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return
  if (!canAsk(io)) throw usage(`${question} This is no terminal to ask on: pass --yes to go ahead`)
  const clack = await import('@clack/prompts')
  if (!answered(await clack.confirm({ message: question, initialValue: false, ...streams(io) }))) throw new CliError(exitCodes.declined, 'nothing was changed')
}

/** A secret that is not echoed; from standard input where it is no terminal. */
export async function secret(io: Io, what: string): Promise<string> {
  if (canAsk(io)) {
    const clack = await import('@clack/prompts')
    const text = answered(await clack.password({ message: what, ...streams(io), validate: (value) => (value?.trim() ? undefined : 'It is empty.') }))
    return text.trim()
  }
  if (io.stdin.isTTY) throw usage(`${what}: standard error is no terminal to ask on`, 'Send it on standard input.')
  // Whoever started this without a standard input that ends should see why nothing happens.
  io.stderr.write(`pgbeam: ${what}: reading standard input\n`)
  const text = (await readAll(io.stdin)).trim()
  if (text === '') throw usage(`${what}: standard input is empty`, 'Send it on standard input, e.g. from a secret store or a file.')
  if (/[\r\n]/.test(text)) throw usage(`${what}: standard input has more than one line`)
  return text
}

/** One of several; elsewhere than on a terminal the candidates are told. */
export async function choose(io: Io, what: string, options: readonly { value: string; label: string }[]): Promise<string> {
  if (!canAsk(io)) throw usage(`${what} Name one: ${options.map(({ value }) => value).join(', ')}`)
  const clack = await import('@clack/prompts')
  return answered(await clack.select<string>({ message: what, options: [...options], ...streams(io) }))
}

const BYTES_MAX = 1_000_000
export async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Buffer)
    size += bytes.length
    if (size > BYTES_MAX) throw usage('standard input is larger than 1 MB')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Runs slow work with a sign of life on a terminal's standard error. */
export async function withSpinner<Result>(io: Io, words: string, work: () => Promise<Result>): Promise<Result> {
  if (io.stderr.isTTY !== true) return work()
  let frame = 0
  const draw = (): void => void io.stderr.write(`\r${'|/-\\'[frame++ % 4]} ${words}`)
  const appears = setTimeout(draw, 400)
  const turns = setInterval(() => frame > 0 && draw(), 150)
  try {
    return await work()
  } finally {
    clearTimeout(appears)
    clearInterval(turns)
    if (frame > 0) io.stderr.write(`\r${' '.repeat(words.length + 2)}\r`)
  }
}
