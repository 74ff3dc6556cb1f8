/** One run of the command, from its words to its exit code. Whatever goes wrong is one line on standard error, and a hint. */
import { CommanderError } from 'commander'
import { candidates, COMPLETE } from './commands/completion.js'
import { describe, exitCodes, type ExitCode } from './exit.js'
import { asCalled, type Io } from './io.js'
import { buildProgram } from './program.js'
import { reference, REFERENCE } from './reference.js'

/** @param words what stands behind `pgbeam` */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  const program = buildProgram(io)
  if (words[0] === COMPLETE) return print(io, candidates(program, words[1] === '--' ? words.slice(2) : words.slice(1)).map((word) => `${word}\n`).join(''))
  if (words[0] === REFERENCE) return print(io, reference(program))
  if (words.length === 0) return print(io, program.helpInformation())
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    // Commander has said what it had to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    const { exitCode, message, hint } = describe(error)
    if (message !== '') io.stderr.write(`pgbeam: ${oneLine(message)}\n`)
    if (hint !== undefined) io.stderr.write(`${asCalled(io, oneLine(hint))}\n`)
    return exitCode
  }
}

function print(io: Io, text: string): ExitCode {
  io.stdout.write(text)
  return exitCodes.ok
}

const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
